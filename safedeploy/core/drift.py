"""Drift: what a host has become since it was deployed to, as items with a kind, and what a check of a fleet ends with.

Pure. The kinds are the words of the documentation (docs/drift.md). *Undeployed*, where the project has moved on and the
host is as it was left, is no drift, and no item.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from safedeploy.core.diff import Diff
from safedeploy.core.errors import ExitCode
from safedeploy.core.tree import canonical


class DriftKind(StrEnum):
    """What kind of drift an item is."""

    EDITED = "edited"
    MISSING = "missing"
    EXTRA = "extra"
    MODE = "mode"
    WRONG_LINK = "wrong-link"
    NOT_RELOADED = "not-reloaded"
    PENDING = "pending"
    STRANDED = "stranded"
    INVALID = "invalid"
    CERTIFICATE = "certificate"
    UNREACHABLE = "unreachable"


# What a push of the known-good release puts right; an extra file only where it was declared absent.
PUT_RIGHT = frozenset(
    {DriftKind.EDITED, DriftKind.MISSING, DriftKind.MODE, DriftKind.WRONG_LINK, DriftKind.NOT_RELOADED}
)


class Severity(StrEnum):
    """How bad it is: an error is, or will be after the next reload, another configuration than the one released."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, kw_only=True)
class Hint:
    """Who may have done it, by one source; `at` is ISO 8601 in UTC. Never a proof."""

    source: str
    text: str
    at: str | None = None


@dataclass(frozen=True, kw_only=True)
class DriftItem:
    """One thing that is not as it was left. Texts are fit to be shown, and hold no secret.

    `changed` is ISO 8601 in UTC; `fingerprint` is the same as long as it is the same drift; `remedy` is what a person
    can do where a push of the known-good release does not put it right.
    """

    host: str
    kind: DriftKind
    text: str
    fingerprint: str
    path: str | None = None
    severity: Severity = Severity.ERROR
    changed: str | None = None
    who: tuple[Hint, ...] = ()
    diff: Diff | None = None
    remedy: str = ""
    fixable: bool = False


@dataclass(frozen=True, kw_only=True)
class Terms:
    """What a check is held against: the time in seconds since 1970, and the settings."""

    environment: str
    at: float
    certificate_days: int
    ignore: tuple[str, ...] = ()


def fingerprint(host: str, kind: DriftKind, path: str | None, content: object = None) -> str:
    """What tells a drift from another: 16 hex digits of host, kind, path and content (a JSON value)."""
    return hashlib.sha256(canonical([host, kind.value, path, content])).hexdigest()[:16]


@dataclass(frozen=True, kw_only=True)
class Undeployed:
    """A path that the project wants otherwise than the host has it, by no change on the host."""

    host: str
    path: str
    text: str


@dataclass(frozen=True, kw_only=True)
class CertificateEnd:
    """When a certificate that httpd serves ends, in seconds since 1970; `names` are those that it was made for."""

    path: str
    not_after: float
    names: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class HostDrift:
    """One host that was read. `release` is what its files should be; None: it was never deployed to."""

    host: str
    release: str | None = None
    known_good: str | None = None
    items: tuple[DriftItem, ...] = ()
    undeployed: tuple[Undeployed, ...] = ()
    certificates: tuple[CertificateEnd, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Drift:
    """A whole check. `missing` says why hosts were not read; `advice` what to do about them.

    `unrendered` says why the project could not be rendered, so that nothing is said of *undeployed* and no content is
    shown.
    """

    environment: str
    run: str
    at: float
    seconds: float
    hosts: Mapping[str, HostDrift]
    missing: Mapping[str, str] = field(default_factory=dict)
    unrendered: str = ""

    @property
    def items(self) -> tuple[DriftItem, ...]:
        """Every item: of the hosts that were read in their order, then of those that were not."""
        found = [item for host in self.hosts.values() for item in host.items]
        return (*found, *(unreachable(host, why) for host, why in self.missing.items()))

    @property
    def undeployed(self) -> tuple[Undeployed, ...]:
        """What the project has moved on to."""
        return tuple(item for host in self.hosts.values() for item in host.undeployed)

    @property
    def exit_code(self) -> ExitCode:
        """8 when a host that was read has drifted, whatever became of the others; else 9 when one was not read.

        So a host that is down for weeks hides no drift of the others from whoever looks at the code alone.
        """
        if any(host.items for host in self.hosts.values()):
            return ExitCode.DIFFERENCES
        return ExitCode.UNREACHABLE if self.missing else ExitCode.OK


def new_item(  # noqa: PLR0913 -- the parts of an item
    host: str,
    kind: DriftKind,
    text: str,
    *,
    path: str | None = None,
    content: object = None,
    severity: Severity = Severity.ERROR,
    diff: Diff | None = None,
    remedy: str = "",
    fixable: bool = False,
) -> DriftItem:
    """An item with its fingerprint; `content` is a JSON value that tells it from another drift of the path."""
    return DriftItem(
        host=host,
        kind=kind,
        path=path,
        text=text,
        severity=severity,
        diff=diff,
        remedy=remedy,
        fixable=fixable,
        fingerprint=fingerprint(host, kind, path, content),
    )


def unreachable(host: str, why: str) -> DriftItem:
    """The item of a host that was not read."""
    kind = DriftKind.UNREACHABLE
    return DriftItem(host=host, kind=kind, text=why, fingerprint=fingerprint(host, kind, None))


def fold(items: Iterable[DriftItem]) -> list[tuple[tuple[str, ...], DriftItem]]:
    """Items that read the same on several hosts as one, with the hosts: for the screen.

    When and by whom are each host's own, and do not tell items apart.
    """
    groups: dict[object, tuple[list[str], DriftItem]] = {}
    for item in items:
        key = (item.kind, item.path, item.severity, item.text, item.diff, item.remedy)
        groups.setdefault(key, ([], item))[0].append(item.host)
    return [(tuple(hosts), item) for hosts, item in groups.values()]
