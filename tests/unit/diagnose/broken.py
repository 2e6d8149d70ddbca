"""A fleet for each way to break one, by the cause that is to be named for it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from safedeploy.core.diagnose.seen import Backend, Certificate, Port, Touched, Workers
from safedeploy.core.drift import DriftItem, DriftKind
from safedeploy.core.log_window import Clients, Often
from tests.unit.diagnose.fleets import API, BEGAN, NOW, WELL, change, fleet, host, line, window

REFUSED = (Backend(name="127.0.0.1:9000", place=f"{API}:19", state="refused", why="Connection refused"),)
NO_ANSWER = (Backend(name="10.0.0.9:8080", place=f"{API}:19", state="timeout", why="no answer"),)
NO_NAME = (Backend(name="db.internal:8080", place=f"{API}:19", state="dns", why="Name or service not known"),)
FAILING = (Backend(name="127.0.0.1:9000", place=f"{API}:19", state="ok", why="", ms=4.0, status=503),)
MUTE = (Backend(name="127.0.0.1:9000", place=f"{API}:19", state="mute", why="answers nothing"),)
BAD = window(bad=0.2)


def iso(at):
    return datetime.fromtimestamp(at, UTC).isoformat()


def edited(name, at=BEGAN - 20, path=API, kind=DriftKind.EDITED, **more):
    return DriftItem(
        host=name, kind=kind, text="differs from release abc", fingerprint="f", path=path, changed=iso(at), **more
    )


BROKEN = {
    "change": fleet(*[host(BAD)] * 3, changes=(change(),)),
    "change-of-the-backends-address": fleet(*[host(BAD, backends=REFUSED)] * 3, changes=(change(),)),
    "change-of-some-hosts": fleet(host(BAD), changes=(change(hosts=("web1",)),)),
    "hand-edit": fleet(host(BAD, drift=(edited("web1"),))),
    "hand-edit-of-the-backends-address": fleet(host(BAD, drift=(edited("web1"),), backends=REFUSED)),
    "hand-edit-of-what-is-not-managed": fleet(
        host(BAD, touched=(Touched(path="/var/www/.htaccess", at=BEGAN - 5, in_place=True),))
    ),
    "httpd": fleet(host(running=False, ports=(Port(port=80, listening=False),))),
    "httpd-that-does-not-load": fleet(host(running=False, configtest="AH00526: Syntax error on line 3 of /etc/a.conf")),
    "httpd-that-does-not-listen": fleet(host(ports=(Port(port=443, listening=False),))),
    "backend": fleet(*[host(BAD, backends=REFUSED)] * 3),
    "backend-long-after-a-change": fleet(*[host(BAD, backends=REFUSED)] * 3, changes=(change(at=BEGAN - 50_000),)),
    "network": fleet(*[host(BAD, backends=NO_ANSWER)] * 3),
    "network-without-names": fleet(*[host(BAD, backends=NO_NAME)] * 3),
    "upstream": fleet(*[host(BAD, backends=FAILING)] * 3),
    "upstream-that-does-not-answer": fleet(*[host(window(bad=0.5, symptom="slow"), backends=MUTE)] * 3),
    "workers": fleet(host(ports=(Port(port=80, listening=True, answers=False),), workers=Workers(limit=150, busy=150))),
    "workers-kept-by-one-client": fleet(
        host(
            window(bad=0.5, symptom="slow"),
            workers=Workers(limit=150, busy=None, connections=150),
            ports=(Port(port=80, listening=True, answers=False),),
            waiting=50,
            clients=(("192.0.2.9", 140),),
        )
    ),
    "descriptors": fleet(host(BAD, descriptors=(1020, 1024)), lines=(line("(24)Too many open files: AH00056"),)),
    "disk": fleet(host(BAD, disks=(replace(WELL.disks[0], free_bytes=0),))),
    "disk-without-inodes": fleet(host(BAD, disks=(replace(WELL.disks[0], free_inodes=0),))),
    "disk-read-only": fleet(host(BAD, disks=(replace(WELL.disks[0], read_only=True),))),
    "memory": fleet(host(BAD, memory_available=60 << 20), lines=(line("(12)Cannot allocate memory: AH00159"),)),
    "certificate": fleet(
        *[host(certificates=(Certificate(path="/w.pem", place="", names=("www",), not_after=NOW - 60, error=None),))]
        * 3
    ),
    "files": fleet(*[host(BAD)] * 3, lines=(line("(13)Permission denied: AH00132: file permissions", "AH00132"),)),
    "application": fleet(*[host(BAD)] * 3, lines=(line("AH01215: Traceback: no module named shop", "AH01215"),)),
    "flood": fleet(
        *[
            host(
                window(bad=0.2, times=12),
                workers=Workers(limit=150, busy=120),
            )
        ]
        * 3
    ),
    "flood-of-one-client": fleet(
        *[
            host(
                window(
                    bad=0.2,
                    times=8,
                    top_clients=(Often(text="192.0.2.66", requests=60_000, server_errors=9),),
                    clients=Clients(hashes=tuple(range(50))),
                ),
            )
        ]
        * 3
    ),
}
