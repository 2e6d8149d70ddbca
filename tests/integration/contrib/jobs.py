"""The jobs of contrib/, taken from their files: what they run, in which order; and what cron and systemd run."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

CONTRIB = Path(__file__).resolve().parents[3] / "contrib"
GITHUB = CONTRIB / "github/safedeploy.yml"
GITLAB = CONTRIB / "gitlab/.gitlab-ci.yml"
SERVICE = CONTRIB / "systemd/safedeploy-drift@.service"
CRON = CONTRIB / "cron/safedeploy-drift"
# What GitHub runs a step with, when it names no shell; what GitLab's runners do in bash.
GITHUB_SHELL = ("bash", "-e")
GITLAB_SHELL = ("bash", "-eo", "pipefail")


@dataclass(frozen=True, kw_only=True)
class Script:
    """Lines that a job runs as one. `name` is the step's of GitHub, or the job's of GitLab."""

    job: str
    name: str
    text: str


def load(path: Path) -> dict[str, Any]:
    document: dict[str, Any] = yaml.safe_load(path.read_text())
    return document


def github() -> list[Script]:
    """Every step that runs a script, in order."""
    return [
        Script(job=job, name=step.get("name", ""), text=step["run"])
        for job, body in load(GITHUB)["jobs"].items()
        for step in body["steps"]
        if "run" in step
    ]


def gitlab() -> list[Script]:
    """Every job: before_script with script, and after_script by itself."""
    document = load(GITLAB)
    scripts = []
    for job, body in document.items():
        if not isinstance(body, dict) or "script" not in body:
            continue
        before = document[body["extends"]]["before_script"]
        scripts.append(Script(job=job, name=job, text="\n".join([*before, *body["script"]]) + "\n"))
        if "after_script" in body:
            after = "\n".join(body["after_script"]) + "\n"
            scripts.append(Script(job=job, name=f"{job}, after it", text=after))
    return scripts


def script(scripts: list[Script], job: str, name: str) -> str:
    """The lines of one."""
    return next(one.text for one in scripts if (one.job, one.name) == (job, name))


def cron_command() -> str:
    """What cron gives to the shell: what follows the five times and the user."""
    (line,) = (line for line in CRON.read_text().splitlines() if re.match(r"[\d*]", line))
    assert "%" not in line, "cron takes it for the end of the line"
    return line.split(maxsplit=6)[6]


def of_service(name: str) -> str:
    """The value of a key of the service."""
    found = re.search(rf"^{name}=(.*)$", SERVICE.read_text(), re.MULTILINE)
    assert found
    return found[1]


def service_command(instance: str, runtime: Path) -> list[str]:
    """What systemd runs for an instance, its specifiers replaced."""
    return [word.replace("%i", instance).replace("%t", str(runtime)) for word in shlex.split(of_service("ExecStart"))]
