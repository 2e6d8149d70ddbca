"""From safedeploy.yml to the policy of one environment.

Environment values override the defaults key by key: keys of `rollout`, `preflight`, `drift`, `lint`, `hooks`,
`history`, `alerts` and `ssh` one by one, lists as a whole.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from safedeploy.core.errors import SafedeployError
from safedeploy.core.gate import Gate, Reaction, Signatures, TooLittle
from safedeploy.core.lint_choice import LintFailure, LintProfile
from safedeploy.core.nearest import suggestion
from safedeploy.core.policy import (
    DriftCheck,
    History,
    Hook,
    Hooks,
    Lint,
    OnFailure,
    Policy,
    Probing,
    Rollout,
    Ssh,
    WatchPolicy,
    WithoutNamespaces,
)

from . import places, task_files
from .alerts import alerts
from .document import Document, read
from .model import Defaults, Environment, SettingsFile
from .problems import sentences

FILE_NAME = "safedeploy.yml"


@dataclass(frozen=True, kw_only=True)
class Settings:
    """All that one project's safedeploy.yml says; `project` is the directory that its paths are relative to."""

    project: Path
    document: Document = field(repr=False)
    model: SettingsFile = field(repr=False)

    @property
    def environments(self) -> tuple[str, ...]:
        """The names of the environments, in alphabetical order: those of the file, and every inventory."""
        return tuple(sorted({*self.model.environments, *places.inventories(self.project)}))

    def policy(self, environment: str) -> Policy:
        """Make the policy of one environment.

        Raises SafedeployError `settings-unknown-environment`, `settings-missing-inventory` or `settings-invalid`.
        """
        if environment not in self.environments:
            raise SafedeployError(
                "settings-unknown-environment",
                f"There is no environment '{environment}' in {self.project}; {self._known(environment)}",
                next_step=f"Name a known one, or add inventories/{environment}/ or the key environments.{environment}.",
            )
        merged = _merged(self.model.defaults, self.model.environments.get(environment, Environment()))
        policy = Policy(
            environment=environment,
            inventory=self._inventory(environment),
            project=self.model.project or self.project.resolve().name,
            rollout=_rollout(merged.pop("rollout", {})),
            ssh=Ssh(**merged.pop("ssh", {})),
            preflight=_probing(merged.pop("preflight", {})),
            drift=_drift(merged.pop("drift", {})),
            watch=WatchPolicy(**merged.pop("watch", {})),
            lint=_lint(merged.pop("lint", {})),
            hooks=_hooks(merged.pop("hooks", {})),
            history=History(**merged.pop("history", {})),
            alerts=alerts(merged.pop("alerts", {})),
            health=tuple(merged.pop("health", ())),
            controller_health=tuple(merged.pop("controller_health", ())),
            **merged,
        )
        self._refuse_long_bake(policy)
        self._refuse_bad_drain(policy)
        return policy

    @property
    def lint(self) -> Lint:
        """What the linter looks for in what is of no environment."""
        return _lint(self.model.defaults.lint.model_dump(exclude_unset=True, exclude_none=True))

    def _known(self, environment: str) -> str:
        listed = f"known: {', '.join(self.environments)}" if self.environments else "none is known"
        near = suggestion(environment, self.environments)
        return f"{near} ({listed})" if near.startswith("did you mean") else f"{listed}."

    def _inventory(self, environment: str) -> str:
        settings = self.model.environments.get(environment)
        named = settings.inventory if settings else None
        inventory = named or places.inventory(self.project, environment)
        # A list of hosts ("web1,web2") is an inventory too, to Ansible.
        if "," not in inventory and not (self.project / Path(inventory).expanduser()).exists():
            at = ("environments", environment, *(("inventory",) if named else ()))
            raise SafedeployError(
                "settings-missing-inventory",
                f"{self.document.place(at)} there is no inventory {inventory} in {self.project}",
                next_step="Create it, or name the inventory with the key `inventory`.",
            )
        return inventory

    def _refuse_long_bake(self, policy: Policy) -> None:
        """Keep all that comes before the confirmation within its window: else every host would revert a good change."""
        rollout = policy.rollout
        undrain = rollout.undrain_timeout if rollout.undrain else 0
        wait = rollout.gate.longest_wait
        total = rollout.bake + wait + undrain
        if total < rollout.confirm_window:
            return
        parts = [f"bake ({rollout.bake} s)"]
        parts += [f"gate.wait ({wait} s)"] if wait else []
        parts += [f"undrain_timeout ({undrain} s)"] if undrain else []
        keys = ("bake", *(["gate"] if wait else []), *(["undrain_timeout", "undrain"] if undrain else []))
        named = " and ".join(parts) + (" together" if len(parts) > 1 else "")
        raise SafedeployError(
            "settings-invalid",
            f"{self._place(policy, *keys, 'confirm_window')} {named} must be shorter than confirm_window "
            f"({rollout.confirm_window} s): hosts would revert before they are confirmed",
            next_step=f"Raise confirm_window above {total} s, or lower "
            f"{'the others' if len(parts) > 1 else 'bake'}, in {FILE_NAME}.",
        )

    def _refuse_bad_drain(self, policy: Policy) -> None:
        """Keep hosts from being taken out of service by tasks that cannot run, or for good."""
        rollout = policy.rollout
        for key, path in (("drain", rollout.drain), ("undrain", rollout.undrain)):
            wrong = task_files.problem(self.project / Path(path).expanduser()) if path else None
            if wrong is not None:
                raise SafedeployError(
                    "settings-invalid",
                    f"{self._place(policy, key)} {wrong}",
                    next_step="Correct the file, or its path; it is relative to the directory of safedeploy.yml.",
                )
        if (rollout.drain is None) != (rollout.undrain is None):
            there, missing = ("drain", "undrain") if rollout.drain else ("undrain", "drain")
            raise SafedeployError(
                "settings-invalid",
                f"{self._place(policy, there)} {there} is given without {missing}",
                next_step=f"Name the tasks of {missing} too: what takes a host out of service and what puts it back.",
            )

    def _place(self, policy: Policy, *keys: str) -> str:
        """Where the first of these keys of the rollout stands; the environment's before the defaults'."""
        own = self.model.environments.get(policy.environment, Environment()).rollout.model_fields_set
        defaults = self.model.defaults.rollout.model_fields_set
        for at, written in ((("environments", policy.environment), own), (("defaults",), defaults)):
            for key in keys:
                if key in written:
                    return self.document.place((*at, "rollout", key))
        return self.document.place(("defaults", "rollout"))


def load(project: Path) -> Settings:
    """Read and check `project`/safedeploy.yml, all of it, whichever environment is wanted.

    Raises SafedeployError with a code that begins with `settings-`; `settings-invalid` lists every problem, one on a
    line, each with its place.
    """
    document = read(places.text(project, FILE_NAME), FILE_NAME)
    try:
        model = SettingsFile.model_validate({} if document.value is None else document.value)
    except ValidationError as error:
        raise SafedeployError(
            "settings-invalid",
            "\n".join(sentences(error, document, SettingsFile)),
            next_step=f"Correct {project / FILE_NAME}; docs/settings.md describes every key.",
        ) from error
    return Settings(project=project, document=document, model=model)


def _merged(defaults: Defaults, own: Environment) -> dict[str, Any]:
    """Put the environment over the defaults; what nobody wrote is left to core/policy.py."""
    values = [
        model.model_dump(exclude_unset=True, exclude_none=True, exclude={"inventory"}) for model in (defaults, own)
    ]
    _one_place_of_history(*values)
    return _over(*values)


def _one_place_of_history(lower: dict[str, Any], upper: dict[str, Any]) -> None:
    """An environment that says where its history is says all of it: the defaults may say it in the other way."""
    places_of_history = {"url", "url_env"}
    if places_of_history & set(upper.get("history", {})):
        lower["history"] = {key: one for key, one in lower.get("history", {}).items() if key not in places_of_history}


def _over(lower: Mapping[str, Any], upper: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(lower)
    for key, value in upper.items():
        below = merged.get(key)
        merged[key] = _over(below, value) if isinstance(value, Mapping) and isinstance(below, Mapping) else value
    return merged


def _rollout(values: Mapping[str, Any]) -> Rollout:
    converted = dict(values)
    if "batches" in converted:
        converted["batches"] = tuple(converted["batches"])
    if "on_failure" in converted:
        converted["on_failure"] = OnFailure(converted["on_failure"])
    if "gate" in converted:
        converted["gate"] = _gate(converted["gate"])
    return Rollout(**converted)


def _gate(values: Mapping[str, Any]) -> Gate:
    kinds = {"errors": Reaction, "latency": Reaction, "signatures": Signatures, "too_little": TooLittle}
    converted: dict[str, Any] = {key: kinds[key](value) for key, value in values.items() if key in kinds}
    return Gate(**{**values, **converted})


def _probing(values: Mapping[str, Any]) -> Probing:
    converted = dict(values)
    if "without_namespaces" in converted:
        converted["without_namespaces"] = WithoutNamespaces(converted["without_namespaces"])
    return Probing(**converted)


def _drift(values: Mapping[str, Any]) -> DriftCheck:
    converted: dict[str, Any] = {key: tuple(one) if isinstance(one, list) else one for key, one in values.items()}
    return DriftCheck(**converted)


def _lint(values: Mapping[str, Any]) -> Lint:
    kinds: dict[str, Any] = {"profile": LintProfile, "fail_on": LintFailure, "ignore": tuple}
    return Lint(**{key: kinds[key](value) if key in kinds else value for key, value in values.items()})


def _hooks(values: Mapping[str, Any]) -> Hooks:
    return Hooks(**{when: tuple(_hook(one) for one in listed) for when, listed in values.items()})


def _hook(values: Mapping[str, Any]) -> Hook:
    converted: dict[str, Any] = {key: tuple(one) if isinstance(one, list) else one for key, one in values.items()}
    return Hook(**converted)
