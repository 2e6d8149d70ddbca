"""A restriction beside Require all granted."""

from __future__ import annotations

from collections.abc import Iterator

from safedeploy.lint.facts import Facts
from safedeploy.lint.finding import Related, Severity
from safedeploy.lint.reach import statements
from safedeploy.lint.resolve.configuration import Configuration
from safedeploy.lint.resolve.statement import Context, Statement
from safedeploy.lint.rule import Case, Hit, Rule, Symptom
from safedeploy.lint.servers import GROUPING

RESTRICTIONS = {"ip", "host", "local", "forward-dns", "valid-user", "user", "group", "ldap-group", "ldap-user"}


def check(configuration: Configuration, _facts: Facts) -> Iterator[Hit]:
    """Each section in which anybody is let in, and some are let in too; told at the first of those."""
    granted: dict[Context, Statement] = {}
    restricted: dict[Context, tuple[Statement, Severity | None]] = {}
    for each, severity in statements(configuration):
        if each.key != "require" or not each.active or not each.certain:
            continue
        group = each.context.within(*GROUPING)
        if group is not None and group.key != "requireany":
            continue
        words = [word.lower() for word in each.arguments]
        if words == ["all", "granted"]:
            granted.setdefault(each.context, each)
        elif words and words[0] in RESTRICTIONS:
            restricted.setdefault(each.context, (each, severity))
    for context, (each, severity) in restricted.items():
        if context in granted:
            yield Hit(
                at=each,
                message=f"Require {' '.join(each.arguments)} keeps nobody out: Require all granted in the same section "
                "lets everybody in",
                severity=severity,
                related=(Related(position=granted[context].position, text="this is enough"),),
            )


RULE = Rule(
    id="require-all-granted-beside",
    group="access",
    severity=Severity.WARNING,
    title="A restriction next to Require all granted",
    why="Several `Require` in one section are alternatives: one that is fulfilled is enough. `Require all granted`, "
    "left over from before, makes the password or the list of addresses next to it void, and the page is open.",
    remedy="Take `Require all granted` away, or write `<RequireAll>` around both where both shall hold.",
    symptoms=(Symptom.EXPOSED,),
    source="https://httpd.apache.org/docs/2.4/mod/mod_authz_core.html#require",
    good=(
        Case(text="<Location /staff>\n    Require ip 192.0.2.0/24\n</Location>\n"),
        Case(
            text="<Location /staff>\n    <RequireAll>\n        Require all granted\n        Require ip 192.0.2.0/24\n"
            "    </RequireAll>\n</Location>\n"
        ),
    ),
    bad=(Case(text="<Location /staff>\n    Require all granted\n    Require ip 192.0.2.0/24\n</Location>\n"),),
    check=check,
)
