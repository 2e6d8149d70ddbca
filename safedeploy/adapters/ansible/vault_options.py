"""Where the passwords of a vault come from. Plain values, free of Ansible."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True, kw_only=True)
class VaultOptions:
    """What was asked for beside the policy, ansible.cfg and the environment (ANSIBLE_VAULT_PASSWORD_FILE and the like).

    `ids` are Ansible's `label@source`; a source of `prompt` is asked for. `ask` asks for the default password at once.
    `prompt` gets the text to show and returns what was typed; it is also called when something turns out to be
    encrypted and no password is known at all. Without it nobody is ever asked.
    """

    password_files: tuple[str, ...] = ()
    ids: tuple[str, ...] = ()
    ask: bool = False
    prompt: Callable[[str], str] | None = None
