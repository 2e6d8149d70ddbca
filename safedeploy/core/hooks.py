"""Hooks around a push: what they are told, and what came of them. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from safedeploy.core.outcome import End, HostEnd
from safedeploy.core.policy import Hook

# What a program needs to find its way; nothing of this is a secret of the person who pushes.
USUAL = ("PATH", "HOME", "USER", "LOGNAME", "SHELL", "LANG", "TZ", "TMPDIR")

# From the gravest: a run's result in one word is that of its worst host.
_GRAVEST = (End.STRANDED, End.PENDING, End.REVERTED, End.UNTOUCHED, End.HELD, End.CONFIRMED, End.UNCHANGED)


class When(StrEnum):
    """Where in a push a hook stands; the words of the settings."""

    BEFORE = "before_push"
    AFTER = "after_push"


@dataclass(frozen=True, kw_only=True)
class HookRun:
    """How one hook ended. `why` is empty when it went well; `output` is fit to be shown."""

    when: When
    name: str
    why: str
    seconds: float
    output: str

    @property
    def ok(self) -> bool:
        """Whether it ended with 0, in time."""
        return not self.why


@dataclass(frozen=True, kw_only=True)
class Told:
    """What hooks are told of the run that they belong to."""

    verb: str
    environment: str
    run: str
    release: str
    hosts: tuple[str, ...]

    def variables(self, ends: Mapping[str, HostEnd] | None = None, exit_code: int | None = None) -> dict[str, str]:
        """The variables of a hook; with the ends of the hosts, those of one that runs afterwards."""
        told = {
            "SAFEDEPLOY_VERB": self.verb,
            "SAFEDEPLOY_ENVIRONMENT": self.environment,
            "SAFEDEPLOY_RUN": self.run,
            "SAFEDEPLOY_RELEASE": self.release,
            "SAFEDEPLOY_HOSTS": " ".join(self.hosts),
        }
        if ends is not None:
            told["SAFEDEPLOY_RESULT"] = result(ends).value
            told["SAFEDEPLOY_EXIT_CODE"] = str(exit_code)
        return told


def result(ends: Mapping[str, HostEnd]) -> End:
    """The end of a run: that of its worst host; `untouched` when nothing is known of any."""
    found = {end.end for end in ends.values()}
    worst = next((end for end in _GRAVEST if end in found), End.UNTOUCHED)
    return End.STRANDED if worst is End.PENDING else worst


def environment(environ: Mapping[str, str], hook: Hook, told: Mapping[str, str]) -> dict[str, str]:
    """The whole environment of a hook: the usual variables, those that it asks for, and what it is told."""
    wanted = {*USUAL, *hook.env}
    passed = {name: value for name, value in environ.items() if name in wanted or name.startswith("LC_")}
    return {**passed, **told}


def failed(runs: Sequence[HookRun], when: When) -> tuple[HookRun, ...]:
    """The hooks of one place that failed."""
    return tuple(run for run in runs if run.when is when and not run.ok)
