"""What a lab could leave on the machine: links, mounts, processes and files."""

from __future__ import annotations

import contextlib
import hashlib
import re
import subprocess
from pathlib import Path


def links() -> set[str]:
    """Names of all links that are no lab's: other labs come and go on the same machine."""
    listed = subprocess.run(["ip", "-oneline", "link"], check=True, capture_output=True, text=True).stdout
    names = {line.split(": ", 1)[1].partition("@")[0].partition(":")[0] for line in listed.splitlines()}
    return {name for name in names if not re.fullmatch(r"sdlab\d+|sd\d+h\d+", name)}


def mounts(directory: Path) -> list[str]:
    """Mounts of, or below, the directory."""
    return [line for line in Path("/proc/self/mountinfo").read_text().splitlines() if str(directory) in line]


def processes(directory: Path) -> list[str]:
    """Live processes that mention the directory, in their arguments, environment or open files."""
    everything = [entry for entry in Path("/proc").iterdir() if entry.name.isdigit() and _state(entry) not in "ZX"]
    own = [entry for entry in everything if any(str(directory) in text for text in _texts(entry))]
    return [f"{entry.name} {_read(entry / 'cmdline')}" for entry in own]


def _state(entry: Path) -> str:
    """The letter of proc(5). Read once: other processes of the machine end at any moment, and count as dead then."""
    stat = _read(entry / "stat")
    return stat.rpartition(")")[2].split()[0] if stat else "X"


def _texts(entry: Path) -> list[str]:
    texts = [_read(entry / "cmdline"), _read(entry / "environ")]
    with contextlib.suppress(OSError):
        texts += [str(link.readlink()) for link in (entry / "fd").iterdir()]
    return texts


def _read(path: Path) -> str:
    try:
        return path.read_bytes().decode(errors="replace")
    except OSError:
        return ""


def tree(root: Path) -> dict[str, str]:
    """Path -> digest (or target, or kind) of everything below `root`."""
    return {str(path): _digest(path) for path in sorted(root.rglob("*"))}


def _digest(path: Path) -> str:
    if path.is_symlink():
        return f"link {path.readlink()}"
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else "directory"
