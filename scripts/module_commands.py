"""Read the table of directives out of httpd's modules, without loading them.

A module is a shared object with a symbol of the type `module` (http_config.h), which points to an array of
`command_rec`: name, handler, data, where it is allowed, how its arguments are taken, help. `apache2 -L` prints the
same without how arguments are taken, and only of modules that can be loaded here; this reads any package's.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

MAGIC = 0x41503234  # "AP24": MODULE_MAGIC_COOKIE of httpd 2.4
# Places of members in `module` and `command_rec`, and the size of the latter, where a pointer has eight bytes.
NAME, COOKIE, COMMANDS, RECORD = 16, 40, 88, 40
SYMBOLS, RELOCATIONS, LOAD = 11, 4, 1  # SHT_DYNSYM, SHT_RELA, PT_LOAD
OBJECT, RELATIVE, POINTER = 1, 8, 1  # STT_OBJECT, R_X86_64_RELATIVE, R_X86_64_64
HOW = ("raw", "1", "2", "iterate", "iterate2", "flag", "none", "1-2", "3", "2-3", "1-3", "1|3", "argv")


@dataclass(frozen=True, kw_only=True)
class Command:
    """One directive of one module. `allowed` has the bits of `req_override`, `how` is one of HOW."""

    name: str
    allowed: int
    how: str


@dataclass(frozen=True, kw_only=True)
class Module:
    """One module: the symbol that LoadModule names, the source file that IfModule may name, and its directives."""

    symbol: str
    source: str
    commands: tuple[Command, ...]


class Image:
    """A shared object as it would lie in memory: bytes by address, pointers as relocated, exported variables."""

    def __init__(self, data: bytes) -> None:
        if data[:6] != b"\x7fELF\x02\x01":
            raise ValueError("not a 64-bit little-endian ELF file")
        self._data = data
        self._segments = list(self._load_segments())
        self.symbols: dict[str, int] = {}
        self._pointers: dict[int, int] = {}
        sections = list(self._sections())
        for kind, offset, size, link in sections:
            if kind == SYMBOLS:
                self.symbols |= self._exported(offset, size, sections[link][1])
            elif kind == RELOCATIONS:
                self._pointers |= self._relocated(offset, size, sections[link])

    def _load_segments(self) -> Iterator[tuple[int, int, int]]:
        (start,) = struct.unpack_from("<Q", self._data, 32)
        size, count = struct.unpack_from("<HH", self._data, 54)
        for index in range(count):
            kind, _, offset, address, _, length, _, _ = struct.unpack_from(
                "<IIQQQQQQ", self._data, start + index * size
            )
            if kind == LOAD:
                yield address, offset, length

    def _sections(self) -> Iterator[tuple[int, int, int, int]]:
        (start,) = struct.unpack_from("<Q", self._data, 40)
        size, count = struct.unpack_from("<HH", self._data, 58)
        for index in range(count):
            _, kind, _, _, offset, length, link = struct.unpack_from("<IIQQQQI", self._data, start + index * size)
            yield kind, offset, length, link

    def _exported(self, offset: int, size: int, names: int) -> dict[str, int]:
        found = {}
        for at in range(offset, offset + size, 24):
            name, info, _, section, value, _ = struct.unpack_from("<IBBHQQ", self._data, at)
            if info & 15 == OBJECT and section:
                found[self._text_at(names + name)] = value
        return found

    def _relocated(self, offset: int, size: int, symbols: tuple[int, int, int, int]) -> dict[int, int]:
        found = {}
        for at in range(offset, offset + size, 24):
            address, info, addend = struct.unpack_from("<QQq", self._data, at)
            if info & 0xFFFFFFFF == RELATIVE:
                found[address] = addend
            elif info & 0xFFFFFFFF == POINTER and symbols[0] == SYMBOLS:
                (value,) = struct.unpack_from("<Q", self._data, symbols[1] + (info >> 32) * 24 + 8)
                found[address] = value + addend
        return found

    def _place(self, address: int) -> int:
        for start, offset, length in self._segments:
            if start <= address < start + length:
                return offset + address - start
        raise ValueError(f"no byte at {address:#x}")

    def _text_at(self, place: int) -> str:
        return self._data[place : self._data.index(0, place)].decode()

    def pointer(self, address: int) -> int:
        """The pointer that lies at an address; 0 for none."""
        return self._pointers.get(address, 0)

    def number(self, address: int, form: str) -> int:
        """A number by its `struct` form; 0 where nothing lies (a variable without a value)."""
        try:
            return int(struct.unpack_from(form, self._data, self._place(address))[0])
        except ValueError:
            return 0

    def text(self, address: int) -> str:
        """The text that begins at an address."""
        return self._text_at(self._place(address))


def modules(path: Path) -> list[Module]:
    """Every module in a shared object or in httpd's own program. Raises ValueError when it is neither."""
    image = Image(path.read_bytes())
    found = {}
    for symbol, address in image.symbols.items():
        if image.number(address + COOKIE, "<Q") == MAGIC:
            source = image.text(image.pointer(address + NAME)).rpartition("/")[2]
            commands = tuple(_commands(image, image.pointer(address + COMMANDS)))
            found[address] = Module(symbol=symbol, source=source, commands=commands)
    return list(found.values())


def _commands(image: Image, address: int) -> Iterator[Command]:
    while address and (name := image.pointer(address)):
        allowed, how = image.number(address + 24, "<I"), image.number(address + 28, "<I")
        yield Command(name=image.text(name), allowed=allowed, how=HOW[how])
        address += RECORD
