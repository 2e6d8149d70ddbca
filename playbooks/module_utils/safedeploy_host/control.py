"""Runs httpd's control program and binary: bounded in time and output, in a clean environment.

A server that such a command starts outlives the agent, so it must inherit nothing of it: no pipe, signal mask, umask or
variable. Output goes to an anonymous file, because a daemon that keeps a pipe open would keep the reader waiting.
"""

from __future__ import annotations

import os
import select
import signal
import subprocess
import time
from contextlib import contextmanager

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import IO, Any

    Json = dict[str, Any]

PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
OUTPUT_LIMIT = 64 * 1024
TIMEOUT = 30.0
QUICK = 5.0
NOT_FOUND = 127


class Outcome:
    """What a command did. `code` is None when it was stopped for taking longer than its `timeout` (seconds)."""

    def __init__(self, argv: list[str], code: int | None, output: str, timeout: float) -> None:
        self.argv = argv
        self.code = code
        self.output = output
        self.timeout = timeout

    @property
    def ok(self) -> bool:
        """Whether it ended in time with exit code 0."""
        return self.code == 0

    def explained(self) -> str:
        """The output, with what the exit code does not say by itself."""
        command = " ".join(self.argv)
        if self.code is None:
            return f"{self.output}\n`{command}` was stopped after {self.timeout:g} s".strip()
        return self.output.strip() or f"`{command}` ended with exit code {self.code} and no output"


def control(site: Json, *args: str) -> Outcome:
    """Run the site's control program with `args`, TIMEOUT seconds. Never raises; a missing program is exit code 127."""
    return run([*site["httpd"]["control"], *args], site, timeout=TIMEOUT)


def binary(site: Json, *args: str) -> Outcome:
    """Run the bare httpd binary, for questions that read no configuration (-v, -V)."""
    return run([site["httpd"]["binary"], *args], site, timeout=QUICK)


def run(argv: list[str], site: Json, *, timeout: float, limit: int = OUTPUT_LIMIT) -> Outcome:
    """Run `argv` in the site's environment, with standard output and error together, at most `limit` bytes of them."""
    with anonymous_file() as output:
        code = _run(argv, site, output, timeout)
        output.seek(0)
        return Outcome(argv, code, output.read(limit).decode("utf-8", "replace"), timeout)


def anonymous_file() -> IO[bytes]:
    """In memory where nothing can be written to a disk: httpd must be seen, and a host go back, on a full one too."""
    try:
        return _without_name(os.environ.get("TMPDIR") or "/tmp")  # noqa: S108 -- nobody can plant what has no name
    except OSError:
        pass
    try:
        import tempfile  # which knows more places and ways, and imports much for them: from a disk that may be gone

        return tempfile.TemporaryFile()
    except (OSError, ImportError):
        if not hasattr(os, "memfd_create"):
            raise
        return os.fdopen(os.memfd_create("output"), "w+b")


def _without_name(directory: str) -> IO[bytes]:
    """A file that was never in the directory. Raises OSError also where it takes no byte, because the disk is full."""
    file = os.fdopen(os.open(directory, os.O_RDWR | os.O_TMPFILE, 0o600), "w+b")
    try:
        os.write(file.fileno(), b"x")
        os.ftruncate(file.fileno(), 0)
        os.lseek(file.fileno(), 0, os.SEEK_SET)
    except OSError:
        file.close()
        raise
    return file


def environment(site: Json) -> dict[str, str]:
    """The whole environment of every httpd command: a plain PATH and what the site asks for."""
    return {"PATH": PATH, "LANG": "C", **site["httpd"].get("env", {})}


def _run(argv: list[str], site: Json, output: IO[bytes], timeout: float) -> int | None:
    process = None
    try:
        # What a signal raises in the middle of a start would leave behind a program that nobody knows.
        with _signals_held():
            process = subprocess.Popen(
                argv,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                env=environment(site),
                cwd="/",
                start_new_session=True,
                preexec_fn=_as_from_a_fresh_login,  # noqa: PLW1509 -- no other thread runs when a server may be started
            )
        return process.wait(_left(process.pid, timeout))
    except subprocess.TimeoutExpired:
        _stop(process)
        return None
    except BaseException as error:
        if process is None and isinstance(error, OSError):
            output.write(f"{argv[0]}: {error.strerror}".encode())
            return NOT_FOUND
        _stop(process)
        raise


@contextmanager
def _signals_held() -> Iterator[None]:
    before = signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _left(pid: int, timeout: float) -> float:
    """Wait for the end of a child, `timeout` seconds; what is left of them, at least a moment.

    Popen.wait looks again and again, up to 50 ms apart, which is as long as most of these commands take. A kernel or a
    Python that does not tell leaves all the time to it.
    """
    opened = getattr(os, "pidfd_open", None)
    if opened is None:
        return timeout
    began = time.monotonic()
    try:
        descriptor = opened(pid)
    except OSError:
        return timeout
    try:
        waiting = select.poll()
        waiting.register(descriptor, select.POLLIN)
        waiting.poll(timeout * 1000)
    finally:
        os.close(descriptor)
    return max(0.01, timeout - (time.monotonic() - began))


def _stop(process: subprocess.Popen[bytes] | None) -> None:
    if process is None:
        return
    # The command leads a session of its own; a server that it started has left it and is not touched.
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _as_from_a_fresh_login() -> None:
    signal.pthread_sigmask(signal.SIG_SETMASK, [])
    for number in (signal.SIGHUP, signal.SIGINT, signal.SIGTERM, signal.SIGQUIT):
        signal.signal(number, signal.SIG_DFL)
    os.umask(0o022)
