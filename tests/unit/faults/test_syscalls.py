"""Steps of a program are told from its trace, and strace is told where to inject."""

from __future__ import annotations

from tests.faults.syscalls import ANSWER, CHANGE, PROGRAM, failing_from, killed_at, steps

LOG = """\
openat(AT_FDCWD</>, "/usr/lib/python3/os.py", O_RDONLY|O_CLOEXEC) = 3</usr/lib/python3/os.py>
mkdir("/state", 0700)                   = -1 EEXIST (File exists)
openat(AT_FDCWD</>, "/state/lease.json.new", O_WRONLY|O_CREAT|O_TRUNC, 0600) = 4</state/lease.json.new>
write(4</state/lease.json.new>, "{}", 2) = 2
write(7</dev/null>, "x", 1)             = 1
clone(child_stack=NULL, flags=CLONE_CHILD_CLEARTID) = 77
--- SIGCHLD {si_signo=SIGCHLD} ---
mkdir("/state/new", 0700)               = 0
write(3<pipe:[1]>, "{\\"safedeploy\\":1}", 16) = 16
+++ exited with 0 +++
"""


def test_what_changes_something_counts_and_what_only_reads_or_fails_does_not():
    found = steps(LOG, ["/state"])
    assert [(one.point, one.kind) for one in found] == [
        ("openat#1", CHANGE),
        ("write#1", CHANGE),
        ("clone#1", PROGRAM),
        ("mkdir#1", CHANGE),
        ("write#2", ANSWER),
    ]


def test_strace_counts_every_call_of_the_name():
    opened, _, _, made, _ = steps(LOG, ["/state"])
    assert killed_at(opened) == ["-e", "inject=openat:signal=SIGKILL:when=2"]
    assert failing_from(made, "ENOSPC", ("mkdir", "write")) == [
        "-e",
        "inject=mkdir:error=ENOSPC:when=2+",
        "-e",
        "inject=write:error=ENOSPC:when=3+",
    ]
