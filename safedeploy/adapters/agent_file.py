"""The on-host program as one file: a zipapp with the same bytes for the same sources."""

from __future__ import annotations

import functools
import hashlib
import io
import os
import tempfile
import zipfile
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

# Bytecode beside the archive (compiled.py) is taken up only where nobody else can have put it, and only whole. Whatever
# is wrong with it, the sources in the archive are enough. Python compiles this text at each start: it is short.
ENTRY = """\
import marshal
import os
import stat
import sys
import zlib
from importlib.util import MAGIC_NUMBER


def importer(archive):
    fd = os.open(f"{archive}.{sys.implementation.cache_tag}", os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    found = os.fstat(fd)
    if stat.S_ISREG(found.st_mode) and found.st_uid == os.geteuid() and not found.st_mode & 0o022:
        head = os.pread(fd, 16, 0)
        size, checksum, rest = (int.from_bytes(head[at : at + 4], "little") for at in (4, 8, 12))
        if head[:4] == MAGIC_NUMBER and found.st_size == 16 + size + rest:
            front = os.pread(fd, size, 16)
            if zlib.crc32(front) == checksum:
                code, index = marshal.loads(front)
                scope = {"__name__": "safedeploy_host.importer"}
                exec(code, scope)
                return scope["Importer"](archive, fd, 16 + size, index)
    os.close(fd)


try:
    found = importer(os.path.realpath(sys.path[0]))
    if found:
        sys.meta_path.insert(0, found)
except Exception:
    pass

from safedeploy_host.program import leave, main

leave(main())
"""
PACKAGE = "safedeploy_host"
# Every command makes the archive, and a host is sent it once: a third less time than level 9 at least, 4 % more bytes.
_LEVEL = 3
EPOCH = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True, kw_only=True)
class AgentFile:
    """Where the program is on this machine, and its digest, under which hosts store it."""

    path: Path
    sha256: str


def sources() -> Path:
    """The package's directory: beside the package in a checkout, inside it in an installed wheel.

    Raises FileNotFoundError when the installation is incomplete.
    """
    package = Path(str(resources.files("safedeploy")))
    below = Path("playbooks", "module_utils", PACKAGE)
    for base in (package / "_data", package.parent):
        if (base / below / "program.py").is_file():
            return base / below
    raise FileNotFoundError(f"{below} is missing from this installation of safedeploy")


def archive(directory: Path) -> bytes:
    """The bytes of the zipapp of the package in `directory`. They depend on names and contents of its sources alone."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as out:
        _add(out, "__main__.py", ENTRY.encode())
        for path in sorted(directory.rglob("*.py")):
            _add(out, f"{PACKAGE}/{path.relative_to(directory).as_posix()}", path.read_bytes())
    return buffer.getvalue()


def _add(out: zipfile.ZipFile, name: str, content: bytes) -> None:
    entry = zipfile.ZipInfo(name, EPOCH)
    entry.create_system = 3
    entry.external_attr = 0o644 << 16
    out.writestr(entry, content, compress_type=zipfile.ZIP_DEFLATED, compresslevel=_LEVEL)


@functools.cache
def build() -> AgentFile:
    """Build the program into a private directory that lives as long as this process."""
    return write(Path(_private_directory().name))


def write(directory: Path) -> AgentFile:
    """Build the program into a private directory of the caller's, which has none yet."""
    content = archive(sources())
    path = directory / "agent.pyz"
    fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(fd, "wb") as out:
        out.write(content)
    return AgentFile(path=path, sha256=hashlib.sha256(content).hexdigest())


@functools.cache
def _private_directory() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="safedeploy-agent-")
