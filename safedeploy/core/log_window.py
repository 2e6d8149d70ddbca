"""What hosts counted in their logs between two moments: the on-host program's `logs` answer. Pure.

What a host says is hostile until proven otherwise: texts are made fit to be shown, numbers are numbers and lists are
bounded; an answer of another shape is refused as a whole.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from safedeploy.core.plain_text import plain_text
from safedeploy.core.shape import Shape

K = 1024
_HASHES = 1 << 48
_SITES = 201
_STEPS = 3001
_KINDS = 50
_SHOWN = 10
_LIMITS = 36


@dataclass(frozen=True, kw_only=True)
class Clients:
    """Distinct clients: the smallest hashes of their addresses. `exact` when these are all of them."""

    hashes: tuple[int, ...] = ()
    exact: bool = True

    @property
    def number(self) -> int:
        """How many there are; within some 3 % where it is not exact (Bar-Yossef et al., RANDOM 2002)."""
        if self.exact or len(self.hashes) < K:
            return len(self.hashes)
        return round((K - 1) * _HASHES / max(1, self.hashes[K - 1]))


@dataclass(frozen=True, kw_only=True)
class Step:
    """One step of the window: `start` in seconds since 1970. `slow` took a second or longer."""

    start: float
    requests: int = 0
    server_errors: int = 0
    client_errors: int = 0
    slow: int = 0


@dataclass(frozen=True, kw_only=True)
class SiteCount:
    """One virtual host's requests in the window. `latency` counts those below 1 ms, √2 ms, ... 131 s, and above."""

    requests: int = 0
    server_errors: int = 0
    client_errors: int = 0
    latency: tuple[int, ...] = ()
    series: tuple[Step, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Often:
    """What came often: a client, a path or a program, with its requests and how many of them ended with a 5xx."""

    text: str
    requests: int
    server_errors: int


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A kind of message of the error logs. `first` and `last` are seconds since 1970, None where lines have no time."""

    key: str
    level: str
    count: int
    first: float | None
    last: float | None
    sample: str


@dataclass(frozen=True, kw_only=True)
class LogWindow:
    """What one host, or several as one, counted between `since` and `until`, in steps of `step` seconds."""

    since: float
    until: float
    step: float
    sites: Mapping[str, SiteCount] = field(default_factory=dict)
    clients: Clients = field(default_factory=Clients)
    affected: Clients = field(default_factory=Clients)
    top_clients: tuple[Often, ...] = ()
    top_paths: tuple[Often, ...] = ()
    top_agents: tuple[Often, ...] = ()
    failing: tuple[Often, ...] = ()
    errors: tuple[Kind, ...] = ()
    own: int = 0
    notes: tuple[str, ...] = ()

    @property
    def requests(self) -> int:
        """Of all sites."""
        return sum(one.requests for one in self.sites.values())

    @property
    def server_errors(self) -> int:
        """Of all sites."""
        return sum(one.server_errors for one in self.sites.values())

    @property
    def series(self) -> tuple[Step, ...]:
        """All sites as one, in order; steps without a request are left out."""
        return _series(one.series for one in self.sites.values())


def log_window_from_json(host: str, value: Mapping[str, Any]) -> LogWindow:
    """Values from a `logs` answer. Raises ValueError when the answer does not have the documented shape."""
    try:
        return _window(Shape(value), value)
    except (KeyError, TypeError, AttributeError, IndexError, ValueError, OverflowError) as error:
        raise ValueError(f"{host} answered 'logs' in a shape that is not understood: {error!r}") from error


def merged(windows: Iterable[LogWindow]) -> LogWindow | None:
    """The windows of several hosts as one; they must be of the same time and step. None when there are none."""
    found = list(windows)
    if not found:
        return None
    names = dict.fromkeys(site for one in found for site in one.sites)
    return LogWindow(
        since=found[0].since,
        until=found[0].until,
        step=found[0].step,
        sites={name: _site([one.sites[name] for one in found if name in one.sites]) for name in names},
        clients=together(one.clients for one in found),
        affected=together(one.affected for one in found),
        top_clients=_often(one.top_clients for one in found),
        top_paths=_often(one.top_paths for one in found),
        top_agents=_often(one.top_agents for one in found),
        failing=_often((one.failing for one in found), by_errors=True),
        errors=_kinds(one.errors for one in found),
        own=sum(one.own for one in found),
        notes=tuple(dict.fromkeys(note for one in found for note in one.notes)),
    )


def together(parts: Iterable[Clients]) -> Clients:
    """The clients of several hosts, each once."""
    found = list(parts)
    hashes = sorted({number for one in found for number in one.hashes})
    # A hash above the last one of a cut list may be there or not, so what is above is not known of all.
    exact = all(one.exact for one in found) and len(hashes) <= K
    return Clients(hashes=tuple(hashes[:K]), exact=exact)


def _window(whole: Shape, raw: Mapping[str, Any]) -> LogWindow:
    clients, top = whole.part("clients"), raw.get("top") or {}
    return LogWindow(
        since=_number(raw["since"]),
        until=_number(raw["until"]),
        step=_number(raw["step"]),
        sites={_text(name): _site_count(one) for name, one in list((raw.get("sites") or {}).items())[:_SITES]},
        clients=_clients(clients.mapping("all")),
        affected=_clients(clients.mapping("affected")),
        top_clients=_tops(top.get("clients")),
        top_paths=_tops(top.get("paths")),
        top_agents=_tops(top.get("agents")),
        failing=_tops(top.get("failing")),
        errors=tuple(_kind(Shape(one)) for one in _list(raw.get("errors"))[:_KINDS]),
        own=_count(raw.get("own")),
        notes=whole.texts("notes"),
    )


def _site_count(value: Mapping[str, Any]) -> SiteCount:
    return SiteCount(
        requests=_count(value["requests"]),
        server_errors=_count(value["server_errors"]),
        client_errors=_count(value["client_errors"]),
        latency=tuple(_count(one) for one in _list(value.get("latency"))[:_LIMITS]),
        series=tuple(
            Step(
                start=_number(at), requests=_count(a), server_errors=_count(b), client_errors=_count(c), slow=_count(d)
            )
            for at, a, b, c, d in _list(value.get("series"))[:_STEPS]
        ),
    )


def _clients(value: Mapping[str, Any] | None) -> Clients:
    value = value or {}
    hashes = tuple(sorted(_count(one) for one in _list(value.get("hashes"))[:K]))
    return Clients(hashes=hashes, exact=value.get("exact") is not False)


def _tops(value: Any) -> tuple[Often, ...]:
    return tuple(
        Often(text=_text(text), requests=_count(requests), server_errors=_count(failed))
        for text, requests, failed in _list(value)[:_SHOWN]
    )


def _kind(one: Shape) -> Kind:
    return Kind(
        key=one.text("key") or "",
        level=one.text("level") or "error",
        count=_count(one.number("count") or 0),
        first=one.number("first"),
        last=one.number("last"),
        sample=one.text("sample") or "",
    )


def _site(parts: Sequence[SiteCount]) -> SiteCount:
    width = max((len(one.latency) for one in parts), default=0)
    return SiteCount(
        requests=sum(one.requests for one in parts),
        server_errors=sum(one.server_errors for one in parts),
        client_errors=sum(one.client_errors for one in parts),
        latency=tuple(sum(one.latency[at] for one in parts if at < len(one.latency)) for at in range(width)),
        series=_series(one.series for one in parts),
    )


def _series(parts: Iterable[tuple[Step, ...]]) -> tuple[Step, ...]:
    found: dict[float, list[int]] = {}
    for part in parts:
        for one in part:
            row = found.setdefault(one.start, [0, 0, 0, 0])
            for at, number in enumerate((one.requests, one.server_errors, one.client_errors, one.slow)):
                row[at] += number
    return tuple(
        Step(start=at, requests=row[0], server_errors=row[1], client_errors=row[2], slow=row[3])
        for at, row in sorted(found.items())
    )


def _often(parts: Iterable[tuple[Often, ...]], *, by_errors: bool = False) -> tuple[Often, ...]:
    found: dict[str, tuple[int, int]] = {}
    for one in (one for part in parts for one in part):
        requests, failed = found.get(one.text, (0, 0))
        found[one.text] = (requests + one.requests, failed + one.server_errors)
    order = sorted(found.items(), key=lambda one: (-one[1][1 if by_errors else 0], -one[1][0], one[0]))
    return tuple(Often(text=text, requests=a, server_errors=b) for text, (a, b) in order[:_SHOWN])


def _kinds(parts: Iterable[tuple[Kind, ...]]) -> tuple[Kind, ...]:
    found: dict[str, Kind] = {}
    for one in (one for part in parts for one in part):
        known = found.get(one.key)
        found[one.key] = one if known is None else Kind(
            key=one.key,
            level=known.level,
            count=known.count + one.count,
            first=min((at for at in (known.first, one.first) if at is not None), default=None),
            last=max((at for at in (known.last, one.last) if at is not None), default=None),
            sample=known.sample,
        )  # fmt: skip
    return tuple(sorted(found.values(), key=lambda one: -one.count))


def _list(value: Any) -> list[Any]:
    if value is None:
        return []
    if not isinstance(value, list):
        raise TypeError(f"a list is expected, not {type(value).__name__}")
    return value


def _text(value: Any) -> str:
    return plain_text(str(value), limit=1000)


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < 1e15:
        raise TypeError(f"a number is expected, not {value!r:.40}")
    return float(value)


def _count(value: Any) -> int:
    return 0 if value is None else max(0, int(_number(value)))
