"""The harness's side of on_host/points.py: it sets where a run is to wait, waits for it, and lets it go on."""

from __future__ import annotations

import json
import shutil
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.faults.fleet import FaultFleet

CODE = Path(__file__).with_name("on_host")
ON_HOST = "/var/lib/lab/faults"
CONTROL = ""  # the place of the control machine among those of the hosts


@dataclass(frozen=True, kw_only=True)
class Row:
    """A step of a run: on which host it is met (empty: on the control machine), its name, and its kind."""

    host: str
    point: str
    kind: str
    about: str = ""


class Rendezvous:
    """The conversations with all hosts and the control machine about one run."""

    def __init__(self, fleet: FaultFleet, control: Path) -> None:
        self.control = control
        self._places = {CONTROL: control} | {
            name: Path(fleet.lab.ground.place(name)) / f"{ON_HOST.lstrip('/')}/run" for name in fleet.names
        }
        for name in fleet.names:
            self._install(self._places[name].parent)

    def _install(self, place: Path) -> None:
        place.mkdir(parents=True, exist_ok=True)
        for name in ("points.py", "instrument.py"):
            shutil.copy(CODE / name, place / name)
        (place / "instrument.py").chmod(0o755)

    def begin(self, *rows: Row) -> None:
        """Forget the last run; wait at these steps in the next one, at one for each place at most."""
        for name, place in self._places.items():
            shutil.rmtree(place, ignore_errors=True)
            place.mkdir()
            for row in rows:
                if row.host == name:
                    (place / "stop").write_text(row.point)

    def end(self) -> None:
        """No run is heard any more; what waits goes on."""
        for place in self._places.values():
            if place.exists():
                (place / "go").touch()
        time.sleep(0.03)
        for place in self._places.values():
            shutil.rmtree(place, ignore_errors=True)

    def stopped(self, row: Row) -> int | None:
        """The process that waits at the row, as its machine numbers it; None as long as none does."""
        try:
            return int((self._places[row.host] / "stopped").read_text())
        except (OSError, ValueError):
            return None

    def go(self, row: Row) -> None:
        """Let it go on."""
        (self._places[row.host] / "go").touch()

    def set_clock(self, host: str, seconds: float) -> None:
        """Set the wall clock of the program on a host off by so many seconds."""
        place = self._places[host]
        (place / "clock.new").write_text(str(seconds))
        (place / "clock.new").rename(place / "clock")

    def rows(self) -> list[Row]:
        """Every step that was met, in the order of time."""
        found: list[tuple[float, Row]] = []
        for host, place in self._places.items():
            for told in self._told(place):
                row = Row(host=host, point=told["point"], kind=told["kind"], about=told["about"])
                found.append((told["at"], row))
        return [row for _, row in sorted(found, key=lambda item: item[0])]

    def last_activity(self) -> float:
        """When the run last did something, in seconds since 1970; what dead-men do is not the run's."""
        told = [one for place in self._places.values() for one in self._told(place)]
        return max((one["at"] for one in told if not one["point"].startswith("dead-man")), default=0.0)

    @staticmethod
    def _told(place: Path) -> list[dict[str, Any]]:
        try:
            lines = (place / "points.jsonl").read_text().splitlines()
        except OSError:
            return []
        return [json.loads(line) for line in lines if line.endswith("}")]
