"""The program's bytecode for this host's Python, beside its archive: half of a start is compiling otherwise.

The archive's entry takes it up when it belongs to the same user, is no link and is whole; importer.py, which is in it,
imports from it. (From a zip of bytecode Python imports without that, at several times the cost.) It is one file, synced
before it gets its name, because a torn one would cost every later command that time again.

    magic number of Python's bytecode | size of the front | checksum of the front | size of the codes    4 bytes each
    front: (code of importer.py, {module: importer.Entry})
    code after code: its checksum, 4 bytes, and the code as marshal writes it
"""

from __future__ import annotations

import os
import sys

from . import fsio
from .importer import CHECKSUM

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .importer import Entry

INIT = "/__init__"


def beside(archive: str) -> str:
    """Where the bytecode of an archive is for this Python."""
    return f"{archive}.{sys.implementation.cache_tag}"


def make(archive: str) -> None:
    """Compile every module of `archive`. A Python that cannot goes on without."""
    path = beside(archive)
    if not os.path.exists(path):
        fsio.replace_file(path, _compile(archive))


def _compile(archive: str) -> bytes:
    import marshal
    import zipfile
    import zlib
    from importlib.util import MAGIC_NUMBER

    importer, codes = None, bytearray()
    index: dict[str, Entry] = {}
    with zipfile.ZipFile(archive) as source:
        for name in source.namelist():
            if not name.endswith(".py") or name == "__main__.py":
                continue
            code = compile(source.read(name), f"{archive}/{name}", "exec", dont_inherit=True)
            content, start = marshal.dumps(code), len(codes)
            codes += zlib.crc32(content).to_bytes(CHECKSUM, "little") + content
            module, package = _module(name)
            index[module] = (start, len(codes), package)
            if name == f"{__package__}/importer.py":
                importer = code
    front = marshal.dumps((importer, index))
    sizes = (len(front), zlib.crc32(front), len(codes))
    return MAGIC_NUMBER + b"".join(size.to_bytes(4, "little") for size in sizes) + front + codes


def _module(source: str) -> tuple[str, bool]:
    """The name of a source's module, and whether it is a package."""
    stem = source[: -len(".py")]
    package = stem.endswith(INIT)
    return (stem[: -len(INIT)] if package else stem).replace("/", "."), package
