"""A file that a command was asked to leave: there whole or not at all, whatever becomes of the command meanwhile."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from pathlib import Path

from safedeploy.core.errors import ExitCode, SafedeployError


def write(path: Path, content: bytes, *, mode: int | None = None) -> None:
    """Put a file in place of what is there, with this mode, else with what the umask leaves of 0666.

    A device or pipe is written to as it is.

    Raises SafedeployError when it cannot be written.
    """
    try:
        if path.exists() and not path.is_file():
            path.write_bytes(content)
        else:
            _replace(path, content, mode)
    except OSError as error:
        raise SafedeployError(
            "file-not-written",
            f"{path} could not be written: {error.strerror}",
            state="What the command found or did is on the screen; only this file is missing.",
            next_step="Give a path in a directory that exists and that you may write to.",
            exit_code=ExitCode.USAGE,
        ) from error


def _replace(path: Path, content: bytes, mode: int | None) -> None:
    # A link is followed: what it points to is replaced, and the link stays.
    target = path.resolve()
    beside = target.with_name(f".{target.name}.{secrets.token_hex(4)}")
    try:
        with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666), "wb") as file:
            if mode is not None:
                os.fchmod(file.fileno(), mode)
            file.write(content)
        beside.replace(target)
    except OSError:
        with suppress(OSError):
            beside.unlink()
        raise
