"""Codes of httpd's messages by the cause that they speak for. What each means stands in lint/knowledge."""

from __future__ import annotations

from collections.abc import Collection

from safedeploy.core.diagnose.evidence import Evidence, Line

# Faults of configuration that are met only when a request comes.
CONFIGURATION = frozenset({"AH00124", "AH00670", "AH01144", "AH01627", "AH00037", "AH01620", "AH02032"})
NO_BACKEND = frozenset({"AH00957", "AH00959", "AH00940", "AH01114", "AH01079", "AH02454", "AH01170"})
BACKEND_ANSWERS_BADLY = frozenset({"AH00898", "AH01067", "AH01075", "AH01097", "AH01102"})
NO_WORKERS = frozenset({"AH00161", "AH00484", "AH00485", "AH03490", "AH10159"})
UNREADABLE = frozenset({"AH00035", "AH00036", "AH00132", "AH00529", "AH01620"})
_EARLIER = 60.0
_LONGEST = 160
PROGRAM = frozenset({"AH01071", "AH01215", "AH01220", "AH01241"})


def lines(evidence: Evidence, codes: Collection[str] = (), *texts: str) -> tuple[Line, ...]:
    """The kinds of messages with one of these codes, or with one of these texts in their sample."""
    return tuple(
        one
        for one in evidence.lines
        if (any(code in one.key or code in one.text for code in codes) or any(text in one.text for text in texts))
        and _is_of_now(evidence, one)
    )


def _is_of_now(evidence: Evidence, line: Line) -> bool:
    """Whether it was still said when the trouble was there: what was over before is of another one."""
    trouble = evidence.trouble
    if line.last is None or trouble is None or trouble.began is None:
        return True
    return line.last >= trouble.began - _EARLIER


def rule(found: tuple[Line, ...]) -> str | None:
    """The rule of the linter that the most frequent of these messages belongs to."""
    return next((one.rule for one in sorted(found, key=lambda one: -one.count) if one.rule), None)


def said(line: Line) -> str:
    """A kind of message in a sentence: how often, and one of them."""
    times = "once" if line.count == 1 else f"{line.count} times"
    text = line.text if len(line.text) <= _LONGEST else f"{line.text[:_LONGEST]}..."
    return f"error log, {times}: {text}"
