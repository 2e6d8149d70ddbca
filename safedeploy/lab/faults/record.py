"""Which fault is on in a lab: a file in its state directory, written before anything is broken."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from safedeploy.lab.commands import lab_error

RECORD = "broken.json"
KEPT = "kept"  # what the hosts were before: an archive for each


@dataclass(frozen=True, kw_only=True)
class Broken:
    """A fault that is on, on which hosts, since when (ISO 8601, UTC). The `kept` hosts are put back at its end."""

    fault: str
    hosts: tuple[str, ...]
    kept: tuple[str, ...]
    since: str


def read(directory: Path) -> Broken | None:
    """The fault that is on in the lab of that state directory; SafedeployError `fault-record-damaged`."""
    try:
        known = json.loads((directory / RECORD).read_text())
        return Broken(
            fault=known["fault"], hosts=tuple(known["hosts"]), kept=tuple(known["kept"]), since=known["since"]
        )
    except FileNotFoundError:
        return None
    except (ValueError, KeyError, TypeError) as error:
        raise lab_error(
            "fault-record-damaged",
            f"{directory / RECORD} cannot be read: {error}",
            next_step="Run `safedeploy lab down`, which needs no record, and then up.",
        ) from error


def claim(directory: Path, broken: Broken) -> bool:
    """Write down that this fault begins; False when another one is on."""
    new = directory / f"{RECORD}.new"
    new.write_text(json.dumps({"schema": 1, **vars(broken)}) + "\n")
    try:
        (directory / RECORD).hardlink_to(new)  # whole or not at all, and never over another
    except FileExistsError:
        return False
    finally:
        new.unlink()
    return True


def forget(directory: Path) -> None:
    """The hosts are as they were."""
    for archive in (directory / KEPT).glob("*.tar"):
        archive.unlink()
    (directory / RECORD).unlink(missing_ok=True)


def archive(directory: Path, host: str) -> Path:
    """Where the files of a host before the fault are kept."""
    return directory / KEPT / f"{host}.tar"
