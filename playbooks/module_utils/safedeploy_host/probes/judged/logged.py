"""Access logs that no longer get a line for the same requests."""

from __future__ import annotations

from . import found

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Iterator, Mapping

    from .found import Found

# Fewer requests may well be left out on purpose: health checks, pictures.
FEW = 3


def judge(live: Mapping[str, int], candidate: Mapping[str, int]) -> Iterator[tuple[str, Found]]:
    """(the log's path, what is wrong) for each log that stays empty, unless others have taken its lines over."""
    moved = sum(max(0, count - live.get(path, 0)) for path, count in candidate.items())
    for path, count in sorted(live.items()):
        if count < FEW or candidate.get(path, 0) > 0:
            continue
        if moved >= count:
            moved -= count
            continue
        yield path, found.regression("not-logged", before=f"{count} requests logged", after="none logged")
