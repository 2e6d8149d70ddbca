"""Free ports of 127.0.0.1 for hosts in loopback mode."""

from __future__ import annotations

import socket
import zlib

from safedeploy.lab.commands import lab_error

ADDRESS = "127.0.0.1"
# Below the range from which Linux takes ports for outgoing connections (32768 and up).
FIRST, LAST = 20000, 32000


def free(ident: str, count: int) -> list[int]:
    """`count` ports that nobody listens on now, beginning at a place that belongs to the lab's identity.

    Somebody may take one before its host does; the host then does not start, and `up` says so.
    """
    found: list[int] = []
    first = zlib.crc32(ident.encode()) % (LAST - FIRST)
    for step in range(LAST - FIRST):
        port = FIRST + (first + step) % (LAST - FIRST)
        if len(found) == count:
            break
        if _is_free(port):
            found.append(port)
    if len(found) < count:
        raise lab_error(
            "lab-no-ports", f"Fewer than {count} ports of {ADDRESS} are free.", next_step="Start fewer hosts."
        )
    return found


def _is_free(port: int) -> bool:
    with socket.socket() as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((ADDRESS, port))
        except OSError:
            return False
        return True
