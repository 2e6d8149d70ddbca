"""One question to one host: the remote command line with sudo around it, and what the output means."""

from __future__ import annotations

import io
import json
import secrets
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from safedeploy.adapters.ssh.command import Command, Output, Password, run
from safedeploy.adapters.ssh.reply import Kind, Reply, UnreachableError, parse
from safedeploy.core.remote_line import NO_AGENT, NO_PYTHON, agent_path, memory_input, memory_line, stored_line

if TYPE_CHECKING:
    from safedeploy.adapters.ssh.deadline import Deadline
    from safedeploy.adapters.ssh.link import Link
    from safedeploy.core.host import Become, Connection

_NO_SUDO = ("not in the sudoers", "may not run", "is not allowed to", "must have a tty", "unknown user", "not found")


@dataclass(frozen=True, kw_only=True)
class Question:
    """A command of the on-host program and its request; `program` is the zipapp's bytes, for a host without it."""

    command: str
    request: Mapping[str, Any]
    program: bytes
    sha256: str
    max_output: int


def ask(link: Link, connection: Connection, question: Question, *, opening: Deadline, deadline: Deadline) -> Reply:
    """Ask the staged program; where it is not staged, run it from memory. Raises UnreachableError."""
    marker = f"safedeploy:{secrets.token_hex(8)}"
    request = json.dumps(question.request).encode()
    agent = agent_path(question.request["site"]["state_dir"], question.sha256)
    inner = stored_line(marker=marker, agent=agent, command=question.command, python=connection.python)

    def attempt(line: str, given: bytes) -> tuple[bytes, Output]:
        wrapped, password = wrap(line, connection.become)
        command = Command(line=wrapped, input=given, marker=marker, password=password)
        output = run(link, command, max_output=question.max_output, opening=opening, deadline=deadline)
        # What came before the marker was printed by login scripts.
        _, found, rest = bytes(output.stdout).partition(marker.encode() + b"\n")
        if not found:
            raise _not_started(output, connection)
        return rest, output

    said, output = attempt(inner, request)
    if said.strip() == NO_AGENT.encode():
        inner = memory_line(marker=marker, command=question.command, python=connection.python)
        said, output = attempt(inner, memory_input(question.program, question.sha256) + request)
    if said.strip() == NO_PYTHON.encode():
        named = f"{connection.python} (ansible_python_interpreter)" if connection.python else "Python 3.8 or later"
        raise UnreachableError(Kind.NO_PYTHON, f"There is no {named} on the host.")
    reply = next((reply for line in io.BytesIO(said) if (reply := parse(line)) is not None), None)
    if reply is None:
        raise _not_an_answer(output, said)
    return reply


def wrap(inner: str, become: Become) -> tuple[str, Password | None]:
    """The line for sshd: for any login shell, in the C locale, through sudo when the host is reached that way."""
    if not become.enabled:
        return f"/bin/sh -c {shlex.quote(inner)}", None
    if become.method.removeprefix("ansible.builtin.") != "sudo":
        raise UnreachableError(
            Kind.NO_SUDO, f"ansible_become_method is {become.method}; only sudo is supported (or a login as root)."
        )
    password = Password(value=become.password) if become.password else None
    ask_how = f"-S -p {shlex.quote(password.prompt)}" if password else "-n"
    sudo = f"sudo -H {ask_how} -u {shlex.quote(become.user)} -- /bin/sh -c {shlex.quote(inner)}"
    return f"/bin/sh -c {shlex.quote(f'LC_ALL=C exec {sudo}')}", password


def _not_started(output: Output, connection: Connection) -> UnreachableError:
    """The marker never came: sudo refused, or the login shell did something else."""
    text = output.stderr.decode(errors="replace").strip()
    who = connection.user or "the login user"
    if connection.become.enabled:
        if "password is required" in text or "a terminal is required" in text or "Authentication failure" in text:
            return UnreachableError(Kind.SUDO_PASSWORD, f"sudo wants a password for {who}: {text}")
        if "incorrect password" in text or "try again" in text:
            return UnreachableError(Kind.SUDO_PASSWORD, "sudo does not accept the password (ansible_become_password).")
        if output.status == 127 or "sudo" in text or any(part in text for part in _NO_SUDO):
            return UnreachableError(Kind.NO_SUDO, f"sudo does not let {who} become {connection.become.user}: {text}")
    return _not_an_answer(output, bytes(output.stdout))


def _not_an_answer(output: Output, said: bytes) -> UnreachableError:
    text = output.stderr.decode(errors="replace").strip() or said[-500:].decode(errors="replace").strip()
    status = f"status {output.status}" if output.status is not None else "no status"
    reason = f"The host's answer is not understood ({status}): {text[-500:] or 'it said nothing'}"
    if "No space left on device" in text:
        return UnreachableError(Kind.NO_SPACE, reason)
    if "Permission denied" in text:
        return UnreachableError(Kind.PERMISSION, reason)
    return UnreachableError(Kind.GARBAGE, reason)
