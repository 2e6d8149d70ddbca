"""Findings as a SARIF log, for code scanning of GitHub, GitLab and others, and for editors. Pure.

The format: https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html. A path of the project is a relative URI;
one on a host, that no file of the project gives, an absolute one.
"""

from __future__ import annotations

import hashlib
from typing import Any
from urllib.parse import quote

from safedeploy.lint.finding import Severity
from safedeploy.lint.outcome import Outcome, Placed
from safedeploy.lint.registry import rules
from safedeploy.lint.rule import Rule

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/schemas/sarif-schema-2.1.0.json"
LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}


def log(outcome: Outcome, version: str) -> dict[str, Any]:
    """The whole log. `version` is safedeploy's."""
    known = list(rules().values())
    numbers = {rule.id: number for number, rule in enumerate(known)}
    return {
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "safedeploy",
                        "semanticVersion": version,
                        "rules": [_rule(rule) for rule in known],
                    }
                },
                "columnKind": "unicodeCodePoints",
                "results": [_result(placed, numbers) for placed in outcome.findings],
            }
        ],
    }


def _rule(rule: Rule) -> dict[str, Any]:
    return {
        "id": rule.id,
        "shortDescription": {"text": rule.title},
        "fullDescription": {"text": rule.why},
        "help": {"text": rule.remedy},
        "helpUri": rule.source,
        "defaultConfiguration": {"level": LEVELS[rule.severity]},
        "properties": {"tags": [rule.group]},
    }


def _result(placed: Placed, numbers: dict[str, int]) -> dict[str, Any]:
    finding = placed.finding
    hosts = f" Hosts: {', '.join(placed.hosts)}." if placed.hosts else ""
    return {
        "ruleId": finding.rule,
        "ruleIndex": numbers[finding.rule],
        "level": LEVELS[finding.severity],
        "message": {"text": f"{finding.message}. {finding.remedy}{hosts}"},
        "locations": [{"physicalLocation": _location(placed)}],
        "partialFingerprints": {"findingHash/v1": _fingerprint(placed)},
    }


def _location(placed: Placed) -> dict[str, Any]:
    location: dict[str, Any] = {"artifactLocation": {"uri": uri(placed.file)}}
    if placed.line is not None:
        location["region"] = {"startLine": placed.line}
        position = placed.finding.position
        if placed.column is not None:
            location["region"]["startColumn"] = placed.column
            if position.end_line == position.line:
                location["region"]["endColumn"] = position.end_column
    return location


def uri(path: str) -> str:
    """A path as a URI: relative, or file://."""
    quoted = quote(path, safe="/~!$&'()*+,;=@")
    return f"file://{quoted}" if path.startswith("/") else quoted


def _fingerprint(placed: Placed) -> str:
    """The same for the same finding when lines above it come or go."""
    parts = (placed.finding.rule, placed.file, placed.text.strip(), placed.finding.message)
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:32]
