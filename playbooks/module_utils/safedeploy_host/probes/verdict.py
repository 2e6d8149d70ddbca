"""The verdict on a candidate: what its answers say beside those of the live configuration. Pure, but for the clock.

Each kind of difference has its module in `judged/`. What is worse and neither declared nor accepted is a *regression*.
"""

from __future__ import annotations

import hashlib
import re
import time

from .judged import (
    backend,
    capacity,
    content,
    content_type,
    declared,
    exposure,
    found,
    header,
    logged,
    redirect,
    site,
    status,
    tls,
)
from .judged.case import BROKEN, Around, Case, badness
from .judged.said import said
from .served import place

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterator, Mapping, Sequence

    from .judged.found import Found

    Json = dict[str, Any]

# Of the answer, the first that finds a regression has found the reason of what the later ones would say.
_KINDS = (
    tls.judge,
    site.judge,
    exposure.judge,
    status.judge,
    redirect.judge,
    content.judge,
    content_type.judge,
    header.judge,
)
# So many failures, and nothing else, show that a whole site fails.
_ENOUGH = 3
_OF_CONNECTION = ("certificate", "tls")
# httpd names the file when it stumbles over an .htaccess.
_HTACCESS = re.compile(r"(/[^\s:]*/\.htaccess)\b")


def judge(  # noqa: PLR0913 -- two sides of everything that was seen
    probes: Sequence[Json],
    live_answers: Mapping[str, Json],
    candidate_answers: Mapping[str, Json],
    *,
    expectations: Sequence[Json] = (),
    changes: Mapping[str, Json] | None = None,
    accepted: Sequence[str] = (),
    live_log_counts: Mapping[str, int] | None = None,
    candidate_log_counts: Mapping[str, int] | None = None,
    backends: Sequence[Json] = (),
    live_effective: Json | None = None,
    candidate_effective: Json | None = None,
    now: float | None = None,
    going_back: bool = False,
) -> list[Json]:
    """The Verdicts in the order of the probes, several for a probe that got worse in several respects; logs last.

    `accepted` holds ids of verdicts, or "all": such a regression becomes "declared", with `accepted` true. `changes`
    is {path: entry} of the push. `now` is in seconds since 1970. With `going_back` only what fails is a regression:
    the release before is wanted back with all that it did not have yet.
    """
    around = Around(
        live=live_effective,
        candidate=candidate_effective,
        changes=dict(changes or {}),
        backends=backends,
        now=time.time() if now is None else now,
        going_back=going_back,
    )
    cases = [Case(probe, live_answers[probe["id"]], candidate_answers[probe["id"]], around) for probe in probes]
    around.others = _others(cases)
    around.failing = _failing(cases)
    verdicts = [_verdict(case, one) for case in cases for one in _judged(case, expectations)]
    if not going_back:
        verdicts += _logs(live_log_counts or {}, candidate_log_counts or {}, around, cases)
    return [_accepted(one, accepted) for one in verdicts]


def _judged(case: Case, expectations: Sequence[Json]) -> list[Found]:
    if not (case.live["asked"] and case.candidate["asked"]):
        return [found.Found(found.INCONCLUSIVE, "no-time", after="no time left to ask")]
    declaration = declared.about(case, expectations)
    if declaration is None:
        return _most_telling([_excused(case, one) for one in _differences(case)])
    why = declared.unmet(case, declaration)
    if why is not None:
        inconclusive = list(backend.judge(case))
        return inconclusive or [declared.failed(declaration, why)]
    excused = declared.excused(case, declaration)
    differences = list(_differences(case))
    left = [one for one in differences if "all" not in excused and one.kind not in excused]
    if len(left) < len(differences):
        left.append(found.Found(found.DECLARED, "declared"))
    return _most_telling(left)


def _excused(case: Case, one: Found) -> Found:
    """What is no loss: what a nameless virtual host answered that the push takes away, and a door shut by failure.

    A site that failed whatever was asked kept nothing closed on purpose: what mends it is not to be held up by that.
    """
    if one.verdict != found.REGRESSION:
        return one
    fails = badness(case.candidate) == BROKEN and badness(case.live) < BROKEN
    if case.around.going_back and not fails and one.kind != "capacity":
        return found.changed(one.kind, before=one.before, after=one.after)
    if case.removed and one.kind not in exposure.KINDS:
        return found.changed("gone", before=one.before, after=one.after)
    if case.site in case.around.failing and one.kind in exposure.KINDS and one.kind != "open-proxy":
        said_after = f"{one.after}; before, the site failed whatever was asked"
        return found.Found(found.INCONCLUSIVE, one.kind, before=one.before, after=said_after)
    return one


def _differences(case: Case) -> Iterator[Found]:
    if case.why == "open-proxy":
        yield from exposure.judge(case)
        return
    blamed = list(backend.judge(case))
    if blamed:
        yield from blamed
        return
    if case.why == "crowd":
        yield from capacity.judge(case)
        return
    for kind in _KINDS:
        yield from kind(case)


def _most_telling(differences: list[Found]) -> list[Found]:
    """What is wrong with the connection and with the answer; where nothing is, the one thing that tells most.

    Of an answer only the first is given: another site's page has other headers too, and that is no news.
    """
    worse = [one for one in differences if one.verdict == found.REGRESSION]
    if worse:
        connection = [one for one in worse if one.kind in _OF_CONNECTION][:1]
        return connection + [one for one in worse if one.kind not in _OF_CONNECTION][:1]
    return sorted(differences, key=lambda one: found.ORDER.index(one.verdict))[:1] or [found.Found(found.SAME, "same")]


def _verdict(case: Case, one: Found) -> Json:
    after = one.after or said(case.candidate, case.probe, case.candidate_site)
    where = _place(case)
    request = case.probe.get("shown") or f"{case.probe.get('method') or 'GET'} {case.probe['url'].partition('?')[0]}"
    return {
        "probe": case.probe["id"],
        "verdict": one.verdict,
        "kind": one.kind,
        "request": request,
        "before": one.before or said(case.live, case.probe, case.live_site),
        "after": after,
        "place": where,
        "log": list(case.candidate.get("log") or ()) if one.verdict != found.SAME else [],
        "id": _digest(one.kind, request),
        "group": _digest(one.kind, where or "", _folded(one, after)),
        "accepted": False,
    }


def _folded(one: Found, after: str) -> str:
    """What is common to verdicts of one cause: the status, and what was found, without the URL."""
    return after.partition(" ")[0] if not one.after else re.sub(r"\d+", "#", one.after)


def _place(case: Case) -> str | None:
    for line in case.candidate.get("log") or ():
        named = _HTACCESS.search(line)
        if named:
            return named[1]
    return place(case.candidate_site) or case.candidate.get("vhost")


def _logs(
    live: Mapping[str, int], candidate: Mapping[str, int], around: Around, cases: Sequence[Case]
) -> Iterator[Json]:
    if not any(case.candidate["status"] for case in cases):
        return
    missed = sum(int(case.probe.get("at_once") or 1) for case in cases if case.live["asked"] > case.candidate["asked"])
    for path, one in logged.judge(live, candidate, around.live, around.candidate, missed=missed):
        yield {
            "probe": None,
            "verdict": one.verdict,
            "kind": one.kind,
            "request": f"access log {path}",
            "before": one.before,
            "after": one.after,
            "place": None,
            "log": [],
            "id": _digest(one.kind, path),
            "group": _digest(one.kind, path),
            "accepted": False,
        }


def _others(cases: Sequence[Case]) -> dict[tuple[str, str], set[str]]:
    """Which virtual hosts answer a path with which page in live."""
    pages: dict[tuple[str, str], set[str]] = {}
    for case in cases:
        if case.live["status"] == 200 and case.live["bytes"] and case.live_site and case.live_site.get("name"):
            pages.setdefault((case.path, case.live["sha256"]), set()).add(case.live_site["name"])
    return pages


def _failing(cases: Sequence[Case]) -> set[str]:
    """The sites of which live answered nothing at all without failing."""
    asked: dict[str, list[bool]] = {}
    for case in cases:
        if case.live["asked"]:
            asked.setdefault(case.site, []).append(badness(case.live) >= BROKEN)
    return {site for site, failed in asked.items() if len(failed) >= _ENOUGH and all(failed)}


def _accepted(verdict: Json, accepted: Sequence[str]) -> Json:
    if verdict["verdict"] == found.REGRESSION and ("all" in accepted or verdict["id"] in accepted):
        return {**verdict, "verdict": found.DECLARED, "accepted": True}
    return verdict


def _digest(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode("utf-8", "replace")).hexdigest()[:8]
