"""The hosts of an environment, by Ansible's own loader and precedence.

Promises: whatever Ansible accepts as an inventory is accepted; what Ansible merely warns about (a file it could not
parse, a misspelled name in --limit) is an error here; nothing is written to standard output.
"""

from __future__ import annotations

import os
import re
import weakref
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Self

from safedeploy.adapters.ansible.vault_options import VaultOptions
from safedeploy.core.errors import SafedeployError
from safedeploy.core.nearest import suggestion

if TYPE_CHECKING:
    from safedeploy.adapters.ansible.library.open import Opened
    from safedeploy.core.host import Host
    from safedeploy.core.policy import Policy

__all__ = ["Inventory", "VaultOptions", "load"]

ENDINGS = ("", ".yml", ".yaml", ".ini", ".json", ".toml")

# Host names become file names and words of command lines.
HARMLESS = re.compile(r"[^\s/\\\x00-\x1f\x7f.-][^\s/\\\x00-\x1f\x7f]{0,199}")


class Inventory:
    """The hosts that are meant, in the order of the inventory.

    `source` is the inventory's path; `secrets` are all the values known to be secret; `warnings` what Ansible would
    have printed. A context manager: leaving it forgets typed vault passwords.
    """

    def __init__(self, opened: Opened, hosts: tuple[Host, ...], secrets: frozenset[str], policy: Policy) -> None:
        self._opened = opened
        self._policy = policy
        self.hosts = hosts
        self.secrets = secrets
        self._finalizer = weakref.finalize(self, opened.close)

    @property
    def source(self) -> Path:
        """Where the inventory was read from: a file or a directory."""
        return self._opened.source

    def others(self) -> tuple[Host, ...]:
        """The hosts that the limit leaves out. Raises as `load` does."""
        meant = {host.name for host in self.hosts}
        with self._opened.silent():
            names = [name for name in self._opened.host_names(None) if name not in meant]
            return tuple(self._opened.host(name, self._policy.templates)[0] for name in names)

    @property
    def local_files(self) -> Path:
        """Where Ansible keeps what it decrypts into files of this process; it goes when the process ends in order."""
        return self._opened.local_files

    @property
    def warnings(self) -> tuple[str, ...]:
        """What Ansible had to say, without duplicates."""
        return tuple(self._opened.messages.warnings)

    def vault_args(self) -> list[str]:
        """Return the arguments that let ansible-playbook decrypt the same things.

        A typed password is passed by the path of an anonymous file that exists until `close`.
        """
        return list(self._opened.keys.arguments)

    def decrypted(self, path: Path) -> str:
        """The content of a file that is encrypted with Ansible's vault. Raises ValueError when no password opens it."""
        try:
            with self._opened.silent():
                return str(self._opened.session.loader.get_text_file_contents(str(path)))
        except Exception:  # noqa: BLE001 - many kinds, and their texts may quote the file
            raise ValueError(f"no known vault password opens {path.name}") from None

    def close(self) -> None:
        """Forget typed vault passwords."""
        self._finalizer()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def load(project: Path, policy: Policy, *, limit: str | None = None, vault: VaultOptions | None = None) -> Inventory:
    """Read the inventory of an environment.

    `project` is the directory with safedeploy.yml; `limit` a host pattern of Ansible's. Raises SafedeployError:
    `inventory-not-found`, `inventory-invalid`, `inventory-empty`, `limit-matches-nothing`, `limit-invalid`,
    `group-empty`, `host-name-invalid`, `vault-password-missing`, `vault-wrong-password`, `connection-unsupported`,
    `connection-invalid`, `host-keys-unchecked`, `undefined-variable`.
    """
    project = project.absolute()
    source = _source(project, policy)
    options = vault or VaultOptions()
    if policy.vault_password_file is not None:
        options = replace(options, password_files=(policy.vault_password_file, *options.password_files))
    opened = _open(project, source, options)
    try:
        return _inventory(opened, policy, limit)
    except BaseException:
        opened.close()
        raise


def _source(project: Path, policy: Policy) -> Path:
    wanted = project / Path(policy.inventory).expanduser()
    for ending in ENDINGS:
        candidate = wanted.with_name(wanted.name + ending)
        if candidate.exists():
            return candidate
    siblings = {path.stem for path in wanted.parent.iterdir()} if wanted.parent.is_dir() else set()
    raise SafedeployError(
        "inventory-not-found",
        f"the environment '{policy.environment}' has no inventory: {policy.inventory} does not exist in {project}",
        next_step=f"Create it, or choose another environment ({suggestion(wanted.name, siblings)})",
    )


def _open(project: Path, source: Path, options: VaultOptions) -> Opened:
    settings = project / "ansible.cfg"
    if settings.is_file():
        # The project's own settings count wherever the command was started, here and in the processes to come.
        os.environ.setdefault("ANSIBLE_CONFIG", str(settings))
    from safedeploy.adapters.ansible.library.open import Opened  # noqa: PLC0415 - ansible takes half a second

    try:
        opened = Opened(project, source, options)
        with opened.silent():
            opened.vaulted_texts()
    except SafedeployError as error:
        if error.code != "vault-password-missing" or options.prompt is None or options.ask:
            raise
        opened = Opened(project, source, replace(options, ask=True))
    return opened


def _inventory(opened: Opened, policy: Policy, limit: str | None) -> Inventory:
    with opened.silent():
        names = opened.host_names(limit)
        if not names:
            raise _nobody(opened, policy, limit)
        for name in names:
            _refuse_dangerous(name, policy)
        secrets = opened.vaulted_texts()
        hosts = []
        for name in names:
            try:
                host, passwords = opened.host(name, policy.templates)
            except SafedeployError as error:
                error.what = f"{policy.inventory}: host {name}: {error.what}"
                raise
            hosts.append(host)
            secrets |= passwords
    return Inventory(opened, tuple(hosts), frozenset(secrets), policy)


def _nobody(opened: Opened, policy: Policy, limit: str | None) -> SafedeployError:
    if limit is not None:
        return SafedeployError(
            "limit-matches-nothing",
            f"--limit '{limit}' matches no host of {policy.inventory}",
            next_step=f"`ansible-inventory -i {opened.source} --graph` shows the hosts and groups.",
        )
    return SafedeployError(
        "inventory-empty", f"{policy.inventory} names no host", next_step="Add hosts to the inventory."
    )


def _refuse_dangerous(name: str, policy: Policy) -> None:
    if HARMLESS.fullmatch(name) is None:
        raise SafedeployError(
            "host-name-invalid",
            f"{policy.inventory}: the host name {name!r} cannot be used: host names become file names",
            next_step="Give it a name without slashes or spaces that begins with a letter or digit; "
            "its address belongs in ansible_host.",
        )
