"""Static files: bytes as they are, or a directory with all that is in it. Vaulted files are decrypted."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from safedeploy.core.errors import SafedeployError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from safedeploy.adapters.ansible.library.templating import HostTemplating


def static_files(templating: HostTemplating, name: str, dest: str, place: str) -> Iterator[tuple[Path, str]]:
    """Yield (file, path on the host) of a static file, or of each file below a directory named with a slash at its end.

    Links within a directory are followed as long as they stay in it.
    """
    found = templating.find("files", name)
    if not found.is_dir():
        yield found, posixpath.join(dest, found.name) if dest.endswith("/") else dest
        return
    if not name.endswith("/"):
        raise _unusable(place, f"'{name}' is a directory", f"Write '{name}/' to copy all that is in it.")
    top = found.resolve()
    for file in sorted(found.rglob("*")):
        if file.is_dir():
            continue
        if not file.resolve().is_relative_to(top) or not file.is_file():
            raise _unusable(
                place, f"{file} is neither a file nor a link to one in '{name}'", "Replace it by a plain file."
            )
        yield file, posixpath.join(dest, file.relative_to(found).as_posix())


def _unusable(place: str, what: str, next_step: str) -> SafedeployError:
    return SafedeployError("file-unusable", f"{place}: {what}", next_step=next_step)
