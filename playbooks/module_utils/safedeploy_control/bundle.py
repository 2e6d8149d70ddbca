"""The bundle directory: what a run wants of each host, and what each host answered.

Answers are written atomically, mode 0600. A file that is not there means: not asked, or no answer.
"""

from __future__ import annotations

import base64
import json
import os
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

Json = dict[str, Any]


class BundleError(Exception):
    """The bundle is missing or damaged; the text names the file."""


class Bundle:
    """Reads `bundle.json` once; `host` raises BundleError for a host that is not of this run."""

    def __init__(self, directory: str | os.PathLike[str]) -> None:
        self.directory = Path(directory)
        self._document = self._read(self.directory / "bundle.json")
        if self._document.get("schema") != 1:
            raise BundleError(f"{self.directory / 'bundle.json'} has a schema that these playbooks do not know.")

    @classmethod
    def named(cls, arguments: Json, variables: Json) -> Bundle:
        """The bundle that a task's arguments or Ansible's variables name. Raises BundleError."""
        directory = arguments.get("bundle") or variables.get("safedeploy_bundle")
        if not directory:
            raise BundleError("the variable safedeploy_bundle is not set; give it with -e safedeploy_bundle=DIR.")
        return cls(str(directory))

    @property
    def run(self) -> str:
        """The run's identifier."""
        return str(self._document["run"])

    @property
    def actor(self) -> str:
        """Who pushes."""
        return str(self._document["actor"])

    @property
    def reason(self) -> str:
        """Why, in the actor's words; may be empty."""
        return str(self._document.get("reason") or "")

    @property
    def command(self) -> str:
        """The command of safedeploy that this run is of; empty for a playbook that somebody runs alone."""
        return str(self._document.get("command") or "")

    @property
    def key(self) -> str:
        """The run's secret, for its leases; empty when there is none."""
        return str(self._document.get("key") or "")

    @property
    def policy(self) -> Json:
        """The numbers of the policy (seconds and counts)."""
        return dict(self._document["policy"])

    @property
    def hosts(self) -> dict[str, Json]:
        """What each host of the run is to become."""
        return dict(self._document["hosts"])

    @property
    def agent_sha256(self) -> str:
        """The digest of the on-host program."""
        return str(self._document["agent"]["sha256"])

    def program(self) -> bytes:
        """The on-host program itself."""
        return (self.directory / str(self._document["agent"]["file"])).read_bytes()

    def host(self, name: str) -> Json:
        """One host's entry."""
        try:
            return dict(self.hosts[name])
        except KeyError:
            raise BundleError(f"{name} is not part of this run.") from None

    def manifest(self, name: str) -> Json:
        """The manifest for one host."""
        return self._read(self.directory / "manifests" / f"{_file_name(name)}.json")

    def objects(self, wanted: list[str]) -> dict[str, str]:
        """Contents by digest, in base64. Raises BundleError for one that the bundle does not have."""
        found: dict[str, str] = {}
        for sha256 in wanted:
            if len(sha256) != 64 or not set(sha256) <= set("0123456789abcdef"):
                raise BundleError(f"the host asks for {sha256[:80]!r}, which is not a digest.")
            try:
                found[sha256] = base64.b64encode((self.directory / "objects" / sha256).read_bytes()).decode("ascii")
            except FileNotFoundError:
                raise BundleError(f"the bundle has no object {sha256}.") from None
        return found

    def answer(self, name: str, phase: str) -> Json | None:
        """What the host answered in a phase of this run; None when there is nothing (readable)."""
        try:
            return self._read(self._result(name, phase))
        except BundleError:
            return None

    def result(self, name: str, phase: str) -> Any:
        """The result of a phase that went well; None otherwise."""
        answer = self.answer(name, phase)
        return answer.get("result") if answer and answer.get("ok") is True else None

    def write_answer(self, name: str, phase: str, answer: Json) -> Path:
        """Keep an answer; whoever reads it sees all of it or the one before."""
        path = self._result(name, phase)
        path.parent.mkdir(mode=0o700, exist_ok=True)
        write_atomically(path, json.dumps(answer, sort_keys=True))
        return path

    def forget(self, name: str, phases: Iterable[str]) -> None:
        """Remove answers of earlier rounds, so that no answer means no answer."""
        for phase in phases:
            self._result(name, phase).unlink(missing_ok=True)

    def _result(self, name: str, phase: str) -> Path:
        return self.directory / "results" / f"{_file_name(name)}.{phase}.json"

    @staticmethod
    def _read(path: Path) -> Json:
        try:
            value = json.loads(path.read_text(encoding="utf-8"))
        except OSError as error:
            raise BundleError(f"{path} cannot be read: {error.strerror}.") from error
        except ValueError as error:
            raise BundleError(f"{path} is not JSON: {error}.") from error
        if not isinstance(value, dict):
            raise BundleError(f"{path} is not a JSON object.")
        return value


def write_atomically(path: Path, text: str) -> None:
    """Write `text` to `path`, mode 0600; whoever reads sees all of it or what was there before."""
    fd, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    with os.fdopen(fd, "w", encoding="utf-8") as stream:
        stream.write(text)
    Path(temporary).replace(path)


def _file_name(host: str) -> str:
    if "/" in host or host.startswith("."):
        raise BundleError(f"{host!r} cannot be the name of a host: it must not contain '/' or start with a dot.")
    return host
