"""What a host says of itself, read."""

from __future__ import annotations

import pytest

from safedeploy.core.diagnose.seen import HostSeen, host_seen_from_json

ANSWER = {
    "time": 1_795_000_000.5,
    "httpd": {"installed": True, "running": True, "pid_start": "2026-11-27T00:00:00Z", "loaded_at": None},
    "configtest": {"ok": False, "output": "AH00526"},
    "ports": [{"host": "*", "port": 80, "listening": True, "answers": False}, {"port": 443, "listening": False}],
    "workers": {"limit": 150, "busy": None, "idle": None, "processes": 2, "connections": 7},
    "connections": {"total": 7, "waiting": 3, "top": [["192.0.2.1", 5]]},
    "backends": [
        {"name": "db", "port": 80, "scheme": "http", "place": "/a:1", "state": "dns", "why": "no"},
        {"socket": "/run/app.sock", "state": "missing", "why": "x", "ms": None, "status": None},
    ],
    "resources": {
        "memory": {"total": 100, "available": 5, "oom_kills": 1},
        "load": [0.5, 0.4, 0.3],
        "processors": 2,
        "descriptors": {"system": [10, 100], "httpd": {"pid": 1, "used": 5, "limit": 1024}},
        "disks": [{"path": "/var/log", "for": "error log", "free_bytes": 0, "total_bytes": 5, "free_inodes": 1,
                   "total_inodes": 2, "read_only": False}],
    },
    "certificates": [{"path": "/w.pem", "place": "a:1", "names": ["www"], "not_after": 5.0, "error": None}],
    "touched": [{"path": "/etc/a.conf", "at": 5.0, "in_place": False}],
    "network": {"now": {}, "lately": {"retransmitted": 1, "sent": 10}, "conntrack": [1, 2]},
    "notes": ["something"],
}  # fmt: skip


def test_an_answer_is_read():
    found = host_seen_from_json("web1", ANSWER)
    assert (found.silent_ports, found.closed_ports) == ((80,), (443,))
    assert [one.name for one in found.backends] == ["db:80", "/run/app.sock"]
    assert (found.descriptors, found.conntrack, found.waiting) == ((5, 1024), (1, 2), 3)
    assert found.configtest == "AH00526"
    assert found.touched[0].path == "/etc/a.conf"


def test_a_host_that_could_look_at_nothing_is_read():
    found = host_seen_from_json("web1", {"time": 1.0, "httpd": None, "ports": None, "notes": []})
    assert isinstance(found, HostSeen)
    assert (found.installed, found.running, found.memory_total) == (False, None, None)


@pytest.mark.parametrize(
    "wrong",
    [
        {"ports": {}},
        {"ports": [7]},
        {"backends": "none"},
        {"resources": {"disks": 5}},
        {"resources": {"descriptors": {"httpd": {"used": 1}}}},
        {"resources": []},
        {"network": {"conntrack": [1]}},
        {"connections": {"top": [5]}},
        {"time": float("nan"), "workers": {"limit": float("inf")}},
        {"touched": [{"path": "/a"}]},
    ],
)
def test_an_answer_of_another_shape_is_refused(wrong):
    with pytest.raises(ValueError, match="web1 answered 'diagnose'"):
        host_seen_from_json("web1", {**ANSWER, **wrong})


def test_no_text_of_a_host_can_move_the_cursor():
    hostile = {"backends": [{"name": "a\x1b[2J", "port": 1, "state": "refused", "why": "\x1b]0;x\x07"}]}
    (backend,) = host_seen_from_json("web1", {**ANSWER, **hostile}).backends
    assert "\x1b" not in backend.name + backend.why
