"""Run a program that ends when its parent does: `python tied.py PARENT PROGRAM ARGUMENTS...`.

Run as a script, in the place of the program. ansible-runner lets ansible-playbook survive its controller; a play that
goes on by itself would change more hosts with nobody to settle them. The kernel sends SIGTERM when the parent dies,
whatever it dies of; ansible-playbook then ends its workers and their connections. Elsewhere than on Linux it is started
untied.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1


def main(arguments: list[str]) -> None:
    """Tie this process to `arguments[0]` and become the program in `arguments[1:]`."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    # A parent that died before it was tied to sends no signal: then nothing is started, and there is nobody to tell.
    if os.getppid() == int(arguments[0]):
        os.execv(arguments[1], arguments[1:])  # noqa: S606 - the arguments are a list, and no shell is meant


if __name__ == "__main__":
    main(sys.argv[1:])
