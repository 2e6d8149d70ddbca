"""A second command is got ready while the first one runs, and is done only if that went well."""

from __future__ import annotations

import contextvars
import subprocess
import sys
import threading
from collections.abc import Callable
from typing import Any

import pytest
from safedeploy_control import following

TASK: contextvars.ContextVar[str] = contextvars.ContextVar("task")
TALKS = "import sys; print('loaded', flush=True); print('got', sys.stdin.read(), flush=True)"


class Work:
    """A second command that says how far it got, and connects until it may go on or is ended."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self.ready = threading.Event()
        self.ended = threading.Event()

    def __call__(self, wait: Callable[[], None]) -> dict[str, Any]:
        self.said.append(f"connects on {'its own' if threading.current_thread().name == 'following' else 'the main'}")
        self.ready.set()
        try:
            wait()
        except following.NotWantedError:
            self.ended.wait(10)
            raise
        self.said.append("sent")
        return {"outcome": "done"}


def test_the_second_command_connects_at_once_and_sends_when_it_is_let_go():
    work = Work()
    with following.Following(work, work.ended.set) as later:
        later.begin()
        assert work.ready.wait(10)
        assert work.said == ["connects on its own"]
        assert later.go() == {"outcome": "done"}
    assert work.said == ["connects on its own", "sent"]


def test_it_is_done_afterwards_when_nothing_has_told_it_to_get_ready():
    work = Work()
    with following.Following(work, work.ended.set) as later:
        assert later.go() == {"outcome": "done"}


def test_without_a_thread_it_is_done_afterwards(monkeypatch):
    def none(_self: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    work = Work()
    monkeypatch.setattr(threading.Thread, "start", none)
    with following.Following(work, work.ended.set) as later:
        later.begin()
        assert not work.said
        assert later.go() == {"outcome": "done"}
    assert work.said == ["connects on the main", "sent"]


def test_it_gets_ready_once():
    work = Work()
    with following.Following(work, work.ended.set) as later:
        later.begin()
        later.begin()
        later.go()
    assert len(work.said) == 2


def test_after_a_first_one_that_failed_it_is_ended_without_having_sent_anything():
    work = Work()
    with following.Following(work, work.ended.set) as later:
        later.begin()
        assert work.ready.wait(10)
    assert work.said == ["connects on its own"]
    assert not [thread for thread in threading.enumerate() if thread.name == "following"]


def test_checks_that_take_long_do_not_hold_up_what_is_to_be_told(monkeypatch):
    monkeypatch.setattr(following, "_PATIENCE", 0.1)
    done = threading.Event()
    refused = threading.Event()

    def slow(wait: Callable[[], None]) -> dict[str, Any]:
        done.wait(10)
        try:
            wait()
        except following.NotWantedError:
            refused.set()
        return {}

    with following.Following(slow, lambda: None) as later:
        later.begin()
    assert not refused.is_set()
    done.set()
    assert refused.wait(10), "it is not let go afterwards either"


def test_an_error_of_the_first_one_ends_it_too_and_is_raised():
    work = Work()

    def first() -> None:
        with following.Following(work, work.ended.set) as later:
            later.begin()
            raise OSError("timed out")

    with pytest.raises(OSError, match="timed out"):
        first()
    assert "sent" not in work.said


@pytest.mark.parametrize("early", [True, False])
def test_its_own_error_is_raised_when_it_is_let_go(early):
    def ill(_wait: Callable[[], None]) -> dict[str, Any]:
        raise ValueError("ill")

    with following.Following(ill, lambda: None) as later:
        if early:
            later.begin()
        with pytest.raises(ValueError, match="ill"):
            later.go()


def test_it_knows_the_task_that_it_is_part_of():
    TASK.set("confirm")
    with following.Following(lambda _wait: {"task": TASK.get("none")}, lambda: None) as later:
        assert later.go() == {"task": "confirm"}


class Ssh:
    """A connection as Ansible's ssh plugin is one: a process is started and sent its data, then it is read."""

    def exec_command(self, data: bytes) -> list[str]:
        with subprocess.Popen([sys.executable, "-c", TALKS], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
            self._send_initial_data(process.stdin, data, process)
            assert process.stdout
            return process.stdout.read().decode().split("\n")[:-1]

    def _send_initial_data(self, stream, data, _process) -> None:
        stream.write(data)
        stream.close()


class Local:
    """A connection without that."""


def test_what_is_waited_for_is_heard_once_and_the_output_is_whole():
    heard: list[bytes] = []
    connection = Ssh()
    with following.hear(connection, b"loaded", heard.append):
        assert connection.exec_command(b"a request") == ["loaded", "got a request"]
    assert heard == [b"loaded"]
    assert connection.exec_command(b"a request") == ["loaded", "got a request"]
    assert heard == [b"loaded"]


def test_nothing_is_heard_where_it_is_not_said_or_of_another_connection():
    heard: list[bytes] = []
    connection = Ssh()
    with following.hear(connection, b"never", heard.append):
        connection.exec_command(b"a request")
    with following.hear(Local(), b"loaded", heard.append):
        pass
    assert not heard


@pytest.mark.parametrize(
    ("pieces", "lines"),
    [
        ([b"x loa", b"ded y\n"], [b"loaded y"]),
        ([bytes([letter]) for letter in b"so loaded: all\nloaded"], [b"loaded: all"]),
        ([b"loaded loaded\nloaded\n"], [b"loaded loaded"]),
        ([b"line\nloaded", b" a", b" b\nrest"], [b"loaded a b"]),
        ([b"loaded, and then it ends"], []),
    ],
)
def test_the_line_is_heard_across_pieces_once_it_is_whole(pieces, lines):
    class Output:
        def __init__(self) -> None:
            self.left = [*pieces, None, b""]

        def read(self, *_size: int) -> bytes | None:
            return self.left.pop(0)

    class Process:
        stdout = Output()

    class Connection:
        def _send_initial_data(self, _stream, _data, process) -> None:
            while process.stdout.read() != b"":
                continue

    heard: list[bytes] = []
    connection = Connection()
    with following.hear(connection, b"loaded", heard.append):
        connection._send_initial_data(None, b"", Process())
    assert heard == lines
