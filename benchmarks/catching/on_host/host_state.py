"""What the host that a change meets is like: run at the host's boot, before httpd starts.

A program for the host's own Python: `host_state.py FILE`, with JSON {"name", "addresses", "srv", "sysctl", "ports"}.
`ports` are held by a process of its own, on all addresses of both families.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path


def main() -> None:
    """Make it so, and leave a process behind if ports are to be held."""
    wanted = json.loads(Path(sys.argv[1]).read_text())
    socket.sethostname(wanted["name"])
    for address in wanted["addresses"]:
        subprocess.run(["ip", "address", "add", f"{address}/32", "dev", "lo"], check=True)
    subprocess.run(["mount", "--bind", wanted["srv"], "/srv"], check=True)
    for name, value in wanted["sysctl"].items():
        Path("/proc/sys", *name.split(".")).write_text(value)
    sockets = [listening(port) for port in wanted["ports"]]
    if sockets and os.fork() == 0:
        os.setsid()
        nothing = os.open("/dev/null", os.O_RDWR)
        for descriptor in (0, 1, 2):
            os.dup2(nothing, descriptor)
        while True:
            signal.pause()


def listening(port: int) -> socket.socket:
    """A socket that takes the port on every address."""
    held = socket.socket(socket.AF_INET6)
    held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    held.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
    held.bind(("::", port))
    held.listen(5)
    return held


if __name__ == "__main__":
    main()
