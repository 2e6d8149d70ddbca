"""Drift of what httpd runs and serves: not loaded, no longer valid, about to expire. Pure."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator

from safedeploy.core.drift import DriftItem, DriftKind, Severity, Terms, new_item
from safedeploy.core.drift_seen import Certificate, DriftSeen, iso
from safedeploy.core.observed import Observed
from safedeploy.core.tree import ABSENT, Kind

DAY = 86400
_PLACE = re.compile(r"on line \d+ of (?P<path>/[^\s:]+)")
# Of both clocks that are compared: the record has whole seconds.
_TOLERANCE = 2.0
_NAMED = 5
_LINKS = 5


def not_reloaded(seen: DriftSeen) -> Iterator[DriftItem]:
    """What lies on disk and is not what httpd runs, and an httpd that does not run."""
    observed, loaded = seen.observed, seen.loaded
    if not observed.httpd.installed:
        return
    if not observed.httpd.running:
        yield new_item(observed.host, DriftKind.NOT_RELOADED, "httpd is not running", content="down")
        return
    if observed.httpd.loaded is not False:
        return
    changed = [path for path in loaded.newer if not _as_released(path, observed)]
    if changed:
        text = f"changed since httpd last loaded its configuration: {_some(changed)}"
        yield new_item(observed.host, DriftKind.NOT_RELOADED, text, content=sorted(changed))
    elif not _runs_the_release(seen):
        text = (
            f"touched since httpd last loaded its configuration: {_some(loaded.newer)}; they hold what was released, "
            "but httpd was reloaded in between, and may have loaded something else"
        )
        yield new_item(
            observed.host,
            DriftKind.NOT_RELOADED,
            text,
            content=sorted(loaded.newer),
            severity=Severity.WARNING,
        )


def _as_released(path: str, observed: Observed) -> bool:
    """Whether a path holds what was released, and so does what it leads to."""
    for _ in range(_LINKS):
        recorded = observed.recorded(path)
        if recorded.kind is Kind.ABSENT or observed.live.get(path, ABSENT) != recorded:
            return False
        if recorded.kind is not Kind.LINK:
            return True
        path = posixpath.normpath(posixpath.join(posixpath.dirname(path), recorded.target or ""))
    return False


def _runs_the_release(seen: DriftSeen) -> bool:
    """Whether httpd's last load is the one that safedeploy saw it make of the present release."""
    loaded = seen.loaded
    if not loaded.same_process or loaded.release != seen.observed.current:
        return False
    return loaded.at is not None and loaded.release_at is not None and loaded.at <= loaded.release_at + _TOLERANCE


def _some(paths: Iterable[str]) -> str:
    named = list(paths)
    more = f" and {len(named) - _NAMED} more" if len(named) > _NAMED else ""
    return ", ".join(named[:_NAMED]) + more


def invalid(seen: DriftSeen) -> Iterator[DriftItem]:
    """What httpd, or another service's own validator, would not take any more."""
    host = seen.observed.host
    if seen.configtest is not None:
        lines = [line for line in seen.configtest.splitlines() if line.strip()]
        place = _PLACE.search(seen.configtest)
        yield new_item(
            host,
            DriftKind.INVALID,
            "httpd refuses its own configuration, and will not come up again after a stop: " + " ".join(lines[:3]),
            path=place.group("path") if place else None,
            remedy="correct the place that is named on the host; --fix does it where it is a hand edit",
        )
    for one in seen.refused:
        yield new_item(
            host,
            DriftKind.INVALID,
            f"{one.validator} refuses it: {' '.join(one.output.splitlines()[:3])}",
            path=re.sub(r":\d+$", "", one.place) or None,
            content=one.validator,
            remedy="correct the file on the host; --fix does it where it is a hand edit",
        )


def certificates(host: str, certificates: Iterable[Certificate], terms: Terms) -> Iterator[DriftItem]:
    """Certificates that have ended, or end within the days of the settings."""
    for one in certificates:
        if one.end is None:
            continue
        left = one.end.not_after - terms.at
        if left > terms.certificate_days * DAY:
            continue
        names = f" ({', '.join(one.end.names[:3])})" if one.end.names else ""
        end = iso(one.end.not_after)
        # How many days are left changes with each check, and this is the same drift.
        text = f"expired at {end}{names}" if left <= 0 else f"expires at {end}{names}"
        yield new_item(
            host,
            DriftKind.CERTIFICATE,
            text,
            path=one.path,
            content=one.end.not_after,
            severity=Severity.ERROR if left <= 0 else Severity.WARNING,
            remedy="renew it, then reload httpd",
        )
