"""The JSON documents of the read commands. Shapes are versioned and described in docs/json.md."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from safedeploy.cli.lint_document import lint_member
from safedeploy.cli.trial_documents import examined_member, preflight_members, verdict_members
from safedeploy.core.acceptance import Acceptance
from safedeploy.core.blame import Cause
from safedeploy.core.diff import Diff
from safedeploy.core.errors import ExitCode
from safedeploy.core.examined import Examined
from safedeploy.core.hooks import HookRun
from safedeploy.core.looked_after import LookedAfter
from safedeploy.core.observed import Observed
from safedeploy.core.outcome import End, HostEnd
from safedeploy.core.plan import Action, HostPlan
from safedeploy.core.preflight import Preflight
from safedeploy.workflows.observe import Seen
from safedeploy.workflows.planning import FleetPlan
from safedeploy.workflows.push_result import PushResult


def plan_document(plan: FleetPlan) -> dict[str, Any]:
    """`safedeploy plan --json`, and the file of `--out`."""
    return {
        "format": "safedeploy-plan",
        "version": 1,
        "environment": plan.environment,
        "release": plan.release,
        "acts": plan.acts,
        "hosts": {host: _host_plan(item, plan.examined.get(host)) for host, item in plan.hosts.items()},
        "diffs": [_diff(hosts, diff) for hosts, diff in plan.diffs],
        "unreachable": dict(plan.missing),
        "lint": lint_member(plan.lint),
    }


def _host_plan(plan: HostPlan, examined: Examined | None) -> dict[str, Any]:
    return {
        "verdict": plan.verdict.value,
        "reason": plan.reason,
        "current": plan.current,
        "release": plan.release,
        "tree": plan.tree,
        "expect_live": plan.expect_live,
        "restart": list(plan.restart),
        "notes": list(plan.notes),
        "services": plan.services,
        "looked_after": [_looked_after(one) for one in plan.looked_after],
        "actions": [_action(action) for action in plan.actions],
        "examined": examined_member(examined),
    }


def _looked_after(one: LookedAfter) -> dict[str, Any]:
    return {"path": one.path, "validator": one.validator, "reload": one.reload, "reason": one.reason}


def _action(action: Action) -> dict[str, Any]:
    return {
        "path": action.path,
        "action": action.kind.value,
        "reason": action.reason,
        "origin": action.origin,
        "edited": action.edited,
        "before": action.before.to_json(),
        "after": action.after.to_json(),
    }


def _diff(hosts: tuple[str, ...], diff: Diff) -> dict[str, Any]:
    return {"hosts": list(hosts), "path": diff.path, "text": diff.text, "note": diff.note}


def status_document(environment: str, seen: Seen) -> dict[str, Any]:
    """`safedeploy status --json`."""
    return {
        "format": "safedeploy-status",
        "version": 1,
        "environment": environment,
        "hosts": {host: _host_status(observed) for host, observed in seen.hosts.items()},
        "unreachable": dict(seen.missing),
    }


def _host_status(observed: Observed) -> dict[str, Any]:
    return {
        "live": observed.current,
        "known_good": observed.known_good,
        "since": observed.since,
        "by": observed.by,
        "run": observed.run,
        "edited": sorted(path for path in observed.live if observed.edited(path)),
        "pending": None
        if observed.pending is None
        else {
            "release": observed.pending.release,
            "run": observed.pending.run,
            "by": observed.pending.by,
            "since": observed.pending.since,
            "deadline": observed.pending.deadline,
            "held": observed.pending.held,
            "dead_man": observed.pending.dead_man,
            "guarded": observed.pending.guarded,
        },
        "boot_guard": bool((observed.boot_guard or {}).get("installed")),
        "stranded": None if observed.stranded is None else dict(observed.stranded),
        "last_revert": observed.went_back and observed.went_back.to_json(),
        "drained": None if observed.drained is None else dict(observed.drained),
        "lease": None if observed.lease is None else {key: observed.lease.get(key) for key in _LEASE},
        "httpd": {
            "installed": observed.httpd.installed,
            "running": observed.httpd.running,
            "version": observed.httpd.version,
            "loaded": observed.httpd.loaded,
            "loaded_at": observed.httpd.loaded_at,
            "reason": observed.httpd.reason,
        },
        "releases": [str(item["release"]) for item in observed.releases],
        "problems": list(observed.problems),
    }


_LEASE = ("holder", "run", "reason", "since", "until", "expired")


def check_document(plan: FleetPlan, verdict: Preflight | None) -> dict[str, Any]:
    """`safedeploy check --json`: the plan, and the preflight of every host that a push would change."""
    return {
        "format": "safedeploy-check",
        "version": 1,
        "ok": verdict is None or verdict.ok,
        "plan": plan_document(plan),
        "preflight": preflight_members(verdict),
        "stale": [] if verdict is None else list(verdict.stale),
    }


def push_document(result: PushResult) -> dict[str, Any]:
    """`safedeploy push --json` and `rollback --json`."""
    return {
        "format": "safedeploy-push",
        "version": 1,
        "run": result.run,
        "environment": result.environment,
        "release": result.release,
        "exit_code": int(result.code),
        "interrupted": result.interrupted,
        "trouble": result.trouble,
        "seconds": dict(result.seconds),
        "hosts": {host: _end(end, result.causes.get(host, ())) for host, end in result.ends.items()},
        "preflight": preflight_members(result.preflight),
        "stale": list(result.preflight.stale),
        "accepted": result.acceptance.to_json(),
        "hooks": [_hook(run) for run in result.hooks],
        "traffic": [asdict(batch) for batch in result.traffic],
    }


def refused_document(run: str, plan: FleetPlan, verdict: Preflight, acceptance: Acceptance) -> dict[str, Any]:
    """`safedeploy push --json` when the preflight refuses: the same shape, with every host as it was."""
    return push_document(
        PushResult(
            run=run,
            environment=plan.environment,
            release=plan.release,
            ends=_untouched(plan, "the preflight refused the push"),
            code=verdict.exit_code,
            preflight=verdict,
            acceptance=acceptance,
        )
    )


def hook_failed_document(
    run: str, plan: FleetPlan, verdict: Preflight, acceptance: Acceptance, hooks: tuple[HookRun, ...]
) -> dict[str, Any]:
    """`safedeploy push --json` when a hook stops it: the same shape, with every host as it was."""
    return push_document(
        PushResult(
            run=run,
            environment=plan.environment,
            release=plan.release,
            ends=_untouched(plan, "a hook stopped the push"),
            code=ExitCode.REFUSED,
            preflight=verdict,
            acceptance=acceptance,
            hooks=hooks,
        )
    )


def _untouched(plan: FleetPlan, why: str) -> dict[str, HostEnd]:
    return {
        host: HostEnd(
            host=host,
            end=End.UNTOUCHED if item.verdict.acts else End.UNCHANGED,
            why=why if item.verdict.acts else item.reason,
            release=item.current,
        )
        for host, item in plan.hosts.items()
    }


def _hook(run: HookRun) -> dict[str, Any]:
    return {
        "when": run.when.value,
        "name": run.name,
        "ok": run.ok,
        "why": run.why,
        "seconds": run.seconds,
        "output": run.output,
    }


def _end(end: HostEnd, causes: Sequence[Cause]) -> Mapping[str, Any]:
    return {
        "end": end.end.value,
        "why": end.why,
        "release": end.release,
        "seconds": end.seconds,
        "steps": list(end.steps),
        "drained": end.drained,
        "went_back": end.went_back and end.went_back.to_json(),
        "verdicts": verdict_members(end.verdicts, causes),
    }
