"""A copy of the lab project that a test may change, and the program run in it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import yaml

from tests.e2e import program
from tests.e2e.program import Done, Running

CHECKOUT = Path(__file__).resolve().parents[2]
PARTS = ("safedeploy.yml", "inventories/lab", "templates")


class Project:
    """The project directory and the environment in which the program finds the lab."""

    def __init__(self, root: Path, environ: dict[str, str]) -> None:
        self.root = root
        self.environ = environ
        for name in PARTS:
            source, target = CHECKOUT / name, root / name
            target.parent.mkdir(parents=True, exist_ok=True)
            if source.is_dir():
                shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copyfile(source, target)
        # Short, for tests: the lab answers at once.
        self.rollout(confirm_window="20s", bake="0s", batches=[1, "100%"])
        # What breaks a configuration on purpose is to come to the hosts; tests/e2e/test_lint.py has the linter refuse.
        self.lint(fail_on="never")

    def run(self, *arguments: str, **environ: str) -> Done:
        return program.run(*arguments, cwd=self.root, environ={**self.environ, **environ})

    def start(self, *arguments: str, **environ: str) -> AbstractContextManager[Running]:
        return program.running(*arguments, cwd=self.root, environ={**self.environ, **environ})

    def plan(self, *arguments: str) -> Done:
        return self.run("plan", "lab", *arguments)

    def push(self, *arguments: str) -> Done:
        return self.run("push", "lab", "--yes", "--no-diff", *arguments)

    def status(self, *arguments: str) -> dict[str, dict[str, Any]]:
        """What `status --json` says of each host."""
        done = self.run("status", "lab", "--json", *arguments)
        hosts: dict[str, dict[str, Any]] = done.document["hosts"]
        return hosts

    def settings(self, change: Callable[[dict[str, Any]], None]) -> None:
        """Change safedeploy.yml."""
        path = self.root / "safedeploy.yml"
        document = yaml.safe_load(path.read_text())
        change(document)
        path.write_text(yaml.safe_dump(document, sort_keys=False))

    def rollout(self, **values: Any) -> None:
        """Change how a rollout goes."""
        self.settings(lambda document: document["environments"]["lab"]["rollout"].update(values))

    def lint(self, **values: Any) -> None:
        """Change what the linter does."""
        self.settings(lambda document: document["environments"]["lab"].update(lint=values))

    def variables(self, **values: Any) -> None:
        """Set variables of all hosts."""
        self._write("group_vars/web.yml", values)

    def of_host(self, host: str, **values: Any) -> None:
        """Set variables of one host."""
        self._write(f"host_vars/{host}.yml", values)

    def _write(self, name: str, values: dict[str, Any]) -> None:
        path = self.root / "inventories/lab" / name
        path.parent.mkdir(exist_ok=True)
        known = json.loads(path.read_text()) if path.exists() else {}
        path.write_text(json.dumps({**known, **values}))

    def template(self, name: str, text: str) -> None:
        (self.root / "templates" / name).write_text(text)

    def append(self, name: str, text: str) -> None:
        path = self.root / name
        path.write_text(path.read_text() + text)

    def replace(self, name: str, old: str, new: str) -> None:
        path = self.root / name
        text = path.read_text()
        assert old in text
        path.write_text(text.replace(old, new))

    def conf(self, text: str, *, hosts: tuple[str, ...] = ()) -> None:
        """Have one more configuration file on all hosts, or on some."""
        self.template("extra.conf.j2", text + "\n")
        files = [
            {"template": "extra.conf.j2", "dest": "conf-available/extra.conf"},
            {"link": "../conf-available/extra.conf", "dest": "conf-enabled/extra.conf"},
        ]
        if not hosts:
            self.variables(safedeploy_files_extra=files)
        for host in hosts:
            self.of_host(host, safedeploy_files_extra=files)

    def second_release(self) -> None:
        """A good change: one more header."""
        self.variables(content_security_policy="default-src https:")

    def without_shadow(self) -> None:
        """Have preflight miss what only a shadow shows, so that it goes live."""
        self.settings(lambda document: document["environments"]["lab"].update(preflight={"shadow": False}))

    def breaks_the_site(self) -> None:
        """A change that httpd accepts, that preflight is made to miss, and that has app.lab.test answer 500."""
        self.without_shadow()
        self.append("templates/htaccess.j2", "Options -Indexes\n")

    def syntax_error(self) -> None:
        """A change that configtest refuses."""
        self.replace("templates/parts/tls.j2", "SSLEngine on", "SSLEngin on")
