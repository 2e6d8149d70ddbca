#!/usr/bin/python3
"""A host's Python that is not what it seems: it plays one attack, named by the name that it is called by.

Put on a lab host, and named as `ansible_python_interpreter`. `<command>.<attack>` attacks that command of the on-host
program; what comes before it is answered as far as needed, and `observe` by the real program.
"""

import json
import os
import subprocess
import sys
import time

PYTHON = "/usr/bin/python3"
ESCAPES = "\x1b[2J\x1b]0;owned\x07\x9b31m[/red][bold]\r\u202e\u200b"


def say(text):
    os.write(1, text.encode("utf-8", "surrogatepass"))


def answer(result):
    say(json.dumps({"safedeploy": 1, "ok": True, "result": result}) + "\n")


def real():
    done = subprocess.run([PYTHON, *sys.argv[1:]], stdin=0, stdout=subprocess.PIPE, check=True)
    return json.loads(done.stdout)["result"]


def each(value, change):
    """The value with every text and number in it changed."""
    if isinstance(value, dict):
        return {key: each(item, change) for key, item in value.items()}
    if isinstance(value, list):
        return [each(item, change) for item in value]
    return change(value)


def forever(descriptor, piece):
    while True:
        os.write(descriptor, piece)


def disguised():
    """A whole answer, every text of which is out for the terminal."""
    result = real() if COMMAND == "observe" else {"configtest": {"warnings": [ESCAPES] * 3}, "verdicts": []}
    trees = {key: result.pop(key) for key in ("live", "live_digest", "adopted", "current", "content") if key in result}
    answer({**each(result, lambda value: ESCAPES + value if isinstance(value, str) else value), **trees})


def mistyped():
    """An answer in which nothing is of the type that it should have."""
    good = real() if COMMAND == "observe" else {"configtest": {"warnings": []}, "restart": {}, "changes": []}
    answer({key: [value, 7] if isinstance(value, dict) else {"x": value} for key, value in good.items()})


def crowded():
    """Lists far longer than anybody could read."""
    many = ["not well"] * 200_000
    answer(
        {**real(), "problems": many} if COMMAND == "observe" else {"configtest": {"warnings": many}, "changes": many}
    )


ATTACKS = {
    "flood": lambda: forever(1, b"x" * 65536),
    "lines": lambda: forever(1, b'{"safedeploy": 1}\n' * 4096),
    "complaints": lambda: forever(2, b"no\n" * 20000),
    "silence": lambda: time.sleep(3600),
    "garbage": lambda: os.write(1, os.urandom(100_000)),
    "half": lambda: say('{"safedeploy": 1, "ok": true, "result": {"state": '),
    "deep": lambda: say('{"safedeploy": 1, "ok": true, "result": ' + "[" * 200_000 + "]" * 200_000 + "}\n"),
    "bomb": lambda: say('{"safedeploy": 1, "ok": true, "result": [' + "[]," * 5_000_000 + "[]]}\n"),
    "numbers": lambda: say('{"safedeploy": 1, "ok": true, "result": {"state": NaN, "time": 1e999}}\n'),
    "surrogates": lambda: say('{"safedeploy": 1, "ok": false, "error": {"code": "\\ud800", "message": "\\udfff"}}\n'),
    "disguised": disguised,
    "mistyped": mistyped,
    "crowded": crowded,
}

if __name__ == "__main__":
    TARGET, _, ATTACK = sys.argv[0].rpartition("/")[2].partition(".")
    COMMAND = sys.argv[-1]
    if COMMAND == "preflight":
        say('{"safedeploy":1,"progress":"prepared","result":{"token":"1-x","missing":[]}}\n')
    if COMMAND == TARGET:
        ATTACKS[ATTACK]()
    elif COMMAND in ("examine", "release-lease"):
        answer({})
    else:
        os.execv(PYTHON, [PYTHON, *sys.argv[1:]])
