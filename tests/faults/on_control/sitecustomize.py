"""Found by every Python that the run starts (PYTHONPATH): the control machine's own process then tells its steps.

Those are what it does to the outside: programs that it starts, connections that it opens, files that it writes.
"""

import os
import sys
import threading

_DIRECTORY = os.environ.get("SAFEDEPLOY_FAULTS")


def _changing(event, arguments):
    if event == "subprocess.Popen":
        words = [str(word) for word in list(arguments[1])]
        return "starts " + next(
            (os.path.basename(word) for word in words if "playbook" in word), os.path.basename(words[0])
        )
    if event == "socket.connect" and isinstance(arguments[1], tuple):
        return "connects"
    if event in ("os.mkdir", "os.rename", "shutil.rmtree"):
        return event
    return None


def _instrument():
    sys.path.insert(0, os.environ["SAFEDEPLOY_FAULTS_CODE"])
    from points import Points

    sys.path.pop(0)
    points = Points(_DIRECTORY)
    busy, counts, pid = threading.local(), {}, os.getpid()

    def heard(event, arguments):
        if getattr(busy, "now", False) or os.getpid() != pid:
            return
        busy.now = True
        try:
            change = _changing(event, arguments)
            if change:
                counts[change] = counts.get(change, 0) + 1
                told = str(arguments[1] if event != "os.mkdir" else arguments[0])[:200]
                points.met(f"controller:{change}#{counts[change]}", "the control machine at work", told)
        finally:
            busy.now = False

    sys.addaudithook(heard)


if _DIRECTORY and os.path.basename([*sys.orig_argv, "", ""][1]) == "safedeploy":
    _instrument()
