"""Secrets that occur nowhere else, and the search for them, in every form in which a value may turn up."""

from __future__ import annotations

import base64
import json
import os
import secrets
import string
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

_LETTERS = string.ascii_letters + string.digits
# Run by the host's own Python. Reads {name: [base64 of a form]} and prints the paths that hold one.
_HOST_SEARCH = """
import base64, json, os, stat, sys
forms = {name: [base64.b64decode(form) for form in found] for name, found in json.load(sys.stdin).items()}
hits = []
for top in sys.argv[1:]:
    for directory, _, files in os.walk(top):
        for name in files:
            path = os.path.join(directory, name)
            if name.startswith("kept-") or not stat.S_ISREG(os.lstat(path).st_mode):
                continue
            with open(path, "rb") as file:
                content = path.encode() + b"\\n" + file.read()
            hits += [[canary, path] for canary, found in forms.items() if any(form in content for form in found)]
print(json.dumps(hits))
"""


def new(length: int = 24) -> str:
    """A secret that means the same in a shell, in a URL, in JSON and in httpd's configuration."""
    return "".join(secrets.choice(_LETTERS) for _ in range(length))


def forms(secret: str) -> list[bytes]:
    """The secret as it is, in hex, and in base64 at each of the three places that it may have in a longer text."""
    raw = secret.encode()
    found = [raw, raw.hex().encode(), raw.hex().upper().encode()]
    for offset in range(3):
        encoded = base64.b64encode(b"\0" * offset + raw)[(0, 2, 3)[offset] : (offset + len(raw)) * 8 // 6]
        found += [encoded, encoded.translate(bytes.maketrans(b"+/", b"-_"))]
    return found


def _files(top: Path) -> Iterator[Path]:
    for directory, _, names in os.walk(top):
        yield from (path for name in names if not (path := Path(directory, name)).is_symlink() and path.is_file())


def _content(path: Path) -> bytes:
    """The name and the content; nothing when somebody else's file has gone meanwhile."""
    try:
        return bytes(path) + b"\n" + path.read_bytes()
    except OSError:
        return b""


class Canaries:
    """Named secrets."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self.values = dict(values)
        self._forms = {name: forms(value) for name, value in values.items()}

    def in_text(self, content: str | bytes) -> list[str]:
        """The names of the secrets that a text gives away."""
        data = content.encode() if isinstance(content, str) else content
        return [name for name, found in self._forms.items() if any(form in data for form in found)]

    def below(self, *tops: Path) -> list[tuple[str, Path]]:
        """(name, file) of what lies below directories of this machine."""
        return [(name, path) for top in tops for path in _files(top) for name in self.in_text(_content(path))]

    def on_host(self, lab: Any, host: str, *tops: str) -> list[tuple[str, str]]:
        """(name, file) of what lies below directories of a lab host."""
        asked = {name: [base64.b64encode(form).decode() for form in found] for name, found in self._forms.items()}
        done = lab.exec(host, ["python3", "-c", _HOST_SEARCH, *tops], content=json.dumps(asked).encode())
        assert done.returncode == 0, done.stderr.decode()
        return [(name, path) for name, path in json.loads(done.stdout)]

    @contextmanager
    def watched(self) -> Iterator[set[str]]:
        """Look at the arguments and the environment of every process, hosts' included, as long as it lasts."""
        given_away: set[str] = set()
        over = threading.Event()
        looks = 0

        def look() -> None:
            nonlocal looks
            own = f"/proc/{os.getpid()}/"
            while not over.wait(0.1):
                for process in Path("/proc").glob("[0-9]*"):
                    for kind in ("cmdline", "environ"):
                        try:
                            content = (process / kind).read_bytes()
                        except OSError:
                            continue
                        if f"{process}/" != own:
                            given_away.update(f"{name} in {kind} of {content[:80]!r}" for name in self.in_text(content))
                looks += 1

        watcher = threading.Thread(target=look)
        watcher.start()
        try:
            yield given_away
        finally:
            over.set()
            watcher.join()
        assert looks > 1
