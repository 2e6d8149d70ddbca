"""More workers than the limits beside them allow, or so few that one visitor can use them all."""

from __future__ import annotations

from collections.abc import Iterator

from safedeploy.lint.facts import Facts
from safedeploy.lint.finding import Severity
from safedeploy.lint.resolve.configuration import Configuration
from safedeploy.lint.resolve.statement import Statement
from safedeploy.lint.rule import Case, Hit, Rule, Symptom

THREADED = ("mpm_event_module", "mpm_worker_module")
PREFORK = "mpm_prefork_module"
# A browser asks with six connections at a time; two of them and a few robots are no load.
FEW = 16


def check(configuration: Configuration, _facts: Facts) -> Iterator[Hit]:
    """MaxRequestWorkers above what ServerLimit and ThreadsPerChild come to, or far below what visitors need."""
    threaded = any(configuration.module(name) for name in THREADED)
    if threaded == bool(configuration.module(PREFORK)):
        return
    found = [
        _last(configuration, name)
        for name in ("MaxRequestWorkers", "MaxClients", "ServerLimit", "ThreadsPerChild", "ThreadLimit")
    ]
    if any(one is not None and not _is_clear(one) for one in found):
        return
    wanted = found[0] or found[1]
    servers = _number(found[2], 16 if threaded else 256)
    threads = min(_number(found[3], 25), _number(found[4], 64)) if threaded else 1
    if wanted is None:
        return
    workers = _number(wanted, 0)
    if workers > servers * threads:
        limits = f"ServerLimit {servers}" + (f" with {threads} threads each" if threaded else "")
        yield Hit(
            at=wanted,
            message=f"{wanted.name} {workers} is cut to {servers * threads}: {limits} is all that httpd starts",
            remedy=f"Raise ServerLimit to {-(-workers // threads)}, or lower {wanted.name} to {servers * threads}.",
        )
    if 0 < min(workers, servers * threads) < FEW:
        yield Hit(
            at=wanted,
            message=f"{min(workers, servers * threads)} requests are answered at a time, and all others wait",
            remedy="Allow some hundred, as memory permits; httpd's own default is 400, or 256 with prefork.",
        )


def _last(configuration: Configuration, name: str) -> Statement | None:
    found = configuration.named(name)
    return found[-1] if found else None


def _is_clear(statement: Statement) -> bool:
    return statement.active is True and statement.certain and statement.argument.isdigit()


def _number(statement: Statement | None, default: int) -> int:
    return int(statement.argument) if statement is not None else default


RULE = Rule(
    id="workers-cut",
    group="resources",
    severity=Severity.WARNING,
    title="Fewer workers than written, or than visitors need",
    why="httpd answers as many requests at a time as it has workers; all others wait, and the site seems to be down "
    "while the machine is idle. `MaxRequestWorkers` cannot be more than `ServerLimit` times `ThreadsPerChild`, and "
    "what is above that is cut with one line in the error log. A handful of workers is used up by one slow backend.",
    remedy="Set `ServerLimit` and `MaxRequestWorkers` together.",
    symptoms=(Symptom.SLOW, Symptom.ERROR_502),
    source="https://httpd.apache.org/docs/2.4/mod/mpm_common.html#maxrequestworkers",
    good=(
        Case(text="MaxRequestWorkers 400\n", modules=("mpm_event_module",)),
        Case(text="ServerLimit 40\nMaxRequestWorkers 1000\n", modules=("mpm_event_module",)),
        Case(text="MaxRequestWorkers 256\n", modules=("mpm_prefork_module",)),
        Case(
            text="<IfModule mpm_worker_module>\n    MaxRequestWorkers 4\n</IfModule>\n", modules=("mpm_event_module",)
        ),
    ),
    bad=(
        Case(text="MaxRequestWorkers 1000\n", modules=("mpm_event_module",)),
        Case(text="MaxClients 500\n", modules=("mpm_prefork_module",)),
        Case(text="ServerLimit 1\nThreadsPerChild 4\nMaxRequestWorkers 4\n", modules=("mpm_event_module",)),
    ),
    check=check,
)
