"""Lines of access logs as numbers."""

from __future__ import annotations

import calendar
import time

import pytest
from safedeploy_host.probes.log_format import COMMON, Parser
from safedeploy_host.traffic import logged_time
from safedeploy_host.traffic.counts import LIMITS, LONGEST, Counts
from safedeploy_host.traffic.logs import Log

TIMED = '%v:%p %h %l %u %t "%r" %>s %O "%{Referer}i" "%{User-Agent}i" %D'
NOON = calendar.timegm((2026, 11, 22, 12, 0, 0))


def log(text=TIMED, *sites):
    found = Log("/access.log", "/access.log")
    found.parsers, found.formats = [Parser(text)], [text]
    found.sites = list(sites or ("www.example.test",))
    return found


def line(status=200, *, agent="Mozilla/5.0", micros=1500, at="12:00:00", site="www.example.test"):
    return f'{site}:443 192.0.2.7 - - [22/Nov/2026:{at} +0000] "GET /a HTTP/1.1" {status} 512 "-" "{agent}" {micros}'


def counted(lines, text=TIMED, after=None, **more):
    counts = Counts(after)
    counts.add(more.get("log") or log(text), lines, more.get("deadline", time.monotonic() + 60))
    return counts


def site(counts, name="www.example.test"):
    return counts.sites[name]


def test_requests_and_errors_are_counted_by_their_status():
    found = site(counted([line(200), line(304), line(404), line(500), line(503)]))
    assert (found["requests"], found["client_errors"], found["server_errors"]) == (5, 1, 2)


def test_each_virtual_host_has_its_own_numbers():
    counts = counted([line(site="a.example"), line(500, site="b.example")])
    assert {name: found["server_errors"] for name, found in counts.sites.items()} == {"a.example": 0, "b.example": 1}


def test_safedeploy_s_own_requests_are_not_visitors():
    counts = counted([line(500, agent="safedeploy"), line(200)])
    assert (counts.own, site(counts)["requests"], site(counts)["server_errors"]) == (1, 1, 0)


def test_httpd_s_requests_to_itself_are_not_visitors():
    counts = counted([line(agent="Apache/2.4.62 (Debian) OpenSSL/3 (internal dummy connection)")])
    assert (counts.own, counts.sites) == (1, {})


def test_a_visitor_who_only_names_safedeploy_is_counted():
    assert site(counted([line(agent="safedeployed/1.0")]))["requests"] == 1


def test_a_format_without_a_user_agent_is_said():
    counts = counted(['192.0.2.7 - - [22/Nov/2026:12:00:00 +0000] "GET / HTTP/1.1" 200 1'], COMMON)
    assert any("has no User-Agent" in note for note in counts.notes())


@pytest.mark.parametrize(
    ("text", "value", "milliseconds"),
    [("%D", "250000", 250), ("%{us}T", "250000", 250), ("%{ms}T", "250", 250), ("%T", "4", 4000), ("%{s}T", "4", 4000)],
)
def test_how_long_it_took_is_known_in_each_unit(text, value, milliseconds):
    counts = counted([f'"GET / HTTP/1.1" 200 {value}'], f'"%r" %>s {text}')
    buckets = site(counts)["latency"]
    assert sum(buckets) == 1
    bucket = buckets.index(1)
    assert LIMITS[bucket - 1] <= milliseconds < LIMITS[bucket]


def test_without_a_time_in_the_format_there_is_no_latency():
    counts = counted(['"GET / HTTP/1.1" 200'], '"%r" %>s')
    assert sum(site(counts)["latency"]) == 0


def test_lines_that_are_not_of_the_format_are_said_and_not_counted():
    counts = counted(["garbage", "\x00" * 50, line(), line().replace(" 200 ", " 2x0 "), ""])
    assert site(counts)["requests"] == 1
    assert "3 lines of access logs are not in the format that is configured" in counts.notes()


def test_only_lately_counts_when_asked_so():
    lines = [line(at="11:49:59"), line(at="11:50:00"), line(at="12:00:00")]
    assert site(counted(lines, after=NOON - 600))["requests"] == 2


def test_what_is_counted_in_another_log_is_left_out_here():
    shared = log()
    shared.elsewhere = {"a.example"}
    assert set(counted([line(site="a.example"), line(site="b.example")], log=shared).sites) == {"b.example"}


def test_no_time_left_ends_the_count_and_is_said():
    counts = counted([line()] * 5, deadline=time.monotonic() - 1)
    assert counts.sites == {}
    assert "was not read to its end" in counts.notes()[0]


def test_no_time_left_ends_the_count_after_any_line():
    counts = Counts()

    def slow():
        yield line()
        time.sleep(0.2)
        yield line()

    counts.add(log(), slow(), time.monotonic() + 0.1)
    assert site(counts)["requests"] == 1


def test_a_line_that_would_take_long_to_read_is_said_and_not_counted():
    began = time.monotonic()
    counts = counted([': [a] "' * LONGEST] * 100 + [line()])
    assert site(counts)["requests"] == 1
    assert counts.notes() == [f"100 lines of access logs are longer than {LONGEST} characters"]
    assert time.monotonic() - began < 10


def test_names_without_end_are_bounded():
    counts = counted([line(site=f"h{number}.example") for number in range(300)])
    assert len(counts.sites) == 201
    assert sum(found["requests"] for found in counts.sites.values()) == 300


@pytest.mark.parametrize(
    ("facts", "moment"),
    [
        ({"time": "[22/Nov/2026:12:00:00 +0000]"}, NOON),
        ({"time": "[22/Nov/2026:14:00:00 +0200]"}, NOON),
        ({"time": "[22/Nov/2026:06:30:00 -0530]"}, NOON),
        ({"time:sec": str(NOON)}, NOON),
        ({"time:begin:msec": f"{NOON}000"}, NOON),
        ({"time:%Y-%m-%dT%H:%M:%S": "2026-11-22T12:00:00", "time:msec_frac": "123", "time:%z": "+0000"}, NOON),
        ({"time": "[gibberish]"}, None),
        ({"time": ""}, None),
        ({"time:%Y": "x"}, None),
        ({"time:%H:%M": "12:00"}, None),
        ({}, None),
    ],
)
def test_the_time_of_a_line_is_read_in_every_usual_form(facts, moment):
    assert logged_time.moment(facts) == moment


def test_a_hundred_thousand_lines_take_seconds_and_not_minutes():
    began = time.monotonic()
    counts = counted([line()] * 20_000)
    assert site(counts)["requests"] == 20_000
    assert time.monotonic() - began < 10
