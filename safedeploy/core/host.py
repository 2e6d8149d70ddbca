"""A host as the inventory names it: variables, and how to reach it. Pure values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Become:
    """Privilege escalation on the host; `password` is a secret and never shown."""

    enabled: bool = False
    method: str = "sudo"
    user: str = "root"
    password: str | None = field(default=None, repr=False)


@dataclass(frozen=True, kw_only=True)
class Connection:
    """What Ansible's connection variables say, for any SSH client.

    `ssh_args` holds the split words of ansible_ssh_args, _common_args and _extra_args in that order. `python` is the
    remote interpreter, or None when Ansible would discover it.
    """

    address: str
    port: int | None = None
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    private_key_file: str | None = None
    ssh_args: tuple[str, ...] = ()
    become: Become = field(default_factory=Become)
    python: str | None = None


@dataclass(frozen=True, kw_only=True)
class Host:
    """One host of the inventory. `variables` are Ansible's, by its own precedence, not yet templated."""

    name: str
    groups: tuple[str, ...]
    connection: Connection
    variables: Mapping[str, Any] = field(repr=False)
