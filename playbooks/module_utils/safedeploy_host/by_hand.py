"""What a person with a shell on a stranded host does: the steps, each a command, and the script that does most of it.

The script needs a POSIX shell alone for putting back files: it must work where this program does not. It verifies what
it takes from `objects/`, keeps what is in the way, and does nothing any more on a host that is not stranded.
"""

from __future__ import annotations

import os
import sys

from . import fsio, tree
from .clock import iso

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .protocol import Json
    from .store import Store

FUNCTIONS = """\
set -u
umask 077
cd /
if grep -q '"stranded": null' "$state/state.json"; then
    echo "this host is not stranded any more: nothing was done"
    exit 0
fi
fail() { echo "by-hand: $*" >&2; }
digest() { sha256sum <"$1" | cut -c 1-64; }
# Keep what is at a path, unless it is stored already.
aside() {
    if [ -d "$1" ] && [ ! -L "$1" ]; then fail "$1 is a directory: move it away"; return 1; fi
    if [ ! -e "$1" ] && [ ! -L "$1" ]; then return 0; fi
    if [ ! -L "$1" ] && [ -f "$state/objects/$(digest "$1")" ]; then return 0; fi
    mkdir -p "$state/by-hand" && kept=$(mktemp "$state/by-hand/XXXXXX") && cp -pPf "$1" "$kept" &&
        echo "kept aside: $1 -> $kept"
}
# file SHA256 MODE OWNER GROUP PATH
file() {
    if [ -f "$5" ] && [ ! -L "$5" ] && [ "$(digest "$5")" = "$1" ]; then
        chown "$3:$4" "$5" && chmod "$2" "$5"
        return
    fi
    if [ "$(digest "$state/objects/$1")" != "$1" ]; then fail "the stored content of $5 is damaged"; return; fi
    new=
    (umask 022 && mkdir -p "$(dirname "$5")") && aside "$5" &&
        new=$(mktemp "$(dirname "$5")/.ht.safedeploy.XXXXXX") && cp "$state/objects/$1" "$new" &&
        chown -h "$3:$4" "$new" && chmod "$2" "$new" && { [ ! -L "$5" ] || rm -f "$5"; } && mv -f "$new" "$5" ||
        { [ -z "$new" ] || rm -f "$new"; fail "$5 was not put back"; }
}
# symlink TARGET PATH
symlink() {
    if [ -L "$2" ] && [ "$(readlink "$2")" = "$1" ]; then return; fi
    (umask 022 && mkdir -p "$(dirname "$2")") && aside "$2" && rm -f "$2" && ln -s -- "$1" "$2" ||
        fail "$2 was not put back"
}
# absent PATH
absent() { aside "$1" && rm -f "$1" || fail "$1 was not removed"; }
"""


def path(store: Store) -> str:
    """Where the script is while the host is stranded."""
    return f"{store.directory}/by-hand.sh"


def steps(store: Store, record: Json, now: float) -> list[str]:
    """Write the script, and return the steps; where it cannot be written they hold every command of it."""
    putting = _putting(record)
    try:
        fsio.replace_file(path(store), os.fsencode(_script(store, record, putting, now)), 0o700)
        mending = [f"sh {quoted(path(store))}  # puts back {len(putting)} paths and starts httpd; read it first"]
    except (OSError, ValueError):
        mending = [
            *_plain(store, record),
            *_reloads(record),
            control(store, "graceful") + "  # starts a stopped server",
        ]
    return [
        control(store, "configtest") + "  # what httpd says of what is on disk; then its error log: remove the cause",
        *mending,
        f"{agent(store, 'recover')}  # looks whether all is well, also after you have mended it in another way",
    ]


def forget(store: Store) -> None:
    """The host is not stranded any more."""
    fsio.remove_file(path(store))


def agent(store: Store, command: str) -> str:
    """A command line of this program, for a shell."""
    python, directory = quoted(sys.executable or "python3"), quoted(store.directory)
    return f"{python} -I -S {directory}/agent/current {command} --state-dir {directory}"


def control(store: Store, word: str) -> str:
    """A command line of httpd's control program, for a shell."""
    httpd = store.site["httpd"]
    env = [f"{name}={quoted(value)}" for name, value in sorted((httpd.get("env") or {}).items())]
    return " ".join([*env, *map(quoted, [*httpd.get("control", ["apachectl"]), word])])


def quoted(word: str) -> str:
    """The word as a shell takes it."""
    import shlex

    return shlex.quote(word)


def _script(store: Store, record: Json, putting: list[str], now: float) -> str:
    lines = [
        "#!/bin/sh",
        f"# Puts back what was on this host before release {record['release']} was activated, and starts httpd.",
        f"# Written by safedeploy at {iso(now)}, when it could not do that itself. It can be run again, and needs no",
        f"# network. It loses nothing: what is in the way is kept in {store.directory}/by-hand.",
        "# Look first at what others may write to: a link in place of a directory on the way to a path is followed.",
        f"state={quoted(store.directory)}",
        FUNCTIONS,
        *putting,
        "",
        *(f"{line} || fail 'that did not work'" for line in _reloads(record)),
        f"{control(store, 'configtest')} || exit 1",
        f"{control(store, 'graceful')} || fail 'httpd was not started'",
        agent(store, "recover"),
    ]
    return "\n".join(lines) + "\n"


def _putting(record: Json) -> list[str]:
    """The lines that put back each path, files before links and removals last, as in a switch."""
    lines = []
    for kind in ("file", "link", "absent"):
        for at, entry in sorted(record["before"].items()):
            if entry["kind"] == kind == "file":
                lines.append(_words("file", *(entry[key] for key in ("sha256", "mode", "owner", "group")), at))
            elif entry["kind"] == kind == "link":
                lines.append(_words("symlink", entry["target"], at))
            elif entry["kind"] == kind:
                lines.append(_words("absent", at))
    return lines


def _plain(store: Store, record: Json) -> list[str]:
    """What differs now, put back without the script's functions."""
    lines = []
    before = record["before"]
    for at, entry in sorted(tree.changes(store.live(before), before).items()):
        if entry["kind"] == "file":
            owners = ("-m", entry["mode"], "-o", entry["owner"], "-g", entry["group"])
            lines.append(_words("install", "-D", *owners, store.objects.path(entry["sha256"]), at))
        elif entry["kind"] == "link":
            lines.append(_words("ln", "-sfn", "--", entry["target"], at))
        elif entry["kind"] == "absent":
            lines.append(_words("rm", "-f", at))
    return lines


def _reloads(record: Json) -> list[str]:
    return [_words(*item["argv"]) for item in record.get("services") or [] if item["argv"]]


def _words(*words: str) -> str:
    return " ".join(map(quoted, words))
