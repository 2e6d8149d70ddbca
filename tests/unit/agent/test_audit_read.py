"""The audit can be read from outside, piece by piece, and reading it changes nothing."""

from __future__ import annotations

import json
from pathlib import Path

from safedeploy_host.prepare import prepare
from safedeploy_host.protocol import Request

FILES = {"sites/a.conf": b"a"}


def pieces(world, max_bytes):
    offset, found, more = 0, [], True
    while more:
        answer = world.call("audit", offset=offset, max_bytes=max_bytes)
        found += answer["lines"]
        offset, more = answer["offset"], answer["more"]
    return found, offset


def test_a_host_that_was_never_pushed_to_has_none(world):
    assert world.call("audit") == {"lines": [], "offset": 0, "more": False}


def test_all_lines_come_whole_however_small_the_pieces(world):
    world.push(FILES)
    before = world.snapshot()
    lines, _ = pieces(world, 1 << 20)
    assert [json.loads(line)["event"] for line in lines] == ["prepared", "staged", "activated", "confirmed"]
    longest = max(map(len, lines)) + 1
    assert pieces(world, longest)[0] == lines
    assert world.snapshot() == before


def test_what_is_written_later_is_read_from_there_on(world):
    world.push(FILES)
    lines, offset = pieces(world, 1 << 20)
    world.revert()
    later = world.call("audit", offset=offset)["lines"]
    assert [json.loads(line)["event"] for line in later] == ["reverted"]
    assert lines


def test_a_line_that_is_too_long_keeps_nobody_waiting(world):
    world.push(FILES)
    lines, _ = pieces(world, 1 << 20)
    assert set(pieces(world, min(map(len, lines)))[0]) < set(lines)


def test_half_a_line_is_not_read_yet(world):
    world.push(FILES)
    with Path(world.store.log.path).open("ab") as log:
        log.write(b'{"at": "2026')
    lines, _ = pieces(world, 1 << 20)
    assert len(lines) == 4


def test_the_command_is_in_the_audit_where_the_run_tells_it(world):
    request = {"run": "run-1", "holder": "ann", "manifest": world.manifest(FILES)[0], "site": world.site}
    prepare(Request({**request, "command": "rollback"}), world.httpd)
    lines, _ = pieces(world, 1 << 20)
    assert json.loads(lines[0])["command"] == "rollback"
