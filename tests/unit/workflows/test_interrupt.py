"""A signal asks a run to stop, once; nothing that follows may stop its clearing up."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest

from safedeploy.workflows.interrupt import Interrupt


def ask(number: signal.Signals = signal.SIGTERM) -> None:
    os.kill(os.getpid(), number)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_the_first_signal_stops_at_once(number):
    with pytest.raises(KeyboardInterrupt), Interrupt():
        ask(number)


def test_further_signals_are_only_noted():
    with Interrupt() as interrupt:
        with pytest.raises(KeyboardInterrupt):
            ask()
        ask()
        ask(signal.SIGHUP)
    assert interrupt.times == 3


def test_a_signal_inside_a_shield_is_noted():
    with Interrupt() as interrupt:
        with interrupt.shield():
            ask()
        assert interrupt.requested


def test_what_an_inner_one_has_noted_counts_for_the_outer():
    with Interrupt() as outer:
        with Interrupt() as inner, inner.shield():
            ask()
        ask()
        assert (inner.times, outer.times) == (1, 2)


def test_once_something_was_changed_signals_are_only_noted_to_the_end():
    with Interrupt() as outer:
        with Interrupt() as inner:
            inner.only_note()
            with inner.shield():
                pass
            ask()
        ask()
        assert (inner.times, outer.times) == (1, 2)


def test_a_shield_ends():
    with Interrupt() as interrupt:
        with interrupt.shield():
            pass
        with pytest.raises(KeyboardInterrupt):
            ask()


def test_what_was_before_is_there_again():
    before = signal.getsignal(signal.SIGTERM)
    with Interrupt():
        pass
    assert signal.getsignal(signal.SIGTERM) == before


def test_the_program_clears_up_however_often_it_is_asked_to_stop():
    """The first one while it works, the others while it ends."""
    text = (
        "import atexit, os, signal\n"
        "from safedeploy.cli import main\n"
        "def ask(): os.kill(os.getpid(), signal.SIGTERM)\n"
        "def end():\n"
        "    ask(); ask(); print('cleared up', flush=True)\n"
        "    assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN  # what Python keeps to its very end\n"
        "atexit.register(end)\n"
        "def app():\n"
        "    try: ask()\n"
        "    except KeyboardInterrupt: raise SystemExit(130)\n"
        "main.app = app\n"
        "main.run()\n"
    )
    done = subprocess.run([sys.executable, "-c", text], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (130, "cleared up\n"), done.stderr
