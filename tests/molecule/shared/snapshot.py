"""Print every path below the server root and the web root of every lab host, with kind, mode, owner and digest."""

from __future__ import annotations

import json
import os
import sys

from safedeploy.lab import Lab

lab = Lab.load(os.environ["SAFEDEPLOY_LAB_NAME"])
json.dump({host.name: lab.snapshot(host.name) for host in lab.hosts}, sys.stdout, sort_keys=True)
