"""What channels were told and has not gone yet, in a file of this user: one for each environment of a project.

    $XDG_STATE_HOME/safedeploy/alerts/<project>-<environment>.json       0600 below 0700

A damaged file counts as none: what is open is then told once more, which is better than never. Writers take turns by
a lock beside it; the file itself is replaced as a whole.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import re
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

from safedeploy.core.channels import Severity
from safedeploy.core.drift_alerts import Open


def directory(environ: Mapping[str, str]) -> Path:
    """Where the files are."""
    state = environ.get("XDG_STATE_HOME") or ""
    root = Path(state) if state.startswith("/") else Path(environ.get("HOME") or "~").expanduser() / ".local/state"
    return root / "safedeploy" / "alerts"


_PATIENCE = 5.0  # seconds; a check whose channel does not answer takes as long


class OpenAlerts:
    """What is open in one environment. Every method raises OSError when the place cannot be used."""

    def __init__(self, place: Path, project: str, environment: str) -> None:
        name = f"{project}-{environment}"
        plain = re.sub(r"[^A-Za-z0-9_.-]", "_", name)[:80].lstrip(".")
        if plain != name:  # two names must not become one
            plain += f"-{hashlib.sha256(name.encode()).hexdigest()[:8]}"
        self._path = place / f"{plain}.json"

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Have no other process compare meanwhile; whoever takes too long is not waited for."""
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = os.open(self._path.with_suffix(".turn"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            end = time.monotonic() + _PATIENCE
            while not _locked(lock) and time.monotonic() < end:
                time.sleep(0.05)
            yield
        finally:
            os.close(lock)

    def of(self, channel: str) -> dict[str, Open]:
        """What is open for a channel, by its key."""
        return self._read().get(channel, {})

    def put(self, channel: str, told: Mapping[str, tuple[Severity, str]], now: float) -> None:
        """A channel was told of these, now; what was open stays open since when it was."""
        with self._changing() as everything:
            known = everything.setdefault(channel, {})
            for key, (severity, text) in told.items():
                before = known.get(key)
                opened = before.opened if before is not None else now
                known[key] = Open(key=key, severity=severity, text=text, opened=opened, sent=now)

    def close(self, channel: str, keys: Iterable[str]) -> None:
        """These are not open any more."""
        with self._changing() as everything:
            for key in keys:
                everything.get(channel, {}).pop(key, None)

    @contextmanager
    def _changing(self) -> Iterator[dict[str, dict[str, Open]]]:
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = os.open(self._path.with_suffix(".lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)  # held for the length of one small write
            everything = self._read()
            yield everything
            self._write(everything)
        finally:
            os.close(lock)

    def _read(self) -> dict[str, dict[str, Open]]:
        try:
            value = json.loads(self._path.read_text(encoding="utf-8"))
            return {
                str(channel): {str(key): _open(str(key), one) for key, one in known.items()}
                for channel, known in value["channels"].items()
            }
        except (FileNotFoundError, ValueError, TypeError, KeyError, AttributeError):
            return {}

    def _write(self, everything: Mapping[str, Mapping[str, Open]]) -> None:
        channels = {
            channel: {key: _without_key(one) for key, one in known.items()}
            for channel, known in everything.items()
            if known
        }
        beside = self._path.with_suffix(f".{os.getpid()}")
        try:
            with os.fdopen(
                os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8"
            ) as file:
                json.dump({"version": 1, "channels": channels}, file, indent=1, sort_keys=True)
                file.flush()
                os.fsync(file.fileno())
            beside.replace(self._path)
        finally:
            beside.unlink(missing_ok=True)


def _locked(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _without_key(one: Open) -> dict[str, object]:
    return {name: value for name, value in asdict(one).items() if name != "key"}


def _open(key: str, value: Mapping[str, object]) -> Open:
    return Open(
        key=key,
        severity=Severity(str(value["severity"])),
        text=str(value["text"]),
        opened=_time(value["opened"]),
        sent=_time(value["sent"]),
    )


def _time(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError(f"a time is a number, not {value!r}")
    return float(value)
