"""Writes a candidate's entries into a tree that nobody else sees: a covered one, or a copy under another prefix."""

from __future__ import annotations

import hashlib
import os
import shutil
import stat
from pathlib import Path

from .tree import group_name, user_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Mapping

    Json = dict[str, Any]

# Removals first, so that a file can become a directory; links last, so that what they name is there.
_ORDER = ("absent", "file", "link")


def needed_content(entries: Mapping[str, Json], open_object: Callable[[str], bytes]) -> dict[str, bytes]:
    """The bytes of the file entries that differ, in content or permissions, from what lies at their path.

    Raises what `open_object` raises.
    """
    return {
        path: open_object(entry["sha256"])
        for path, entry in entries.items()
        if entry["kind"] == "file" and not _is_there(path, entry)
    }


def lay(entries: Mapping[str, Json], content: Mapping[str, bytes], prefix: str = "") -> None:
    """Write `entries` below `prefix`; a file without content stays. Owners that do not exist here are ignored."""
    for path, entry in sorted(entries.items(), key=lambda item: (_ORDER.index(item[1]["kind"]), item[0])):
        target = Path(prefix + path)
        if entry["kind"] == "file" and path not in content:
            continue
        _remove(target)
        if entry["kind"] == "absent":
            continue
        make_directories(target.parent)
        if entry["kind"] == "link":
            target.symlink_to(entry["target"])
        else:
            target.write_bytes(content[path])
            _set_owner(target, entry)
            target.chmod(int(entry["mode"], 8))


def make_directories(directory: Path) -> None:
    """Make what is missing, as the switch does: open to httpd's user, whatever the umask."""
    missing = [directory]
    while not missing[-1].exists():
        missing.append(missing[-1].parent)
    for path in reversed(missing[:-1]):
        path.mkdir()
        path.chmod(0o755)


def _is_there(path: str, entry: Json) -> bool:
    try:
        found = Path(path).lstat()
        if not stat.S_ISREG(found.st_mode) or found.st_size != entry["size"] or not _permits_alike(found, entry):
            return False
        return bool(hashlib.sha256(Path(path).read_bytes()).hexdigest() == entry["sha256"])
    except OSError:
        return False


def _permits_alike(found: os.stat_result, entry: Json) -> bool:
    """Whether mode and owner are those of the entry; httpd refuses a script that is not executable."""
    owners = {"owner": user_name(found.st_uid), "group": group_name(found.st_gid)}
    alike = os.geteuid() != 0 or all(entry[key] in (name, None) for key, name in owners.items())
    return alike and stat.S_IMODE(found.st_mode) == int(entry["mode"], 8)


def _remove(target: Path) -> None:
    if target.is_dir() and not target.is_symlink():
        shutil.rmtree(target)
    else:
        try:
            target.unlink()
        except (FileNotFoundError, NotADirectoryError):
            return


def _set_owner(target: Path, entry: Json) -> None:
    if os.geteuid() != 0:
        return
    try:
        shutil.chown(target, entry["owner"], entry["group"])
    except (LookupError, OSError, ValueError):
        return
