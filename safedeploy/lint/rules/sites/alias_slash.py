"""Alias whose path ends with a slash, and whose directory does not."""

from __future__ import annotations

from collections.abc import Iterator

from safedeploy.lint.facts import Facts
from safedeploy.lint.finding import Edit, Fix, Severity
from safedeploy.lint.resolve.configuration import Configuration
from safedeploy.lint.resolve.statement import Statement
from safedeploy.lint.rule import Case, Hit, Profile, Rule, Symptom
from safedeploy.lint.syntax.position import Position


def check(configuration: Configuration, facts: Facts) -> Iterator[Hit]:
    """Each Alias and ScriptAlias of a path with a slash to a directory without one."""
    sections = {
        section.arguments[0].rstrip("/")
        for statement in configuration.statements
        for section in statement.context.sections
        if section.key == "directory" and len(section.arguments) == 1
    }
    for statement in configuration.named("Alias", "ScriptAlias"):
        if len(statement.arguments) != 2 or not statement.certain:
            continue
        path, target = statement.arguments
        if not path.endswith("/") or path == "/" or target.endswith(("/", "=", "?")) or "${" in target:
            continue
        place = configuration.absolute(target)
        directory = configuration.files.is_directory(place) or place in sections
        if not directory and (configuration.files.exists(place) or facts.exists(place)):
            continue  # a file, for a path with path information behind it
        if not directory and place.rpartition("/")[2] != path.rstrip("/").rpartition("/")[2]:
            continue  # perhaps the beginning of many names
        yield Hit(
            at=statement,
            message=f"a request for {path}x is looked for at {target}x: the target lacks its slash",
            remedy=f"Write {target}/.",
            severity=None if directory else Severity.WARNING,
            fix=_fix(statement, f"{target}/"),
        )


def _fix(statement: Statement, text: str) -> Fix | None:
    position = statement.word_position(1)
    if position == statement.position or f"{statement.directive.words[1].text}/" != text:
        return None
    at = position.end_column - (1 if statement.directive.words[1].quoted else 0)
    end = Position(path=position.path, line=position.end_line, column=at, end_line=position.end_line, end_column=at)
    return Fix(title=f"Write {text}.", edits=(Edit(position=end, text="/"),))


RULE = Rule(
    id="alias-slash",
    group="sites",
    severity=Severity.ERROR,
    title="Alias whose target lacks the slash at its end",
    why="httpd replaces the path by the directory letter by letter. From `/docs/` to `/srv/docs` the file of "
    "`/docs/guide.html` becomes `/srv/docsguide.html`, and everything below is a 404.",
    remedy="End both with a slash, or neither.",
    symptoms=(Symptom.ERROR_404,),
    source="https://httpd.apache.org/docs/2.4/mod/mod_alias.html#alias",
    good=(
        Case(text="Alias /docs/ /srv/docs/\n", files={"/srv/docs/guide.html": "Guide\n"}),
        Case(text="Alias /docs /srv/docs\n", files={"/srv/docs/guide.html": "Guide\n"}),
        Case(text="Alias /release/ /srv/release-\n", files={"/srv/release-1/guide.html": "Guide\n"}),
        Case(text="ScriptAlias /git/ /usr/lib/git-core/git-http-backend\n"),
    ),
    bad=(
        Case(text="Alias /docs/ /srv/docs\n", files={"/srv/docs/guide.html": "Guide\n"}),
        Case(text='ScriptAlias "/cgi-bin/" "/usr/lib/cgi-bin"\n'),
    ),
    check=check,
    profile=Profile.MINIMAL,
    fixes=True,
)
