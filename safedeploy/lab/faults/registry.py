"""All faults, found by walking the package `kinds`: a new file there is a new fault, and there is no list to keep."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping

from safedeploy.core.errors import ExitCode
from safedeploy.core.nearest import suggestion
from safedeploy.lab.commands import lab_error
from safedeploy.lab.faults import kinds as package
from safedeploy.lab.faults.fault import Fault


def _walk() -> dict[str, Fault]:
    found: dict[str, Fault] = {}
    for module in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
        fault = importlib.import_module(module.name).FAULT
        if fault.name in found:
            raise ValueError(f"two faults are called {fault.name}: {module.name} is the second")
        found[fault.name] = fault
    return dict(sorted(found.items()))


# Every fault by its name, in alphabetical order.
FAULTS: Mapping[str, Fault] = _walk()


def find(name: str) -> Fault:
    """The fault of that name; SafedeployError `fault-unknown`."""
    if name in FAULTS:
        return FAULTS[name]
    error = lab_error(
        "fault-unknown",
        f"There is no fault {name!r}; {suggestion(name, FAULTS)}",
        next_step="`safedeploy lab drill --list` names them all.",
    )
    error.exit_code = ExitCode.USAGE
    raise error
