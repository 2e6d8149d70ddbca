"""Redirects that lead elsewhere than before. That they end in an error is `status.py`'s."""

from __future__ import annotations

from urllib.parse import urljoin, urlsplit

from ..served import owns, place
from . import found
from .case import FINE, badness

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterator

    from .case import Case
    from .found import Found

    Json = dict[str, Any]

# An authority asks for its challenge over plain HTTP: RFC 8555, section 8.3.
_ACME = "/.well-known/acme-challenge/"


def judge(case: Case) -> Iterator[Found]:
    """For two answers that are no errors, at least one of them a redirect; what live's ends in does not matter."""
    if not _below_400(case.live) or not _below_400(case.candidate) or badness(case.candidate) != FINE:
        return
    lost = _lost(case)
    if lost:
        yield lost
        return
    before, after = target(case, case.live), target(case, case.candidate)
    if before and after:
        if before != after or case.live["foreign"] != case.candidate["foreign"]:
            yield _other_target(case, before, after)
        elif case.live["status"] != case.candidate["status"]:
            yield found.changed("redirect")
    elif after:
        yield _redirected_now(case, after)
    elif before:
        yield _no_redirect(case, before)


def _below_400(answer: Json) -> bool:
    return answer["status"] is not None and answer["status"] < 400


def _lost(case: Case) -> Found | None:
    """A redirect that ends at a default server, because no site has the name there; it did not before."""
    ends = [_stray(case.around.live, case.live), _stray(case.around.candidate, case.candidate)]
    if ends[0] or not ends[1] or _same_body(case) or _same_end(case):
        return None
    return found.regression("other-site", after=f"{case.candidate['status']} to the default server {ends[1]}")


def _stray(effective: Json, answer: Json) -> str | None:
    """The name of the virtual host that a redirect ends at, when it is not one of the name that was asked for."""
    final = answer.get("final") or {}
    site = next((one for one in effective.get("vhosts") or () if place(one) == final.get("vhost")), None)
    host = urlsplit(final.get("url") or "").hostname
    if site is None or host is None or owns(site, host) or not any(owns(one, host) for one in effective["vhosts"]):
        return None
    return str(site["name"])


def target(case: Case, answer: Json) -> str | None:
    """The absolute URL that an answer redirects to."""
    location = answer["headers"].get("location")
    if answer["status"] is None or not 300 <= answer["status"] <= 399 or location is None:
        return None
    return str(urljoin(case.probe["url"], location))


def _other_target(case: Case, before: str, after: str) -> Found:
    if case.new:
        return found.changed("redirect")
    old, new = urlsplit(before), urlsplit(after)
    if case.candidate["foreign"] and not case.live["foreign"]:
        return found.regression("redirect", after=f"to {case.candidate['foreign']}, which this server does not answer")
    if case.candidate["foreign"] and old.hostname != new.hostname:
        return found.regression("redirect")
    if old.scheme == "https" and new.scheme == "http":
        return found.regression("redirect")
    if old.path == case.path != new.path and not _same_end(case):
        # Every link into the site would end at one page.
        return found.regression("redirect")
    return found.changed("redirect")


def _redirected_now(case: Case, after: str) -> Found:
    new = urlsplit(after)
    if case.new or _same_body(case) or _slash(new.path) == _slash(case.path):
        if urlsplit(case.probe["url"]).scheme == "https" and new.scheme == "http":
            return found.regression("redirect")
        return _foreign(case) or found.changed("redirect")
    return found.regression("redirect")


def _foreign(case: Case) -> Found | None:
    """A redirect away from here, unless it is this very name on another port: TLS may end before this server."""
    foreign = case.candidate["foreign"]
    if not foreign or case.new or foreign.partition(":")[0] == case.host:
        return None
    return found.regression("redirect", after=f"to {foreign}, which this server does not answer")


def _no_redirect(case: Case, before: str) -> Found:
    if case.path.startswith(_ACME):
        return found.changed("redirect")
    if urlsplit(case.probe["url"]).scheme == "http" and urlsplit(before).scheme == "https" and not case.new:
        return found.regression("redirect", after=f"{case.candidate['status']} without TLS")
    return found.changed("redirect")


def _slash(path: str) -> str:
    return path.rstrip("/")


def _same_end(case: Case) -> bool:
    live, candidate = case.live["final"], case.candidate["final"]
    return bool(live and candidate and live["shape"] == candidate["shape"])


def _same_body(case: Case) -> bool:
    final = case.candidate["final"]
    return bool(final and final["shape"] == case.live["shape"])
