"""The pipes at which an Ansible that was started early waits."""

from __future__ import annotations

import os
import threading
import time

import pytest

from safedeploy.adapters.runner.turns import Turns


@pytest.fixture
def turns(tmp_path):
    made = Turns(tmp_path / "turns", 2)
    yield made
    made.close()


@pytest.fixture
def read(turns):
    """A function that reads a turn in a thread, as the callback does, and gives the list to which it adds the text."""
    threads = []

    def start(number: int) -> list[str]:
        said: list[str] = []
        thread = threading.Thread(target=lambda: said.append((turns.directory / str(number)).read_text()), daemon=True)
        thread.start()
        threads.append(thread)
        return said

    yield start
    for thread in threads:
        thread.join(5)


def soon(true):
    deadline = time.monotonic() + 5
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.005)


def test_nobody_waits_before_a_pipe_is_read(turns):
    assert not turns.waits()
    turns.give()
    assert turns.given == 0


def test_a_reader_is_let_go_on_and_the_next_turn_is_another(turns, read):
    said = read(1)
    soon(turns.waits)
    assert said == []
    turns.give()
    soon(lambda: said == ["go"])
    assert not turns.waits()
    second = read(2)
    soon(turns.waits)
    turns.give()
    soon(lambda: second == ["go"])
    assert not turns.waits(), "there is no third"


def test_a_reader_of_a_later_turn_does_not_get_an_earlier_one(turns, read):
    said = read(2)
    time.sleep(0.1)
    assert not turns.waits()
    os.close(os.open(turns.directory / "2", os.O_WRONLY | os.O_NONBLOCK))
    soon(lambda: said == [""])


def test_what_waits_when_all_is_closed_is_told_nothing(turns, read):
    said = read(1)
    soon(turns.waits)
    turns.close()
    soon(lambda: said == [""])


def test_a_reader_that_has_died_meanwhile_is_no_error(turns):
    descriptor = os.open(turns.directory / "1", os.O_RDONLY | os.O_NONBLOCK)
    assert turns.waits()
    os.close(descriptor)
    turns.give()


def test_only_the_user_may_write_there(turns):
    assert turns.directory.stat().st_mode & 0o777 == 0o700
