"""The verdict of the preflight: may this push go ahead? Decided from every host's own answers. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from safedeploy.core.errors import ExitCode
from safedeploy.core.outcome import Answers


@dataclass(frozen=True, kw_only=True)
class HostCheck:
    """One host's preflight. `code` is the agent's error code when it refused; `detail` is httpd's own output then."""

    host: str
    ok: bool
    text: str
    code: str | None = None
    detail: str = ""
    method: str | None = None
    warnings: tuple[str, ...] = ()
    restart: tuple[str, ...] = ()
    seconds: float | None = None


@dataclass(frozen=True, kw_only=True)
class Preflight:
    """All hosts' checks."""

    hosts: Mapping[str, HostCheck] = field(default_factory=dict)

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


def judge_preflight(hosts: Sequence[str], answers: Mapping[str, Answers]) -> Preflight:
    """One verdict for each host of the push."""
    return Preflight(hosts={host: _judge(host, answers[host]) for host in hosts})


def _judge(host: str, answers: Answers) -> HostCheck:
    for answer in (answers.prepare, answers.preflight):
        if answer is not None and not answer.get("ok", False):
            error = answer.get("error") or {}
            detail = error.get("detail") or {}
            return HostCheck(
                host=host,
                ok=False,
                text=str(error.get("message")),
                code=str(error.get("code")),
                detail=str(detail.get("output") or ""),
            )
    if answers.preflight is None:
        seen = answers.seen or "no answer"
        code = "unreachable" if seen.startswith("unreachable") else "failed"
        return HostCheck(host=host, ok=False, text=seen, code=code)
    result = answers.preflight.get("result") or {}
    test, restart = result.get("configtest") or {}, result.get("restart") or {}
    return HostCheck(
        host=host,
        ok=True,
        text="configtest passed",
        method=test.get("method"),
        warnings=tuple(str(text) for text in test.get("warnings") or ()),
        restart=tuple(str(why) for why in restart.get("why") or ()) if restart.get("needed") else (),
        seconds=result.get("seconds"),
    )
