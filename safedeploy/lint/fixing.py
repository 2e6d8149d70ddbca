"""Corrections that need no decision of a person, carried out on texts in memory. Pure.

A correction stays only if the same configuration, read again, no longer has its finding and has no other one that was
not there before. All are tried together first; when that does not hold, each by itself.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from safedeploy.lint.engine import Report
from safedeploy.lint.finding import Edit, Finding
from safedeploy.lint.syntax.lines import decode

Contents = Mapping[str, bytes]


@dataclass(frozen=True, kw_only=True)
class Fixed:
    """`changed` has the new content of each file that differs; `done` and `kept` are findings with a fix.

    `kept` are those whose fix was not safe here; `report` is that of the corrected configuration.
    """

    changed: Contents
    done: tuple[Finding, ...]
    kept: tuple[Finding, ...]
    report: Report


def fix(contents: Contents, report: Report, relint: Callable[[Contents], Report]) -> Fixed:
    """Carry out the fixes of a report. `contents` are the files that may be changed; `relint` reads changed ones."""
    wanted = [finding for finding in report.findings if _is_within(finding, contents)]
    taken, now, last = _together(contents, wanted, report, relint)
    kept = tuple(finding for finding in wanted if finding not in taken)
    changed = {path: content for path, content in now.items() if content != contents[path]}
    return Fixed(changed=changed, done=tuple(taken), kept=kept, report=last)


def _together(
    contents: Contents, wanted: Sequence[Finding], before: Report, relint: Callable[[Contents], Report]
) -> tuple[list[Finding], Contents, Report]:
    if not wanted:
        return [], contents, before
    now = applied(contents, _edits(wanted))
    after = None if now is None else relint(now)
    if now is not None and after is not None and _is_better(before, after, wanted):
        return list(wanted), now, after
    if len(wanted) == 1:
        return [], contents, before
    taken: list[Finding] = []
    current, last = contents, before
    for finding in wanted:
        one = applied(contents, _edits([*taken, finding]))
        after = None if one is None else relint(one)
        if one is not None and after is not None and _is_better(before, after, [*taken, finding]):
            taken, current, last = [*taken, finding], one, after
    return taken, current, last


def _is_within(finding: Finding, contents: Contents) -> bool:
    return finding.fix is not None and all(edit.position.path in contents for edit in finding.fix.edits)


def _edits(findings: Iterable[Finding]) -> list[Edit]:
    edits = [edit for finding in findings if finding.fix for edit in finding.fix.edits]
    return list(dict.fromkeys(edits))


def _is_better(before: Report, after: Report, done: Sequence[Finding]) -> bool:
    """Whether the findings that were corrected are gone, and nothing is there that was not before."""
    return not after.failed and not _counted(after.findings) - (_counted(before.findings) - _counted(done))


def _counted(findings: Iterable[Finding]) -> Counter[tuple[str, str, str, str]]:
    """Without lines, which move when a file changes."""
    return Counter((one.rule, one.severity.value, one.path, one.message) for one in findings)


def applied(contents: Contents, edits: Iterable[Edit]) -> Contents | None:
    """The files with the edits carried out, from the last to the first; None when two of them overlap."""
    done = dict(contents)
    by_path: dict[str, list[Edit]] = {}
    for edit in edits:
        by_path.setdefault(edit.position.path, []).append(edit)
    for path, here in by_path.items():
        text = decode(contents[path])
        starts = _line_starts(text)
        spans = sorted(
            (
                starts[edit.position.line - 1] + edit.position.column - 1,
                starts[edit.position.end_line - 1] + edit.position.end_column - 1,
                edit.text,
            )
            for edit in here
        )
        if any(left[1] > right[0] for left, right in pairwise(spans)):
            return None
        for start, end, new in reversed(spans):
            text = text[:start] + new + text[end:]
        done[path] = text.encode("utf-8", "surrogateescape")
    return done


def _line_starts(text: str) -> list[int]:
    """Where each line begins; one more for a position behind the last."""
    starts, at = [0], 0
    while (at := text.find("\n", at) + 1) > 0:
        starts.append(at)
    return [*starts, len(text)]
