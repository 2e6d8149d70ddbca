"""How a host is reached: Ansible's connection variables, settings and environment as one `Connection`."""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING, Any

from ansible import constants
from ansible.errors import AnsibleError
from ansible.module_utils.parsing.convert_bool import boolean
from ansible.plugins.loader import become_loader, connection_loader

from safedeploy.core.errors import SafedeployError
from safedeploy.core.host import Become, Connection

if TYPE_CHECKING:
    from safedeploy.adapters.ansible.library.templating import HostTemplating

# All of them are SSH to us; the plugin that Ansible itself uses is its own matter.
SSH_NAMES = ("ssh", "smart", "paramiko", "paramiko_ssh", "ansible.builtin.ssh", "ansible.builtin.paramiko_ssh")
UNCHECKED = ("ansible_host_key_checking", "ansible_ssh_host_key_checking")
# Every value but `yes` and `ask`, which ends without a terminal. As ssh reads it: any case, `=` or space, quotes.
WEAKER = re.compile(r"stricthostkeychecking[\s=]+\"?(?:no|off|accept-new)\b", re.IGNORECASE)
BECOME_VARIABLES = ("ansible_become", "ansible_become_method", "ansible_connection", "ansible_python_interpreter")


def connection_of(host: str, templating: HostTemplating) -> Connection:
    """Return the connection facts of a host, templated and decrypted. Raises for a connection that is not SSH."""
    connection_loader.get("ssh", class_only=True)  # its documentation is what defines the options
    names = {*constants.config.get_plugin_vars("connection", "ssh"), *BECOME_VARIABLES}
    variables = _templated(names, templating)
    kind = str(variables.get("ansible_connection", "ssh"))
    if kind not in SSH_NAMES:
        raise SafedeployError(
            "connection-unsupported",
            f"ansible_connection is '{kind}', and safedeploy reaches hosts over ssh only",
            next_step="Remove ansible_connection for the host, or leave the host out with --limit.",
        )
    port = _option("port", variables)
    words = tuple(
        word for name in ("ssh_args", "ssh_common_args", "ssh_extra_args") for word in _words(name, variables)
    )
    _refuse_unchecked(variables, words)
    return Connection(
        address=str(_option("host", variables) or host),
        port=None if port is None else _port(port),
        user=_text(_option("remote_user", variables)),
        password=_text(_option("password", variables)),
        private_key_file=_text(_option("private_key_file", variables)),
        ssh_args=words,
        become=_become(variables, templating),
        python=_python(variables.get("ansible_python_interpreter")),
    )


def _refuse_unchecked(variables: dict[str, Any], words: tuple[str, ...]) -> None:
    """Raise when host keys would not be checked. What ansible.cfg says of it for all projects is not followed."""
    given = [name for name in UNCHECKED if name in variables and not boolean(variables[name], strict=False)]
    given += [found[0] for found in [WEAKER.search(" ".join(words))] if found]
    if given:
        raise SafedeployError(
            "host-keys-unchecked",
            f"the check of host keys is switched off or weakened ({given[0]}), and what answers there might be anybody",
            next_step="Remove that, and add the host's key to known_hosts once you have compared it: ssh-keyscan shows "
            "what is offered, and `ssh-keygen -lf` on the host what it should be.",
        )


def _templated(names: set[str], templating: HostTemplating) -> dict[str, Any]:
    present = sorted(names & set(templating.variables))
    return {name: templating.value(templating.variables[name], place=name) for name in present}


def _option(name: str, variables: dict[str, Any], *, kind: str = "connection", plugin: str = "ssh") -> Any:
    """Return the value of a plugin's option, from variables, environment or ansible.cfg; None for its default."""
    try:
        value, origin = constants.config.get_config_value_and_origin(
            name, plugin_type=kind, plugin_name=plugin, variables=variables
        )
    except AnsibleError as error:
        raise _invalid(f"the {kind} option '{name}' has a wrong type") from error
    return None if origin == "default" else value


def _words(name: str, variables: dict[str, Any]) -> list[str]:
    try:
        return shlex.split(_option(name, variables) or "")
    except ValueError as error:
        raise _invalid(f"ansible_{name} has unbalanced quotes") from error


def _port(value: Any) -> int:
    try:
        port = int(value)
    except (TypeError, ValueError):
        port = 0
    if not 0 < port < 65536:
        raise _invalid(f"ansible_port must be a number from 1 to 65535, not '{value}'")
    return port


def _become(variables: dict[str, Any], templating: HostTemplating) -> Become:
    config = constants.config.get_config_value
    given = variables.get("ansible_become", config("DEFAULT_BECOME"))
    try:
        enabled = boolean(given)
    except TypeError as error:
        raise _invalid("ansible_become must be yes or no") from error
    method = str(variables.get("ansible_become_method") or config("DEFAULT_BECOME_METHOD"))
    if become_loader.get(method, class_only=True) is None:
        raise _invalid(f"ansible_become_method '{method}' is not a privilege escalation that Ansible knows")
    names = set(constants.config.get_plugin_vars("become", method))
    options = _templated(names, templating)

    def option(name: str) -> Any:
        known = constants.config.has_configuration_definition("become", name)
        return _option(name, options, kind="become", plugin=method) if known or name in _definitions(method) else None

    return Become(
        enabled=enabled,
        method=method.removeprefix("ansible.builtin."),
        user=_text(option("become_user")) or str(config("DEFAULT_BECOME_USER")),
        password=_text(option("become_pass")),
    )


def _definitions(method: str) -> dict[str, Any]:
    found: dict[str, Any] = constants.config.get_configuration_definitions(plugin_type="become", name=method)
    return found


def _python(value: Any) -> str | None:
    text = _text(value)
    return None if text is None or text.startswith("auto") else text


def _text(value: Any) -> str | None:
    # str() of Ansible's tagged text keeps the tags; the rest of the program shall have plain text.
    return None if value is None else "".join(str(value))


def _invalid(what: str) -> SafedeployError:
    return SafedeployError("connection-invalid", what, next_step="Correct the variable in the inventory.")
