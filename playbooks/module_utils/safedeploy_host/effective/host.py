"""What a rule may know of the host beside its configuration: which paths exist, also those that the change brings."""

from __future__ import annotations

import contextlib
import os
import stat

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Mapping

    Json = dict[str, Any]


class Host:
    """The host's files with `changes` laid over them, as far as names go."""

    def __init__(self, changes: Mapping[str, Json]) -> None:
        self._changes = changes
        self._directories = {
            parent for path, entry in changes.items() if entry["kind"] != "absent" for parent in _parents(path)
        }

    def exists(self, path: str) -> bool:
        """Whether something is there; also where we may not look."""
        path = path.rstrip("/") or "/"
        if path in self._directories:
            return True
        entry = self._changes.get(path)
        if entry is not None and entry["kind"] != "link":
            return bool(entry["kind"] != "absent")
        if entry is not None:
            return self.exists(os.path.normpath(os.path.join(os.path.dirname(path), entry["target"])))
        try:
            os.stat(path)
        except (FileNotFoundError, NotADirectoryError):
            return False
        except OSError:
            return True
        return True

    def is_directory(self, path: str) -> bool:
        """Whether it is certainly a directory."""
        path = path.rstrip("/") or "/"
        return path in self._directories or os.path.isdir(path)

    def is_socket(self, path: str) -> bool:
        """Whether it is a UNIX socket; also where we may not look."""
        try:
            return stat.S_ISSOCK(os.stat(path).st_mode)
        except (FileNotFoundError, NotADirectoryError):
            return False
        except OSError:
            return True

    def names_in(self, directory: str) -> list[str]:
        """The names in a directory; none where it cannot be read."""
        prefix = directory.rstrip("/") + "/"
        found = {path[len(prefix) :].partition("/")[0] for path in self._changes if path.startswith(prefix)}
        with contextlib.suppress(OSError):
            found |= set(os.listdir(directory))
        return sorted(name for name in found if self.exists(prefix + name))


def _parents(path: str) -> list[str]:
    found = []
    path = os.path.dirname(path)
    while path not in ("/", ""):
        found.append(path)
        path = os.path.dirname(path)
    return found
