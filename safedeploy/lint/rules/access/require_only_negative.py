"""Requirements that let nobody in, so that httpd refuses them."""

from __future__ import annotations

from collections.abc import Iterator

from safedeploy.lint.facts import Facts
from safedeploy.lint.finding import Severity
from safedeploy.lint.reach import statements
from safedeploy.lint.resolve.configuration import Configuration
from safedeploy.lint.resolve.statement import Statement
from safedeploy.lint.rule import Case, Hit, Profile, Rule, Symptom
from safedeploy.lint.servers import GROUPING


def check(configuration: Configuration, _facts: Facts) -> Iterator[Hit]:
    """Each negative requirement outside of <RequireAll>, and each group that is empty or has only such."""
    if configuration.module("authz_core") is False:
        return
    read = [(each, severity) for each, severity in statements(configuration) if each.active is not False]
    members: dict[int, list[Statement]] = {}
    for each, _ in read:
        if each.key in ("require", *GROUPING) and (group := each.context.within(*GROUPING)) is not None:
            members.setdefault(id(group), []).append(each)
    for each, severity in read:
        message = _fault(each, members) if each.certain else None
        if message is not None:
            yield Hit(at=each, message=message, severity=severity)


def _fault(statement: Statement, members: dict[int, list[Statement]]) -> str | None:
    """Why httpd refuses it, if it does. `members` are the requirements in each group."""
    group = statement.context.within(*GROUPING)
    if _is_negative(statement) and (group is None or group.key != "requireall"):
        where = "next to other requirements" if group is None else f"in <{group.directive.name}>"
        return f"{_shown(statement)} has no effect {where}, any of which is enough: httpd refuses it"
    if statement.key not in GROUPING or statement.section is None:
        return None
    inside = members.get(id(statement.section), [])
    if not inside:
        return f"<{statement.name}> is empty, and httpd refuses it"
    if statement.key == "requireall" and all(_is_negative(one) and one.active for one in inside):
        return f"<{statement.name}> says who may not come in and not who may, and httpd refuses it"
    return None


def _is_negative(statement: Statement) -> bool:
    if statement.key == "requirenone":
        return True
    return statement.key == "require" and statement.argument.lower() == "not"


def _shown(statement: Statement) -> str:
    return f"<{statement.name}>" if statement.is_section else f"{statement.name} {' '.join(statement.arguments)}"


RULE = Rule(
    id="require-only-negative",
    group="access",
    severity=Severity.ERROR,
    title="Require not outside of RequireAll",
    why="Of several `Require` one is enough, so one that only says no can change nothing, and httpd refuses the whole "
    "configuration; in an `.htaccess` every request is a 500. It comes from rewriting `Deny from` line by line.",
    remedy="Write `<RequireAll>` around `Require all granted` and `Require not ...`.",
    symptoms=(Symptom.NO_START, Symptom.ERROR_500),
    source="https://httpd.apache.org/docs/2.4/mod/mod_authz_core.html#require",
    good=(
        Case(
            text="<Location />\n    <RequireAll>\n        Require all granted\n        Require not ip 192.0.2.7\n"
            "        <RequireNone>\n            Require ip 192.0.2.9\n        </RequireNone>\n    </RequireAll>\n"
            "</Location>\n"
        ),
    ),
    bad=(
        Case(text="<Location />\n    Require all granted\n    Require not ip 192.0.2.7\n</Location>\n"),
        Case(text="<Location />\n    <RequireAll>\n        Require not ip 192.0.2.7\n    </RequireAll>\n</Location>\n"),
        Case(text="<Location />\n    <RequireNone>\n        Require ip 192.0.2.7\n    </RequireNone>\n</Location>\n"),
        Case(text="<Location />\n    <RequireAny>\n    </RequireAny>\n</Location>\n"),
    ),
    check=check,
    profile=Profile.MINIMAL,
)
