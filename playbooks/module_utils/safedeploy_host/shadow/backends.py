"""What the servers behind this one are to it: looked up and tried on the host, once, before any shadow is made.

A child asks, so that a resolver that hangs costs a bounded time and no thread stays behind.
"""

from __future__ import annotations

import errno
import os
import select
import socket
import threading
import time

from . import child

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterable, Mapping, Tuple

    Json = dict[str, Any]
    Address = Tuple[str, int]

LOOKUP = 3.0
CONNECT = 1.0
# The best of a name's addresses is what it is worth.
_ORDER = ("own", "bridged", "silent", "refused", "unresolved")
_ADDRESSES = 4


class Survey:
    """`names`: {name: [address]}; `targets`: {"name:port": [(address, port)]}; `states`: {(address, port): state}."""

    def __init__(self, found: Json) -> None:
        self.names: dict[str, list[str]] = found["names"]
        self.targets: dict[str, list[Address]] = {
            target: [(host, port) for host, port in addresses] for target, addresses in found["targets"].items()
        }
        self.states: dict[Address, str] = {(host, port): state for host, port, state, _ in found["states"]}
        self.whys: dict[Address, str] = {(host, port): why for host, port, _, why in found["states"]}

    def report(self, unbridged: Mapping[Address, str]) -> list[Json]:
        """One line for each target, with what could not be bridged after all."""
        lines = []
        for target, addresses in sorted(self.targets.items()):
            states = [
                ("unbridged", unbridged[one]) if one in unbridged else (self.states[one], self.whys[one])
                for one in addresses
            ]
            best = min(states or [("unresolved", "the host does not resolve the name")], key=_worth)
            lines.append({"target": target, "state": best[0], "why": best[1]})
        return lines


def survey(world: Json, bound: Iterable[Address]) -> Survey:
    """Look up and try the world's backends and names. `bound` is what the live httpd itself listens on."""
    names = {_bare(one["name"]) for one in world.get("backends", [])} | set(world.get("names", []))
    targets = {(_bare(one["name"]), int(one["port"])) for one in world.get("backends", [])}
    # What finds this machine by its own name must still find it when nothing but a file answers.
    names.add(socket.gethostname())
    own = {_family_free(address) for address in world["addresses"]}
    found = child.call(lambda: _ask(names, targets, set(bound), own), LOOKUP + CONNECT + 2.0)
    return Survey(found)


def _ask(names: set[str], targets: set[Address], bound: set[Address], own: set[str]) -> Json:
    addresses = _look_up(names)
    pairs = {(name, port): [(host, port) for host in addresses.get(name, [])] for name, port in targets}
    wanted = sorted({pair for found in pairs.values() for pair in found})
    mine = [pair for pair in wanted if _is_own(pair, bound, own)]
    states = [[host, port, "own", "this configuration's own port"] for host, port in mine]
    states += _try([pair for pair in wanted if pair not in mine])
    named = {f"{name}:{port}": [list(pair) for pair in found] for (name, port), found in pairs.items()}
    return {"names": addresses, "targets": named, "states": states}


def _look_up(names: Iterable[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}

    def look_up(name: str) -> None:
        try:
            answers = socket.getaddrinfo(name, None, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError):
            return
        found[name] = list(dict.fromkeys(str(answer[4][0]) for answer in answers))[:_ADDRESSES]

    threads = [threading.Thread(target=look_up, args=(name,), daemon=True) for name in names]
    for thread in threads:
        thread.start()
    deadline = time.monotonic() + LOOKUP
    for thread in threads:
        thread.join(max(0.0, deadline - time.monotonic()))
    return dict(found)


def _try(pairs: Iterable[Address]) -> list[list[Any]]:
    """Connect to each at the same time: [address, port, state, why]."""
    results, waiting = [], {}
    for host, port in pairs:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        try:
            one = socket.socket(family, socket.SOCK_STREAM)
            one.setblocking(False)
            number = one.connect_ex((host, port))
        except OSError as error:
            results.append([host, port, "refused", f"{error}"])
            continue
        if number == errno.EINPROGRESS:
            waiting[one.fileno()] = (one, host, port)
        else:
            results.append([host, port, *_state(number)])
            one.close()
    poll = select.poll()
    for descriptor in waiting:
        poll.register(descriptor, select.POLLOUT)
    deadline = time.monotonic() + CONNECT
    while waiting:
        ready = poll.poll(max(0, int((deadline - time.monotonic()) * 1000)))
        for descriptor, _ in ready:
            one, host, port = waiting.pop(descriptor)
            poll.unregister(descriptor)
            results.append([host, port, *_state(one.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR))])
            one.close()
        if not ready:
            break
    silence = f"no answer within {CONNECT:g} s"
    return results + [[host, port, "silent", silence] for _, host, port in waiting.values()]


def _state(number: int) -> tuple[str, str]:
    if number == 0:
        return "bridged", "it answers on the host"
    if number == errno.ETIMEDOUT:
        return "silent", os.strerror(number)
    return "refused", os.strerror(number)


def _is_own(pair: Address, bound: set[Address], own: set[str]) -> bool:
    host, port = pair
    local = host in own or host.startswith("127.") or host == "::1"
    return pair in bound or (local and any((any_, port) in bound for any_ in ("0.0.0.0", "::")))  # noqa: S104


def _worth(found: tuple[str, str]) -> int:
    return _ORDER.index(found[0]) if found[0] in _ORDER else -1


def _bare(name: str) -> str:
    return name.strip("[]")


def _family_free(address: str) -> str:
    return address.partition("%")[0]
