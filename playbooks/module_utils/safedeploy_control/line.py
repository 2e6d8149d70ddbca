"""The shell line that starts the on-host program, staged under its digest, or staged now from standard input.

The text of `stored_line` is that of safedeploy/core/remote_line.py, which this package may not import; a test compares
the two. The line first prints a marker: what a login script or sudo prints before it is not part of the answer.
"""

from __future__ import annotations

import shlex

PYTHONS = (
    *(f"/usr/bin/python3.{minor}" for minor in range(14, 7, -1)),
    "/usr/bin/python3",
    "/usr/local/bin/python3",
    "python3",
    "/usr/libexec/platform-python",
)

NO_AGENT = "no-agent"
NO_PYTHON = "no-python"

# Reads "<length> <sha256>\n" and that many bytes, verifies them, writes them under their digest (directories 0700, file
# synced before it gets its name), and becomes the program. What is left on standard input is the request.
STAGE_LOADER = """\
import errno, hashlib, json, os, sys
def refuse(code, message, todo):
    print(json.dumps({"safedeploy": 1, "ok": False, "error": {"code": code, "message": message,
        "state": "Nothing was changed on this host.", "next": todo, "detail": {}}}))
    sys.exit(0)
def take(n):
    parts = []
    while n > 0:
        part = os.read(0, min(n, 65536))
        if not part:
            refuse("bad-request", "the on-host program did not arrive whole", "Run the same command again.")
        parts.append(part)
        n -= len(part)
    return b"".join(parts)
path, command = sys.argv[1:]
head = b""
while head[-1:] != b"\\n" and len(head) < 100:
    head += take(1)
size, digest = head.split()
program = take(int(size))
if hashlib.sha256(program).hexdigest().encode() != digest:
    refuse("bad-request", "the on-host program was damaged on the way", "Run the same command again.")
os.umask(0o077)
folder = os.path.dirname(path)
state = os.path.dirname(folder)
temporary = "%s.%d" % (path, os.getpid())
try:
    os.makedirs(folder, 0o700, exist_ok=True)
    for place in (state, folder):
        seen = os.lstat(place)
        if seen.st_uid != os.getuid() or (seen.st_mode & 0o170022) != 0o040000:
            refuse("no-permission", place + " is not a directory that only this user can write to",
                "Look at who made it; move it away, or give it to the user that safedeploy becomes.")
    fd = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    view = memoryview(program)
    while view:
        view = view[os.write(fd, view):]
    os.fsync(fd)
    os.close(fd)
    os.rename(temporary, path)
    fd = os.open(folder, os.O_RDONLY)
    os.fsync(fd)
    os.close(fd)
except OSError as error:
    try:
        os.unlink(temporary)
    except OSError:
        pass
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        refuse("no-space", "the on-host program cannot be written to %s: %s" % (folder, error.strerror),
            "Free space on the host and try again.")
    refuse("no-permission", "the on-host program cannot be written to %s: %s" % (folder, error.strerror),
        "Check ansible_become, and the rights of the state directory.")
os.execv(sys.executable, [sys.executable, "-I", "-S", path, command])
"""


def agent_path(state_dir: str, sha256: str) -> str:
    """Where the program with that digest is staged on a host."""
    return f"{state_dir.rstrip('/')}/agent/{sha256}.pyz"


def stored_line(*, marker: str, agent: str, command: str, python: str | None) -> str:
    """Run the staged program at `agent`; print `no-agent` when it is not there (its input is then read and dropped)."""
    found = f'a={shlex.quote(agent)}; [ -f "$a" ] || {{ cat >/dev/null; echo {NO_AGENT}; exit 0; }}'
    return _line(marker, found, f'"$a" {shlex.quote(command)}', python)


def stage_line(*, marker: str, agent: str, command: str, python: str | None) -> str:
    """Stage the program that comes first on standard input at `agent` and run it, in one go."""
    arguments = f"-c {shlex.quote(STAGE_LOADER)} {shlex.quote(agent)} {shlex.quote(command)}"
    return _line(marker, ":", arguments, python)


def stage_input(program: bytes, sha256: str) -> bytes:
    """What goes before the request on standard input of `stage_line`."""
    return f"{len(program)} {sha256}\n".encode() + program


def _line(marker: str, before: str, arguments: str, python: str | None) -> str:
    candidates = " ".join(shlex.quote(name) for name in ((python,) if python else PYTHONS))
    return (
        f"echo {shlex.quote(marker)}; {before}; "
        f'for p in {candidates}; do p=$(command -v "$p") && [ -x "$p" ] && exec "$p" -I -S {arguments}; done; '
        f"cat >/dev/null; echo {NO_PYTHON}"
    )
