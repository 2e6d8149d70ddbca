"""`audit`: lines of audit.jsonl from a position on. Changes nothing, and works where there is none."""

from __future__ import annotations

import os

from .store import Store

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .protocol import Json, Request
    from .services import Services

MAX_BYTES = 4 << 20


def audit(request: Request, services: Services) -> Json:  # noqa: ARG001 -- every command is called alike
    """{lines, offset, more}: whole lines from `offset` on, up to `max_bytes`; `offset` is where the next ones begin.

    A single line that is longer than that is left out.
    """
    path = Store(request.site).log.path
    begin, limit = request.get("offset", int, 0), request.get("max_bytes", int, MAX_BYTES)
    try:
        fd = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except FileNotFoundError:
        return {"lines": [], "offset": 0, "more": False}
    try:
        size = os.fstat(fd).st_size
        data = os.pread(fd, max(1, limit), max(0, begin))
        # Within a line that was too long: its rest is none.
        skipped = data.find(b"\n") + 1 if begin > 0 and os.pread(fd, 1, begin - 1) != b"\n" else 0
    finally:
        os.close(fd)
    whole = data.rfind(b"\n") + 1
    lines = data[skipped:whole].decode("utf-8", "replace").split("\n")[:-1]
    if not whole and begin + len(data) < size:
        whole = len(data)
    end = begin + whole
    return {"lines": lines, "offset": end, "more": whole > 0 and end < size}
