"""A host in a temporary directory: its live tree, its state directory, and an httpd whose behaviour the files decide.

The stand-in for httpd obeys what it "loads": a file that contains DIES kills it, one that contains SERVES-500 makes its
health check fail, one that contains SYNTAX fails the configtest. So a test breaks a host the way a person does: by what
the files say.
"""

from __future__ import annotations

import base64
import grp
import hashlib
import os
import pwd
import shutil
from pathlib import Path

import pytest
from safedeploy_host import program, tree
from safedeploy_host.protocol import AgentError, Request
from safedeploy_host.services import Services
from safedeploy_host.store import Store
from safedeploy_host.trial import configtest_failed

from safedeploy.adapters import agent_file

OWNER = pwd.getpwuid(os.geteuid()).pw_name
GROUP = grp.getgrgid(os.getegid()).gr_name


class Httpd(Services):
    """Runs the configuration that it loaded last, and answers for it."""

    def __init__(self, site, root):
        super().__init__(site)
        self.root = root
        self.running = True
        self.memory = root.parent.parent / "loaded"
        self.loaded = self._read()
        self.reloads = 0
        self.clock = 1_800_000_000.0
        self.boot = "this start"
        self.restart_why = []
        self.restarted = False
        self.always_dead = False
        self.hangs = False
        self.dies_of = b"DIES"

    @property
    def loaded(self):
        """What httpd runs. It is no part of the process that changes it, so it outlives that process's death."""
        return self.memory.read_bytes()

    @loaded.setter
    def loaded(self, content):
        self.memory.write_bytes(content)

    def _read(self):
        return b"".join(path.read_bytes() for path in sorted(self.root.rglob("*")) if path.is_file())

    def now(self):
        return self.clock

    def uptime(self):
        return self.boot, self.clock

    def installed(self):
        return True

    def status(self):
        return {
            "installed": True,
            "running": self.running,
            "loaded": self.loaded == self._read(),
            "pid": 1,
            "pid_start": "then",
            "reason": "",
        }

    def reload(self, *, restart=False):
        self.reloads += 1
        self.restarted = restart
        if self.hangs and not restart:
            return {"ok": False, "how": "graceful", "seconds": 0.0, "error": "the workers were not replaced"}
        self.hangs = False
        self.loaded = self._read()
        self.running = self.dies_of not in self.loaded and not self.always_dead
        return {
            "ok": self.running,
            "how": "graceful",
            "seconds": 0.0,
            "proof": f"generation {self.reloads}",
            "error": None if self.running else "the server died",
            "pid": 1,
            "pid_start": "then",
        }

    def trial(self, _request, manifest, changes, open_object):
        texts = [open_object(entry["sha256"]) for entry in changes.values() if entry["kind"] == "file"]
        tested = {"ok": True, "method": "copy", "output": "", "warnings": []}
        if any(b"SYNTAX" in text for text in texts):
            raise configtest_failed(manifest["release"], {**tested, "ok": False, "output": "AH00526: Syntax error"})
        return {"configtest": tested, "restart": {"needed": bool(self.restart_why), "why": self.restart_why}}, {}

    def health(self, checks):
        ok = self.running and b"SERVES-500" not in self.loaded
        return [
            {
                "name": check["name"],
                "url": "http://x/",
                "ok": ok,
                "status": 200 if ok else 500,
                "ms": 1.0,
                "why": "" if ok else "status 500",
            }
            for check in checks
        ]

    def default_checks(self):
        return [{"name": "default", "url": "http://x/"}]

    def regressions(self, baseline, now):
        failed = {result["name"] for result in baseline if not result["ok"]}
        return [result for result in now if not result["ok"] and result["name"] not in failed]


class World:
    """One host. Paths in `files` are relative to its server root."""

    def __init__(self, base: Path):
        self.base = base
        self.root = base / "etc" / "apache2"
        (self.root / "sites").mkdir(parents=True)
        self.state_dir = base / "state"
        self.site = {
            "layout": "debian",
            "state_dir": str(self.state_dir),
            "server_root": str(self.root),
            "allowed_roots": [str(self.root)],
            "httpd": {
                "main_config": str(self.root / "apache2.conf"),
                "control": [str(self._program("control"))],
                "binary": str(self._program("httpd")),
                "env": {},
                "address": "127.0.0.1",
            },
        }
        self.agent = base / "agent.pyz"
        self.agent.write_bytes(agent_file.archive(base / "empty"))
        self.httpd = Httpd(self.site, self.root)
        self.token = None
        self.armed = []
        self.told = []

    def _program(self, name):
        """A program that does nothing: processes that the agent starts must never meet an httpd of this machine."""
        path = self.base / name
        path.write_text("#!/bin/sh\nexit 0\n")
        path.chmod(0o755)
        return path

    @property
    def store(self):
        return Store(self.site)

    @property
    def state(self):
        return self.store.state.load()

    def call(self, command, arm=None, **request):
        module, function = program.COMMANDS[command]
        module = __import__(f"safedeploy_host.{module}", fromlist=[function])
        arguments = [Request({"site": self.site, "agent_path": str(self.agent), **request}), self.httpd]
        arguments[0].tell = lambda *words: self.told.append(words)
        if command == "activate":
            arguments.append(arm or (lambda _, activation: self.armed.append(activation) or 0))
        return getattr(module, function)(*arguments)

    def manifest(self, files, release="aaaaaaaaaaaa"):
        entries, contents = {}, {}
        for name, value in files.items():
            path = name if name.startswith("/") else str(self.root / name)
            if value is None:
                entries[path] = {"kind": "absent"}
            elif isinstance(value, str):
                entries[path] = {"kind": "link", "target": value}
            else:
                data, mode = value if isinstance(value, tuple) else (value, "0644")
                sha256 = hashlib.sha256(data).hexdigest()
                contents[sha256] = base64.b64encode(data).decode()
                entries[path] = {
                    "kind": "file",
                    "sha256": sha256,
                    "size": len(data),
                    "mode": mode,
                    "owner": OWNER,
                    "group": GROUP,
                }
        manifest = {
            "schema": 1,
            "release": release,
            "tree": tree.digest(entries),
            "created": "2030-01-01T00:00:00Z",
            "provenance": {},
            "entries": entries,
        }
        return manifest, contents

    def prepare(self, files, release="aaaaaaaaaaaa", run="run-1", holder="ann", ttl=300):
        manifest, _ = self.manifest(files, release)
        prepared = self.call("prepare", run=run, holder=holder, ttl=ttl, manifest=manifest, reason="test")
        self.token = prepared["token"]
        return prepared

    def preflight(self, files, release="aaaaaaaaaaaa", **more):
        manifest, contents = self.manifest(files, release)
        return self.call("preflight", token=self.token, manifest=manifest, objects=contents, **more)

    def activate(self, release="aaaaaaaaaaaa", run="run-1", confirm_window=60, **more):
        request = {
            "token": self.token,
            "run": run,
            "actor": "ann",
            "release": release,
            "confirm_window": confirm_window,
        }
        return self.call("activate", **request, **more)

    def stage(self, files, release="aaaaaaaaaaaa", run="run-1"):
        self.prepare(files, release, run)
        self.preflight(files, release)

    def push(self, files, release="aaaaaaaaaaaa", run="run-1", confirm=True, keep=5):
        self.stage(files, release, run)
        done = self.activate(release, run)
        if confirm:
            self.confirm(done["activation"], keep)
        return done

    def confirm(self, activation, keep=5):
        return self.call("confirm", token=self.token, activation=activation, keep=keep)

    def revert(self, activation=None, run="run-1"):
        return self.call("revert", token=self.token, run=run, actor="ann", activation=activation)

    def write(self, name, content, mode=0o644):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        path.chmod(mode)
        self.httpd.loaded = self.httpd._read()
        return path

    def snapshot(self):
        """Everything below the server root: kind, mode and content."""
        found = {}
        for path in sorted(self.root.rglob("*")):
            name = str(path.relative_to(self.root))
            if path.is_symlink():
                found[name] = ("link", os.readlink(path))  # noqa: PTH115 - Path.readlink came with Python 3.9
            elif path.is_dir():
                found[name] = ("dir",)
            elif not path.is_file():
                found[name] = ("other",)
            else:
                found[name] = ("file", f"{path.stat().st_mode & 0o7777:04o}", path.read_bytes())
        return found

    def save(self, to: Path):
        shutil.rmtree(to, ignore_errors=True)
        shutil.copytree(self.base / "etc", to / "etc", symlinks=True)
        if self.state_dir.exists():
            shutil.copytree(self.state_dir, to / "state", symlinks=True)

    def restore(self, saved: Path):
        for name in ("etc", "state"):
            shutil.rmtree(self.base / name, ignore_errors=True)
            if (saved / name).exists():
                shutil.copytree(saved / name, self.base / name, symlinks=True)
        self.httpd.loaded = self.httpd._read()


def refused(call, *args, **kwargs) -> AgentError:
    """The refusal that a call must end in, with its four parts."""
    with pytest.raises(AgentError) as caught:
        call(*args, **kwargs)
    assert all((caught.value.code, caught.value.message, caught.value.state, caught.value.next))
    return caught.value
