"""Imports the program's modules from its file of bytecode, which compiled.py writes and the archive's entry checks.

This module is part of that file: the entry runs it before any other of the program, so it imports none of them.
"""

from __future__ import annotations

import marshal
import os
import sys
import zlib
from importlib.machinery import ModuleSpec

CHECKSUM = 4  # bytes before each code

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import ModuleType
    from typing import Any

    Entry = tuple[int, int, bool]  # where a module's code begins and ends in the file, and whether it is a package


class Importer:
    """A finder and loader for sys.meta_path. It keeps the file open: its name may be removed or become another's."""

    def __init__(self, archive: str, fd: int, start: int, index: Mapping[str, Entry]) -> None:
        self._archive = archive
        self._fd = fd
        self._start = start
        self._index = index
        self._held: bytes | None = None

    def hold(self) -> None:
        """Have all of the file in memory, and close it."""
        if self._held is None:
            self._held = os.pread(self._fd, os.fstat(self._fd).st_size, 0)
            os.close(self._fd)

    def find_spec(self, name: str, *_path_and_target: object) -> ModuleSpec | None:
        """The module of this name; None for one that is not in the file or damaged there, so that others are asked."""
        if name not in self._index:
            return None
        start, end, package = self._index[name]
        code = self._read(self._start + start, end - start)
        if code is None:
            return None
        place = f"{self._archive}/{name.replace('.', '/')}"
        loader: Any = self  # it does what a Loader does; to import that class is dear
        origin = f"{place}/__init__.py" if package else f"{place}.py"
        spec = ModuleSpec(name, loader, origin=origin, loader_state=code, is_package=package)
        if package:
            spec.submodule_search_locations = [place]
        return spec

    def _read(self, start: int, size: int) -> bytes | None:
        """The code there, when it is the one of its checksum."""
        try:
            found = os.pread(self._fd, size, start) if self._held is None else self._held[start : start + size]
        except OSError:
            return None
        code = found[CHECKSUM:]
        return code if zlib.crc32(code) == int.from_bytes(found[:CHECKSUM], "little") else None

    def create_module(self, spec: ModuleSpec) -> None:
        """None: a module like any other."""

    def exec_module(self, module: ModuleType) -> None:
        """Run the module's code. `__file__` is its source in the archive, as its tracebacks have it."""
        spec = module.__spec__
        assert spec is not None  # noqa: S101 -- told apart for the type checker; it is the one of find_spec
        module.__file__ = spec.origin
        code, spec.loader_state = spec.loader_state, None
        exec(marshal.loads(code), module.__dict__)  # noqa: S102, S302 -- this is how a module is loaded


def hold() -> None:
    """Where the program runs from its bytecode: need the file of it no longer. For a process that stays."""
    for finder in sys.meta_path:
        if type(finder).__name__ == Importer.__name__:  # not the class of this module, which the entry ran by itself
            found: Any = finder
            found.hold()
