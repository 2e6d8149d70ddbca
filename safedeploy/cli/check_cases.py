"""A check as test cases, one for each host and stage, for the pages of CI platforms.

The stages of a host are in the order of the trial: `read`, `prepare` (lease, room, staging), `configtest`, `findings`,
`start` (the candidate really comes up), `requests` (what was fine still is). After the one that refused, those that
were not reached are skipped, with the reason; a stage that could not be tried at all is skipped as well, never passed.
"""

from __future__ import annotations

import io
from collections.abc import Mapping

from rich.console import Console

from safedeploy.cli.preflight_view import findings
from safedeploy.cli.rows import Rows
from safedeploy.cli.verdict_view import show_cause
from safedeploy.core.errors import SafedeployError
from safedeploy.core.junit import Case
from safedeploy.core.preflight import HostCheck, Preflight
from safedeploy.workflows.planning import FleetPlan

STAGES = ("prepare", "configtest", "findings", "start", "requests")
# The stage that refused, by the code of the refusal; any other code is one of `prepare`.
_REFUSED = {
    "configtest-failed": "configtest",
    "finding": "findings",
    "shadow-failed": "start",
    "not-shadowed": "start",
    "regression": "requests",
}
_NOT_LOOKED_AT = ("unreachable", "lease-held")


def suite(environment: str) -> str:
    """What the report is called."""
    return f"safedeploy check {environment}"


def cases(plan: FleetPlan, verdict: Preflight | None) -> list[Case]:
    """All hosts of the environment, also those that could not be read and those with nothing to do."""
    found = [Case(name="read", classname=host, error=why) for host, why in plan.missing.items()]
    for host, item in plan.hosts.items():
        found.append(Case(name="read", classname=host))
        check = verdict.hosts.get(host) if verdict else None
        if check is not None:
            found += _stages(check)
        elif not item.verdict.acts:
            found += [Case(name=stage, classname=host, skipped=item.reason) for stage in STAGES]
        else:
            why = "not reached: other hosts could not be read"
            found += [Case(name=stage, classname=host, skipped=why) for stage in STAGES]
    return found


def failed(environment: str, error: SafedeployError) -> list[Case]:
    """The only case of a check that came to no host."""
    text = f"{error.what}\n[{error.code}] {error.state}\nnext: {error.next_step}"
    return [Case(name="plan", classname=environment, error=text)]


def _stages(check: HostCheck) -> list[Case]:
    refusing = None if check.ok else _REFUSED.get(check.code or "", "prepare")
    shadow = check.trial.shadow
    seconds = {"prepare": check.seconds or 0.0, "requests": 0.0}
    if shadow is not None and shadow.seconds is not None:
        seconds = {"prepare": max(0.0, (check.seconds or 0.0) - shadow.seconds), "requests": shadow.seconds}
    made = []
    for stage in STAGES:
        ends = {"skipped": _not_tried(check, stage, refusing)} if stage != refusing else _refusal(check, stage)
        output = "\n".join(_rows(check)) if stage == "findings" and stage != refusing else ""
        made.append(
            Case(name=stage, classname=check.host, seconds=seconds.get(stage, 0.0), output=output, **ends),
        )
    return made


def _refusal(check: HostCheck, stage: str) -> Mapping[str, str | None]:
    text = check.text
    if stage == "requests":
        text = f"{text}\n{_causes(check)}"
    elif stage == "findings":
        text = "\n".join([text, *_rows(check)])
    else:
        text = "\n".join([text, *(line for line in check.detail.splitlines() if line not in text)])
    return {"error" if check.code in _NOT_LOOKED_AT else "failure": text}


def _not_tried(check: HostCheck, stage: str, refusing: str | None) -> str | None:
    """Why a stage says nothing; None when it passed."""
    shadow = check.trial.shadow
    if refusing is not None and STAGES.index(stage) > STAGES.index(refusing):
        return f"not reached: {refusing} refused"
    if stage == "start" and shadow is not None and shadow.state == "none":
        return shadow.why or "not started"
    if stage == "requests" and shadow is not None and shadow.state != "compared":
        return shadow.why or "not compared"
    return None


def _rows(check: HostCheck) -> list[str]:
    return [f"{label}: {text}" if label else text for label, text, _ in findings(check.trial)]


def _causes(check: HostCheck) -> str:
    file = io.StringIO()
    rows = Rows(Console(file=file, width=10_000, force_terminal=False, highlight=False, markup=False, emoji=False))
    for cause in check.causes:
        show_cause(rows, cause)
    return file.getvalue()
