"""What sudo and su wrote down, and how little of it is told."""

from __future__ import annotations

import calendar
import os
import time

import pytest
from safedeploy_host.drift import auth_log

NOW = float(calendar.timegm((2026, 11, 26, 12, 0, 0)))
SUDO = "sudo: {}    alice : TTY=pts/0 ; PWD=/home/ops ; USER=root ; COMMAND={}"


@pytest.fixture(autouse=True)
def _utc(monkeypatch):
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def read(tmp_path, *lines):
    log = tmp_path / "auth.log"
    log.write_text("\n".join(lines) + "\n")
    return auth_log.commands(NOW, [str(log)])


@pytest.mark.parametrize(
    ("begin", "at"),
    [
        ("Nov 26 03:12:44 web1 ", (2026, 11, 26, 3, 12, 44)),
        ("Dec  1 03:12:44 web1 ", (2025, 12, 1, 3, 12, 44)),
        ("2026-11-26T03:12:44.123456+02:00 web1 ", (2026, 11, 26, 1, 12, 44)),
        ("2026-11-26T03:12:44Z web1 ", (2026, 11, 26, 3, 12, 44)),
    ],
)
def test_the_times_of_all_usual_forms_are_understood(tmp_path, begin, at):
    (command,) = read(tmp_path, begin + SUDO.format("", "/usr/bin/vim a.conf"))
    assert command.at == calendar.timegm(at)
    assert (command.by, command.user) == ("alice", "root")


def test_arguments_are_told_only_where_they_name_the_file(tmp_path):
    edit, other = read(
        tmp_path,
        "Nov 26 03:12:44 web1 " + SUDO.format("", "/usr/bin/vim /etc/apache2/a.conf"),
        "Nov 26 03:12:45 web1 " + SUDO.format("", "/usr/bin/mysql --password=hunter2"),
    )
    assert edit.told("/etc/apache2/a.conf") == "alice ran as root: /usr/bin/vim /etc/apache2/a.conf"
    assert other.told("/etc/apache2/a.conf") == "alice ran as root: /usr/bin/mysql ..."


def test_who_became_root_by_su_is_told_and_all_else_is_passed_over(tmp_path):
    (command,) = read(
        tmp_path,
        "Nov 26 03:12:44 web1 su[12]: (to root) alice on pts/0",
        "Nov 26 03:12:44 web1 sshd[12]: Accepted publickey for alice",
        "Nov 26 03:12:44 web1 cron: alice : USER=root ; COMMAND=/bin/false",
        "nothing of the kind",
        "Nov 99 03:12:44 web1 sudo: x",
    )
    assert command.told("/x") == "alice became root"


def test_of_a_log_without_end_only_the_last_part_is_read(tmp_path):
    line = "Nov 26 03:12:44 web1 " + SUDO.format("", "/bin/true")
    found = read(tmp_path, *[line] * 20000)
    assert 0 < len(found) < 8000


def test_lines_that_are_made_to_keep_the_look_waiting_do_not(tmp_path):
    evil = "Nov 26 03:12:44 web1 sudo: alice : " + "; USER=x ; " * 40_000
    began = time.monotonic()
    assert read(tmp_path, evil, *["Nov 26 03:12:44 web1 sudo: alice : " + "; USER=x ; " * 90] * 500) == []
    assert time.monotonic() - began < 10


def test_a_log_that_is_not_there_or_is_a_pipe_tells_nothing(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    assert auth_log.commands(NOW, [str(tmp_path / "none"), str(tmp_path / "pipe")]) == []
