"""Take a server of HAProxy out of service, or put it back, and wait until that is so.

usage: haproxy_server.py SOCKET drain|ready BACKEND[,BACKEND...] SERVER SECONDS

SOCKET is HAProxy's admin socket (`stats socket ... level admin`): a path, or ADDRESS:PORT. `drain`: no new requests,
and wait until those that are under way have ended. `ready`: serve again, and wait until the checks say that it is up.
Ends with 1 and a sentence when that is not so after SECONDS. Python 3.8 or later, and nothing else.
"""

# ruff: noqa: INP001 - a program by itself, which Ansible's `script` carries to where HAProxy runs
from __future__ import annotations

import csv
import socket
import sys
import time


def ask(place: str, command: str) -> str:
    """One command on the admin socket, and its answer."""
    local = place.startswith("/")
    connection = socket.socket(socket.AF_UNIX if local else socket.AF_INET)
    host, _, port = place.rpartition(":")
    with connection:
        connection.settimeout(5)
        connection.connect(place if local else (host, int(port)))
        connection.sendall(command.encode() + b"\n")
        parts = iter(lambda: connection.recv(65536), b"")
        return b"".join(parts).decode(errors="replace").strip()


def seen(place: str, backend: str, server: str) -> dict[str, str]:
    """The line of `show stat` about a server, by the names of its columns."""
    lines = ask(place, "show stat").lstrip("# ").splitlines()
    for row in csv.DictReader(lines):
        if (row["pxname"], row["svname"]) == (backend, server):
            return row
    sys.exit(f"HAProxy at {place} has no server {backend}/{server}")


def there(row: dict[str, str], wanted: str) -> bool:
    """Whether a server is where it is to be."""
    if wanted == "drain":
        return row["scur"] == "0"
    return row["status"].startswith("UP") or row["status"] == "no check"


def main(place: str, wanted: str, backends: list[str], server: str, seconds: float) -> None:
    """Tell HAProxy for every backend first, then wait for each."""
    deadline = time.monotonic() + seconds
    for backend in backends:
        seen(place, backend, server)
        answer = ask(place, f"set server {backend}/{server} state {wanted}")
        if answer:
            sys.exit(f"HAProxy at {place}: {backend}/{server}: {answer}")
    for backend in backends:
        while not there(row := seen(place, backend, server), wanted):
            if time.monotonic() > deadline:
                now = f"{row['status']} with {row['scur']} requests under way"
                sys.exit(f"HAProxy at {place}: {backend}/{server} is still {now} after {seconds:g} s")
            time.sleep(0.1)


if __name__ == "__main__":
    if len(sys.argv) != 6 or sys.argv[2] not in {"drain", "ready"}:
        sys.exit(__doc__)
    main(sys.argv[1], sys.argv[2], sys.argv[3].split(","), sys.argv[4], float(sys.argv[5]))
