"""How a rollout goes: the policy of one environment, and the health checks.

Pure values; adapters/settings.py makes them from safedeploy.yml.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from safedeploy.core.channels import Alerts
from safedeploy.core.gate import Gate
from safedeploy.core.lint_choice import LintFailure, LintProfile


class OnFailure(StrEnum):
    """What becomes of the hosts that this push already changed when another host fails."""

    REVERT_ALL = "revert-all"
    STOP = "stop"


@dataclass(frozen=True, kw_only=True)
class Rollout:
    """Batches and brakes. Durations are in seconds.

    `batches` is Ansible's `serial`: counts or percentages such as "10%", the last one repeated.
    `max_unavailable` is a number of hosts or a percentage of the whole fleet. `drain` and `undrain` are files of tasks.
    `error_budget` is how many hosts may fail, be unreachable, revert or time out before the rollout stops.
    """

    batches: tuple[int | str, ...] = (1, 1)
    on_failure: OnFailure = OnFailure.REVERT_ALL
    error_budget: int = 0
    max_unavailable: int | str | None = None
    drain: str | None = None
    undrain: str | None = None
    drain_timeout: int = 60
    undrain_timeout: int = 20
    confirm_window: int = 60
    hold_window: int = 1800
    bake: int = 0
    allow_restart: bool = False
    keep: int = 5
    forks: int = 20
    lease_ttl: int = 300
    gate: Gate = field(default_factory=Gate)


@dataclass(frozen=True, kw_only=True)
class Ssh:
    """Limits of one SSH connection, in seconds and bytes."""

    connect_timeout: float = 10.0
    command_timeout: float = 60.0
    max_output: int = 32 * 1024 * 1024


class WithoutNamespaces(StrEnum):
    """What becomes of a host on which the candidate cannot be started beside the live server."""

    ALLOW = "allow"
    REFUSE = "refuse"


@dataclass(frozen=True, kw_only=True)
class Probing:
    """How the candidate is tried out on a host before anything changes there, and within which bounds.

    `sample` is how many requests of the access logs are asked again; `max_probes`, `at_once` and `rate` (per second)
    bound all requests together; `seconds` and `memory` ("512m") bound the two shadows of one host.
    """

    shadow: bool = True
    without_namespaces: WithoutNamespaces = WithoutNamespaces.ALLOW
    sample: int = 40
    max_probes: int = 200
    at_once: int = 4
    rate: int = 200
    seconds: int = 15
    memory: str = "512m"


@dataclass(frozen=True, kw_only=True)
class DriftCheck:
    """What `safedeploy drift` minds: certificates that end within so many days; extra files but for these patterns.

    In a pattern `*` and `?` stay within a directory, `**` does not.
    """

    certificate_days: int = 14
    ignore: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class WatchPolicy:
    """What `safedeploy watch` may do: roll back a push that began `recent` seconds before a spike or later."""

    rollback: bool = False
    recent: int = 900


@dataclass(frozen=True, kw_only=True)
class Lint:
    """What the linter looks for: `rules` has, by rule id, a severity or "off"; `ignore` patterns of files.

    In a pattern `*` stands for anything, slashes too.
    """

    profile: LintProfile = LintProfile.DEFAULT
    rules: Mapping[str, str] = field(default_factory=dict)
    ignore: tuple[str, ...] = ()
    fail_on: LintFailure = LintFailure.ERROR


@dataclass(frozen=True, kw_only=True)
class Hook:
    """A command on the control machine: its words, its limit in seconds, and the variables that it may see beside."""

    name: str
    command: tuple[str, ...]
    timeout: float = 60.0
    env: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Hooks:
    """What is run before the first host changes, and after the last."""

    before_push: tuple[Hook, ...] = ()
    after_push: tuple[Hook, ...] = ()


@dataclass(frozen=True, kw_only=True)
class History:
    """Where every run is recorded: at `url`, at what the variable `url_env` says, else in a file of the user.

    `keep` is in days.
    """

    enabled: bool = True
    url: str | None = None
    url_env: str | None = None
    keep: int = 1095
    store_content: bool = True
    pages: bool = True


@dataclass(frozen=True, kw_only=True)
class Policy:
    """All that safedeploy.yml says of one environment."""

    environment: str
    inventory: str
    project: str = ""
    rollout: Rollout = field(default_factory=Rollout)
    ssh: Ssh = field(default_factory=Ssh)
    preflight: Probing = field(default_factory=Probing)
    drift: DriftCheck = field(default_factory=DriftCheck)
    watch: WatchPolicy = field(default_factory=WatchPolicy)
    lint: Lint = field(default_factory=Lint)
    hooks: Hooks = field(default_factory=Hooks)
    history: History = field(default_factory=History)
    alerts: Alerts = field(default_factory=Alerts)
    health: tuple[Mapping[str, Any], ...] = ()
    controller_health: tuple[Mapping[str, Any], ...] = ()
    vault_password_file: str | None = None
    templates: str = "templates"
