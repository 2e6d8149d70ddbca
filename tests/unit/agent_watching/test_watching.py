"""Following logs on a host: quick reading that agrees with the slow one, and files that move away below it."""

from __future__ import annotations

import os

import pytest
from safedeploy_host.probes.log_format import COMMON, Parser
from safedeploy_host.watching import tick
from safedeploy_host.watching.followed import Followed
from safedeploy_host.watching.quick_format import QuickFormat

FORMATS = [
    COMMON,
    '%h %l %u %t "%r" %>s %O "%{Referer}i" "%{User-Agent}i"',
    '%v:%p %h %l %u %t "%r" %>s %O "%{Referer}i" "%{User-Agent}i" %D',
    "%a %{c}a %>s %{ms}T %v %U%q",
    '{"status":%>s,"host":"%v","client":"%a","us":%D,"agent":"%{User-Agent}i"}',
    "%>s",
]
VALUES = {
    "%h": "192.0.2.1", "%l": "-", "%u": "jo hn", "%t": "[27/Nov/2026:10:00:00 +0000]", "%r": 'GET /a\\"b HTTP/1.1',
    "%>s": "503", "%O": "12", "%{Referer}i": "-", "%{User-Agent}i": 'Mozilla \\"x\\" (y)', "%v": "www.example.test",
    "%p": "443",
    "%D": "1500000", "%a": "2001:db8::1", "%{c}a": "10.0.0.1", "%{ms}T": "1500", "%U": "/a b", "%q": "?x=1", "%b": "-",
}  # fmt: skip


def written(text):
    for item in sorted(VALUES, key=len, reverse=True):
        text = text.replace(item, VALUES[item])
    return text


@pytest.mark.parametrize("text", FORMATS)
def test_the_quick_reading_agrees_with_the_slow_one(text):
    line = written(text)
    slow = Parser(text).read(line)
    ((site, status, client, took, agent),) = QuickFormat(text).find(f"{line}\n".encode())
    assert status.decode() == slow["status"]
    assert site.decode() == slow.get("server", "")
    assert client.decode() == slow.get("client", slow.get("host", ""))
    assert took.decode() == slow.get("us", slow.get("ms", ""))
    assert (agent != b"") == ("header:user-agent" in slow)


def test_lines_of_another_format_are_not_found_and_hide_no_other():
    text = FORMATS[2]
    data = f"nonsense\n{written(text)}\n\n{written(text)}\n".encode()
    assert len(QuickFormat(text).find(data)) == 2


def test_no_line_can_keep_it_for_long():
    data = ('"' * 2000 + "\\" * 2000 + "\n").encode()
    assert QuickFormat(FORMATS[2]).find(data * 20) == []


@pytest.fixture
def log(tmp_path):
    path = tmp_path / "access.log"
    path.write_text("before\n")
    return path


def add(path, text):
    with path.open("a") as file:
        file.write(text)


def test_only_whole_lines_that_came_since_are_read(log):
    followed = Followed(str(log))
    add(log, "one\ntw")
    assert followed.read() == b"one\n"
    add(log, "o\n")
    assert followed.read() == b"two\n"
    assert followed.read() == b""


def test_what_was_written_before_a_rotation_is_read_to_its_end(log):
    followed = Followed(str(log))
    log.rename(f"{log}.1")
    add(log.with_name("access.log.1"), "late\n")
    log.write_text("new\n")
    assert followed.read() == b"late\nnew\n"
    add(log, "more\n")
    assert followed.read() == b"more\n"


def test_a_log_that_is_copied_and_truncated_is_followed(log):
    followed = Followed(str(log))
    add(log, "one\n")
    assert followed.read() == b"one\n"
    log.write_text("x\n")
    assert followed.read() == b"x\n"


def test_a_log_that_is_not_there_yet_is_read_from_its_first_line(tmp_path):
    path = tmp_path / "later.log"
    followed = Followed(str(path))
    assert followed.read() == b""
    path.write_text("first\n")
    assert followed.read() == b"first\n"


def test_it_goes_on_where_an_earlier_one_ended(log):
    first = Followed(str(log))
    add(log, "one\nhalf")
    assert first.read() == b"one\n"
    position = first.position()
    add(log, " and half\n")
    assert Followed(str(log), position).read() == b"half and half\n"


def test_it_goes_on_with_the_new_log_when_the_old_one_is_gone(log):
    position = Followed(str(log)).position()
    log.unlink()
    log.write_text("new\n")
    # A file system may give the new file the number of the old one: then what is shorter was truncated.
    assert Followed(str(log), position).read() in (b"new\n", b"")


def test_a_fifo_keeps_nobody_waiting(tmp_path):
    os.mkfifo(tmp_path / "fifo")
    assert Followed(str(tmp_path / "fifo")).read() == b""


def row(status=b"200", client=b"a", took=b"100", agent=b"Mozilla", site=b"www"):
    return (site, status, client, took, agent)


def test_requests_are_counted_by_site_and_failures_by_client():
    rows = [row(), row(b"500"), row(b"502"), row(b"404", b"b"), row(took=b"2000000"), row(agent=b"safedeploy")]
    found, own = tick.count(rows, "us", "main", b"salt")
    www = found["www"]
    assert (www["requests"], www["server_errors"], www["client_errors"], www["slow"], own) == (5, 2, 1, 1, 1)
    assert [number for _, number in www["failed"]] == [2]
    assert len(www["clients"]) == 2


def test_addresses_of_clients_are_told_as_hashes_alone():
    found, _ = tick.count([row(b"500", b"192.0.2.77")], "us", "main", b"salt")
    assert "192.0.2.77" not in str(found)


def test_logs_of_several_files_are_put_together():
    one, _ = tick.count([row(b"500")], "us", "main", b"")
    two, _ = tick.count([row(b"200", b"b")], "us", "main", b"")
    both = tick.joined([one, two])["www"]
    assert (both["requests"], both["server_errors"], len(both["clients"])) == (2, 1, 2)
