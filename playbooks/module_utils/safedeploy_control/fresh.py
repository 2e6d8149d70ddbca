"""A connection that is opened anew, which alone proves that a host can still be reached.

Little goes over it, and nothing that is worth being kept for the day when somebody can read it: no content, no
configuration, and a token that is worth nothing once the run is over. So of the key exchanges that are allowed to it
anyway it is given the quick one first: with OpenSSH 9.2 the one that is safe against quantum computers takes each side
some 50 ms of its processor. Where a secret is sent too, the order stays as it is.
"""

from __future__ import annotations

import contextlib
import subprocess
from collections.abc import Sequence
from pathlib import PurePath
from typing import Any

# Of these, the first that ssh knows: since OpenSSH 9.9 there is one that is both safe and quick.
_QUICK = ("mlkem768x25519-sha256", "curve25519-sha256", "curve25519-sha256@libssh.org")
_ASKED = 5.0  # seconds


def connect_anew(connection: Any, *, confidential: bool) -> None:
    """Have a connection of Ansible's not use ssh's open, multiplexed one. One that is not ssh's is left as it is.

    `confidential` if a secret is in what is to be sent over it, besides passwords.
    """
    if connection.transport != "ssh":
        return
    chosen = "" if confidential else _chosen(connection)
    now = connection.get_option("ssh_args") or ""
    # Of several values ssh takes the first.
    connection.set_option("ssh_args", f"-o ControlMaster=no -o ControlPath=none {chosen} {now}")


def _chosen(connection: Any) -> str:
    order = [] if _sends_password(connection) else quick_first(_allowed(connection))
    return f"-o KexAlgorithms={','.join(order)}" if order else ""


def quick_first(allowed: Sequence[str]) -> list[str]:
    """The key exchanges in the order in which they are to be offered; empty if it is to stay as it is."""
    head = next((one for one in _QUICK if one in allowed), None)
    return [head, *(one for one in allowed if one != head)] if head else []


def _sends_password(connection: Any) -> bool:
    """Whether a password goes to the host: of the user, or of sudo's kind."""
    play, become = connection._play_context, connection.become  # noqa: SLF001 - as the plugin itself asks
    if connection.get_option("password") or play.password:
        return True
    return bool(become and become.get_option("become_pass", playcontext=play))


def _allowed(connection: Any) -> list[str]:
    """What ssh would offer this host, by its configuration and the inventory's arguments; empty if that is not known.

    `ssh -G` says it, and connects to nothing. A program of another name may not know that.
    """
    program = connection.get_option("ssh_executable")
    if PurePath(program).name != "ssh":
        return []
    host = connection.get_option("host") or connection._play_context.remote_addr  # noqa: SLF001 - as the plugin does
    command = connection._build_command(program, "ssh", "-G", host)  # noqa: SLF001 - nothing public has it
    said = b""
    with contextlib.suppress(OSError, subprocess.SubprocessError):
        said = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_ASKED,
            check=True,
        ).stdout
    lines = (line.partition(" ") for line in said.decode(errors="replace").splitlines())
    return next((value.split(",") for name, _, value in lines if name == "kexalgorithms" and value), [])
