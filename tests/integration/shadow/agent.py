"""A process that boots shadows until it is killed: `agent.py MODULE_UTILS REQUEST`, a line for each that is done."""

from __future__ import annotations

import base64
import json
import sys
from pathlib import Path

request = json.loads(Path(sys.argv[2]).read_text())
sys.path.insert(0, sys.argv[1])

from safedeploy_host.shadow import backends, pair  # noqa: E402 - after the path

# One of them is silent, and most of the time is to be spent in the shadows.
backends.CONNECT = 0.02

objects = {digest: base64.b64decode(data) for digest, data in request["objects"].items()}


def work(shadow: object) -> str:
    return "worked"


print("ready", flush=True)  # noqa: T201 - what the test waits for
while True:
    booted = pair.run(request["site"], request["entries"], objects.__getitem__, request["world"], work)
    print(json.dumps({name: [one["up"], one["why"]] for name, one in booted.items()}), flush=True)  # noqa: T201
