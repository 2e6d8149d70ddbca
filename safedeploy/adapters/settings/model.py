"""What may stand in safedeploy.yml: keys, types, defaults and meanings.

The defaults are those of `core/policy.py`; docs/settings.md and docs/schema/safedeploy.schema.json follow this file,
and tests compare them.
"""

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from safedeploy.core import gate, policy

from .alerts import AlertSettings
from .checks import HealthCheck
from .drift import DriftCheck
from .history import History
from .lint import Lint
from .strict import Strict, empty_is_absent
from .values import Batch, Memory, Seconds, SecondsFromOne, Share, TaskFile, Timeout
from .watch import Watch

NAME = r"[A-Za-z0-9][A-Za-z0-9_.-]*"


class Gate(Strict):
    """What visitors get after a change, against before and against unchanged hosts."""

    errors: Literal["stop", "warn", "off"] = Field(
        default=gate.Gate.errors.value, description="What a greater share of 5xx answers does to a batch."
    )
    latency: Literal["stop", "warn", "off"] = Field(
        default=gate.Gate.latency.value,
        description="What more requests that take over twice the usual do to a batch.",
    )
    signatures: Literal["stop", "show", "off"] = Field(
        default=gate.Gate.signatures.value, description="What new kinds of messages in the error logs do to a batch."
    )
    too_little: Literal["go", "wait", "ask"] = Field(
        default=gate.Gate.too_little.value,
        description="What becomes of a batch with too little traffic to judge: on, wait for more, or ask a person.",
    )
    wait: SecondsFromOne = Field(
        default=gate.Gate.wait, description="How long `too_little: wait` waits beyond the bake, at most."
    )
    before: SecondsFromOne = Field(
        default=gate.Gate.before, description="How much of the time before the change is compared with."
    )
    min_requests: int = Field(
        default=gate.Gate.min_requests, ge=1, description="Fewer requests than these are too little traffic."
    )
    min_increase: Share = Field(
        default=gate.Gate.min_increase,
        description="By how much the share of 5xx must rise at least, as a share of all requests.",
    )
    alpha: Share = Field(
        default=gate.Gate.alpha, description="How likely chance alone may stop a batch that is as good as before."
    )


class Rollout(Strict):
    """Batches and brakes."""

    batches: list[Batch] = Field(
        default=list(policy.Rollout.batches),
        min_length=1,
        description="How many hosts change at a time: counts or percentages of the fleet, the last one repeated.",
    )
    on_failure: Literal["revert-all", "stop"] = Field(
        default=policy.Rollout.on_failure.value,
        description="What becomes of the hosts that this push changed already when another host fails or the run is "
        "cut short.",
    )
    error_budget: int = Field(
        default=policy.Rollout.error_budget,
        ge=0,
        description="How many hosts may fail, be unreachable, revert or time out before the rollout stops.",
    )
    max_unavailable: Batch | None = Field(
        default=policy.Rollout.max_unavailable,
        description="How many hosts of the fleet may be out of service at a time, those that are already included.",
    )
    drain: TaskFile | None = Field(
        default=policy.Rollout.drain,
        description="A file of Ansible tasks that take a host out of its load balancer before it changes.",
    )
    undrain: TaskFile | None = Field(
        default=policy.Rollout.undrain,
        description="A file of Ansible tasks that put a host back into its load balancer once it is well.",
    )
    drain_timeout: SecondsFromOne = Field(
        default=policy.Rollout.drain_timeout, description="How long the tasks of `drain` may take on one host."
    )
    undrain_timeout: SecondsFromOne = Field(
        default=policy.Rollout.undrain_timeout, description="How long the tasks of `undrain` may take on one host."
    )
    confirm_window: SecondsFromOne = Field(
        default=policy.Rollout.confirm_window,
        description="After this long without a confirmation over a fresh connection, a changed host reverts by itself.",
    )
    hold_window: SecondsFromOne = Field(
        default=policy.Rollout.hold_window,
        description="After this long without a decision, a host that `push --hold` left to a person reverts by itself.",
    )
    bake: Seconds = Field(
        default=policy.Rollout.bake,
        description="How long a changed batch is left to serve before it is confirmed; less than `confirm_window`.",
    )
    allow_restart: bool = Field(
        default=policy.Rollout.allow_restart,
        description="Whether a change that a graceful reload cannot apply may restart httpd.",
    )
    keep: int = Field(
        default=policy.Rollout.keep,
        ge=1,
        description="How many confirmed releases a host keeps; the known-good one is kept always.",
    )
    forks: int = Field(
        default=policy.Rollout.forks, ge=1, description="How many hosts are worked on at once where the order is free."
    )
    lease_ttl: SecondsFromOne = Field(
        default=policy.Rollout.lease_ttl,
        description="How long a host stays reserved for a push that is not heard of any more.",
    )
    gate: Annotated[Gate, BeforeValidator(empty_is_absent)] = Field(
        default_factory=Gate, description="The error-rate gate: what visitors get after a batch has changed."
    )


class Ssh(Strict):
    """Limits of one SSH connection."""

    connect_timeout: Timeout = Field(
        default=policy.Ssh.connect_timeout, description="How long connecting and logging in may take."
    )
    command_timeout: Timeout = Field(
        default=policy.Ssh.command_timeout, description="How long one answer of a host may take."
    )
    max_output: int = Field(
        default=policy.Ssh.max_output, ge=1024, description="The most bytes of one answer that are read."
    )


class Preflight(Strict):
    """How the candidate is tried out on each host before anything changes there."""

    shadow: bool = Field(
        default=policy.Probing.shadow,
        description="Whether the candidate is started beside the live server, unseen, and asked what visitors ask.",
    )
    without_namespaces: Literal["allow", "refuse"] = Field(
        default=policy.Probing.without_namespaces.value,
        description="Whether a host that cannot run a shadow may be pushed to; the screen says what was not checked.",
    )
    sample: int = Field(
        default=policy.Probing.sample,
        ge=0,
        description="How many recent requests of the access logs are asked again, at most.",
    )
    max_probes: int = Field(
        default=policy.Probing.max_probes, ge=1, description="How many requests a shadow is asked, at most."
    )
    at_once: int = Field(default=policy.Probing.at_once, ge=1, description="How many of them at the same time.")
    rate: int = Field(default=policy.Probing.rate, ge=1, description="How many of them in a second, at most.")
    seconds: SecondsFromOne = Field(
        default=policy.Probing.seconds, description="How long the shadows of one host may take, at most."
    )
    memory: Memory = Field(
        default=policy.Probing.memory, description="How much memory each shadow may use, such as `512m` or `1g`."
    )


class Hook(Strict):
    """A command that is run on the control machine."""

    name: str = Field(min_length=1, description="What the hook is called on the screen.")
    command: list[Annotated[str, Field(min_length=1)]] = Field(
        min_length=1, description="The program and its arguments; no shell. It runs in the project's directory."
    )
    timeout: Timeout = Field(default=policy.Hook.timeout, description="After this long it is killed, and has failed.")
    env: list[Annotated[str, Field(pattern="^[A-Za-z_][A-Za-z0-9_]*$")]] = Field(
        default=list(policy.Hook.env), description="Environment variables that it is given beside the usual ones."
    )


class Hooks(Strict):
    """Commands around a push."""

    before_push: list[Hook] | None = Field(
        default=None, description="Run when every host has passed the pre-flight, before the first one changes."
    )
    after_push: list[Hook] | None = Field(
        default=None, description="Run when the end of every host is known, however the push ended."
    )


class Defaults(Strict):
    """What holds for every environment that does not say otherwise."""

    rollout: Annotated[Rollout, BeforeValidator(empty_is_absent)] = Field(
        default_factory=Rollout, description="How a rollout goes."
    )
    ssh: Annotated[Ssh, BeforeValidator(empty_is_absent)] = Field(
        default_factory=Ssh, description="Limits of one SSH connection."
    )
    preflight: Annotated[Preflight, BeforeValidator(empty_is_absent)] = Field(
        default_factory=Preflight, description="How the candidate is tried out on each host."
    )
    drift: Annotated[DriftCheck, BeforeValidator(empty_is_absent)] = Field(
        default_factory=DriftCheck, description="What `safedeploy drift` minds."
    )
    watch: Annotated[Watch, BeforeValidator(empty_is_absent)] = Field(
        default_factory=Watch, description="What `safedeploy watch` may do by itself."
    )
    lint: Annotated[Lint, BeforeValidator(empty_is_absent)] = Field(
        default_factory=Lint, description="What the linter looks for."
    )
    hooks: Annotated[Hooks, BeforeValidator(empty_is_absent)] = Field(
        default_factory=Hooks, description="Commands around a push, on the control machine."
    )
    history: Annotated[History, BeforeValidator(empty_is_absent)] = Field(
        default_factory=History, description="The record of every run."
    )
    alerts: Annotated[AlertSettings, BeforeValidator(empty_is_absent)] = Field(
        default_factory=AlertSettings, description="Who is told of pushes and drift, and how."
    )
    health: list[HealthCheck] | None = Field(
        default=None, description="Checks made on each host, before and after the change."
    )
    controller_health: list[HealthCheck] | None = Field(
        default=None, description="Checks made from the control machine against each host after its change."
    )
    vault_password_file: Annotated[str, Field(min_length=1)] | None = Field(
        default=None, description="The file with the vault password, or a program that prints it."
    )
    templates: str = Field(
        default=policy.Policy.templates, min_length=1, description="The directory that templates are looked for in."
    )


class Environment(Defaults):
    """One environment; its keys override the defaults one by one."""

    inventory: str | None = Field(
        default=None,
        min_length=1,
        description="The Ansible inventory; `inventories/<name of the environment>` when absent.",
    )


class SettingsFile(Strict):
    """The whole of safedeploy.yml."""

    version: Literal[1] = Field(description="The version of this format.")
    project: str = Field(
        default=policy.Policy.project, description="The name in releases and reports; the directory's when absent."
    )
    defaults: Annotated[Defaults, BeforeValidator(empty_is_absent)] = Field(
        default_factory=Defaults, description="What holds for every environment that does not say otherwise."
    )
    environments: Annotated[
        dict[
            Annotated[str, Field(pattern=f"^{NAME}$")],
            Annotated[Environment, BeforeValidator(empty_is_absent)],
        ],
        BeforeValidator(empty_is_absent),
    ] = Field(default_factory=dict, description="The environments by name.")
