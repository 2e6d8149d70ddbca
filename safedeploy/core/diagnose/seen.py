"""What a host found of itself in trouble: the on-host program's `diagnose` answer as values. Pure.

What a host says is hostile until proven otherwise: an answer of another shape is refused as a whole. What it could not
look at is missing here, and no cause is ruled out by that.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from safedeploy.core.shape import Shape

MOST = 64


@dataclass(frozen=True, kw_only=True)
class Port:
    """A port that the configuration listens on. `answers` is None where it was not asked."""

    port: int
    listening: bool
    answers: bool | None = None


@dataclass(frozen=True, kw_only=True)
class Workers:
    """Requests that httpd may work on at a time, and those that are `busy` now; None where nothing tells."""

    limit: int | None = None
    busy: int | None = None
    connections: int = 0


@dataclass(frozen=True, kw_only=True)
class Backend:
    """What httpd passes requests on to, `name` with its port, or a socket. `state` as in docs/architecture.md."""

    name: str
    place: str
    state: str
    why: str
    ms: float | None = None
    status: int | None = None


@dataclass(frozen=True, kw_only=True)
class Disk:
    """A file system that httpd writes to, by the directory `path`; `use` is what for."""

    path: str
    use: str
    free_bytes: int
    total_bytes: int
    free_inodes: int
    total_inodes: int
    read_only: bool


@dataclass(frozen=True, kw_only=True)
class Certificate:
    """A certificate that the configuration names: its end in seconds since 1970, or why that cannot be told."""

    path: str
    place: str
    names: tuple[str, ...]
    not_after: float | None
    error: str | None


@dataclass(frozen=True, kw_only=True)
class Touched:
    """A file of the configuration that was written to at `at` (the host's clock). `in_place`: no reload is needed."""

    path: str
    at: float
    in_place: bool


@dataclass(frozen=True, kw_only=True)
class HostSeen:
    """One host. `time` is its clock, in seconds since 1970; sizes are in bytes."""

    time: float
    installed: bool = True
    running: bool | None = None
    started: str | None = None
    loaded_at: str | None = None
    configtest: str | None = None
    ports: tuple[Port, ...] = ()
    workers: Workers = field(default_factory=Workers)
    waiting: int = 0
    clients: tuple[tuple[str, int], ...] = ()
    backends: tuple[Backend, ...] = ()
    disks: tuple[Disk, ...] = ()
    certificates: tuple[Certificate, ...] = ()
    memory_total: int | None = None
    memory_available: int | None = None
    oom_kills: int | None = None
    load: float | None = None
    processors: int = 1
    descriptors: tuple[int, int] | None = None
    system_descriptors: tuple[int, int] | None = None
    retransmitted: int | None = None
    sent: int | None = None
    overflows: int | None = None
    conntrack: tuple[int, int] | None = None
    touched: tuple[Touched, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def silent_ports(self) -> tuple[int, ...]:
        """Ports that take connections and answer none."""
        return tuple(one.port for one in self.ports if one.listening and one.answers is False)

    @property
    def closed_ports(self) -> tuple[int, ...]:
        """Ports that the configuration listens on, and httpd does not."""
        return tuple(one.port for one in self.ports if not one.listening)


def host_seen_from_json(host: str, value: Mapping[str, Any]) -> HostSeen:
    """Values from a `diagnose` answer. Raises ValueError when the answer does not have the documented shape."""
    try:
        return _seen(Shape(value), value)
    except (KeyError, TypeError, AttributeError, IndexError, ValueError, OverflowError) as error:
        raise ValueError(f"{host} answered 'diagnose' in a shape that is not understood: {error!r}") from error


def _seen(whole: Shape, raw: Mapping[str, Any]) -> HostSeen:
    httpd, tested = whole.part("httpd"), whole.part("configtest")
    held, found, network = whole.part("connections"), whole.part("resources"), whole.part("network")
    memory, descriptors = found.part("memory"), found.part("descriptors")
    lately = network.part("lately")
    return HostSeen(
        time=float(whole.number("time") or 0.0),
        installed=httpd.truth("installed") is not False and raw.get("httpd") is not None,
        running=httpd.truth("running"),
        started=httpd.text("pid_start"),
        loaded_at=httpd.text("loaded_at"),
        configtest=(tested.text("output") or "no words") if tested.truth("ok") is False else None,
        ports=tuple(_port(one) for one in _items(raw.get("ports"))),
        workers=_workers(whole.part("workers")),
        waiting=int(held.number("waiting") or 0),
        clients=tuple((str(host), int(number)) for host, number in (_part(raw, "connections").get("top") or [])[:10]),
        backends=tuple(_backend(one) for one in _items(raw.get("backends"))),
        disks=tuple(_disk(one) for one in _items(_part(raw, "resources").get("disks"))),
        certificates=tuple(_certificate(one) for one in _items(raw.get("certificates"))),
        memory_total=_whole(memory.number("total")),
        memory_available=_whole(memory.number("available")),
        oom_kills=_whole(memory.number("oom_kills")),
        load=_load(_part(raw, "resources").get("load")),
        processors=int(found.number("processors") or 1),
        descriptors=_used(descriptors.mapping("httpd")),
        system_descriptors=_pair(_part(_part(raw, "resources"), "descriptors").get("system")),
        retransmitted=_whole(lately.number("retransmitted")),
        sent=_whole(lately.number("sent")),
        overflows=_whole(lately.number("listen_overflows")),
        conntrack=_pair(_part(raw, "network").get("conntrack")),
        touched=tuple(_touched(one) for one in _items(raw.get("touched"))),
        notes=whole.texts("notes"),
    )


def _part(raw: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = raw.get(key) or {}
    if not isinstance(value, Mapping):
        raise TypeError(f"{key} is a {type(value).__name__}")
    return value


def _items(value: Any) -> Iterator[Shape]:
    if value is not None and not isinstance(value, list):
        raise TypeError(f"a list is expected, not {type(value).__name__}")
    yield from (Shape(one) for one in (value or [])[:MOST])


def _whole(value: float | None) -> int | None:
    return None if value is None else int(value)


def _pair(value: Any) -> tuple[int, int] | None:
    if value is None:
        return None
    used, most = value
    return int(used), int(most)


def _used(value: Mapping[str, Any] | None) -> tuple[int, int] | None:
    return None if value is None else _pair((value["used"], value["limit"]))


def _load(value: Any) -> float | None:
    return float(value[0]) if value else None


def _port(one: Shape) -> Port:
    return Port(
        port=int(one.number("port") or 0), listening=one.truth("listening") is True, answers=one.truth("answers")
    )


def _workers(one: Shape) -> Workers:
    return Workers(
        limit=_whole(one.number("limit")),
        busy=_whole(one.number("busy")),
        connections=int(one.number("connections") or 0),
    )


def _backend(one: Shape) -> Backend:
    path = one.text("socket")
    return Backend(
        name=path or f"{one.text('name') or '?'}:{int(one.number('port') or 0)}",
        place=one.text("place") or "",
        state=one.text("state") or "error",
        why=one.text("why") or "",
        ms=one.number("ms"),
        status=_whole(one.number("status")),
    )


def _touched(one: Shape) -> Touched:
    at = one.number("at")
    if at is None:
        raise TypeError("a file without a time")
    return Touched(path=one.text("path") or "?", at=float(at), in_place=one.truth("in_place") is True)


def _disk(one: Shape) -> Disk:
    return Disk(
        path=one.text("path") or "?",
        use=one.text("for") or "",
        free_bytes=int(one.number("free_bytes") or 0),
        total_bytes=int(one.number("total_bytes") or 0),
        free_inodes=int(one.number("free_inodes") or 0),
        total_inodes=int(one.number("total_inodes") or 0),
        read_only=one.truth("read_only") is True,
    )


def _certificate(one: Shape) -> Certificate:
    return Certificate(
        path=one.text("path") or "?",
        place=one.text("place") or "",
        names=one.texts("names")[:20],
        not_after=one.number("not_after"),
        error=one.text("error"),
    )
