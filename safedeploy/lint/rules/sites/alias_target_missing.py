"""An Alias to what is not there."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from safedeploy.core.nearest import nearest
from safedeploy.lint.facts import Facts
from safedeploy.lint.finding import Severity
from safedeploy.lint.resolve.configuration import Configuration
from safedeploy.lint.rule import Case, Hit, Profile, Rule, Symptom


def check(configuration: Configuration, facts: Facts) -> Iterator[Hit]:
    """Each Alias with a target that is not there; an error beside one of nearly its name that nothing serves."""
    served = {
        configuration.absolute(each.arguments[-1])
        for each in configuration.named("Alias", "ScriptAlias", "AliasMatch", "ScriptAliasMatch", "DocumentRoot")
        if each.arguments
    }
    for statement in configuration.named("Alias", "ScriptAlias"):
        if len(statement.arguments) != 2 or not statement.certain or "${" in statement.arguments[1]:
            continue
        if any(section.key == "if" for section in statement.context.sections):
            continue
        path = configuration.absolute(statement.arguments[1])
        if facts.there(configuration.files, path) is not False:
            continue
        if not statement.arguments[1].endswith("/") and statement.argument.endswith("/"):
            continue  # perhaps the beginning of many names
        parent, name = posixpath.split(path)
        beside = [posixpath.join(parent, one) for one in configuration.files.names(parent)]
        left = {posixpath.basename(one) for one in beside if configuration.files.is_directory(one)}
        other = nearest(name, left - {posixpath.basename(one) for one in beside if one in served})
        yield Hit(
            at=statement,
            message=f"{statement.argument} is looked for at {path}, which does not exist",
            remedy=f"Write {posixpath.join(parent, other)}, if that is meant." if other else None,
            severity=None if other else Severity.WARNING,
        )


RULE = Rule(
    id="alias-target-missing",
    group="sites",
    severity=Severity.ERROR,
    title="An Alias to what is not there",
    why="httpd looks for the directory when somebody asks, so it starts without it and without a word. Whatever lies "
    "below the path is a 404.",
    remedy="Correct the path, or deliver the directory.",
    symptoms=(Symptom.ERROR_404,),
    source="https://httpd.apache.org/docs/2.4/mod/mod_alias.html#alias",
    good=(
        Case(text="Alias /docs /srv/docs\n", files={"/srv/docs/guide.html": "Guide\n"}, closed=("/srv",)),
        Case(text="Alias /docs /srv/docs\n"),
    ),
    bad=(
        Case(text="Alias /docs /srv/doc\n", files={"/srv/docs/guide.html": "Guide\n"}, closed=("/srv",)),
        Case(text="Alias /docs /srv/docs\n", closed=("/srv",)),
    ),
    check=check,
    profile=Profile.MINIMAL,
)
