"""Which access log tells of each virtual host: one for each, so that no request is counted twice.

Of several the one that has every request (no condition), then the one that says most: how long it took, who, when.
"""

from __future__ import annotations

from ..probes import log_files
from ..probes.log_format import Parser

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterable

    from ..probes.site_map import Host

    Json = dict[str, Any]

UNITS = ("us", "ms", "s")
AGENT = "header:user-agent"


class Log:
    """One access log: its `target` as configured, its file, its `parsers`, and whose requests are counted in it."""

    def __init__(self, target: str, path: str) -> None:
        self.target = target
        self.path = path
        self.parsers: list[Parser] = []
        self.formats: list[str] = []
        self.sites: list[str] = []
        # Names of hosts that write here too and are counted elsewhere.
        self.elsewhere: set[str] = set()

    def site_of(self, facts: Json) -> str | None:
        """Whose request a line tells of; None when it is counted elsewhere."""
        server = str(facts.get("server") or "").lower()
        if server in self.elsewhere:
            return None
        if server:
            return server
        return self.sites[0] if len(self.sites) == 1 else self.path


def choose(hosts: Iterable[Host], server_root: str) -> tuple[list[Log], list[str]]:
    """The logs to count in, and which virtual hosts have none that can be read, in sentences."""
    found: dict[str, Log] = {}
    notes: list[str] = []
    written: list[tuple[Host, str | None, list[str]]] = []
    for host in hosts:
        offers = list(_offers(host, server_root))
        best = max(offers, key=lambda one: one[0], default=None)
        written.append((host, best and best[2], [path for _, _, path, _ in offers]))
        if best is None:
            notes.append(f"no access log of {host.name} can be read: {_why(host)}")
            continue
        _, target, path, text = best
        log = found.setdefault(path, Log(target, path))
        if text not in log.formats:
            log.formats.append(text)
            log.parsers.append(Parser(text))
        if host.name.lower() not in log.sites:
            log.sites.append(host.name.lower())
    for host, counted_in, others in written:
        for other in others:
            if other != counted_in and other in found and host.name.lower() not in found[other].sites:
                found[other].elsewhere.add(host.name.lower())
    if len(found) > log_files.FILES:
        notes.append(f"of {len(found)} access logs only {log_files.FILES} are read")
    return list(found.values())[: log_files.FILES], list(dict.fromkeys(notes))


def _offers(host: Host, server_root: str) -> Iterable[tuple[tuple[bool, ...], str, str, str]]:
    """(how good, target, file, format) of each log of a host that tells the status of requests."""
    for target, text, always in log_files.written(host):
        path = log_files.place(target, server_root)
        fields = Parser(text).fields
        if path is None or "status" not in fields:
            continue
        timed = any(unit in fields for unit in UNITS)
        dated = any(field.partition(":")[0] == "time" for field in fields)
        yield (always, timed, AGENT in fields, dated), target, path, text


def _why(host: Host) -> str:
    targets = [target for target, _, _ in log_files.written(host)]
    if not targets:
        return "it has none"
    piped = all(target.startswith(("|", "syslog")) for target in targets)
    return f"{targets[0]!r} is no file" if piped else f"the format of {targets[0]} has no status"
