"""A fleet of three hosts as a diagnosis sees it: well, or with one thing wrong."""

from __future__ import annotations

from dataclasses import replace

from safedeploy.core.diagnose.evidence import Change, Evidence, HostEvidence, Line
from safedeploy.core.diagnose.seen import Backend, Certificate, Disk, HostSeen, Port, Workers
from safedeploy.core.log_window import Clients, LogWindow, Often, SiteCount, Step

NOW = 1_795_000_000.0
BEGAN = NOW - 600
SINCE = NOW - 7200
STEP = 10.0
HOSTS = ("web1", "web2", "web3")
API = "/etc/apache2/sites-available/api.conf"

WELL = HostSeen(
    time=NOW,
    running=True,
    started="2026-11-01T00:00:00Z",
    loaded_at="2026-11-01T00:00:00Z",
    ports=(Port(port=80, listening=True, answers=True), Port(port=443, listening=True, answers=True)),
    workers=Workers(limit=150, busy=4, connections=9),
    backends=(Backend(name="127.0.0.1:9000", place=f"{API}:19", state="ok", why="", ms=1.0, status=200),),
    disks=(
        Disk(path="/var/log", use="access log", free_bytes=9 << 30, total_bytes=10 << 30, free_inodes=9000,
             total_inodes=10000, read_only=False),
    ),
    certificates=(
        Certificate(path="/etc/ssl/www.pem", place="www.conf:3", names=("www",), not_after=NOW + 9e6, error=None),
    ),
    memory_total=8 << 30,
    memory_available=6 << 30,
    descriptors=(25, 8192),
    system_descriptors=(900, 100000),
    retransmitted=0,
    sent=500,
)  # fmt: skip


def window(rate=10, bad=0.0, usual=0.0, *, began=BEGAN, times=1.0, symptom="server_errors", **more):
    """Logs of one host: `rate` requests a second; from `began` on `times` as many, and a share of `bad` ones."""
    steps = []
    owed = 0.0
    for number in range(int((NOW - SINCE) / STEP)):
        at = SINCE + number * STEP
        late = at >= began
        requests = round(rate * STEP * (times if late else 1.0))
        owed += requests * (bad if late else usual)
        counted, owed = int(owed), owed - int(owed)
        steps.append(Step(start=at, requests=requests, **{symptom: counted}))
    every = sum(one.requests for one in steps)
    site = SiteCount(requests=every, server_errors=sum(one.server_errors for one in steps), series=tuple(steps))
    return LogWindow(
        since=SINCE,
        until=NOW,
        step=STEP,
        sites={"www": site},
        clients=more.pop("clients", Clients(hashes=tuple(range(200)))),
        top_clients=more.pop("top_clients", (Often(text="192.0.2.1", requests=every // 50, server_errors=0),)),
        **more,
    )


def host(logs=None, drift=(), **changed):
    """One host; `changed` are members of what it saw of itself."""
    return HostEvidence(seen=replace(WELL, **changed), window=logs or window(), drift=drift)


def fleet(*hosts, **more):
    """The evidence of a fleet: the given hosts, then ones that are well."""
    known = dict(zip(HOSTS, hosts, strict=False))
    every = {name: known.get(name) or host() for name in HOSTS}
    return Evidence(environment="prod", since=SINCE, until=NOW, hosts=every, **more)


def change(at=BEGAN - 30, hosts=HOSTS, **more):
    """A push that took half a minute."""
    given = {"run": "r1", "command": "push", "actor": "ops", "reason": "", "release": "abc", "paths": (API,), **more}
    return Change(at=at, ended=at + 30, hosts=tuple(hosts), **given)


def line(text, key="", first=BEGAN, hosts=HOSTS, **more):
    """A kind of message of the error logs."""
    given = {"count": 40, **more}
    return Line(key=key or text, text=text, first=first, last=NOW, hosts=tuple(hosts), **given)
