"""The state directory of a lab: where it is, its lock, and lab.json.

lab.json is written before the first thing is made, and again whenever something was made, so that `down` knows what to
look for however `up` ended. The directory is 0700; it holds the client's key and the passwords of the lab's users.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from safedeploy.lab.commands import lab_error
from safedeploy.lab.host import LabHost
from safedeploy.lab.names import checked_name
from safedeploy.lab.processes import Process

LAB_FILE = "lab.json"
IDENT_FILE = "ident"


@dataclass(frozen=True, kw_only=True)
class LabState:
    """What lab.json says. `mode` is `namespaces` or `loopback`; `phase` is `starting` or `up`.

    `made` names files and directories outside of the state directory that `down` removes. `processes` holds, per host,
    what must be killed to end it: its init, or in loopback mode its servers.
    """

    name: str
    ident: str
    mode: str
    reason: str
    phase: str
    created: str
    subnet: int | None = None
    hosts: tuple[LabHost, ...] = ()
    processes: Mapping[str, tuple[Process, ...]] = field(default_factory=dict)
    tree: str = ""
    made: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    def but(self, **changes: Any) -> LabState:
        """A copy with some fields changed."""
        return replace(self, **changes)

    def to_json(self) -> dict[str, Any]:
        """Plain values."""
        processes = {name: [vars(process) for process in those] for name, those in self.processes.items()}
        return {
            "schema": 1,
            **vars(self),
            "hosts": [host.to_json() for host in self.hosts],
            "processes": processes,
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> LabState:
        """The reverse of `to_json`."""
        processes = {name: tuple(Process(**process) for process in those) for name, those in data["processes"].items()}
        known = {
            **{name: value for name, value in data.items() if name != "schema"},
            "hosts": tuple(LabHost.from_json(host) for host in data["hosts"]),
            "processes": processes,
            "made": tuple(data["made"]),
            "notes": tuple(data["notes"]),
        }
        return cls(**known)


def labs_directory(environ: Mapping[str, str] = os.environ) -> Path:
    """The directory of all labs: $SAFEDEPLOY_LAB_DIR, else safedeploy/lab below the XDG state directory."""
    own = environ.get("SAFEDEPLOY_LAB_DIR")
    if own:
        return Path(own).absolute()
    state_home = environ.get("XDG_STATE_HOME", "")
    base = Path(state_home) if state_home.startswith("/") else Path.home() / ".local" / "state"
    return base / "safedeploy" / "lab"


def lab_directory(name: str) -> Path:
    """The state directory of the lab of that name."""
    return labs_directory() / checked_name(name)


@contextlib.contextmanager
def locked(directory: Path) -> Iterator[None]:
    """Make the directory if need be and hold it against every other `up` and `down` of the same lab.

    The lock is on the directory itself, so that no lock file is left behind; a holder may have removed the directory
    meanwhile, hence the second look.
    """
    while True:
        try:
            directory.mkdir(mode=0o700, parents=True, exist_ok=True)
            descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        except FileNotFoundError:
            continue
        except FileExistsError:
            if os.path.lexists(directory) and not directory.is_dir():
                raise  # no directory, and not one that has gone since
            continue
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            if _is_still(directory, descriptor):
                yield
                return
        finally:
            os.close(descriptor)


def _is_still(directory: Path, descriptor: int) -> bool:
    try:
        return os.path.samestat(directory.stat(), os.fstat(descriptor))
    except FileNotFoundError:
        return False


def read(directory: Path) -> LabState | None:
    """What lab.json in `directory` says, or None when there is no lab. SafedeployError `lab-state-damaged`."""
    try:
        return LabState.from_json(json.loads((directory / LAB_FILE).read_text()))
    except (FileNotFoundError, NotADirectoryError):
        return None
    except PermissionError as error:
        raise lab_error(
            "lab-not-yours",
            f"{directory} belongs to another user.",
            next_step="Run the command as the user who started it.",
        ) from error
    except (ValueError, KeyError, TypeError) as error:
        raise lab_error(
            "lab-state-damaged",
            f"{directory / LAB_FILE} cannot be read: {error}",
            next_step="Run `safedeploy lab down`, which finds the parts of the lab without it.",
        ) from error


def read_ident(directory: Path) -> str:
    """The lab's identity, kept apart from lab.json for the day that one is damaged; empty when there is none."""
    try:
        ident = (directory / IDENT_FILE).read_text().strip()
    except (OSError, ValueError):
        return ""
    return ident if re.fullmatch(r"[0-9a-f]{16}", ident) else ""


def write(directory: Path, state: LabState) -> None:
    """Replace lab.json atomically."""
    new = directory / f"{LAB_FILE}.new"
    new.touch(mode=0o600)
    new.write_text(json.dumps(state.to_json(), indent=1) + "\n")
    new.replace(directory / LAB_FILE)


def write_private(path: Path, content: str) -> None:
    """Write a file that nobody else may read (0600), from its first moment on."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(content)
