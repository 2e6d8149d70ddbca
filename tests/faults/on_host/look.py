"""Everything that the oracle wants to know of a host, in one document: `python3 -I -S look.py STATE_DIR TOP...`.

Runs on the host with its own Python, as an administrator would look: it uses nothing of the program that is judged.
"""

import json
import os
import stat
import sys
import time

TEMPORARY = ".ht.safedeploy."


def record(path):
    try:
        with open(path, encoding="utf-8") as file:
            return json.load(file)
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        return {"unreadable": str(error)}


def names(directory):
    try:
        return sorted(os.listdir(directory))
    except OSError:
        return []


def walk(top):
    for directory, directories, files in os.walk(top):
        for name in [*directories, *files]:
            yield os.path.join(directory, name)


def text(path):
    try:
        with open(path, "rb") as file:
            return file.read().decode(errors="replace")
    except OSError:
        return ""


def process(pid):
    fields = text(f"/proc/{pid}/stat")
    if not fields:
        return None
    after = fields.rpartition(")")[2].split()
    if after[0] in "ZX":
        return None
    try:
        mounts = os.readlink(f"/proc/{pid}/ns/mnt")
    except OSError:
        mounts = ""
    return {
        "pid": int(pid),
        "parent": int(after[1]),
        "name": fields.partition("(")[2].rpartition(")")[0],
        "line": text(f"/proc/{pid}/cmdline").replace("\0", " ").strip(),
        "own_mounts": bool(mounts) and mounts != os.readlink("/proc/1/ns/mnt"),
    }


def main(state_dir, *tops):
    own = os.getpid()
    processes = [one for pid in os.listdir("/proc") if pid.isdigit() and int(pid) != own if (one := process(pid))]
    mounts = [line.split() for line in text("/proc/1/mountinfo").splitlines()]
    return {
        "time": time.time(),
        "state": record(f"{state_dir}/state.json"),
        "lease": record(f"{state_dir}/lease.json"),
        "kept_aside": record(f"{state_dir}/kept_aside.json"),
        "journal": os.path.lexists(f"{state_dir}/journal.json"),
        "dead_men": names(f"{state_dir}/dead-man"),
        "objects": names(f"{state_dir}/objects"),
        "temporary": [path for top in tops for path in walk(top) if os.path.basename(path).startswith(TEMPORARY)]
        + [path for path in walk(state_dir) if path.endswith(".new")],
        "processes": processes,
        "mounts": sorted(fields[4] for fields in mounts if len(fields) > 4),
        "places": sorted(
            f"{top}/{name}"
            for top in ("/tmp", "/run", "/dev/shm", os.path.dirname(state_dir))
            for name in names(top)
            if not stat.S_ISSOCK(os.lstat(f"{top}/{name}").st_mode)
        ),
        "audit": text(f"{state_dir}/audit.jsonl").splitlines(),
    }


print(json.dumps(main(*sys.argv[1:])))
