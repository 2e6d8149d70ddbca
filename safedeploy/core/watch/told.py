"""The alerts of a watch: what changed just before, how sure it is, on which hosts, and what to do. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from safedeploy.core.alerts import About, Alert, listed, one_line, place, signature
from safedeploy.core.channels import Kind as AlertKind
from safedeploy.core.channels import Severity
from safedeploy.core.diagnose import wording
from safedeploy.core.diagnose.diagnosis import Diagnosis
from safedeploy.core.diagnose.evidence import Change
from safedeploy.core.watch.detector import Kind
from safedeploy.core.watch.fleet import Trouble
from safedeploy.core.watch.said import Said


def headline(trouble: Trouble) -> str:
    """What has begun, or is over, in a sentence."""
    where = listed(trouble.hosts) or "no host in particular"
    if trouble.kind is Kind.SILENCE:
        if not trouble.opened:
            return f"{where} is heard again"
        why = f": {one_line(trouble.why)}" if trouble.why else ""
        return f"nothing is heard of {where}{why}"
    what = "server errors" if trouble.kind is Kind.ERRORS else "slow answers"
    if not trouble.opened or trouble.spike is None:
        return f"{what} of {trouble.site} are as usual again"
    spike = trouble.spike
    return (
        f"{what} of {trouble.site} on {where}: {spike.bad} of {spike.requests} requests in the last minute "
        f"({wording.share(spike.share)}, usually {wording.share(spike.usual)})"
    )


def explained(trouble: Trouble, diagnosis: Diagnosis) -> str:
    """That the cause of what has opened is clear now, in a sentence."""
    what = "server errors" if trouble.kind is Kind.ERRORS else "slow answers"
    cause = diagnosis.named.title if diagnosis.named is not None else "not clear"
    return f"the cause of the {what} of {trouble.site}: {cause}"


def sure(trouble: Trouble) -> str:
    """How sure it is."""
    if trouble.spike is None:
        return ""
    odds = trouble.spike.odds
    text = "less than one in 10^12" if odds < 1e-12 else f"{odds:.0e}"
    met = trouble.spike.affected
    clients = f"; {met} client{'' if met == 1 else 's'} met one" if trouble.kind is Kind.ERRORS else ""
    return f"by chance: {text}{clients}"


def lines(trouble: Trouble, change: Change | None, diagnosis: Diagnosis | None, unknown: str = "") -> list[str]:
    """All that is known, a line each: the change just before, the cause, what error logs say.

    `unknown` is why it is not known what changed, and then `change` is None.
    """
    found = [text for text in (sure(trouble),) if text]
    if change is not None:
        before = wording.ago(trouble.at - change.at)
        what = f"{change.command} of {change.release or change.run} by {change.actor}"
        going_on = "" if change.ended is not None else ", and has not ended"
        where = wording.hosts(change.hosts)
        found.append(f"{what} began {before} ago on {where}{going_on} (safedeploy show {change.run})")
        found += [one_line(text) for text in change.lines[:2]]
    elif trouble.opened and unknown:
        found.append(f"what safedeploy has changed lately is not known: {one_line(unknown)}")
    elif trouble.opened:
        found.append("safedeploy has changed nothing lately")
    if diagnosis is not None and diagnosis.named is not None:
        found.append(f"cause: {diagnosis.named.title} ({diagnosis.named.weight:.2f})")
        found += [one_line(text) for text in diagnosis.named.speaks_for[:2]]
    for message in trouble.messages[:3] if trouble.opened else ():
        found.append(f"error log, {message.count} times: {one_line(message.sample, limit=200)}")
    return found


def next_step(environment: str, diagnosis: Diagnosis | None) -> str:
    """What to do now."""
    if diagnosis is not None and diagnosis.named is not None and diagnosis.named.next_step:
        return diagnosis.named.next_step
    return f"safedeploy diagnose {environment}"


def said(
    environment: str,
    trouble: Trouble,
    change: Change | None,
    found: Diagnosis | None,
    hide: Callable[[str], str],
    *,
    unknown: str = "",
    later: bool = False,
) -> Said:
    """What the screen, the history and the channels are told alike; `hide` takes the secrets out of a text.

    `unknown` is why it is not known what changed, empty where it is. `later`: only the cause is new.
    """
    new = replace(trouble, spike=None, messages=()) if later else trouble
    return Said(
        trouble=replace(trouble, why=hide(trouble.why)),
        headline=hide(headline(trouble) if found is None or not later else explained(trouble, found)),
        lines=tuple(hide(line) for line in lines(new, change, found, unknown)),
        next_step=next_step(environment, found) if trouble.opened else "",
        change=change,
        diagnosis=found,
        later=later,
    )


def alert(about: About, said: Said) -> Alert:
    """The message for channels: of the texts as they were said, whose secrets are hidden."""
    trouble = said.trouble
    grave = Severity.ERROR if trouble.kind is Kind.ERRORS else Severity.WARNING
    return Alert(
        kind=AlertKind.ERRORS_FOUND if trouble.opened else AlertKind.ERRORS_GONE,
        severity=grave if trouble.opened else Severity.INFO,
        about=about,
        title=f"{place(about)}: {said.headline}",
        text="\n".join([*said.lines, signature(about)]),
        next=said.next_step,
        hosts=tuple({"host": host, "end": "", "why": trouble.why} for host in trouble.hosts),
    )
