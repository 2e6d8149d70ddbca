"""Whether something is said for all hosts, for a group, or for a host, so that each gets exactly its own. Pure.

A group is used only where all its members have the same: whichever of several groups Ansible then prefers, the value is
right for the host.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

T = TypeVar("T", bound=Hashable)


@dataclass(frozen=True, kw_only=True)
class Scoped(Generic[T]):
    """One variable: its value for all hosts (a tuple of one, or empty), for groups and for hosts."""

    everywhere: tuple[T, ...] = ()
    groups: Mapping[str, T] = field(default_factory=dict)
    hosts: Mapping[str, T] = field(default_factory=dict)


def scoped(values: Mapping[str, T], hosts: Sequence[str], groups: Mapping[str, Sequence[str]]) -> Scoped[T]:
    """Where to say what, given the value of each host that has one; what most have is said for all."""
    common: tuple[T, ...] = ()
    counted = Counter(values[host] for host in hosts if host in values)
    if counted:
        most, count = counted.most_common(1)[0]
        if count == len(hosts) or (count > 1 and count * 2 > len(hosts)):
            common = (most,)
    waiting = [host for host in hosts if host in values and (values[host],) != common]
    of_groups: dict[str, T] = {}
    for name in sorted(groups, key=lambda group: (-len(groups[group]), group)):
        members = groups[name]
        if len(members) < 2 or not set(members) & set(waiting):
            continue
        if all(member in values and values[member] == values[members[0]] for member in members):
            of_groups[name] = values[members[0]]
            waiting = [host for host in waiting if host not in members]
    return Scoped(everywhere=common, groups=of_groups, hosts={host: values[host] for host in waiting})


@dataclass(frozen=True, kw_only=True)
class Reach:
    """For whom one entry is declared: all hosts (with `when`, some of them), a group, or one host."""

    group: str | None = None
    host: str | None = None
    when: str | None = None


def reach(those: Iterable[str], hosts: Sequence[str], groups: Mapping[str, Sequence[str]]) -> tuple[Reach, ...]:
    """How to declare an entry for exactly these hosts."""
    wanted = [host for host in hosts if host in set(those)]
    if len(wanted) == len(hosts):
        return (Reach(),)
    for name in sorted(groups):
        if len(wanted) > 1 and sorted(groups[name]) == sorted(wanted):
            return (Reach(group=name),)
    if len(wanted) == 1 or any(set("'\"\\{}") & set(host) for host in hosts):
        return tuple(Reach(host=host) for host in wanted)
    others = [host for host in hosts if host not in wanted]
    if len(others) < len(wanted):
        return (Reach(when=f"inventory_hostname not in {_listed(others)}"),)
    return (Reach(when=f"inventory_hostname in {_listed(wanted)}"),)


def _listed(hosts: Sequence[str]) -> str:
    return "[" + ", ".join(f"'{host}'" for host in hosts) + "]"
