"""Whether httpd takes connections where its configuration says, and answers them; and the certificates it shows."""

from __future__ import annotations

import socket
import time

from .. import sockets
from ..drift import certificates as drift_certificates

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Tuple

    Address = Tuple[str, int]
    Json = dict[str, Any]

MOST = 8


def ports(site: Json, effective: Json, status: Json, seconds: float) -> list[Json]:
    """[{port, host, listening, answers}] of each Listen. `answers` is null where it was not asked.

    Listening and not answering means that no worker takes the connection up.
    """
    bound = sockets.bound(status["pid"]) if status["pid"] else []
    deadline = time.monotonic() + seconds
    found: list[Json] = []
    each = seconds / 2
    for one in (effective.get("listen") or [])[:MOST]:
        here = [host for _, (host, port) in bound if port == one["port"]]
        entry: Json = {"host": one["host"], "port": one["port"], "listening": bool(here), "answers": None}
        if here and time.monotonic() < deadline:
            address = site["httpd"].get("address") or "127.0.0.1"
            host = address if here[0] in ("0.0.0.0", "::") else here[0]  # noqa: S104 -- compared, not bound
            entry["answers"] = _answers((host, one["port"]), min(each, max(0.5, deadline - time.monotonic())))
        found.append(entry)
    return found


def _answers(address: Address, timeout: float) -> bool:
    """Whether a worker takes a connection up: it says something, or closes, as a TLS port does to a plain question."""
    try:
        with socket.create_connection(address, timeout) as connection:
            connection.settimeout(timeout)
            connection.sendall(sockets.QUESTION)
            connection.recv(1)
    except ConnectionResetError:
        return True
    except OSError:
        return False
    return True


def certificates(effective: Json, server_root: str) -> list[Json]:
    """[{path, place, names, not_after, error}] of those that the configuration names."""
    return drift_certificates.certificates(effective, server_root)
