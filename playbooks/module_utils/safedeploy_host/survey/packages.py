"""Which files are as the distribution's packages have them, by dpkg's and rpm's own records."""

from __future__ import annotations

import hashlib
import os
import re
import shutil

from .. import plain_file

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

DPKG_STATUS = "/var/lib/dpkg/status"
UCF_HASHES = "/var/lib/ucf/hashfile"
UNCHANGED, EDITED = "unchanged", "edited"
SECONDS = 20.0
_BATCH = 500
_CONFFILE = re.compile(r"^ (?P<path>/\S.*) (?P<md5>[0-9a-f]{32})(?P<more>( obsolete| remove-on-upgrade)*)$")
_RPM = re.compile(r"^(?P<digest>[0-9a-f]{32,128})?\t(?P<target>.*)\t(?P<path>/.*)$")
_BY_LENGTH = {32: "md5", 40: "sha1", 64: "sha256", 96: "sha384", 128: "sha512"}


class States:
    """`manager` is "dpkg", "rpm" or None. `files` has "unchanged" or "edited" for each file of a package."""

    def __init__(self, manager: str | None, files: dict[str, str]) -> None:
        self.manager = manager
        self.files = files


def states(root: str, paths: Iterable[str], notes: list[str]) -> States:
    """The state of each of these files that a package brought."""
    paths = list(paths)
    if os.path.exists(DPKG_STATUS):
        try:
            known = conffiles(plain_file.read(DPKG_STATUS).decode("utf-8", "replace"), root)
        except OSError as error:
            notes.append(f"dpkg's records could not be read: {error}")
            return States(None, {})
        known.update(ucf(_text(UCF_HASHES), root))
        return States("dpkg", _compared(paths, known))
    if shutil.which("rpm"):
        return States("rpm", _compared(paths, _rpm(paths, notes)))
    notes.append("no package database was found: every file counts as one of your own")
    return States(None, {})


def conffiles(status: str, root: str) -> dict[str, str]:
    """Path -> MD5 of dpkg's conffiles below `root`."""
    found = {}
    for line in status.splitlines():
        if line.startswith(" /"):
            match = _CONFFILE.match(line)
            if match and match.group("path").startswith(root + "/") and "obsolete" not in match.group("more"):
                found[match.group("path")] = match.group("md5")
    return found


def ucf(hashes: str, root: str) -> dict[str, str]:
    """Path -> MD5 of what packages keep with ucf below `root`."""
    pairs = (line.split(None, 1) for line in hashes.splitlines())
    return {pair[1].strip(): pair[0] for pair in pairs if len(pair) == 2 and pair[1].startswith(root + "/")}


def rpm_files(text: str) -> dict[str, str]:
    """Path -> digest, or `-> target` of a link, from lines of both and the path with tabs between."""
    matches = (_RPM.match(line) for line in text.splitlines())
    return {
        match.group("path"): match.group("digest") or f"-> {match.group('target')}"
        for match in matches
        if match and (match.group("digest") or match.group("target"))
    }


def _rpm(paths: list[str], notes: list[str]) -> dict[str, str]:
    from .. import control

    found: dict[str, str] = {}
    for first in range(0, len(paths), _BATCH):
        batch = paths[first : first + _BATCH]
        argv = ["rpm", "-qf", "--qf", "[%{FILEDIGESTS}\\t%{FILELINKTOS}\\t%{FILENAMES}\\n]", "--", *batch]
        outcome = control.run(argv, {"httpd": {}}, timeout=SECONDS, limit=plain_file.LIMIT)
        if outcome.code is None:
            notes.append("rpm took too long: some files of packages may be taken for your own")
        found.update(rpm_files(outcome.output))
    return found


def _compared(paths: list[str], known: dict[str, str]) -> dict[str, str]:
    return {path: UNCHANGED if _digest(path, known[path]) == known[path] else EDITED for path in paths if path in known}


def _digest(path: str, like: str) -> str | None:
    """What is there in the words of `like`: a digest of its kind, or `-> target`. Of files, those of a bounded size."""
    try:
        if like.startswith("->"):
            return f"-> {os.readlink(path)}"
        return hashlib.new(_BY_LENGTH[len(like)], plain_file.read(path)).hexdigest()
    except (OSError, KeyError, ValueError):
        return None


def _text(path: str) -> str:
    try:
        return plain_file.read(path).decode("utf-8", "replace")
    except OSError:
        return ""
