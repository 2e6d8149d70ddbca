"""A private Apache's tree, examined with a change of text."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from safedeploy_host.effective.concerns import concerns
from safedeploy_host.effective.differences import differences
from safedeploy_host.effective.examine import examine

from tests.apache_fixture import Apache, file_entry

Json = dict[str, Any]


class Change:
    """Files and links that a candidate brings, by their path below the server root."""

    def __init__(self, apache: Apache) -> None:
        self.apache = apache
        self.entries: dict[str, Json] = {}
        self.objects: dict[str, bytes] = {}

    def file(self, name: str | Path, text: str) -> Change:
        entry = file_entry(text.encode())
        self.objects[entry["sha256"]] = text.encode()
        self.entries[str(self.apache.etc / name)] = entry
        return self

    def link(self, name: str, target: str) -> Change:
        self.entries[str(self.apache.etc / name)] = {"kind": "link", "target": target}
        return self

    def absent(self, name: str) -> Change:
        self.entries[str(self.apache.etc / name)] = {"kind": "absent"}
        return self

    def site(self, name: str, inside: str = "", *, head: str = "") -> Change:
        """A site of the default kind, enabled; `head` is the section's address."""
        root = self.apache.root / "www/www.example.test"
        text = f"<VirtualHost {head or f'*:{self.apache.port}'}>\nServerName {name}\nDocumentRoot {root}\n{inside}\n"
        self.file(f"sites-available/{name}.conf", f"{text}</VirtualHost>\n")
        return self.link(f"sites-enabled/{name}.conf", f"../sites-available/{name}.conf")

    def examine(self) -> Json:
        return examine(self.apache.site, self.entries, self.objects.__getitem__)

    def differences(self) -> list[Json]:
        seen = self.examine()
        return differences(seen["live"], seen["candidate"])

    def concerns(self) -> list[Json]:
        seen = self.examine()
        return concerns(self.apache.site, seen["live"], seen["candidate"], self.entries)

    def kinds(self) -> list[tuple[str, str]]:
        return [(one["severity"], one["kind"]) for one in self.concerns()]
