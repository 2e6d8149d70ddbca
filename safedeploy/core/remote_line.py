"""The one shell line that starts the on-host program, for any way of reaching a host.

Pure text. The line first prints a marker, so that whatever a login shell or sudo prints before it can be told from the
answer; then one of: the word `no-agent`, the word `no-python`, or the program's own line of JSON. `playbooks/` carries
the same text (playbooks/module_utils/safedeploy_line.py, which may not import this package); a test compares the two.
"""

from __future__ import annotations

import shlex

# Newest first: /usr/bin/python3 of RHEL 8 is older than the program supports. The system's own before what PATH has,
# where version managers put commands that only say that a version is not installed.
PYTHONS = (
    *(f"/usr/bin/python3.{minor}" for minor in range(14, 7, -1)),
    "/usr/bin/python3",
    "/usr/local/bin/python3",
    "python3",
    "/usr/libexec/platform-python",
)

# Reads "<length> <sha256>\n", then that many bytes of program, verifies them, and runs them without writing to the
# host's disk. What is left on standard input is the request.
MEMORY_LOADER = """\
import hashlib, os, runpy, sys
def take(n):
    parts = []
    while n > 0:
        part = os.read(0, min(n, 65536))
        if not part:
            sys.exit("safedeploy: the program did not arrive whole")
        parts.append(part)
        n -= len(part)
    return b"".join(parts)
head = b""
while head[-1:] != b"\\n" and len(head) < 100:
    head += take(1)
size, digest = head.split()
program = take(int(size))
if hashlib.sha256(program).hexdigest().encode() != digest:
    sys.exit("safedeploy: the program was damaged on the way")
fd = os.memfd_create("safedeploy")
view = memoryview(program)
while view:
    view = view[os.write(fd, view):]
path = "/proc/self/fd/%d" % fd
sys.argv[0] = path
runpy.run_path(path, run_name="__main__")
"""

NO_AGENT = "no-agent"
NO_PYTHON = "no-python"


def agent_path(state_dir: str, sha256: str) -> str:
    """Where the program with that digest is staged on a host."""
    return f"{state_dir.rstrip('/')}/agent/{sha256}.pyz"


def stored_line(*, marker: str, agent: str, command: str, python: str | None) -> str:
    """Run the staged program at `agent`; print `no-agent` when it is not there (its input is then read and dropped)."""
    found = f'a={shlex.quote(agent)}; [ -f "$a" ] || {{ cat >/dev/null; echo {NO_AGENT}; exit 0; }}'
    return _line(marker, found, f'"$a" {shlex.quote(command)}', python)


def memory_line(*, marker: str, command: str, python: str | None) -> str:
    """Run the program that comes first on standard input (see `memory_input`), from memory."""
    return _line(marker, ":", f"-c {shlex.quote(MEMORY_LOADER)} {shlex.quote(command)}", python)


def memory_input(program: bytes, sha256: str) -> bytes:
    """What goes before the request on standard input of `memory_line`."""
    return f"{len(program)} {sha256}\n".encode() + program


def _line(marker: str, before: str, arguments: str, python: str | None) -> str:
    candidates = " ".join(shlex.quote(name) for name in ((python,) if python else PYTHONS))
    return (
        f"echo {shlex.quote(marker)}; {before}; "
        f'for p in {candidates}; do p=$(command -v "$p") && [ -x "$p" ] && exec "$p" -I -S {arguments}; done; '
        f"cat >/dev/null; echo {NO_PYTHON}"
    )
