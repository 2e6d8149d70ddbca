"""What hosts counted in their logs, read and put together."""

from __future__ import annotations

import pytest

from safedeploy.core.log_window import log_window_from_json, merged

START = 1_795_000_000.0


def answer(**more):
    return {
        "since": START,
        "until": START + 600,
        "step": 60,
        "sites": {
            "www": {
                "requests": 10,
                "server_errors": 2,
                "client_errors": 1,
                "latency": [0, 10],
                "series": [[START, 4, 0, 1, 0], [START + 60, 6, 2, 0, 1]],
            }
        },
        "clients": {"all": {"hashes": [1, 2], "exact": True}, "affected": {"hashes": [2], "exact": True}},
        "top": {"clients": [["192.0.2.1", 9, 1]], "failing": [["/a", 5, 2]]},
        "errors": [{"key": "AH1", "level": "error", "count": 3, "first": START, "last": START + 5, "sample": "x"}],
        **more,
    }


def test_an_answer_is_read():
    found = log_window_from_json("www1", answer())
    assert (found.requests, found.server_errors, found.clients.number, found.affected.number) == (10, 2, 2, 1)
    assert [(one.start, one.requests) for one in found.series] == [(START, 4), (START + 60, 6)]
    assert found.errors[0].first == START


def test_hosts_are_put_together():
    other = answer(
        clients={"all": {"hashes": [2, 3], "exact": True}, "affected": {"hashes": [], "exact": True}},
        top={"failing": [["/b", 7, 7], ["/a", 1, 1]]},
        errors=[{"key": "AH1", "level": "error", "count": 1, "first": START - 5, "last": START, "sample": "y"}],
        notes=["something was left out"],
    )
    both = merged([log_window_from_json("www1", answer()), log_window_from_json("www2", other)])
    assert (both.requests, both.server_errors, both.clients.number, both.affected.number) == (20, 4, 3, 1)
    assert [(one.requests, one.slow) for one in both.series] == [(8, 0), (12, 2)]
    assert both.sites["www"].latency == (0, 20)
    assert [(one.text, one.server_errors) for one in both.failing] == [("/b", 7), ("/a", 3)]
    assert (both.errors[0].count, both.errors[0].first, both.errors[0].last) == (4, START - 5, START + 5)
    assert both.notes == ("something was left out",)


def test_no_hosts_are_no_window():
    assert merged([]) is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"sites": [1]},
        {"sites": {"www": {"requests": "many", "server_errors": 0, "client_errors": 0}}},
        {"sites": {"www": {"requests": 1, "server_errors": 0, "client_errors": 0, "series": [[1, 2]]}}},
        {"since": None},
        {"since": float("nan")},
        {"clients": {"all": {"hashes": "no list"}}},
        {"top": {"paths": [["/", 1]]}},
        {"errors": "none"},
        {"notes": 7},
    ],
)
def test_an_answer_of_another_shape_is_refused(wrong):
    with pytest.raises(ValueError, match="www1 answered 'logs'"):
        log_window_from_json("www1", answer(**wrong))


def test_no_text_of_a_host_can_move_the_cursor():
    found = log_window_from_json("www1", answer(top={"paths": [["/\x1b[2J", 1, 0]]}))
    assert "\x1b" not in found.top_paths[0].text


def test_lists_are_bounded():
    row = [START, 1, 0, 0, 0]
    site = {"requests": 1, "server_errors": 0, "client_errors": 0, "latency": [0] * 999, "series": [row] * 9999}
    found = log_window_from_json("www1", answer(sites={f"s{n}": site for n in range(999)}))
    assert len(found.sites) <= 201
    assert len(found.sites["s0"].latency) <= 36
    assert len(found.sites["s0"].series) <= 3001
