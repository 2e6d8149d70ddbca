"""How soon `safedeploy watch` finds a spike, how often it is wrong, and what it costs on a host.

    python benchmarks/watch.py [--days 150] [--spikes 300] [--seconds 60] [--rate 1000] [--json FILE]

Days are synthetic (tests/unit/watch/days.py): a quiet night, a daily rhythm, a flash crowd, one noisy client, a busy
site. Spikes are 5 % of 10 requests a second after an hour that is usual. The cost is that of the on-host program on the
log of a real httpd to which so many lines a second are written.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from safedeploy.adapters import agent_file
from safedeploy.core.watch.detector import Detector
from tests.private_apache import Apache
from tests.unit.watch.days import KINDS, TICK, day, tick

LINE = (
    'www.example.test:443 203.0.113.{} - - [{}] "GET /page/{}?q={} HTTP/1.1" {} 5120 "https://www.example.test/" '
    '"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko)" {}\n'
)
FORMAT = '%v:%p %h %l %u %t \\"%r\\" %>s %O \\"%{Referer}i\\" \\"%{User-Agent}i\\" %D'


def main() -> None:
    """Measure, and print it."""
    options = _options()
    alarms, days = _days(options.days)
    found = _spikes(options.spikes)
    cost = _cost(options.seconds, options.rate)
    document = {
        "days": days,
        "alarms": alarms,
        "spikes": len(found),
        "found_within": {name: found[min(len(found) - 1, int(part * len(found)))] for name, part in _PARTS.items()},
        "share_of_a_core": round(cost, 5),
        "lines_a_second": options.rate,
    }
    print(f"{days} synthetic days: {alarms} false alarms")
    within = ", ".join(f"{name} {seconds:.0f} s" for name, seconds in document["found_within"].items())
    print(f"{len(found)} spikes of 5 % at 10 requests/s, found after: {within}")
    print(f"on the host, at {options.rate} lines/s: {100 * cost:.2f} % of a core")
    if options.json:
        options.json.write_text(json.dumps(document, indent=2) + "\n")


_PARTS = {"half": 0.5, "95 %": 0.95, "all": 1.0}


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--days", type=int, default=150)
    parser.add_argument("--spikes", type=int, default=300)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--rate", type=int, default=1000)
    parser.add_argument("--json", type=Path)
    return parser.parse_args()


def _days(number: int) -> tuple[int, int]:
    alarms = 0
    for count in range(number):
        detector = Detector()
        for at, counts in enumerate(day(KINDS[count % len(KINDS)], count), start=1):
            alarms += sum(what == "opened" for what, _ in detector.tick(at * TICK, TICK, counts))
    return alarms, number


def _spikes(number: int) -> list[float]:
    found = []
    for seed in range(number):
        chance, detector, after = random.Random(seed), Detector(), float("inf")
        for at in range(1, 401):
            counts = tick(chance, 10, 0.002 if at <= 360 else 0.05)
            for what, _ in detector.tick(at * TICK, TICK, counts):
                if what == "opened" and after == float("inf"):
                    after = (at - 360) * TICK
        found.append(after)
    return sorted(found)


def _cost(seconds: float, rate: int) -> float:
    """Processor seconds a second of the on-host program, its start left out."""
    with tempfile.TemporaryDirectory() as place:
        apache = Apache(Path(place))
        log = apache.root / "log/www.log"
        apache.add_site("www.example.test", extra=f'CustomLog {log} "{FORMAT}"\n')
        apache.start()
        log.touch()
        try:
            return _measured(apache, log, seconds, rate)
        finally:
            apache.control("stop")


def _measured(apache: Apache, log: Path, seconds: float, rate: int) -> float:
    with tempfile.TemporaryDirectory() as place:
        program = agent_file.write(Path(place)).path
        ticks = int(seconds / TICK) + 1
        request = json.dumps({"site": apache.site, "every": TICK, "ticks": ticks, "salt": "x"})
        command = [sys.executable, "-I", "-S", str(program), "watch"]
        child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)
        assert child.stdin is not None
        child.stdin.write(request.encode())
        child.stdin.close()
        chance, counted, used = random.Random(1), 0, [(time.monotonic(), 0.0)]
        with log.open("a", buffering=1 << 20) as file:
            while child.poll() is None:
                now = time.strftime("%d/%b/%Y:%H:%M:%S +0000", time.gmtime())
                for _ in range(rate // 10):
                    status, number = 500 if chance.random() < 0.01 else 200, chance.randrange(999)
                    file.write(LINE.format(number % 256, now, number, counted, status, chance.randrange(90000)))
                    counted += 1
                file.flush()
                used.append((time.monotonic(), _used(child.pid) or used[-1][1]))
                time.sleep(0.1)
        child.wait()
        # Without the start, which comes before the first tick.
        begin = next(one for one in used if one[0] >= used[0][0] + TICK / 2)
        return (used[-1][1] - begin[1]) / (used[-1][0] - begin[0])


def _used(pid: int) -> float:
    """User and system seconds of a process; 0 when it is gone."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    main()
