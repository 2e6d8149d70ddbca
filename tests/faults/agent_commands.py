"""The commands of the on-host program that are interrupted: what a host is before, the request, and where it may end.

Each host is in one of these situations before a command:

    pushed   on the old release, nobody has the lease
    staged   the new release has passed preflight; its run has the lease
    pending  the new release is live and waits for its confirmation; its dead-man was killed
    over     as pending, and the window has ended: a dead-man that starts now reverts at once
    torn     an activation was killed in the middle of its switch, its dead-man too
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.faults.fleet import NEW, OLD

if TYPE_CHECKING:
    from tests.faults.agent_situations import Situations

PUSHED, STAGED, PENDING, OVER, TORN = "pushed", "staged", "pending", "over", "torn"
RUN, HOLDER, KEY = "agent-faults", "the fault matrix", "0123456789abcdef" * 4
TTL = 4.0  # of the lease; it is given back, or ends by itself
WINDOW = 2.0
Request = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Command:
    """One command. `ends`: where a host may be when a fault hit it and its run was settled; `done`: where a success
    leaves it. `words` are for those that are no request of the control machine."""

    name: str
    before: str
    request: Callable[[Situations, str], Request] | None = None
    words: Callable[[Situations, str], list[str]] | None = None
    ends: frozenset[str] = frozenset({OLD})
    done: str = OLD
    agent: str = ""

    @property
    def program(self) -> str:
        """The program's own name for it."""
        return self.agent or self.name


def _with_token(**more: Any) -> Callable[[Situations, str], Request]:
    return lambda bench, host: {"token": bench.token[host], **more}


def _pending(**more: Any) -> Callable[[Situations, str], Request]:
    def request(bench: Situations, host: str) -> Request:
        return {"token": bench.token[host], "activation": bench.activation[PENDING, host], **more}

    return request


def prepare(bench: Situations, host: str) -> Request:
    """The first request of a run."""
    return {"run": RUN, "holder": HOLDER, "ttl": TTL, "reason": "", "key": KEY, "manifest": bench.manifest[host]}


def preflight(bench: Situations, host: str) -> Request:
    """Staging, and the trial without a shadow."""
    return {
        "token": bench.token.get(host),
        "manifest": bench.manifest[host],
        "objects": bench.objects[host],
        "health": [],
        "probing": {"shadow": False},
        "accept": ["all"],
    }


def leasing_preflight(bench: Situations, host: str) -> Request:
    """The same as the first request of a run, which has to be told of its lease."""
    tried = {key: value for key, value in preflight(bench, host).items() if key != "token"}
    return {**prepare(bench, host), **tried, "tell": True}


def activate(bench: Situations, host: str, window: float = WINDOW) -> Request:
    """The switch."""
    release = bench.manifest[host]["release"]
    return {
        "token": bench.token[host], "run": RUN, "actor": HOLDER, "release": release, "confirm_window": window,
        "health": [],
    }  # fmt: skip


def _at_the_host(command: str) -> Callable[[Situations, str], list[str]]:
    def words(bench: Situations, host: str) -> list[str]:
        given = ["--activation", bench.activation[OVER, host]] if command == "dead-man" else []
        return [command, "--state-dir", bench.fleet.lab.host(host).layout.state_dir, *given]

    return words


COMMANDS = (
    Command(name="prepare", before=PUSHED, request=prepare),
    Command(name="preflight", before=STAGED, request=preflight),
    Command(name="preflight with the lease", agent="preflight", before=PUSHED, request=leasing_preflight),
    Command(name="activate", before=STAGED, request=activate),
    Command(name="confirm", before=PENDING, request=_pending(health=[], keep=1), ends=frozenset({OLD, NEW}), done=NEW),
    Command(name="revert", before=PENDING, request=_pending(run=RUN, actor=HOLDER)),
    Command(name="hold", before=PENDING, request=_pending(window=600)),
    Command(name="renew", before=STAGED, request=_with_token()),
    Command(name="release-lease", before=STAGED, request=_with_token()),
    Command(name="recovery", agent="renew", before=TORN, request=_with_token()),
    Command(name="dead-man", before=OVER, words=_at_the_host("dead-man")),
    Command(name="boot", before=PENDING, words=_at_the_host("boot")),
)
