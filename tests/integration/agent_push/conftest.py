"""The shipped program on a private Apache: every command is a process of its own, as over ssh."""

from __future__ import annotations

import base64
import hashlib
import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from safedeploy.adapters import agent_file
from safedeploy.core.tree import canonical
from tests.apache_fixture import Apache

MODULE_UTILS = str(Path(__file__).parents[3] / "playbooks/module_utils")
if MODULE_UTILS not in sys.path:
    sys.path.insert(0, MODULE_UTILS)

Json = dict[str, Any]


class Pushed:
    """A private Apache that the program deploys to."""

    def __init__(self, apache: Apache) -> None:
        self.apache = apache
        self.token = ""
        self.checks: list[Json] = [{"name": "www", "url": f"http://www.example.test:{apache.port}/", "status": [200]}]

    def call(self, command: str, **request: Any) -> Json:
        """The reply of one command."""
        done = subprocess.run(
            [sys.executable, "-I", "-S", str(agent_file.build().path), command],
            input=json.dumps({"site": self.apache.site, **request}),
            capture_output=True,
            text=True,
            check=True,
            timeout=120,
        )
        reply: Json = json.loads(done.stdout)
        return reply

    def manifest(self, files: dict[str, bytes | str], release: str) -> tuple[Json, Json]:
        entries: Json = {}
        objects: Json = {}
        for name, value in files.items():
            path = str(self.apache.root / name)
            if isinstance(value, str):
                entries[path] = {"kind": "link", "target": value}
                continue
            digest = hashlib.sha256(value).hexdigest()
            objects[digest] = base64.b64encode(value).decode()
            owner, group = self.apache.etc.owner(), self.apache.etc.group()
            entries[path] = {"kind": "file", "sha256": digest, "size": len(value), "mode": "0644"}
            entries[path].update(owner=owner, group=group)
        tree = hashlib.sha256(canonical(entries)).hexdigest()
        return {
            "schema": 1,
            "release": release,
            "tree": tree,
            "created": "x",
            "provenance": {},
            "entries": entries,
        }, objects

    def stage(self, files: dict[str, bytes | str], release: str) -> Json:
        manifest, objects = self.manifest(files, release)
        prepared = self.call("prepare", run="run", holder="ann", ttl=300, manifest=manifest)
        assert prepared["ok"], prepared
        self.token = prepared["result"]["token"]
        # What is tested here is what happens once a bad release is live, so preflight is made to let it through.
        lenient = {"probing": {"shadow": False}, "accept": ["all"]}
        return self.call(
            "preflight", token=self.token, manifest=manifest, objects=objects, health=self.checks, **lenient
        )

    def push(self, files: dict[str, bytes | str], release: str, window: float = 60) -> Json:
        staged = self.stage(files, release)
        assert staged["ok"], staged
        request = {"run": "run", "actor": "ann", "release": release, "health": self.checks, "confirm_window": window}
        return self.call("activate", token=self.token, **request)

    def confirm(self, activation: str) -> Json:
        return self.call("confirm", token=self.token, activation=activation)

    def state(self) -> Json:
        state: Json = json.loads(Path(self.apache.site["state_dir"], "state.json").read_text())
        return state

    def wait_for_no_pending(self, seconds: float = 30) -> None:
        end = time.monotonic() + seconds
        while self.state()["pending"]:
            assert time.monotonic() < end
            time.sleep(0.1)


@pytest.fixture
def pushed(apache: Apache) -> Pushed:
    apache.start()
    return Pushed(apache)
