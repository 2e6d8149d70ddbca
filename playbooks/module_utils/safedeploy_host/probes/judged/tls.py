"""Certificates and versions of TLS that are worse than before."""

from __future__ import annotations

import time

from ..handshakes import WEAK
from . import found

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterator

    from .case import Case
    from .found import Found

    Json = dict[str, Any]

DAY = 86400
# Sooner than this is too soon to renew it in peace.
SOON = 14 * DAY
_STRONG = "TLSv1.3"


def judge(case: Case) -> Iterator[Found]:
    """For two answers over TLS, and for a new site's own certificate."""
    live, candidate = case.live["tls"], case.candidate["tls"]
    if candidate is None:
        return
    if live is None or case.new:
        if case.candidate_site is not None and case.new:
            yield from _new(case, candidate)
        return
    if live["sha256"] != candidate["sha256"]:
        yield from _certificate(case, live, candidate)
    yield from _versions(live.get("accepts"), candidate.get("accepts"))


def covers(facts: Json, host: str) -> bool:
    """Whether a certificate is for this host; `*` stands for one leftmost label (RFC 6125)."""
    wanted = host.lower().rstrip(".")
    parent = wanted.partition(".")[2]
    return any(name.lower() == wanted or (parent and name.lower() == f"*.{parent}") for name in facts["names"])


def _new(case: Case, facts: Json) -> Iterator[Found]:
    name = (case.candidate_site or {}).get("name") or ""
    if not covers(facts, case.host) and name.lower() != case.host.lower():
        # An alias over TLS that the certificate leaves out: as bad as before, when a stranger's was shown.
        yield found.changed("certificate", after=_for(facts, case.host))
    elif not covers(facts, case.host):
        yield found.regression("certificate", before="no such site", after=_for(facts, case.host))
    elif _expired(case, facts):
        yield found.regression("certificate", before="no such site", after=_until(facts))


def _certificate(case: Case, live: Json, candidate: Json) -> Iterator[Found]:
    if covers(live, case.host) and not covers(candidate, case.host):
        yield found.regression("certificate", before=f"for {case.host}", after=_for(candidate, case.host))
    elif None in (live["not_after"], candidate["not_after"]):
        yield found.changed("certificate")
    elif candidate["not_after"] < live["not_after"] and candidate["not_after"] - case.around.now < SOON:
        yield found.regression("certificate", before=_until(live), after=_until(candidate))
    else:
        yield found.changed("certificate", before=_until(live), after=_until(candidate))


def _versions(live: list[str] | None, candidate: list[str] | None) -> Iterator[Found]:
    if live is None or candidate is None:
        return
    weak = sorted((set(candidate) - set(live)) & WEAK)
    if weak:
        yield found.regression("tls", before=f"{', '.join(weak)} refused", after=f"{', '.join(weak)} accepted")
    lost = sorted(set(live) - set(candidate) - WEAK)
    if lost:
        texts = {"before": f"{', '.join(lost)} spoken", "after": f"{', '.join(lost)} refused"}
        yield found.regression("tls", **texts) if _STRONG in lost else found.changed("tls", **texts)


def _expired(case: Case, facts: Json) -> bool:
    return facts["not_after"] is not None and facts["not_after"] <= case.around.now


def _for(facts: Json, host: str) -> str:
    return f"a certificate for {', '.join(facts['names'][:3]) or 'no name'}, not for {host}"


def _until(facts: Json) -> str:
    if facts["not_after"] is None:
        return "a certificate without an end"
    return f"a certificate until {time.strftime('%Y-%m-%d', time.gmtime(facts['not_after']))}"
