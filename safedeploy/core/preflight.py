"""The verdict of the preflight: may this push go ahead? Decided from every host's own answers. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from safedeploy.core.blame import Cause
from safedeploy.core.errors import ExitCode
from safedeploy.core.outcome import Answers
from safedeploy.core.plain_text import plain_text
from safedeploy.core.trial import Hide, Trial, trial_from_json

# Letters of one text of a host: that are looked at, and that are shown.
LONGEST, SHOWN = 1_000_000, 16_000
# Warnings and reasons of one host that are kept.
MOST = 200


@dataclass(frozen=True, kw_only=True)
class HostCheck:
    """One host's preflight. `code` is the agent's error code when it refused; `detail` is httpd's own output then.

    `changes` is how many paths would change, where the host got so far. `trial` is what it found, also when it refused;
    `causes` are its regressions with what is likely behind them.
    """

    host: str
    ok: bool
    text: str
    code: str | None = None
    detail: str = ""
    method: str | None = None
    warnings: tuple[str, ...] = ()
    restart: tuple[str, ...] = ()
    seconds: float | None = None
    changes: int | None = None
    trial: Trial = field(default_factory=Trial)
    causes: tuple[Cause, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Preflight:
    """All hosts' checks. `stale` are accepted ids that no host met."""

    hosts: Mapping[str, HostCheck] = field(default_factory=dict)
    stale: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether every host passed."""
        return all(check.ok for check in self.hosts.values())

    @property
    def failed(self) -> tuple[HostCheck, ...]:
        """The hosts that refused or did not answer."""
        return tuple(check for check in self.hosts.values() if not check.ok)

    @property
    def exit_code(self) -> ExitCode:
        """5 when leases alone stand in the way, 9 when hosts are unreachable and nothing else failed, else 4."""
        codes = {check.code for check in self.failed}
        if not codes:
            return ExitCode.OK
        if codes == {"lease-held"}:
            return ExitCode.LEASE_HELD
        if codes == {"unreachable"}:
            return ExitCode.UNREACHABLE
        return ExitCode.REFUSED


def judge_preflight(hosts: Sequence[str], answers: Mapping[str, Answers], hide: Hide = str) -> Preflight:
    """One verdict for each host of the push. `hide` masks secrets in what the hosts said, which is cut to be read."""

    def fit(text: str) -> str:
        return plain_text(hide(text[:LONGEST]), limit=SHOWN)

    return Preflight(hosts={host: _judged(host, answers[host], fit) for host in hosts})


def _judged(host: str, answers: Answers, hide: Hide) -> HostCheck:
    """The verdict on a host, whatever it answered: what cannot be understood lets nothing pass."""
    try:
        return _judge(host, answers, hide)
    except (TypeError, ValueError, AttributeError, KeyError, IndexError, OverflowError) as error:
        text = f"the host's answer is not understood: {hide(str(error))}"
        return HostCheck(host=host, ok=False, text=text, code="bug")


def _judge(host: str, answers: Answers, hide: Hide) -> HostCheck:
    for answer in (answers.prepare, answers.preflight):
        if answer is not None and not answer.get("ok", False):
            return _refused(host, answer.get("error") or {}, hide)
    if answers.preflight is None:
        seen = answers.seen or "no answer"
        code = "unreachable" if seen.startswith("unreachable") else "failed"
        return HostCheck(host=host, ok=False, text=hide(seen), code=code)
    result = answers.preflight.get("result") or {}
    return HostCheck(host=host, ok=True, text="configtest passed", **_found(result, hide))


def _refused(host: str, error: Mapping[str, Any], hide: Hide) -> HostCheck:
    detail = error.get("detail") or {}
    return HostCheck(
        host=host,
        ok=False,
        text=hide(str(error.get("message"))),
        code=str(error.get("code")),
        detail=hide("\n".join(_words(detail))),
        **_found(detail, hide),
    )


def _words(detail: Mapping[str, Any]) -> list[str]:
    """What httpd says itself: what it printed, and what it wrote to its error log."""
    parts: list[str] = []
    for key in ("output", "log"):
        said = detail.get(key) or ()
        parts += [said.rstrip()] if isinstance(said, str) else [str(line) for line in said]
    return parts


def _found(value: Mapping[str, Any], hide: Hide) -> dict[str, Any]:
    """What a host found, whether or not it let the push through."""
    test, restart = value.get("configtest") or {}, value.get("restart") or {}
    return {
        "method": hide(str(test["method"])) if test.get("method") else None,
        "warnings": tuple(hide(str(text)) for text in (test.get("warnings") or ())[:MOST]),
        "restart": tuple(hide(str(why)) for why in (restart.get("why") or ())[:MOST]) if restart.get("needed") else (),
        "seconds": value["seconds"] if isinstance(value.get("seconds"), int | float) else None,
        "changes": len(value["changes"]) if isinstance(value.get("changes"), list) else None,
        "trial": trial_from_json(value, hide),
    }
