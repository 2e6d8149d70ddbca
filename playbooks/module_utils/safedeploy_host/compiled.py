"""The program's bytecode for this host's Python, beside its archive: half of a start is compiling otherwise.

The archive's entry takes it up when it belongs to the same user and is no link. It is one file, synced before it gets
its name, because a torn one would stop every later command.
"""

from __future__ import annotations

import os
import sys

from . import fsio


def beside(archive: str) -> str:
    """Where the bytecode of an archive is for this Python."""
    return f"{archive}.{sys.implementation.cache_tag}"


def make(archive: str) -> None:
    """Compile every module of `archive`. A Python that cannot goes on without."""
    path = beside(archive)
    if not os.path.exists(path):
        fsio.replace_file(path, _compile(archive))


def _compile(archive: str) -> bytes:
    import io
    import marshal
    import zipfile
    from importlib.util import MAGIC_NUMBER

    buffer = io.BytesIO()
    # PEP 552: flags 0b01 say "named by the hash of its source, never check it"; the hash itself is then not read.
    header = MAGIC_NUMBER + (0b01).to_bytes(4, "little") + bytes(8)
    with zipfile.ZipFile(archive) as source, zipfile.ZipFile(buffer, "w") as out:
        for name in source.namelist():
            if name.endswith(".py") and name != "__main__.py":
                code = compile(source.read(name), f"{archive}/{name}", "exec", dont_inherit=True)
                out.writestr(f"{name}c", header + marshal.dumps(code))
    return buffer.getvalue()
