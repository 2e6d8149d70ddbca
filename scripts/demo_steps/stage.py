"""Where the demo happens: a fleet of its own, a copy of the project, and the commands with their real output."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from safedeploy.lab import Lab
from safedeploy.lab.traffic import Traffic

CHECKOUT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent
LAB = "demo"
PARTS = ("safedeploy.yml", "inventories/lab", "templates")


class NotAsItShould(Exception):  # noqa: N818 - what the last line of a failed demo says
    """A step of the demo did not do what it is there to show."""


class Stage:
    """The fleet, the project and the screen of one demo."""

    def __init__(self) -> None:
        self.project = Path(tempfile.gettempdir()) / f"safedeploy-demo-{os.getuid()}"
        self.environ = {
            **os.environ,
            "SAFEDEPLOY_LAB_NAME": LAB,
            "PATH": f"{BIN}:{os.environ.get('PATH', os.defpath)}",
            "GIT_CONFIG_GLOBAL": os.devnull,
        }
        self._steps = 0
        self._began = time.monotonic()

    @property
    def lab(self) -> Lab:
        """The demo's own fleet."""
        return Lab.load(LAB)

    def heading(self, text: str) -> None:
        """Begin a step."""
        self._steps += 1
        line = f"{self._steps}. {text}"
        print(f"\n{line}\n{'=' * len(line)}", flush=True)

    def proved(self, text: str) -> None:
        """End a step with what it has shown."""
        print(f"=> {text}  [{time.monotonic() - self._began:.0f} s]", flush=True)

    def note(self, text: str) -> None:
        """Say something between the commands."""
        print(text, flush=True)

    def run(self, line: str, *, code: int = 0) -> None:
        """Show a shell command, run it in the project, and demand its exit code."""
        print(f"$ {line}", flush=True)
        done = subprocess.run(["bash", "-c", line], cwd=self.project, env=self.environ, check=False)
        if code:
            print(f"(exit code {done.returncode})", flush=True)
        if done.returncode != code:
            raise NotAsItShould(f"`{line}` ended with exit code {done.returncode} instead of {code}")

    def answer(self, line: str) -> str:
        """Show a shell command that asks something, and its answer; the answer."""
        print(f"$ {line}", flush=True)
        done = subprocess.run(
            ["bash", "-c", line], cwd=self.project, env=self.environ, check=False, capture_output=True, text=True
        )
        print(done.stdout.rstrip(), flush=True)
        return done.stdout

    def prepare(self) -> None:
        """A new copy of the project, under version control, and no fleet from an earlier demo."""
        if self.project.is_symlink() or (self.project.exists() and self.project.stat().st_uid != os.getuid()):
            raise NotAsItShould(f"{self.project} is not a directory of yours; remove it or set TMPDIR")
        shutil.rmtree(self.project, ignore_errors=True)
        self.project.mkdir(mode=0o700)
        for name in PARTS:
            source, target = CHECKOUT / name, self.project / name
            target.parent.mkdir(parents=True, exist_ok=True)
            if source.is_dir():
                shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copyfile(source, target)
        self.run_quietly("git init -q -b main && git add . && git commit -q -m 'The first release'")
        Lab.remove(LAB)

    def run_quietly(self, line: str) -> None:
        """Run a shell command that is no part of the story."""
        names = {f"GIT_{who}_{what}": f"demo{mail}" for who in ("AUTHOR", "COMMITTER") for what, mail in _NAMES}
        subprocess.run(["bash", "-c", line], cwd=self.project, env={**self.environ, **names}, check=True)

    def remove(self) -> None:
        """Take the fleet and the project away."""
        Lab.remove(LAB)
        shutil.rmtree(self.project, ignore_errors=True)

    def trees(self) -> dict[str, dict[str, str]]:
        """Every file below each host's server root and web root: kind, mode, owner, digest."""
        return {host.name: self.lab.snapshot(host.name) for host in self.lab.hosts}

    @contextmanager
    def visitors(self) -> Iterator[Traffic]:
        """Requests to every site of every host, all the time; says afterwards how many, and which failed."""
        with Traffic(self.lab.hosts, self.lab.certificate) as traffic:
            yield traffic
            time.sleep(0.5)
        told = [f"{host}: {count} failed within {traffic.outage(host):.1f} s" for host, count in _sorted(traffic)]
        print(
            f"visitors meanwhile: {len(traffic.requests)} requests to {len(self.lab.hosts)} hosts, "
            f"{len(traffic.failures)} failed" + "".join(f"\n  {line}" for line in told),
            flush=True,
        )
        for why in sorted({f"{request.route}: {request.why}" for request in traffic.failures})[:5]:
            print(f"    {why}", flush=True)


_NAMES = (("NAME", ""), ("EMAIL", "@lab.test"))


def _sorted(traffic: Traffic) -> list[tuple[str, int]]:
    return sorted(traffic.failed_by_host().items())


def shell_path(path: Path) -> str:
    """A path as it can be typed."""
    return shlex.quote(str(path))
