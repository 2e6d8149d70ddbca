"""Killing a command at the N-th change that it makes to the disk, in a child process, as a power cut would."""

from __future__ import annotations

import os
from collections.abc import Callable

from safedeploy_host import swap

CHANGES = ("rename", "replace", "unlink", "mkdir", "rmdir", "symlink", "write", "fsync", "fchmod", "fchown", "open")
KILLED = 99


def killed_at(number: int, command: Callable[[], object]) -> bool:
    """Run `command` in a child that dies at its `number`-th change, before it; False if it ended before that.

    A write that dies leaves half of its bytes behind. Opening counts only when it may create a file.
    """
    child = os.fork()
    if child:
        status = os.waitpid(child, 0)[1]
        code = os.WEXITSTATUS(status) if os.WIFEXITED(status) else -os.WTERMSIG(status)
        assert code in (0, KILLED), f"the command failed by itself: {code}"
        return code == KILLED
    _arm(number)
    code = 1
    try:
        command()
        code = 0
    finally:
        os._exit(code)


def _arm(number: int) -> None:
    left = [number]

    def wrap(name: str, real: Callable[..., object]) -> Callable[..., object]:
        def call(*args: object, **kwargs: object) -> object:
            if name == "open" and not args[1] & os.O_CREAT:
                return real(*args, **kwargs)
            left[0] -= 1
            if left[0] == 0:
                if name == "write":
                    real(args[0], bytes(args[1])[: len(args[1]) // 2])
                os._exit(KILLED)
            return real(*args, **kwargs)

        return call

    for name in CHANGES:
        setattr(os, name, wrap(name, getattr(os, name)))
    swap.renameat2 = wrap("renameat2", swap.renameat2)  # type: ignore[assignment]
