"""What a person asks about: a rule's id, a code of httpd's, a line of an error log, a directive. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from safedeploy.core.nearest import nearest
from safedeploy.lint import place
from safedeploy.lint.knowledge import codes, directives, modules
from safedeploy.lint.registry import rules

# What httpd says of configurations and .htaccess without a code of its own, and the rule that it is about.
_SAYINGS = (
    (re.compile(r"Invalid command '([^']+)'"), "unknown-directive"),
    (re.compile(r"(\S+) not allowed here"), "htaccess-not-allowed"),
    (re.compile(r"(\S+) cannot occur within"), "wrong-context"),
    (re.compile(r"Cannot define multiple Listeners"), "duplicate-listen"),
    (re.compile(r"(SSL\w+): file '[^']*' does not exist"), "certificate-missing"),
    (re.compile(r"(?:Could not open configuration file|Include/IncludeOptional: Could not open)"), "include-missing"),
    (re.compile(r"Expected </?(\w+)|</(\w+)> without matching|directive missing closing '>'"), "syntax-error"),
)
_MOST = 8000  # letters of what is pasted


@dataclass(frozen=True, kw_only=True)
class Explanation:
    """One answer: what it is about, what it means, what is behind it, what to do, and where more stands."""

    subject: str
    meaning: str
    causes: tuple[str, ...] = ()
    remedy: str = ""
    rules: tuple[str, ...] = ()
    source: str | None = None


def explain(text: str) -> tuple[Explanation, ...]:
    """Everything that is known about what is asked, most certain first; nothing when nothing is."""
    asked = text[:_MOST].strip()
    return tuple(dict.fromkeys(_found(asked)))


def suggestion(text: str) -> str | None:
    """The id or directive that was probably meant by a single word."""
    word = text.strip()
    return nearest(word, rules()) or directives.similar(word) if len(word.split()) == 1 else None


def _found(asked: str) -> Iterator[Explanation]:
    if asked.lower() in rules():
        yield _rule(asked.lower())
        return
    for match in codes.FORM.findall(asked):
        code = codes.find(match)
        if code is not None:
            yield Explanation(
                subject=code.code, meaning=code.meaning, causes=code.causes, remedy=code.remedy, rules=code.rules
            )
    for saying, rule in _SAYINGS:
        match = saying.search(asked)
        if match is not None and rule in rules():
            name = next((group for group in match.groups() if group), None)
            yield from _directive(name.strip("<>,;:'\"")) if name else ()
            known = name is not None and rule == "unknown-directive" and directives.providers(name) is not None
            yield _rule("module-missing" if known else rule)
    if len(asked.split()) == 1:
        yield from _directive(asked.strip("<>"))


def _rule(name: str) -> Explanation:
    rule = rules()[name]
    return Explanation(
        subject=f"{rule.id} ({rule.severity.value}): {rule.title}",
        meaning=rule.why,
        causes=tuple(f"Symptom: {symptom.value}" for symptom in rule.symptoms),
        remedy=rule.remedy,
        source=rule.source,
    )


def _directive(name: str) -> Iterator[Explanation]:
    past = directives.past(name)
    if past is not None:
        gone = f"was removed in httpd {past.removed}" if past.removed else "is outdated"
        yield Explanation(subject=past.name, meaning=f"{past.name} {gone}.", remedy=f"Use instead: {past.instead}.")
    for section in (False, True):
        known = directives.find(name, section=section)
        if known is None or (past is not None and past.removed):
            continue
        since = f" since httpd {'.'.join(str(part) for part in known.since)}" if known.since else ""
        names = [module.short for symbol in known.modules if (module := modules.find(symbol)) is not None]
        allowed = " or ".join(sorted(known.overrides))
        yield Explanation(
            subject=known.shown,
            meaning=f"A directive of {' or '.join(names) or known.platform}{since}. "
            f"It may stand: {place.allowed(known)}. "
            + (f"In .htaccess with AllowOverride {allowed}." if allowed else "Not in .htaccess."),
            remedy=_enabling(known),
            source=known.manual,
        )


def _enabling(known: directives.Known) -> str:
    module = modules.find(known.modules[0]) if known.modules else None
    if module is None or module.builtin or module.enable is None:
        return ""
    return f"If httpd does not know it: {modules.advice(module.symbol)}."
