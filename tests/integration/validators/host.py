"""This machine as a host: files are only ever shown to validators in private mounts, never written."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path
from typing import Any

import pytest
from safedeploy_host import control
from safedeploy_host.validators import run

Json = dict[str, Any]


class Host:
    """What would change on this machine, and what its validators say of that."""

    def __init__(self, scratch: Path, *roots: str) -> None:
        self.changes: Json = {}
        self.objects: dict[str, bytes] = {}
        self.services: Json = {}
        server_root = scratch / "httpd"
        server_root.mkdir()
        self.site: Json = {
            "server_root": str(server_root),
            "allowed_roots": [str(server_root), *roots],
            "state_dir": str(scratch / "state"),
            "httpd": {"main_config": str(server_root / "httpd.conf"), "control": ["false"], "binary": "/bin/false"},
        }

    def file(self, path: str | Path, text: str, mode: str = "0644", **declared: Any) -> None:
        content = text.encode()
        sha256 = hashlib.sha256(content).hexdigest()
        self.objects[sha256] = content
        entry = {"kind": "file", "sha256": sha256, "size": len(content), "mode": mode, "owner": "root", "group": "root"}
        self.changes[str(path)] = entry
        if declared:
            self.services.setdefault("files", {})[str(path)] = declared

    def absent(self, path: str) -> None:
        self.changes[path] = {"kind": "absent"}

    def validator(self, name: str, *command: str, **more: Any) -> None:
        self.services.setdefault("validators", {})[name] = {"command": list(command), **more}

    def run(self) -> Json:
        return run.run(self.site, self.services, self.changes, self.objects.__getitem__)

    def findings(self, kind: str | None = None) -> list[Json]:
        return [finding for finding in self.run()["findings"] if kind in (None, finding["kind"])]

    def errors(self) -> list[str]:
        return [finding["text"] for finding in self.run()["findings"] if finding["severity"] == "error"]


def needs(program: str) -> pytest.MarkDecorator:
    """Run a test only where a program is installed."""
    return pytest.mark.skipif(not shutil.which(program, path=control.PATH), reason=f"{program} is not installed")
