"""Vault passwords: found where Ansible finds them, asked for where a person is there to ask.

A password that was typed never goes to an argument list, the environment or a file system: `ansible-playbook` reads it
from an anonymous file of this process, through /proc, and it is gone with the process.
"""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ansible import constants
from ansible.errors import AnsibleError
from ansible.parsing.vault import VaultSecret, VaultSecretsContext, get_file_vault_secret

from safedeploy.core.errors import SafedeployError

if TYPE_CHECKING:
    from collections.abc import Callable

    from safedeploy.adapters.ansible.library.loader import RecordingLoader
    from safedeploy.adapters.ansible.vault_options import VaultOptions

PROMPTED = ("prompt", "prompt_ask_vault_pass")


@dataclass(kw_only=True)
class Keys:
    """The passwords of one run in Ansible's order, and the arguments that give the same ones to ansible-playbook."""

    secrets: list[tuple[str, Any]] = field(default_factory=list)
    arguments: list[str] = field(default_factory=list)
    typed: list[Path] = field(default_factory=list)

    def use(self, loader: RecordingLoader) -> None:
        """Make these the passwords that Ansible decrypts with, in files and in single values."""
        loader.set_vault_secrets(self.secrets)
        context = VaultSecretsContext.current(optional=True)
        if context is None:
            VaultSecretsContext.initialize(VaultSecretsContext(self.secrets))
        else:
            context.secrets = self.secrets


def collect(options: VaultOptions, project: Path, loader: RecordingLoader) -> Keys:
    """Read every password that the options, the environment and ansible.cfg name. Raises `vault-password-missing`."""
    config = constants.config.get_config_value
    files = [str(_inside(project, name)) for name in options.password_files]
    if default := config("DEFAULT_VAULT_PASSWORD_FILE"):
        files.append(str(default))
    slugs = [*(config("DEFAULT_VAULT_IDENTITY_LIST") or ()), *options.ids]
    slugs += [f"{constants.DEFAULT_VAULT_IDENTITY}@{file}" for file in files]
    if options.ask:
        slugs.append(f"{constants.DEFAULT_VAULT_IDENTITY}@prompt")
    keys = Keys()
    for slug in slugs:
        name, _, value = slug.rpartition("@")
        name = name or constants.DEFAULT_VAULT_IDENTITY
        if value in PROMPTED:
            add_typed(keys, name, options.prompt)
        else:
            _add_file(keys, name, str(_inside(project, value)), loader)
        loader.set_vault_secrets(keys.secrets)  # a password file may itself be encrypted with an earlier password
    return keys


def add_typed(keys: Keys, name: str, prompt: Callable[[str], str] | None) -> None:
    """Ask for the password of one vault id."""
    if prompt is None:
        raise SafedeployError(
            "vault-password-missing",
            f"the vault password of '{name}' would have to be typed, and nobody is there to ask",
            next_step="Name a password file: --vault-password-file FILE, or vault_password_file in safedeploy.yml.",
        )
    label = "Vault password: " if name == constants.DEFAULT_VAULT_IDENTITY else f"Vault password ({name}): "
    password = prompt(label).strip().encode()
    if not password:
        raise SafedeployError(
            "vault-password-missing", f"an empty vault password was given for '{name}'", next_step="Type it again."
        )
    path = anonymous_file(password)
    keys.typed.append(path)
    keys.secrets.append((name, VaultSecret(password)))
    keys.arguments += ["--vault-id", f"{name}@{path}"]


def _add_file(keys: Keys, name: str, path: str, loader: RecordingLoader) -> None:
    try:
        secret = get_file_vault_secret(filename=path, vault_id=name, loader=loader)
        secret.load()
    except AnsibleError as error:
        raise SafedeployError(
            "vault-password-missing",
            f"the vault password of '{name}' could not be read from {path}: {error.message}",
            next_step="Create that file with the password on one line (mode 0600), or correct its name.",
        ) from error
    keys.secrets.append((name, secret))
    keys.arguments += ["--vault-id", f"{name}@{path}"]


def _inside(project: Path, name: str) -> Path:
    return project / Path(name).expanduser()


def anonymous_file(content: bytes) -> Path:
    """Return a path that this user's processes can read `content` from for as long as this process lives."""
    if hasattr(os, "memfd_create") and Path("/proc/self/fd").exists():
        descriptor = os.memfd_create("vault")
        # Ansible runs an executable password file as a program, and an anonymous file is born executable.
        os.fchmod(descriptor, 0o600)
        os.write(descriptor, content)
        return Path(f"/proc/{os.getpid()}/fd/{descriptor}")
    descriptor, name = tempfile.mkstemp(prefix="safedeploy-")  # mode 0600
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
    return Path(name)


def discard(path: Path) -> None:
    """Close, or remove, what `anonymous_file` made."""
    if path.parts[:2] == ("/", "proc"):
        os.close(int(path.name))
    else:
        path.unlink(missing_ok=True)
