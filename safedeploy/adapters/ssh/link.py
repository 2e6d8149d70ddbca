"""One authenticated SSH connection to one host: made under one deadline, its host key verified against known_hosts.

Promises: nothing is sent to a host whose key is not known, whatever any setting says, no file is written, and nothing
that the host does keeps us longer than the deadline.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import logging
import socket
from typing import TYPE_CHECKING

from safedeploy.adapters.ssh import library
from safedeploy.adapters.ssh.authentication import authenticate
from safedeploy.adapters.ssh.deadline import Deadline
from safedeploy.adapters.ssh.known_hosts import Known, lookup
from safedeploy.adapters.ssh.proxy import Proxy
from safedeploy.adapters.ssh.reply import Kind, UnreachableError
from safedeploy.adapters.ssh.target import Target, resolve

if TYPE_CHECKING:
    import paramiko

    from safedeploy.core.host import Connection

# Paramiko logs every broken connection with a traceback; the reason reaches the user as a value instead.
_LOG = "safedeploy.ssh.paramiko"
logging.getLogger(_LOG).addHandler(logging.NullHandler())
logging.getLogger(_LOG).propagate = False


class Link:
    """An open connection. `close` is quick, and safe to call from another thread to end a call that hangs."""

    def __init__(self, target: Target, sock: socket.socket, proxy: Proxy | None) -> None:
        self.target = target
        # Whether the present question got a session: what was asked once must not be asked again.
        self.opened = False
        self.transport: paramiko.Transport | None = None
        self._sock = sock
        self._proxy = proxy

    @classmethod
    def open(cls, connection: Connection, *, timeout: float) -> Link:
        """Connect, verify, log in, within `timeout` seconds in all. Raises UnreachableError."""
        deadline = Deadline(seconds=timeout, what=f"Connecting to {connection.address}")
        target = resolve(connection, timeout=deadline.left())
        proxy = Proxy(target.proxy) if target.proxy else None
        link = cls(target, proxy.sock if proxy else _dial(target, deadline), proxy)
        try:
            link._start(connection.password, deadline)
        except BaseException:
            link.close()
            raise
        return link

    @property
    def alive(self) -> bool:
        """False when the connection is known to be gone; a dead network may not show yet."""
        return self.transport is not None and self.transport.is_active() and self.transport.is_authenticated()

    def close(self) -> None:
        """End the connection and its proxy."""
        # Wakes paramiko's thread, which otherwise notices only at its next tick.
        with contextlib.suppress(OSError):
            self._sock.shutdown(socket.SHUT_RDWR)
        if self.transport is not None:
            self.transport.close()
        self._sock.close()
        if self._proxy:
            self._proxy.close()

    def _start(self, password: str | None, deadline: Deadline) -> None:
        library.load()
        import paramiko  # noqa: PLC0415 - see library

        target = self.target
        known = lookup(target.key_name, target.known_hosts)
        if not known.keys and target.port != 22 and target.key_name.startswith("["):
            # As ssh does: a key known without its port is good for every port.
            known = lookup(target.hostname.lower(), target.known_hosts)
        try:
            transport = self.transport = paramiko.Transport(self._sock)
            transport.set_log_channel(_LOG)
            transport.banner_timeout = transport.handshake_timeout = deadline.left()
            _prefer(transport, known)
            transport.start_client(timeout=deadline.left())
            _verify(target, known, transport.get_remote_server_key())
            transport.auth_timeout = deadline.left()
            authenticate(transport, target, password)
        except UnreachableError:
            deadline.left()
            raise
        except (paramiko.SSHException, OSError, EOFError, ValueError) as error:
            deadline.left()
            raise self._broken(error) from error

    def _broken(self, error: Exception) -> UnreachableError:
        failure = self._proxy.failure() if self._proxy else None
        if failure:
            way = f"jump host {self.target.jump}" if self.target.jump else "ProxyCommand"
            return UnreachableError(failure[0], f"The way to {self.target.hostname} through {way} failed: {failure[1]}")
        place = f"{self.target.hostname}:{self.target.port}"
        text = str(error) or type(error).__name__
        return UnreachableError(Kind.CLOSED, f"{place} does not complete the SSH handshake: {text}")


def _dial(target: Target, deadline: Deadline) -> socket.socket:
    """The first of the host's addresses that accepts a connection."""
    place = f"{target.hostname}:{target.port}"
    try:
        found = socket.getaddrinfo(target.hostname, target.port, target.family, socket.SOCK_STREAM)
    except (socket.gaierror, UnicodeError) as error:
        raise UnreachableError(Kind.UNRESOLVABLE, f"{target.hostname} cannot be resolved: {error}") from error
    last: OSError | None = None
    for family, kind, protocol, _, address in found:
        sock = socket.socket(family, kind, protocol)
        try:
            sock.settimeout(deadline.left())
            sock.connect(address)
        except OSError as error:
            sock.close()
            last = error
        except UnreachableError:
            sock.close()
            raise
        else:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
            return sock
    if isinstance(last, ConnectionRefusedError):
        raise UnreachableError(Kind.REFUSED, f"{place} refuses connections: nothing listens there.")
    if isinstance(last, TimeoutError):
        raise UnreachableError(Kind.TIMEOUT, f"{place} did not answer within {deadline.seconds:g} s.")
    raise UnreachableError(Kind.NO_ROUTE, f"{place} cannot be reached: {last}")


def _prefer(transport: paramiko.Transport, known: Known) -> None:
    """Ask for the types of key that are known first, as ssh does; or else the host may show one that we do not know."""
    options = transport.get_security_options()
    wanted = [name for key_type in known.types() for name in _NEGOTIATED.get(key_type, (key_type,))]
    first = [name for name in wanted if name in options.key_types]
    options.key_types = tuple(dict.fromkeys((*first, *options.key_types)))


_NEGOTIATED = {"ssh-rsa": ("rsa-sha2-512", "rsa-sha2-256")}


def _verify(target: Target, known: Known, shown: paramiko.PKey) -> None:
    blob = shown.asbytes()
    what = f"{shown.get_name()} {_fingerprint(blob)}"
    if known.is_revoked(blob):
        raise UnreachableError(Kind.HOST_KEY_CHANGED, f"{target.key_name} shows a key that is revoked: {what}.")
    if known.has(blob):
        return
    if known.keys:
        before = ", ".join(f"{key.type} {_fingerprint(key.blob)}" for key in known.keys)
        raise UnreachableError(
            Kind.HOST_KEY_CHANGED, f"The host key of {target.key_name} has changed: known is {before}; shown is {what}."
        )
    authority = " Only a certificate authority is known for it, which is not supported." if known.authority else ""
    files = ", ".join(str(path) for path in target.known_hosts if path.exists()) or "no known_hosts file exists"
    raise UnreachableError(
        Kind.HOST_KEY_UNKNOWN,
        f"The host key of {target.key_name} is not known ({files}); it shows {what}.{authority}",
    )


def _fingerprint(blob: bytes) -> str:
    return "SHA256:" + base64.b64encode(hashlib.sha256(blob).digest()).decode().rstrip("=")
