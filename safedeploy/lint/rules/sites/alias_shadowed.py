"""An Alias that an earlier one for a shorter path takes everything from."""

from __future__ import annotations

from collections.abc import Iterator

from safedeploy.lint.facts import Facts
from safedeploy.lint.finding import Related, Severity
from safedeploy.lint.resolve.configuration import Configuration
from safedeploy.lint.resolve.statement import Statement
from safedeploy.lint.rule import Case, Hit, Profile, Rule, Symptom
from safedeploy.lint.servers import servers


def check(configuration: Configuration, _facts: Facts) -> Iterator[Hit]:
    """Each Alias that can never be used, and that would have led elsewhere than the one before it does."""
    for server in servers(configuration):
        before: list[Statement] = []
        for each in server.aliases:
            taken = next((one for one in before if _takes(one, each)), None)
            if taken is None:
                if each.active and each.certain:
                    before.append(each)
                continue
            if each in server.own and each.certain:
                yield Hit(
                    at=each,
                    message=f"{each.argument} is never looked for at {each.arguments[1]}: {taken.name} "
                    f"{taken.argument} comes first",
                    remedy=f"Put this line before {taken.name} {taken.argument}.",
                    severity=Severity.WARNING if taken.context is not each.context else None,
                    related=(Related(position=taken.position, text="this comes first"),),
                )


def _takes(first: Statement, second: Statement) -> bool:
    """Whether every path of the second is one of the first, and ends up at another place."""
    path, target = first.arguments
    longer, other = second.arguments
    whole = longer.startswith(path if path.endswith("/") else f"{path}/") or (longer == path and target != other)
    return whole and (target + longer[len(path) :]).rstrip("/") != other.rstrip("/")


RULE = Rule(
    id="alias-shadowed",
    group="sites",
    severity=Severity.ERROR,
    title="An Alias after one for a shorter path",
    why="httpd takes the first `Alias` that fits, not the longest. With `/app` first, `/app/static` is looked for in "
    "the directory of `/app`: visitors see a 404, or an old file of the same name.",
    remedy="Put the longer path first.",
    symptoms=(Symptom.ERROR_404, Symptom.WRONG_CONTENT),
    source="https://httpd.apache.org/docs/2.4/mod/mod_alias.html#order",
    good=(
        Case(text="Alias /app/static /srv/static\nAlias /app /srv/app\n"),
        Case(text="Alias /app /srv/app\nAlias /application /srv/other\n"),
        Case(text="Alias /app /srv/app\nAlias /app/static /srv/app/static\n"),
    ),
    bad=(
        Case(text="Alias /app /srv/app\nAlias /app/static /srv/static\n"),
        Case(text="Alias / /srv/www/\nScriptAlias /cgi-bin/ /usr/lib/cgi-bin/\n"),
    ),
    check=check,
    profile=Profile.MINIMAL,
)
