"""Who we are to a host: keys of the agent, key files, then a password, in the order in which ssh offers them."""

from __future__ import annotations

import base64
import contextlib
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from safedeploy.adapters.ssh.reply import Kind, UnreachableError

if TYPE_CHECKING:
    import paramiko

    from safedeploy.adapters.ssh.target import Target


def authenticate(transport: paramiko.Transport, target: Target, password: str | None) -> None:
    """Log in as `target.user`. Raises UnreachableError(auth-failed) with what was tried."""
    import paramiko  # noqa: PLC0415 - loaded with the connection already

    tried: list[str] = []
    agent = _Agent.connect(target.agent)
    try:
        for label, key in _offers(target, agent, tried):
            tried.append(label)
            try:
                if not transport.auth_publickey(target.user, key):
                    return
                break  # the key was good, and the host wants something more
            except paramiko.BadAuthenticationType:
                tried[-1] = "no key (the host does not take keys)"
                break
            except paramiko.AuthenticationException:
                _alive(transport, target, tried)
            except (paramiko.SSHException, ValueError) as error:
                tried[-1] += f" ({error})"
                _alive(transport, target, tried)
        if password is not None:
            tried.append("the password")
            with contextlib.suppress(paramiko.AuthenticationException):
                transport.auth_password(target.user, password)
        if not transport.is_authenticated():
            _refused(target, tried)
    finally:
        if agent:
            agent.close()


def _alive(transport: paramiko.Transport, target: Target, tried: list[str]) -> None:
    """A host hangs up after MaxAuthTries; offering more is of no use."""
    if not transport.is_active():
        tried.append("then the host hung up")
        _refused(target, tried)


def _refused(target: Target, tried: list[str]) -> None:
    offered = ", ".join(tried) or "nothing, there is no key to offer"
    raise UnreachableError(Kind.AUTH_FAILED, f"{target.user}@{target.hostname} was refused; tried: {offered}.")


def _offers(target: Target, agent: _Agent | None, notes: list[str]) -> Iterator[tuple[str, paramiko.PKey]]:
    """As pubkey_prepare of OpenSSH's sshconnect2.c: configured keys that the agent holds, its others, then files."""
    held = {key.asbytes(): key for key in agent.keys} if agent else {}
    public = {path: _public(path) for path in target.identities}
    configured = [blob for path in target.identities if (blob := public[path]) in held and blob is not None]
    for blob in configured:
        yield "a configured key from the agent", held[blob]
    if not target.identities_only:
        for blob in (blob for blob in held if blob not in configured):
            yield "a key from the agent", held[blob]
    for path in (path for path in target.identities if public[path] not in configured):
        key = _load(path, notes)
        if key is not None:
            yield str(path), key


def _public(path: Path) -> bytes | None:
    """The public half beside a key file, as on the wire; None when there is none."""
    beside = path if path.suffix == ".pub" else path.with_name(path.name + ".pub")
    with contextlib.suppress(OSError, ValueError, IndexError):
        return base64.b64decode(beside.read_text(encoding="utf-8").split()[1])
    return None


def _load(path: Path, notes: list[str]) -> paramiko.PKey | None:
    """The key in a file, with its certificate if one lies beside it."""
    import paramiko  # noqa: PLC0415 - loaded with the connection already

    if path.suffix == ".pub" or not path.exists():
        return None
    try:
        return paramiko.PKey.from_path(path)
    except (paramiko.PasswordRequiredException, TypeError):
        notes.append(f"{path} needs a passphrase: add it to the agent with ssh-add")
    except (OSError, ValueError, paramiko.SSHException, paramiko.pkey.UnknownKeyType) as error:
        notes.append(f"{path} cannot be used ({error})")
    return None


class _Agent:
    """The keys of an SSH agent at any socket; paramiko's own Agent only knows SSH_AUTH_SOCK."""

    def __init__(self, sock: socket.socket) -> None:
        from paramiko.agent import AgentSSH  # noqa: PLC0415 - loaded with the connection already

        self._sock = sock
        self._protocol = AgentSSH()
        self._protocol._connect(sock)  # type: ignore[attr-defined]  # noqa: SLF001 - the only way to name a socket

    @property
    def keys(self) -> tuple[paramiko.AgentKey, ...]:
        return self._protocol.get_keys()

    @classmethod
    def connect(cls, path: str | None) -> _Agent | None:
        """None when there is no agent or it does not answer: ssh goes on without it, too."""
        import paramiko  # noqa: PLC0415 - loaded with the connection already

        if not path:
            return None
        sock = socket.socket(socket.AF_UNIX)
        # Bounded, and long enough for a person to touch a hardware key.
        sock.settimeout(30)
        try:
            sock.connect(path)
            return cls(sock)
        except (OSError, paramiko.SSHException):
            sock.close()
            return None

    def close(self) -> None:
        self._sock.close()
