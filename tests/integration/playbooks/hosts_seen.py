"""What is on a lab host, and configurations to put there."""

from __future__ import annotations

import json

from safedeploy.lab import Lab

CONF = "/etc/apache2/conf-enabled/zz-test.conf"

# Passes configtest; every request is a 500 afterwards.
BREAKS_AT_RUN_TIME = "<Location />\n  SetHandler proxy:http://127.0.0.1:1/\n</Location>\n"


def live(lab: Lab, host: str) -> str | None:
    """What the test's configuration file holds on a host; None when it is not there."""
    done = lab.exec(host, ["cat", CONF])
    return done.stdout.decode() if done.returncode == 0 else None


def state(lab: Lab, host: str) -> dict[str, object]:
    """What the host has recorded."""
    loaded: dict[str, object] = json.loads(lab.exec(host, ["cat", "/var/lib/safedeploy/state.json"]).stdout)
    return loaded


def marked(text: str) -> str:
    """A harmless configuration that can be told from others."""
    return f"# {text}\n"
