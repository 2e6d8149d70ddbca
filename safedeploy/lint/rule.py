"""What a rule is: one pitfall, why it hurts, how to see that it is there, and what is right instead. Pure values.

A rule lives in one file below `rules/` with a passing and a failing case; its page in docs/rules/ and its place in
docs/pitfalls.md are made from it. `check` is a function of a configuration and of what is known beside it; it yields a
`Hit` for each place, and never raises: what it cannot know it passes over.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from safedeploy.core.lint_choice import LintProfile
from safedeploy.lint.facts import Facts
from safedeploy.lint.finding import Fix, Related, Severity
from safedeploy.lint.resolve.configuration import Configuration
from safedeploy.lint.resolve.statement import Statement
from safedeploy.lint.syntax.nodes import Directive
from safedeploy.lint.syntax.position import Position


class Symptom(StrEnum):
    """What a person sees who has this problem; docs/pitfalls.md is grouped by it, in this order."""

    NO_START = "will not start, or does not come back after a reload"
    ERROR_500 = "500 Internal Server Error"
    ERROR_502 = "502 Bad Gateway or 503 Service Unavailable"
    ERROR_403 = "403 Forbidden or 401 Unauthorized"
    ERROR_404 = "404 Not Found"
    ERROR_4XX = "another error of the 400s: 400, 405, 413, 414"
    WRONG_SITE = "the wrong site answers"
    WRONG_CONTENT = "the wrong content, header or log entry"
    REDIRECTS = "a redirect loop, or a redirect to the wrong place"
    EXPOSED = "exposed: something can be read or used that should not"
    SLOW = "slow, or it hangs under load"
    TLS = "a certificate or TLS error in the browser"
    NO_EFFECT = "a setting has no effect"


@dataclass(frozen=True, kw_only=True)
class Hit:
    """One place where a rule applies.

    `at` a statement says more than a position: where it is uncertain whether httpd reads it, the finding is lowered to
    info, and dropped where it certainly does not. `severity` and `remedy` are the rule's own when they are not given;
    a severity can only be lower than the rule's.
    """

    at: Statement | Directive | Position
    message: str
    remedy: str | None = None
    severity: Severity | None = None
    fix: Fix | None = None
    related: tuple[Related, ...] = ()


Profile = LintProfile
Check = Callable[[Configuration, Facts], Iterator[Hit]]


@dataclass(frozen=True, kw_only=True)
class Case:
    """An example of a configuration, as small as it can be, and what is known beside it.

    `text` is the main configuration, `files` are others by absolute path, and `links` are links by theirs. `modules`
    are the modules (`ssl_module`) that are loaded; None: all that httpd comes with. `closed`: nothing exists below
    these directories but the files of the case. `environment` has variables such as APACHE_LOG_DIR. `layout` is a
    distribution's (`debian`, `redhat`). `modes` are permissions of files.
    """

    text: str = ""
    files: Mapping[str, str] = field(default_factory=dict)
    links: Mapping[str, str] = field(default_factory=dict)
    modules: tuple[str, ...] | None = None
    version: tuple[int, int, int] | None = None
    closed: tuple[str, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    modes: Mapping[str, int] = field(default_factory=dict)
    layout: str = "debian"


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One pitfall. The texts are plain sentences in Markdown; `source` is the address that says that it is so.

    `id` is a stable name in kebab case, `group` the directory of its file. `fixes`: whether hits may bring a fix.
    """

    id: str
    group: str
    severity: Severity
    title: str
    why: str
    remedy: str
    symptoms: tuple[Symptom, ...]
    source: str
    good: tuple[Case, ...]
    bad: tuple[Case, ...]
    check: Check
    profile: Profile = Profile.DEFAULT
    fixes: bool = False
