"""Access logs that no longer get a line for the same requests."""

from __future__ import annotations

from . import found

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterator, Mapping

    from .found import Found

    Json = dict[str, Any]

# Fewer requests may well be left out on purpose: health checks, pictures.
FEW = 3
# Lines that one probe may leave: its answer may be asked for twice.
_LINES = 2
_ACCESS = ("customlog", "globallog", "transferlog")


def judge(
    live: Mapping[str, int], candidate: Mapping[str, int], before: Json, after: Json, *, missed: int = 0
) -> Iterator[tuple[str, Found]]:
    """(the log's path, what is wrong) for each log that stays empty, unless others have taken its lines over.

    The counts are of lines by log; `before` and `after` are the Effectives. What goes into a program or to syslog
    cannot be counted: a log that is gone when there are more of those counts as moved there. `missed` is of how many
    probes there was no time to ask the candidate that live was asked: their lines may well be all that is missing, here
    and in the log that has taken over.
    """
    errors = error_logs(before) | error_logs(after)
    moved = sum(max(0, count - live.get(path, 0)) for path, count in candidate.items() if path not in errors)
    unseen = len(_access(after, seen=False)) - len(_access(before, seen=False))
    kept = _access(after, seen=True)
    for path, count in sorted(live.items()):
        if path in errors or count < FEW or candidate.get(path, 0) > 0:
            continue
        if path not in kept and unseen > 0:
            unseen -= 1
        elif moved >= count:
            moved -= count
        elif missed and moved + missed * _LINES >= count:
            moved = 0
            after_all = f"none logged, but there was no time for {missed} of the requests"
            yield (
                path,
                found.Found(found.INCONCLUSIVE, "not-logged", before=f"{count} requests logged", after=after_all),
            )
        else:
            yield path, found.regression("not-logged", before=f"{count} requests logged", after="none logged")


def error_logs(effective: Json) -> set[str]:
    """The error logs of an Effective that are files."""
    names = [effective.get("error_log") or "", *_targets(effective, ("errorlog",))]
    return {_absolute(effective, name) for name in names if name and _is_file(name)}


def _access(effective: Json, *, seen: bool) -> list[str]:
    """The access logs that are files, or those that are not."""
    names = [name for name in _targets(effective, _ACCESS) if _is_file(name) is seen]
    return [_absolute(effective, name) for name in names] if seen else names


def _targets(effective: Json, directives: tuple[str, ...]) -> Iterator[str]:
    nodes = list(effective.get("tree") or ())
    while nodes:
        node = nodes.pop()
        nodes += node.get("children") or ()
        if node["name"] in directives and node["args"]:
            yield node["args"][0]


def _is_file(name: str) -> bool:
    return not name.startswith(("|", "syslog"))


def _absolute(effective: Json, name: str) -> str:
    root = (effective.get("run") or {}).get("ServerRoot") or "/"
    return name if name.startswith("/") else f"{root.rstrip('/')}/{name}"
