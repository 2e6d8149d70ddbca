"""Run the machine's tools (ip, openssl, ssh-keygen, dpkg-query) and turn their failures into errors with four parts."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence

from safedeploy.core.errors import ExitCode, SafedeployError

# The tools of the administrator are not on everybody's PATH.
SEARCH_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


def lab_error(code: str, what: str, *, next_step: str) -> SafedeployError:
    """An error of the lab; nothing beyond the lab is ever touched, and the state says so."""
    return SafedeployError(
        code,
        what,
        state="Only the lab is concerned; the machine itself was not changed.",
        next_step=next_step,
        exit_code=ExitCode.INVALID,
    )


def found(program: str) -> str | None:
    """The absolute path of a program, or None."""
    return shutil.which(program, path=SEARCH_PATH)


def clean_environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """An environment that holds nothing of the caller's."""
    return {"PATH": SEARCH_PATH, "LANG": "C.UTF-8", **(extra or {})}


def run(argv: Sequence[str], *, text: str | None = None, seconds: float = 60) -> str:
    """Run a tool and return its standard output; SafedeployError `lab-command-failed` with its words otherwise."""
    try:
        done = subprocess.run(
            argv, input=text, capture_output=True, text=True, timeout=seconds, check=False, env=clean_environment()
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise lab_error(
            "lab-command-failed",
            f"{argv[0]} could not be run: {error}",
            next_step="Try `safedeploy lab down`, then up.",
        ) from error
    if done.returncode:
        said = (done.stderr or done.stdout).strip().splitlines()[-5:]
        raise lab_error(
            "lab-command-failed",
            f"{' '.join(argv[:6])} failed ({done.returncode}): {os.linesep.join(said)}",
            next_step="Try `safedeploy lab down`, then up.",
        )
    return done.stdout
