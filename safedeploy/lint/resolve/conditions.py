"""The sections that httpd decides on while it reads: IfModule, IfDefine, IfVersion, IfFile, IfDirective, IfSection.

True, False, or None where the answer depends on what is not known.
Source: https://github.com/apache/httpd/blob/2.4.x/server/core.c, .../modules/metadata/mod_version.c
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from safedeploy.lint.facts import Facts
from safedeploy.lint.resolve.modules import from_condition
from safedeploy.lint.resolve.world import World
from safedeploy.lint.syntax.lines import WHITE
from safedeploy.lint.syntax.nodes import Opening
from safedeploy.lint.syntax.words import first

_NUMBERS = re.compile(r"\d+(\.\d+){0,2}")
_ANY_2_4 = ((2, 4, 0), (2, 4, 10_000))


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What a condition asks for, without the `!` of `negated`; whether it holds; and what httpd refuses in it."""

    argument: str = ""
    negated: bool = False
    holds: bool | None = None
    refused: str | None = None


def decide(opening: Opening, world: World, *, certain: bool) -> Answer:
    """Decide on a condition at the place where it stands; `certain` says whether its variables are known."""
    if opening.key == "ifversion":
        return _version(opening, world.facts)
    if not opening.ended:
        return Answer(refused=f"<{opening.name} lacks its closing >")
    raw = opening.raw.rstrip(WHITE)
    negated = raw.startswith("!")
    argument = first(raw[negated:].lstrip(WHITE))[0]
    if not argument:
        return Answer(negated=negated, refused=f"<{opening.name}> lacks an argument")
    held = _ASKED[opening.key](argument, world) if certain else None
    return Answer(argument=argument, negated=negated, holds=None if held is None else held != negated)


def _module(argument: str, world: World) -> bool | None:
    identifier, sure = from_condition(argument)
    if identifier is None:
        return False
    loaded = world.module(identifier)
    return None if loaded is False and not sure else loaded


def _define(argument: str, world: World) -> bool | None:
    return world.variables.is_defined(argument)


def _file(argument: str, world: World) -> bool | None:
    return world.exists(world.absolute(argument)) if world.server_root is not None or argument[0] == "/" else None


def _directive(argument: str, world: World) -> bool | None:
    known = world.facts.directive_modules
    modules = known(argument.lstrip("<").rstrip(">")) if known else None
    if not modules:
        return None
    answers = {world.module(identifier) for identifier in modules}
    return True if True in answers else None if None in answers else False


_ASKED = {
    "ifmodule": _module,
    "ifdefine": _define,
    "iffile": _file,
    "ifdirective": _directive,
    "ifsection": _directive,
}


def _version(opening: Opening, facts: Facts) -> Answer:
    text, bracket = opening.line.text, opening.end
    if not opening.ended or text[bracket + 1 :].strip(WHITE):
        return Answer(refused=f"<{opening.name} lacks its closing >")
    words = opening.arguments
    if not 1 <= len(words) <= 2:
        return Answer(refused=f"<{opening.name}> takes an operator and a version")
    operator, wanted = ("=", words[0]) if len(words) == 1 else words
    negated = operator.startswith("!") and operator != "!"
    operator = operator[negated:]
    argument = " ".join(words)
    if operator == "~" or (operator in ("=", "==") and wanted.startswith("/")):
        held = _matches(wanted.strip("/"), facts)
    elif operator not in ("=", "==", "<", "<=", ">", ">="):
        return Answer(argument=argument, refused=f"<{opening.name}> does not know the operator {operator}")
    elif not _NUMBERS.fullmatch(wanted):
        return Answer(argument=argument, refused=f"<{opening.name}> takes {wanted} for no version")
    else:
        numbers = [int(number) for number in wanted.split(".")]
        asked = (*numbers, 0, 0)[:3]
        of = (facts.version,) if facts.version else _ANY_2_4
        answers = {_compare(each, operator, asked) for each in of}
        held = answers.pop() if len(answers) == 1 else None
    return Answer(argument=argument, negated=negated, holds=None if held is None else held != negated)


def _compare(version: tuple[int, ...], operator: str, asked: tuple[int, ...]) -> bool:
    if operator in ("=", "=="):
        return version == asked
    if version == asked:
        return operator.endswith("=")
    return (version < asked) == operator.startswith("<")


def _matches(expression: str, facts: Facts) -> bool | None:
    if facts.version is None:
        return None
    try:
        return bool(re.search(expression, ".".join(map(str, facts.version))))
    except re.error:
        return None
