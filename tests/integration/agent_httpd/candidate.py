"""A candidate for tests: entries and their content."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from safedeploy_host import context

from tests.apache_fixture import Apache, file_entry


class Candidate:
    """Entries and their content."""

    def __init__(self) -> None:
        self.entries: dict[str, dict[str, Any]] = {}
        self.objects: dict[str, bytes] = {}

    def file(self, path: Path, text: str) -> Candidate:
        entry = file_entry(text.encode())
        self.objects[entry["sha256"]] = text.encode()
        self.entries[str(path)] = entry
        return self

    def link(self, path: Path, target: str) -> Candidate:
        self.entries[str(path)] = {"kind": "link", "target": target}
        return self

    def absent(self, path: Path) -> Candidate:
        self.entries[str(path)] = {"kind": "absent"}
        return self

    def configtest(self, apache: Apache) -> dict[str, Any]:
        return context.configtest(apache.site, self.entries, self.objects.__getitem__)

    def look(self, apache: Apache, work: Callable[[dict[str, Any]], Any]) -> Any:
        return context.look(apache.site, self.entries, self.objects.__getitem__, work).value
