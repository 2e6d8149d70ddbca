"""Put hosts back to what they were when the lab came up, whatever was done to them since."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

from safedeploy.lab import file_tree, material, state
from safedeploy.lab.grounds import ground
from safedeploy.lab.state import LabState

KEPT = ("ssh_host_ed25519_key", "ssh_host_ed25519_key.pub")


def reset(directory: Path, known: LabState, names: Sequence[str]) -> None:
    """Kill the hosts, make their trees anew but for their SSH keys, which clients know, and boot them."""
    hosts = ground(directory, known)
    fresh = material.load(directory)
    for host in known.hosts:
        if host.name in names:
            hosts.stop(host.name)
            ssh = hosts.place(host.name) / "etc/ssh"
            keys = {name: ((ssh / name).read_bytes(), (ssh / name).stat().st_mode & 0o777) for name in KEPT}
            shutil.rmtree(hosts.place(host.name))
            hosts.make(host, fresh)
            for name, (content, mode) in keys.items():
                file_tree.put(ssh / name, content, mode)
    state.write(directory, known.but(processes={**known.processes, **hosts.start(names, strict=True)}))
