"""Asks probes of the httpd of this network namespace, a few at a time. Always ends, and answers for every probe.

in parallel: each probe, and its redirects
then a second time, where it matters whether the body is stable
then alone, one after another: those that take workers away (several at once, connections held)
then the error logs' new lines, which go to the requests that they are about
"""

from __future__ import annotations

import time

from . import answer, log_lines, served
from .crew import Crew
from .exchange import Exchange, Terms, comparable
from .pace import Pace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Mapping, Sequence

    from .alike import Side

    Json = dict[str, Any]

RATE = 200.0
# What the demanding probes may take of the time when there are others.
_SHARE = 0.4


def ask(
    probes: Sequence[Json],
    *,
    shadow: Any,
    effective: Json | None,
    seconds: float,
    at_once: int = 4,
    rate: float = RATE,
    expectations: Sequence[Json] = (),
    twice: bool | Side = True,
) -> dict[str, Json]:
    """The Answers by the probes' ids, within `seconds`; `rate` is in requests a second.

    `twice` has a body asked for again where it matters whether it is stable; a Side only where the other side has not
    read the same. A body that is not asked for again is `stable`; one that had to be, and was not, is not.

    `shadow` reads files as httpd sees them, and gives the new lines of its error logs. Texts and headers that
    `expectations` speak of are looked for. What there was no time for is answered with `asked` false.
    """
    end = time.monotonic() + seconds
    shadow.error_lines()
    terms = Terms(
        read=shadow.read,
        served=served.Served(effective),
        wanted=answer.Wanted(expectations),
        pace=Pace(rate),
        handshakes=_first_of_listeners(probes),
    )
    demanding = [probe for probe in probes if _demanding(probe)]
    ordinary = [probe for probe in probes if not _demanding(probe)]
    answers = {probe["id"]: answer.none("no time left for it", asked=False) for probe in probes}
    first = end - seconds * _SHARE if demanding and ordinary else end
    lines: list[str] = []
    # The logs are read a piece at a time, because only so much of each piece is kept.
    exchange, look = Exchange(terms, first), lambda: lines.extend(shadow.error_lines())
    answers.update(Crew(exchange.answer, look, first).run(ordinary, at_once))
    if twice:
        again = _in_doubt(ordinary, answers, twice, first)
        answers.update((probe["id"], {**answers[probe["id"]], "stable": False}) for probe in again)
        crew = Crew(lambda probe: exchange.again(probe, answers[probe["id"]]), look, first)
        answers.update(crew.run(again, at_once))
    answers.update(_alone(demanding, Exchange(terms, end)))
    _add_log_lines([*lines, *shadow.error_lines()], terms, answers)
    return answers


def _in_doubt(probes: Sequence[Json], answers: Mapping[str, Json], side: bool | Side, deadline: float) -> list[Json]:
    """The probes of which a second answer says more. A body that both sides have read alike is compared no further."""
    found = [probe for probe in probes if comparable(probe, answers[probe["id"]])]
    if isinstance(side, bool):
        return found
    side.tell(answers)
    return [probe for probe in found if side.differs(probe["id"])] if side.told(deadline) else found


def _alone(probes: Sequence[Json], exchange: Exchange) -> dict[str, Json]:
    """The Answers of demanding probes. One that gets none twice has starved the server: the others would be no news."""
    answers: dict[str, Json] = {}
    for probe in probes:
        for _ in range(2):
            if time.monotonic() >= exchange.deadline:
                return answers
            found = exchange.answer(probe)
            if found["asked"]:
                answers[probe["id"]] = found
            if found["status"] is not None:
                break
        else:
            return answers
    return answers


def _first_of_listeners(probes: Sequence[Json]) -> frozenset[str]:
    found: dict[tuple[str, int], str] = {}
    for probe in probes:
        if probe["url"].startswith("https:") and not _demanding(probe):
            found.setdefault((probe["address"], served.port_of(probe["url"])), probe["id"])
    return frozenset(found.values())


def _demanding(probe: Json) -> bool:
    return bool(probe.get("hold")) or int(probe.get("at_once") or 1) > 1


def _add_log_lines(lines: Sequence[str], terms: Terms, answers: dict[str, Json]) -> None:
    for probe, found in log_lines.assign(lines, terms.ports).items():
        answers[probe]["log"] = found
