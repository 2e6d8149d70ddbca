"""Write and copy the small file trees that a host is made of."""

from __future__ import annotations

import os
from pathlib import Path


def put(path: Path, content: str | bytes, mode: int = 0o644) -> None:
    """Write a file with its directories; its mode holds from the first moment, whatever the umask."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    with os.fdopen(descriptor, "wb") as file:
        os.fchmod(descriptor, mode)
        file.write(content.encode() if isinstance(content, str) else content)


def directory(path: Path, mode: int = 0o755) -> Path:
    """Make a directory with exactly that mode."""
    path.mkdir(parents=True, exist_ok=True)
    path.chmod(mode)
    return path


def copy(source: Path, target: Path) -> None:
    """Copy a file, a link (as a link) or a directory with all below; what cannot be read or is special is left out."""
    if source.is_symlink():
        target.symlink_to(source.readlink())
    elif source.is_dir():
        target.mkdir(exist_ok=True)
        for entry in source.iterdir():
            copy(entry, target / entry.name)
    elif source.is_file() and os.access(source, os.R_OK):
        put(target, source.read_bytes(), source.stat().st_mode & 0o755)
