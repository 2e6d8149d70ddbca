"""Users and groups of files: names to numbers, and whether this process may give files to them."""

from __future__ import annotations

import os

from .protocol import AgentError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .tree import Entry


def numbers(path: str, entry: Entry) -> tuple[int, int]:
    """The user and group numbers of a file entry. Raises AgentError(unknown-owner)."""
    return _user(path, entry["owner"]), _group(path, entry["group"])


def check(path: str, entry: Entry) -> None:
    """Raise AgentError unless this process may give `path` its owner: `unknown-owner`, `no-permission`."""
    uid, gid = numbers(path, entry)
    me = os.geteuid()
    if me == 0 or (uid == me and gid in {os.getegid(), *os.getgroups()}):
        return
    raise AgentError(
        "no-permission",
        f"{path} is to belong to {entry['owner']}:{entry['group']}, which user {me} may not arrange",
        next="Use become for this host, or give owner and group of the deploying user in safedeploy_files.",
        detail={"path": path, "uid": me},
    )


def _user(path: str, name: str) -> int:
    import pwd

    try:
        return pwd.getpwnam(name).pw_uid
    except KeyError:
        if name.isdigit():
            return int(name)
        raise _unknown(path, "user", name) from None


def _group(path: str, name: str) -> int:
    import grp

    try:
        return grp.getgrnam(name).gr_gid
    except KeyError:
        if name.isdigit():
            return int(name)
        raise _unknown(path, "group", name) from None


def _unknown(path: str, kind: str, name: str) -> AgentError:
    return AgentError(
        "unknown-owner",
        f"{path} is to belong to the {kind} {name}, which this host does not have",
        next=f"Create the {kind}, or correct owner and group in safedeploy_files.",
        detail={"path": path, kind: name},
    )
