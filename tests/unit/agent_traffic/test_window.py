"""What is counted between two moments: rotated lines, steps, sketches of clients, kinds of messages."""

from __future__ import annotations

import gzip
import os
import time

import pytest
from safedeploy_host.probes.log_format import Parser
from safedeploy_host.traffic import dated, window_errors
from safedeploy_host.traffic.logs import Log
from safedeploy_host.traffic.most import ROOM, Most
from safedeploy_host.traffic.window_counts import WindowCounts

START = 1_795_000_000.0
FORMAT = '%h %l %u %{sec}t "%r" %>s %O "%{User-Agent}i" %D'


def moment(line):
    text = line.partition(" ")[0]
    return float(text) if text.isdigit() else None


def number(line):
    return int(line.split()[1])


def written(path, first, last, step=1.0):
    """A log with one line for each number, a `step` of seconds apart."""
    path.write_text("".join(f"{int(START + n * step)} {n} {'x' * 90}\n" for n in range(first, last)))
    os.utime(path, (START + last * step, START + last * step))
    return path


def read(path, since, until, most=64 << 20, notes=None):
    reading = dated.Reading(most, time.monotonic() + 30, [] if notes is None else notes)
    found = dated.lines(str(path), START + since, START + until, moment, reading)
    return [number(line) for line in found if START + since <= moment(line) < START + until]


@pytest.mark.parametrize(("since", "until"), [(0, 1), (5_000, 5_060), (39_000, 50_000), (0, 50_000), (19_999, 20_001)])
def test_lines_of_a_window_are_found_wherever_they_are(tmp_path, since, until):
    log = written(tmp_path / "access.log", 0, 40_000)
    assert read(log, since, until) == list(range(since, min(until, 40_000)))


def test_a_window_before_and_after_the_log_is_empty(tmp_path):
    log = written(tmp_path / "access.log", 0, 4_000)
    assert read(log, -900, -300) == []
    assert read(log, 9_000, 9_300) == []


def test_only_the_part_of_a_large_log_that_is_asked_for_is_read(tmp_path):
    log = written(tmp_path / "access.log", 0, 400_000)
    reading = dated.Reading(64 << 20, time.monotonic() + 30, [])
    lines = list(dated.lines(str(log), START + 200_000, START + 200_060, moment, reading))
    assert len(lines) < 2_000


def test_rotated_and_compressed_logs_are_read_in_the_order_of_their_times(tmp_path):
    log = tmp_path / "access.log"
    with gzip.open(f"{log}.2.gz", "wt") as stream:
        stream.write("".join(f"{int(START + n)} {n} old\n" for n in range(1_000)))
    os.utime(f"{log}.2.gz", (START + 1_000, START + 1_000))
    written(tmp_path / "access.log.1", 1_000, 2_000)
    written(log, 2_000, 3_000)
    assert read(log, 500, 2_500) == list(range(500, 2_500))


def test_a_rotated_log_of_another_time_is_not_opened(tmp_path):
    (tmp_path / "access.log.1.gz").write_bytes(b"this is not compressed")
    os.utime(tmp_path / "access.log.1.gz", (START - 900, START - 900))
    notes = []
    assert read(written(tmp_path / "access.log", 0, 100), 0, 100, notes=notes) == list(range(100))
    assert notes == []


def test_a_damaged_compressed_log_is_said_and_the_rest_is_read(tmp_path):
    (tmp_path / "access.log.1.gz").write_bytes(b"this is not compressed")
    os.utime(tmp_path / "access.log.1.gz", (START + 50, START + 50))
    notes = []
    assert read(written(tmp_path / "access.log", 0, 100), 0, 100, notes=notes) == list(range(100))
    assert "access.log.1.gz cannot be read" in notes[0]


def test_of_too_much_the_newest_is_read_and_that_is_said(tmp_path):
    notes = []
    log = written(tmp_path / "access.log", 0, 40_000)
    found = read(log, 0, 40_000, most=100_000, notes=notes)
    assert found[-1] == 39_999
    assert 500 < len(found) < 1_000
    assert "only the last 100000 bytes" in notes[0]


def test_a_fifo_in_the_place_of_a_log_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "access.log")
    assert read(tmp_path / "access.log", 0, 10) == []


def test_lines_without_a_time_do_not_stop_the_search(tmp_path):
    log = written(tmp_path / "access.log", 0, 20_000)
    text = log.read_text().splitlines(keepends=True)
    log.write_text("".join(line + ("Traceback: no time here\n" if n % 3 == 0 else "") for n, line in enumerate(text)))
    reading = dated.Reading(64 << 20, time.monotonic() + 30, [])
    lines = [line for line in dated.lines(str(log), START + 10_000, START + 10_060, moment, reading) if moment(line)]
    inside = [number(line) for line in lines if START + 10_000 <= moment(line) < START + 10_060]
    assert inside == list(range(10_000, 10_060))


def log_of(text=FORMAT):
    log = Log("access.log", "/var/log/access.log")
    log.parsers, log.sites = [Parser(text)], ["www"]
    return log


def line(at, status=200, *, path="/", agent="Mozilla", took=1000):
    return f'192.0.2.1 - - {int(START + at)} "GET {path} HTTP/1.1" {status} 10 "{agent}" {took}'


def counted(*lines, until=600, log=None):
    found = WindowCounts(START, START + until, 60, b"")
    found.add(log or log_of(), lines)
    return found


def test_requests_are_counted_step_by_step():
    found = counted(line(-1), line(0), line(59, 500), line(60, 404, took=1_500_000), line(600)).to_json()["sites"][
        "www"
    ]
    assert (found["requests"], found["server_errors"], found["client_errors"]) == (3, 1, 1)
    assert found["series"] == [[START, 2, 1, 0, 0], [START + 60, 1, 0, 1, 1]]


def test_paths_are_told_without_their_queries_and_the_failing_ones_apart():
    top = counted(line(1, path="/a?token=secret"), line(2, 502, path="/b?x=1"), line(3, path="/a")).to_json()["top"]
    assert top["paths"] == [["/a", 2, 0], ["/b", 1, 1]]
    assert top["failing"] == [["/b", 1, 1]]


def test_own_requests_are_not_visitors():
    found = counted(line(1, agent="safedeploy"), line(2)).to_json()
    assert (found["own"], found["sites"]["www"]["requests"]) == (1, 1)


def test_a_format_without_a_time_is_said_and_not_counted():
    found = counted("x", log=log_of('%h "%r" %>s'))
    assert found.to_json()["sites"] == {}
    assert "has no time" in found.notes()[0]


def test_lines_of_another_format_are_said():
    assert counted("what is this", line(1)).notes() == [
        "1 lines of access logs are not in the format that is configured"
    ]


def test_what_comes_often_is_remembered_among_any_number_of_others():
    most = Most()
    for n in range(3 * ROOM):
        most.add(f"/random/{n}", 0)
        if n % 3 == 0:
            most.add("/often", 1)
    assert most.by_requests()[0][:2] == ["/often", ROOM]


def error(at, text):
    return time.strftime("[%a %b %d %H:%M:%S.123456 %Y]", time.localtime(START + at)) + f" [core:error] [pid 7] {text}"


def test_messages_are_counted_with_their_first_and_last_time():
    found = window_errors.WindowErrors(START, START + 100)
    found.add([error(-5, "AH00001: x"), error(3, "AH00001: x"), error(90, "AH00001: x"), error(120, "AH00001: x")])
    (kind,) = found.to_json()
    assert (kind["key"], kind["count"], kind["first"], kind["last"]) == ("AH00001", 2, START + 3, START + 90)


def test_a_message_without_a_time_has_that_of_the_line_before():
    found = window_errors.WindowErrors(START, START + 100)
    found.add([error(200, "later"), "[core:error] AH00002: no time of its own"])
    assert found.to_json() == []
