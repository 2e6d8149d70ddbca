"""A word that a directive does not know."""

from __future__ import annotations

from collections.abc import Iterator

from safedeploy.core.nearest import nearest
from safedeploy.lint import reach
from safedeploy.lint.facts import Facts
from safedeploy.lint.finding import Severity
from safedeploy.lint.knowledge import directives, modules
from safedeploy.lint.knowledge.packaged import read
from safedeploy.lint.resolve.configuration import Configuration
from safedeploy.lint.resolve.statement import Statement
from safedeploy.lint.rule import Case, Hit, Profile, Rule, Symptom

_SWITCH = ["on", "off"]


def check(configuration: Configuration, facts: Facts) -> Iterator[Hit]:
    """Each argument that is none of the words that its directive takes."""
    later = Severity.WARNING if (facts.version or (2, 4, 0)) > directives.VERSION else None
    for statement, lowered in reach.statements(configuration):
        if not statement.certain or statement.is_section or not statement.arguments:
            continue
        wrong = _wrong(statement)
        known = directives.find(statement.name)
        if not wrong or known is None or all(configuration.module(name) is False for name in known.modules):
            continue
        yield Hit(at=statement, message=wrong[0], remedy=wrong[1], severity=lowered or later)


def _wrong(statement: Statement) -> tuple[str, str | None] | None:
    """What httpd says no to, and what is right instead."""
    key = statement.key
    entry = read("choices.toml").get(key)
    if key == "loglevel":
        return _level(statement)
    if entry is None:
        known = directives.find(statement.name)
        if known is None or known.arguments != "flag" or not _is_own(known.modules):
            return None
        entry = {"words": _SWITCH}
    words: list[str] = entry["words"]
    given = statement.arguments if entry.get("each") else statement.arguments[:1]
    for word in given:
        bare = word[1:] if entry.get("signed") and word[:1] in ("+", "-") else word
        bare = bare.partition("=")[0] if entry.get("value") else bare
        if bare.lower() not in words:
            return _says(statement.name, word, bare, words)
    return _mixed(given) if key == "options" else None


def _level(statement: Statement) -> tuple[str, str | None] | None:
    words: list[str] = [*read("levels.toml")["words"]]
    for word in statement.arguments:
        level = word.rpartition(":")[2]
        if level.lower() not in words:
            return _says(statement.name, word, level, words)
    return None


def _mixed(given: tuple[str, ...]) -> tuple[str, str | None] | None:
    """Options takes all of its words with a sign, or none: a mixture was a common mistake with httpd 2.2."""
    signs = [word[:1] in ("+", "-") for word in given]
    if any(sign and word[1:].lower() in ("all", "none") for sign, word in zip(signs, given, strict=True)):
        return "Options takes All and None without a sign", "Write Options All or Options None on its own."
    # httpd takes words with a sign after a first All or None.
    plain_after = any(sign and False in signs[number:] for number, sign in enumerate(signs))
    if plain_after or (any(signs) and not signs[0] and given[0].lower() not in ("all", "none")):
        return (
            f"Options {' '.join(given)} has words with + or - and words without",
            "Give a sign to every word, to change what is inherited, or to none, to replace it.",
        )
    return None


def _says(name: str, word: str, bare: str, words: list[str]) -> tuple[str, str | None]:
    if word.startswith("#"):
        return (
            f"{name} takes the remark behind it for an argument",
            "Move the remark to a line of its own: httpd knows none at the end of a line.",
        )
    if words == _SWITCH:
        return f"{name} is On or Off, not {word}", "Write On or Off."
    shown = ", ".join(words)
    meant = nearest(bare.lower(), words)
    if "," in word:
        return f"{name} does not know {word}: its words are separated by spaces", "Write spaces, no commas."
    return (
        f"{name} does not know {word}" + (f"; did you mean {meant}?" if meant else ""),
        f"Write {meant}." if meant else f"It is one of: {shown}.",
    )


def _is_own(names: tuple[str, ...]) -> bool:
    found = [modules.find(name) for name in names]
    return all(module is not None and module.package == "apache2" for module in found)


RULE = Rule(
    id="invalid-argument",
    group="syntax",
    severity=Severity.ERROR,
    title="A word that the directive does not take",
    why="Many directives take one of a few words. httpd refuses the whole configuration for any other, such as `yes` "
    "in place of `On`, `warning` in place of `warn`, or words with commas between them. In an `.htaccess` every "
    "request below its directory is answered with a 500.",
    remedy="Write one of the words that its documentation names.",
    symptoms=(Symptom.NO_START, Symptom.ERROR_500),
    source="https://httpd.apache.org/docs/2.4/mod/directive-dict.html#Syntax",
    good=(
        Case(text="Options -Indexes +FollowSymLinks\nServerTokens prod\nLogLevel Warn ssl:debug\nRewriteEngine ON\n"),
        Case(text='<Directory "/a">\n    AllowOverride Options=All,MultiViews Nonfatal=All FileInfo\n</Directory>\n'),
        Case(text="SSLProtocol all -SSLv3 -TLSv1\nSSLEngine Optional\n"),
        Case(text="Options None\nTraceEnable extended\n"),
    ),
    bad=(
        Case(text="RewriteEngine yes\n"),
        Case(text="LogLevel warning\n"),
        Case(text="SSLProtocol TLSv1.2,TLSv1.3\n"),
        Case(text="Options Indexes -FollowSymLinks\n"),
        Case(text="UseCanonicalName True\n"),
        Case(text='<Directory "/a">\n    AllowOverride On\n</Directory>\n'),
    ),
    check=check,
    profile=Profile.MINIMAL,
)
