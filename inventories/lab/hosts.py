#!/usr/bin/env python3
"""Dynamic inventory of the lab that runs on this machine (`safedeploy lab up`).

Which lab: SAFEDEPLOY_LAB_NAME (default: `default`). Where it keeps its state: SAFEDEPLOY_LAB_DIR, else safedeploy/lab
below $XDG_STATE_HOME or ~/.local/state. Only the standard library is used, so any Python 3 runs it.

Group `web` holds every host. Each host has, beside Ansible's connection variables (address, port, user, key,
known_hosts of the lab; host key checking stays on):

    http_port, https_port   ports of Apache (80 and 443; high ports in loopback mode)
    lab_listen              what Listen needs before a port: empty, or `127.0.0.1:` in loopback mode
    lab_server_root         /etc/apache2, or the host's own below the lab's state directory
    lab_www_root            /var/www: holds html (default site), www and app (document roots)
    lab_log_dir             /var/log/apache2; ${APACHE_LOG_DIR} in the configuration is the same
    lab_run_dir             /var/run/apache2; ${APACHE_RUN_DIR} in the configuration is the same
    lab_cert, lab_key       certificate and key of the TLS site, as the host names them
    lab_ca                  the same certificate on the control machine, for clients to trust
    lab_backend_port        port of the backend of api.lab.test on the host's 127.0.0.1
    lab_sites               [www.lab.test, app.lab.test, api.lab.test]

In loopback mode also ansible_remote_tmp and safedeploy_site (server root, state directory, allowed roots, httpd with
the environment for apache2ctl), so that the same templates fit both modes.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path


def labs_directory() -> Path:
    """The directory of all labs; the same rule as in safedeploy/lab/state.py."""
    own = os.environ.get("SAFEDEPLOY_LAB_DIR")
    if own:
        return Path(own)
    state_home = os.environ.get("XDG_STATE_HOME", "")
    base = Path(state_home) if state_home.startswith("/") else Path.home() / ".local" / "state"
    return base / "safedeploy" / "lab"


def main() -> None:
    """Print the inventory as Ansible wants it from a script, every host's variables included."""
    name = os.environ.get("SAFEDEPLOY_LAB_NAME") or "default"
    directory = labs_directory() / name
    try:
        phase = json.loads((directory / "lab.json").read_text())["phase"]
        everything = json.loads((directory / "inventory.json").read_text())["all"] if phase == "up" else None
    except PermissionError:
        sys.exit(f"The lab {name!r} in {directory} belongs to another user: run this as the user who started it.")
    except (OSError, ValueError, KeyError):
        everything = None
    if everything is None:
        option = "" if name == "default" else f" --name {name}"
        sys.exit(f"No lab named {name!r} is up (looked in {directory}). Start it with: safedeploy lab up{option}")
    hosts = everything["children"]["web"]["hosts"]
    if sys.argv[1:2] == ["--host"]:
        sys.stdout.write(json.dumps(hosts.get(sys.argv[2], {})) + "\n")
        return
    listing = {
        "all": {"vars": everything["vars"], "children": ["web"]},
        "web": {"hosts": list(hosts)},
        "_meta": {"hostvars": hosts},
    }
    sys.stdout.write(json.dumps(listing, indent=1) + "\n")


if __name__ == "__main__":
    main()
