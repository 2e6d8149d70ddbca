"""A certificate that has ended or cannot be read: visitors are refused by their browsers, and no log tells of it.

0.85 for one that has ended, but 0.5 where what visitors suffer is an answer with an error: they have connected.
"""

from __future__ import annotations

from datetime import UTC, datetime

from safedeploy.core.diagnose import wording
from safedeploy.core.diagnose.evidence import Evidence, Symptom
from safedeploy.core.diagnose.hypothesis import Cause, Hypothesis, Refers, Scale

ID = "certificate"
TITLE = "a certificate has ended"
_SOON = 7 * 86400.0


def judge(evidence: Evidence) -> Hypothesis:
    """By the certificates that the configuration names."""
    every = [(host, one) for host, each in evidence.hosts.items() if each.seen for one in each.seen.certificates]
    scale = Scale()
    if not evidence.looked:
        return Hypothesis(id=ID, title=TITLE, weight=None, against=("no host could be asked about its certificates",))
    if not every:
        scale.take(0.0, "the configuration names no certificate")
        return scale.judged(ID, TITLE)
    ended = [(host, one) for host, one in every if one.not_after is not None and one.not_after <= evidence.until]
    unread = [(host, one) for host, one in every if one.error is not None]
    path = None
    hosts: tuple[str, ...] = ()
    if ended:
        path = ended[0][1].path
        hosts = tuple(dict.fromkeys(host for host, one in ended if one.path == path))
        names = f" for {wording.listed(ended[0][1].names[:3])}" if ended[0][1].names else ""
        when = wording.ago(evidence.until - (ended[0][1].not_after or 0.0))
        scale.add(0.85, f"{path}{names} ended {when} ago, on {wording.hosts(hosts, evidence.every)}")
        if evidence.trouble is not None and evidence.trouble.symptom is not Symptom.REFUSALS:
            scale.take(0.35, f"it explains no {evidence.trouble.symptom.value}: who sees one has connected before")
    elif unread:
        path, hosts = unread[0][1].path, (unread[0][0],)
        scale.add(0.3, f"{path} of {hosts[0]} cannot be read: {unread[0][1].error}")
    else:
        first = min((one.not_after for _, one in every if one.not_after is not None), default=None)
        if first is not None:
            day = datetime.fromtimestamp(first, UTC).strftime("%Y-%m-%d")
            soon = first - evidence.until < _SOON
            (scale.add if soon else scale.take)(0.05 if soon else 0.0, f"the first to end does so on {day}")
    return scale.judged(
        ID,
        TITLE,
        hosts=hosts,
        next_step="Renew it, put it in its place and reload httpd; see why the renewal did not run.",
        refers=Refers(path=path),
    )


CAUSE = Cause(id=ID, noun="a certificate", judge=judge)
