"""Alerts: what people who are not at the screen are told, and when. Pure.

An alert on a run is made once, when it is known how the run ended. Its text is fit for any channel: bounded, without
control sequences, and it calls nobody by `@everyone`, whatever a host has said.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from safedeploy.core import counted
from safedeploy.core.channels import Kind, Severity
from safedeploy.core.plain_text import plain_text

MOST_LINES = 20
MOST_TITLE = 200
MOST_TEXT = 1800  # the narrowest of the usual chats takes 2,000 characters with the title

_CALLS = re.compile(r"@(?=(?:everyone|here|channel|all|team)\b)", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class About:
    """The run that alerts are about; `job` is the address of the CI job that it is a part of."""

    project: str
    environment: str
    run: str
    actor: str
    job: str = ""
    command: str = ""
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class Alert:
    """One message.

    `hosts` are `{host, end, why}`, `items` are drift as `{host, kind, path, severity, text, hint, state}`, the state
    being `new`, `still` or `gone`. `next` is what a person does now.
    """

    kind: Kind
    severity: Severity
    about: About
    title: str
    text: str
    verb: str = ""
    release: str = ""
    next: str = ""
    hosts: tuple[Mapping[str, str], ...] = ()
    items: tuple[Mapping[str, str], ...] = ()
    exit_code: int | None = field(default=None)


# What templates of titles and bodies may use; docs/alerts.md lists the same.
VARIABLES = frozenset(
    (
        *("kind", "severity", "project", "environment", "run", "actor", "job", "command", "reason", "title", "text"),
        *("verb", "release", "next", "hosts", "items", "exit_code"),
    )
)


def variables(alert: Alert) -> dict[str, Any]:
    """The values of a template's variables."""
    about = alert.about
    return {
        "kind": alert.kind.value,
        "severity": alert.severity.value,
        "project": about.project,
        "environment": about.environment,
        "run": about.run,
        "actor": about.actor,
        "job": about.job,
        "command": about.command,
        "reason": about.reason,
        "title": alert.title,
        "text": alert.text,
        "verb": alert.verb,
        "release": alert.release,
        "next": alert.next,
        "hosts": [dict(one) for one in alert.hosts],
        "items": [dict(one) for one in alert.items],
        "exit_code": alert.exit_code,
    }


def sendable(text: str, *, limit: int) -> str:
    """A text as it may go to a channel."""
    return plain_text(_CALLS.sub("(at)", text), limit=limit)


def one_line(text: object, *, limit: int = 300) -> str:
    """Somebody's words as a part of one line."""
    return " ".join(sendable(str(text), limit=limit).split())


def place(about: About) -> str:
    """`web/prod`."""
    return f"{about.project}/{about.environment}"


def signature(about: About) -> str:
    """Who, with which run, why, and where the whole story is."""
    why = f": {one_line(about.reason)}" if about.reason else ""
    job = f"\n{about.job}" if about.job else ""
    return f"by {about.actor}, run {about.run}{why}{job}"


def listed(names: Iterable[str], *, most: int = 5) -> str:
    """`web1, web2 and 7 more`."""
    found = list(names)
    more = len(found) - most
    return ", ".join(found) if more <= 0 else f"{', '.join(found[:most])} and {more} more"


def bounded(lines: list[str], *, rest: str) -> list[str]:
    """The first lines, and how many more there are; `rest` says where they are shown."""
    more = len(lines) - MOST_LINES
    return lines if more <= 0 else [*lines[:MOST_LINES], f"and {more} more: {rest}"]


def trial(about: About) -> Alert:
    """The message that only shows that a channel works."""
    return Alert(
        kind=Kind.TEST,
        severity=Severity.INFO,
        about=about,
        title=f"{place(about)}: a test of safedeploy's alerts",
        text=f"Nothing has happened: {about.actor} tries whether alerts of {place(about)} arrive here.",
        next="Nothing is to be done.",
    )


def started(about: About, verb: str, release: str, hosts: Iterable[str]) -> Alert:
    """Hosts begin to change."""
    names = list(hosts)
    return Alert(
        kind=Kind.PUSH_STARTED,
        severity=Severity.INFO,
        about=about,
        title=f"{place(about)}: {verb} to {counted.hosts(len(names))} has begun",
        text=f"release {release} goes to {listed(names)}\n{signature(about)}",
        verb=verb,
        release=release,
        hosts=tuple({"host": name, "end": "", "why": ""} for name in names),
    )
