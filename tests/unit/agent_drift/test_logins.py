"""Who was logged in when, from the records of wtmp."""

from __future__ import annotations

import shutil
import struct
import subprocess

import pytest
from safedeploy_host.drift import logins

SHAPES = {
    384: struct.Struct("<hxxi32s4s32s256shhiii16s20s"),
    400: struct.Struct("<hxxi32s4s32s256shhqqq16s20sxxxx"),
}


def record(kind, line, user, at, source="", *, size=384):
    return SHAPES[size].pack(kind, 1, line.encode(), b"", user.encode(), source.encode(), 0, 0, 0, at, 0, b"", b"")


@pytest.mark.parametrize("size", [384, 400])
def test_a_session_lasts_from_its_login_to_its_logout(size):
    assert SHAPES[size].size == size
    content = record(7, "pts/0", "alice", 100, "192.0.2.7", size=size) + record(8, "pts/0", "", 200, size=size)
    (session,) = logins.read(content)
    assert (session.user, session.source) == ("alice", "192.0.2.7")
    assert [session.covers(at) for at in (99, 100, 200, 201)] == [False, True, True, False]


def test_a_session_without_a_logout_lasts_and_a_start_of_the_host_ends_all():
    content = record(7, "pts/0", "alice", 100) + record(2, "~", "reboot", 300) + record(7, "pts/1", "bob", 400)
    alice, bob = logins.read(content)
    assert (alice.until, bob.until) == (300, None)


@pytest.mark.parametrize("content", [b"", b"x" * 384, b"\xff" * 400, b"short"])
def test_what_is_not_understood_tells_of_nobody(content):
    assert logins.read(content) == []


def test_what_the_system_s_own_tool_reads_is_read_alike(tmp_path):
    if shutil.which("utmpdump") is None:
        pytest.skip("utmpdump is not installed")
    text = (
        "[7] [01234] [ts/0] [alice   ] [pts/0       ] [192.0.2.7           ] [192.0.2.7      ] "
        "[2026-11-26T03:12:44,000000+00:00]\n"
    )
    made = subprocess.run(["utmpdump", "-r"], input=text.encode(), capture_output=True, check=True).stdout
    (session,) = logins.read(made)
    assert (session.user, session.line, session.since) == ("alice", "pts/0", 1795662764.0)
