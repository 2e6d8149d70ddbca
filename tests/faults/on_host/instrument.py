#!/usr/bin/python3 -IS
"""The Python of a lab host while faults are injected (`ansible_python_interpreter`): the program, with its steps told.

It runs what it is given in its own process, exactly as Python would (-I -S, then an archive or -c), and tells of every
call of the program three kinds of steps: `before` (nothing has been read of the request), each change that it makes
(Python's audit events), and `after` (the work is done, and the answer has not been given). The dead-man is started with
the same interpreter, since sys.executable says so.
"""

import os
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)

from points import Points

CHANGES = {"os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.symlink", "os.link", "os.chmod", "subprocess.Popen"}
_time = time.time


def changing(event, arguments):
    """The name of a change among audit events; None for everything else."""
    if event in CHANGES:
        return event
    if event == "open" and isinstance(arguments[2], int) and arguments[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
        return "open to write"
    return None


def about(event, arguments):
    """What a change is made to, for people."""
    if event == "subprocess.Popen":
        return " ".join(str(word) for word in list(arguments[1])[:3])[:120]
    return " ".join(str(word) for word in arguments[:2] if isinstance(word, (str, bytes)))[:200]


class Call:
    """One call of the program."""

    def __init__(self, words):
        self.points = Points(os.path.join(HERE, "run"))
        self.command = command(words)
        self.name = f"{self.command}#{self.points.number(self.command)}"
        self.pid = os.getpid()
        self.counts = {}
        self.quiet = not self.points.on

    def met(self, step, kind, told=""):
        self.quiet = True  # what telling does is no step of the program
        try:
            self.points.met(f"{self.name}:{step}", kind, told)
        finally:
            self.quiet = False

    def heard(self, event, arguments):
        """Audit hook. The program's children tell nothing: they have other lives."""
        if self.quiet or os.getpid() != self.pid:
            return
        change = changing(event, arguments)
        if change:
            self.counts[change] = self.counts.get(change, 0) + 1
            told = about(event, arguments)
            if HERE not in told:
                self.met(f"{change}#{self.counts[change]}", "the agent at work", told)

    def now(self):
        """The wall clock, which the harness may have set."""
        was, self.quiet = self.quiet, True
        try:
            return _time() + self.points.off()
        finally:
            self.quiet = was


def command(words):
    """The program's command: the word after the archive, or after the loader."""
    rest = [word for word in words if word not in ("-I", "-S")]
    return rest[2] if rest[:1] == ["-c"] and len(rest) > 2 else rest[1] if len(rest) > 1 else "other"


def run(words):
    """What Python does with these words."""
    rest = [word for word in words if word not in ("-I", "-S")]
    if rest[0] == "-c":
        sys.argv = ["-c", *rest[2:]]
        exec(compile(rest[1], "<string>", "exec"), {"__name__": "__main__"})
    else:
        import runpy

        sys.argv = rest
        runpy.run_path(rest[0], run_name="__main__")


def ended_with(work):
    """The exit code of a program that may end by SystemExit, or at once. Its children end as they do."""
    program, end_at_once = os.getpid(), os._exit

    def leave(code):
        if os.getpid() == program:
            raise SystemExit(code)
        end_at_once(code)

    os._exit = leave
    try:
        work()
    except SystemExit as end:
        if isinstance(end.code, str):
            sys.stderr.write(end.code + "\n")
            return 1
        return end.code or 0
    finally:
        os._exit = end_at_once
    return 0


def main(words):
    call = Call(words)
    sys.executable = os.path.abspath(__file__)
    sys.path.remove(HERE)
    if not call.points.on or call.command == "other":
        return ended_with(lambda: run(words))
    time.time = call.now
    call.met("before", "a request has arrived")
    sys.addaudithook(call.heard)
    if call.command == "dead-man":  # it says that it is ready while it runs
        return ended_with(lambda: run(words))
    out = os.dup(1)
    held = os.memfd_create("answer")
    os.dup2(held, 1)
    code = ended_with(lambda: run(words))
    sys.stdout.flush()
    call.met("after", "an answer is ready")
    call.quiet = True
    os.lseek(held, 0, 0)
    while True:
        piece = os.read(held, 65536)
        if not piece:
            return code
        while piece:
            piece = piece[os.write(out, piece) :]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
