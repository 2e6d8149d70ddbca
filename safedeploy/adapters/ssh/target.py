"""Where an SSH connection goes and how it is made, as OpenSSH itself would decide.

`ssh -G` evaluates ~/.ssh/config (Host, Match, Include, ProxyJump, tokens and all) together with Ansible's arguments, so
what works with ssh, and so with Ansible, works here. Nothing is connected to by it.
"""

from __future__ import annotations

import getpass
import os
import re
import shlex
import socket
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from safedeploy.adapters.ssh.reply import Kind, UnreachableError
from safedeploy.core.host import Connection


@dataclass(frozen=True, kw_only=True)
class Target:
    """One resolved destination. `proxy` is a shell command whose input and output are the connection, or None.

    `agent` is the agent's socket, None when there is none. `key_name` is the name that known_hosts has it under.
    """

    hostname: str
    port: int
    user: str
    family: socket.AddressFamily
    key_name: str
    known_hosts: tuple[Path, ...]
    identities: tuple[Path, ...]
    identities_only: bool
    agent: str | None
    proxy: str | None
    jump: str | None


def resolve(connection: Connection, *, timeout: float) -> Target:
    """Ask OpenSSH where `connection` leads. Raises UnreachableError when it cannot say."""
    words = [*_variables(connection), *connection.ssh_args]
    address = connection.address
    if not address or address.startswith("-") or re.search(r"[\s\x00-\x1f'\"`$\\;&<>|(){}]", address):
        raise UnreachableError(Kind.UNRESOLVABLE, f"{address!r} is not an address.")
    try:
        done = subprocess.run(
            ["ssh", "-G", *words, "--", address],
            capture_output=True, text=True, errors="replace", timeout=timeout, stdin=subprocess.DEVNULL, check=False,
        )  # fmt: skip
    except FileNotFoundError:
        raise UnreachableError(
            Kind.CLOSED, "OpenSSH's client (ssh) is not installed here; Ansible and safedeploy need it."
        ) from None
    except subprocess.TimeoutExpired:
        raise UnreachableError(Kind.TIMEOUT, "ssh -G did not answer; look at Match exec in ~/.ssh/config.") from None
    if done.returncode != 0:
        raise UnreachableError(Kind.UNRESOLVABLE, f"ssh does not accept its configuration: {done.stderr.strip()}")
    return _target(_options(done.stdout), address, words)


def _variables(connection: Connection) -> list[str]:
    """Ansible's own variables, first, because ssh takes the first value it meets."""
    words: list[str] = []
    if connection.port:
        words += ["-o", f"Port={connection.port}"]
    if connection.user:
        words += ["-o", f"User={connection.user}"]
    if connection.private_key_file:
        path = Path(connection.private_key_file).expanduser()
        words += ["-o", f'IdentityFile="{path}"']
    return words


def _options(text: str) -> dict[str, list[str]]:
    options: dict[str, list[str]] = {}
    for line in text.splitlines():
        key, _, value = line.partition(" ")
        options.setdefault(key.lower(), []).append(value.strip())
    return options


def _target(options: Mapping[str, list[str]], address: str, words: Sequence[str]) -> Target:
    def first(key: str, default: str = "") -> str:
        return (options.get(key) or [default])[0]

    def files(key: str) -> tuple[Path, ...]:
        return tuple(
            Path(_expand(item, tokens)).expanduser() for item in options.get(key, ()) if item.lower() != "none"
        )

    def lists(key: str) -> tuple[Path, ...]:
        words = [word for value in options.get(key, ()) for word in shlex.split(value)]
        return tuple(Path(_expand(word, tokens)).expanduser() for word in words if word.lower() != "none")

    hostname, port, user = first("hostname", address), int(first("port", "22")), first("user") or getpass.getuser()
    alias = first("hostkeyalias").lower()
    tokens = _tokens(hostname=hostname, original=address, port=port, user=user, alias=alias)
    jump = first("proxyjump") if first("proxyjump", "none").lower() != "none" else None
    command = first("proxycommand") if first("proxycommand", "none").lower() != "none" else None
    return Target(
        hostname=hostname,
        port=port,
        user=user,
        family=_FAMILIES.get(first("addressfamily"), socket.AF_UNSPEC),
        key_name=alias or (hostname.lower() if port == 22 else f"[{hostname.lower()}]:{port}"),
        known_hosts=lists("userknownhostsfile") + lists("globalknownhostsfile"),
        identities=_unique(files("identityfile")),
        identities_only=first("identitiesonly") == "yes",
        agent=_agent(first("identityagent"), tokens),
        proxy=_jump_command(jump, words, tokens) if jump else (_expand(command, tokens) if command else None),
        jump=jump,
    )


_FAMILIES = {"inet": socket.AF_INET, "inet6": socket.AF_INET6}


def _agent(value: str, tokens: Mapping[str, str]) -> str | None:
    if value.lower() == "none":
        return None
    if value in {"", "SSH_AUTH_SOCK"}:
        return os.environ.get("SSH_AUTH_SOCK") or None
    if value.startswith("$"):
        return os.environ.get(value.strip("${}")) or None
    return str(Path(_expand(value, tokens)).expanduser())


def _jump_command(jump: str, words: Sequence[str], tokens: Mapping[str, str]) -> str:
    """The command that OpenSSH itself makes of ProxyJump: the last jump is reached through the ones before it."""
    *before, last = jump.split(",")
    last = last.removeprefix("ssh://")
    user, _, place = last.rpartition("@")
    match = re.fullmatch(r"(\[[^]]+\]|[^:]+)(?::(\d+))?", place)
    host, port = (match[1].strip("[]"), match[2]) if match else (place, None)
    command = ["ssh", "-o", "BatchMode=yes", "-o", "ControlPath=none"]
    command += ["-l", user] if user else []
    command += ["-p", port] if port else []
    command += ["-J", ",".join(before)] if before else []
    command += ["-F", config] if (config := _config_file(words)) else []
    return shlex.join([*command, "-W", f"[{tokens['h']}]:{tokens['p']}", "--", host])


def _config_file(words: Sequence[str]) -> str | None:
    for index, word in enumerate(words):
        if word == "-F" and index + 1 < len(words):
            return words[index + 1]
        if word.startswith("-F") and len(word) > 2:
            return word[2:]
    return None


def _tokens(*, hostname: str, original: str, port: int, user: str, alias: str) -> dict[str, str]:
    name = socket.gethostname()
    return {
        "%": "%", "h": hostname, "n": original, "p": str(port), "r": user, "k": alias or original,
        "u": getpass.getuser(), "i": str(os.getuid()), "d": str(Path.home()), "l": name, "L": name.split(".")[0],
    }  # fmt: skip


def _expand(value: str, tokens: Mapping[str, str]) -> str:
    value = re.sub(r"\$\{(\w+)\}", lambda found: os.environ.get(found[1], ""), value)
    return re.sub(r"%(.)", lambda found: tokens.get(found[1], found[0]), value)


def _unique(paths: Sequence[Path]) -> tuple[Path, ...]:
    return tuple(dict.fromkeys(paths))
