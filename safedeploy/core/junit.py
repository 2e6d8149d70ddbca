"""Test reports as XML, in the form that GitLab, Jenkins and the other readers of JUnit reports agree on. Pure.

The elements are those of Jenkins' published schema (jenkins-junit.xsd of its xunit plugin) that GitLab shows as well:
`testsuites`, `testsuite`, `testcase` with `failure`, `error` or `skipped`, and `system-out`. Whatever a text holds, the
document is well-formed XML 1.0: what that has no place for is left out, and each text is bounded.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from xml.etree import ElementTree as ET

from safedeploy.core.plain_text import plain_text

# Letters of one text, and of the line that a list of failed tests shows.
LONGEST, LONGEST_LINE = 64_000, 400
# Beside what plain_text removes: the noncharacters that XML 1.0 forbids.
_NOT_XML = re.compile("[\ufffe\uffff]")


@dataclass(frozen=True, kw_only=True)
class Case:
    """One thing that was looked at. At most one of the three ends is set; with none of them it passed.

    `failure`: what was looked for was found (a refusal, a difference). `error`: it could not be looked at (a host that
    is not reachable). `skipped`: there was no reason to look. Each is a text, whose first line is shown in lists.
    `classname` groups cases (a host); with `name` it tells a case from the others, and stays the same from run to run.
    """

    name: str
    classname: str
    failure: str | None = None
    error: str | None = None
    skipped: str | None = None
    seconds: float = 0.0
    output: str = ""


def document(suite: str, cases: Sequence[Case]) -> bytes:
    """The report of one suite, as UTF-8 with an XML declaration."""
    ends = Counter(end[0] for case in cases if (end := _end(case)) is not None)
    counts = {
        "tests": str(len(cases)),
        "failures": str(ends["failure"]),
        "errors": str(ends["error"]),
        "skipped": str(ends["skipped"]),
        "time": _seconds(sum(case.seconds for case in cases)),
    }
    root = ET.Element("testsuites", {"name": _line(suite), **counts})
    group = ET.SubElement(root, "testsuite", {"name": _line(suite), **counts})
    for case in cases:
        _add(group, case)
    ET.indent(root)
    written: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return written + b"\n"


def _add(group: ET.Element, case: Case) -> None:
    attributes = {"classname": _line(case.classname), "name": _line(case.name), "time": _seconds(case.seconds)}
    element = ET.SubElement(group, "testcase", attributes)
    if (end := _end(case)) is not None:
        kind, text = end
        ET.SubElement(element, kind, {"message": _line(text)}).text = None if kind == "skipped" else _text(text)
    if case.output:
        ET.SubElement(element, "system-out").text = _text(case.output)


def _end(case: Case) -> tuple[str, str] | None:
    ends = (("failure", case.failure), ("error", case.error), ("skipped", case.skipped))
    return next(((kind, text) for kind, text in ends if text is not None), None)


def _text(text: str) -> str:
    return _NOT_XML.sub("", plain_text(text, limit=LONGEST))


def _line(text: str) -> str:
    """The first line: an attribute with line breaks in it is shown differently by every reader."""
    first = next(iter(_text(text).splitlines()), "")
    return first if len(first) <= LONGEST_LINE else first[: LONGEST_LINE - 3] + "..."


def _seconds(seconds: float) -> str:
    return f"{max(seconds, 0.0):.3f}"
