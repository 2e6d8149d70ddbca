"""Remove what a killed process leaves: `python keeper.py`, started by that process, which holds its standard input.

It is told each private directory, one path a line. When the input ends, its process has ended, however that was; what
is still there then is removed: rendered content, for one, must not lie about because somebody typed kill -9. A process
that ends in order has removed everything itself. The keeper hears no polite signal, so that Ctrl-C on a terminal cannot
take it away before its work. When it is killed too, the next run finds what is left (leftovers.py).
"""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

# What the dead process had started may go on for a while (tied.py), and write once more. Seconds.
AGAIN = 6.0


def main() -> None:
    """Wait for the end of the input, then remove."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    places = [Path(line.rstrip("\n")) for line in sys.stdin]
    left = [place for place in places if place.is_dir()]
    if not left:
        return
    _remove(left)
    time.sleep(AGAIN)
    _remove(left)


def _remove(places: list[Path]) -> None:
    for place in places:
        close_connections(place)
        shutil.rmtree(place, ignore_errors=True)


def close_connections(directory: Path) -> None:
    """Ask the ssh master behind each socket of a directory to end."""
    masters = [
        subprocess.Popen(
            ["ssh", "-F", "none", "-o", f"ControlPath={path}", "-O", "exit", "any"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        for path in directory.glob("*")
        if path.is_socket()
    ]
    for master in masters:
        try:
            master.wait(2)
        except subprocess.TimeoutExpired:
            master.kill()
            master.wait()


if __name__ == "__main__":
    main()
