"""Puts hosts at a distance: `python relay.py MILLISECONDS`, told on standard input where to listen for which host.

Every byte takes half of the round trip; the first ones also wait for the handshake that a real distance would cost. No
kernel module is needed for it, and what goes through is counted: {host: {"connections", "bytes", "round_trips"}} is
printed for each further line of input. A round trip is an answer that came after something was said.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import sys
from dataclasses import asdict, dataclass
from typing import Any

_CHUNK = 1 << 16
# When something is to be delivered, and what; nothing is the end.
_Waiting = asyncio.Queue[tuple[float, bytes]]


@dataclass
class Counted:
    """What went to and from one host."""

    connections: int = 0
    bytes: int = 0
    round_trips: int = 0


class Relay:
    """All listeners of one distance (seconds of a round trip)."""

    def __init__(self, distance: float) -> None:
        self._distance = distance
        self._counted: dict[str, Counted] = {}
        self._calls: set[asyncio.Task[None]] = set()  # a loop alone does not keep its tasks alive

    async def listen(self, route: dict[str, Any]) -> None:
        """Take connections for a host: {"host", "listen": [address, port], "to": [address, port]}."""
        counted = self._counted.setdefault(route["host"], Counted())

        async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            with contextlib.suppress(OSError):
                await _Call(counted, self._distance).carry(reader, writer, *route["to"])
            writer.close()

        def called(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            call = asyncio.create_task(carry(reader, writer))
            self._calls.add(call)
            call.add_done_callback(self._calls.discard)

        await asyncio.start_server(called, *route["listen"])

    def take(self) -> dict[str, Any]:
        """What was counted since the last time."""
        found = {host: asdict(one) for host, one in self._counted.items()}
        for one in self._counted.values():
            one.connections = one.bytes = one.round_trips = 0
        return found


class _Call:
    """One connection. `_asked`: something was said that has no answer yet."""

    def __init__(self, counted: Counted, distance: float) -> None:
        self._counted = counted
        self._distance = distance
        self._asked = False

    async def carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, address: str, port: int) -> None:
        loop = asyncio.get_running_loop()
        # The server hears of the connection, and of what is said at once, one and a half round trips after its begin.
        first = loop.time() + 1.5 * self._distance
        self._counted.connections += 1
        self._counted.round_trips += 1
        told: _Waiting = asyncio.Queue()
        said = asyncio.create_task(self._hear(reader, told, first, forth=True))
        await asyncio.sleep(first - loop.time())
        try:
            back, forth = await asyncio.open_connection(address, port)
        except OSError:
            said.cancel()
            raise
        answered: _Waiting = asyncio.Queue()
        heard = asyncio.create_task(self._hear(back, answered, first, forth=False))
        try:
            await asyncio.gather(said, _send(told, forth), heard, _send(answered, writer))
        finally:
            forth.close()

    async def _hear(self, source: asyncio.StreamReader, waiting: _Waiting, first: float, *, forth: bool) -> None:
        loop = asyncio.get_running_loop()
        data = b"more"
        while data:
            try:
                data = await source.read(_CHUNK)
            except OSError:
                data = b""
            self._count(len(data), forth)
            waiting.put_nowait((max(first, loop.time() + self._distance / 2), data))

    def _count(self, size: int, forth: bool) -> None:
        if not size:
            return
        self._counted.bytes += size
        if not forth and self._asked:
            self._counted.round_trips += 1
        self._asked = forth


async def _send(waiting: _Waiting, sink: asyncio.StreamWriter) -> None:
    loop = asyncio.get_running_loop()
    while True:
        due, data = await waiting.get()
        await asyncio.sleep(due - loop.time())
        with contextlib.suppress(OSError):
            if not data:
                sink.write_eof()
                return
            sink.write(data)
            await sink.drain()


async def main() -> None:
    """Listen, say so with an empty line, and print what was counted for each line of input until that ends."""
    relay = Relay(float(sys.argv[1]) / 1000)
    loop = asyncio.get_running_loop()
    for route in json.loads(await loop.run_in_executor(None, sys.stdin.readline)):
        await relay.listen(route)
    print(flush=True)
    while await loop.run_in_executor(None, sys.stdin.readline):
        print(json.dumps(relay.take()), flush=True)
    os._exit(0)  # whoever is connected still is of no interest any more


if __name__ == "__main__":
    asyncio.run(main())
