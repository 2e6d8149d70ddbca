"""What the error-rate gate found on each batch, as values for the screen and for JSON. Pure.

The verdict is the playbooks' (playbooks/module_utils/safedeploy_control/judging.py); unknown members are ignored.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from safedeploy.core.plain_text import plain_text
from safedeploy.core.trial import Hide


@dataclass(frozen=True, kw_only=True)
class Counted:
    """Requests of some hosts in some time, and how many of them ended with a 5xx."""

    requests: int = 0
    server_errors: int = 0
    share: float = 0.0


@dataclass(frozen=True, kw_only=True)
class NewKind:
    """A kind of message of the error logs that was not there before: how often, and one of them."""

    key: str
    level: str
    count: int
    sample: str


@dataclass(frozen=True, kw_only=True)
class Workers:
    """What a host's status page tells: busy and idle workers, and requests served since."""

    busy: int
    idle: int
    served: int


@dataclass(frozen=True, kw_only=True)
class BatchTraffic:
    """The verdict on one batch: `go`, `stop` or `too-little`; what was done for it; the numbers in one `line`."""

    hosts: tuple[str, ...]
    verdict: str
    action: str
    why: str
    line: str
    now: Counted = field(default_factory=Counted)
    before: Counted = field(default_factory=Counted)
    unchanged: Counted = field(default_factory=Counted)
    compared_with: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    signatures: tuple[NewKind, ...] = ()
    workers: Mapping[str, Workers] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


def traffic_from_json(records: Iterable[Mapping[str, Any]], hide: Hide = str) -> tuple[BatchTraffic, ...]:
    """Values from the records that the playbook wrote; `hide` masks secrets in what came from hosts."""

    def words(value: object) -> str:
        return hide(plain_text(str(value)))

    def texts(value: Any) -> tuple[str, ...]:
        return tuple(words(one) for one in value or ())

    return tuple(
        BatchTraffic(
            hosts=texts(one.get("hosts")),
            verdict=words(one.get("verdict")),
            action=words(one.get("action")),
            why=words(one.get("why")),
            line=words(one.get("line")),
            now=_counted(one.get("requests")),
            before=_counted(one.get("before")),
            unchanged=_counted(one.get("unchanged")),
            compared_with=texts(one.get("compared_with")),
            warnings=texts(one.get("warnings")),
            signatures=tuple(
                NewKind(
                    key=words(kind.get("key")),
                    level=words(kind.get("level")),
                    count=int(kind.get("count") or 0),
                    sample=words(kind.get("sample")),
                )
                for kind in one.get("signatures") or ()
            ),
            workers={words(host): _workers(found) for host, found in (one.get("busy") or {}).items()},
            notes=texts(one.get("notes")),
        )
        for one in records
    )


def _counted(value: Mapping[str, Any] | None) -> Counted:
    found = value or {}
    return Counted(
        requests=int(found.get("requests") or 0),
        server_errors=int(found.get("server_errors") or 0),
        share=float(found.get("share") or 0),
    )


def _workers(value: Mapping[str, Any]) -> Workers:
    return Workers(**{key: int(value.get(key) or 0) for key in ("busy", "idle", "served")})
