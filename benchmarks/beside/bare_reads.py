"""The least that a read can cost: `bare_reads.py INVENTORY FILE...`, all hosts at once over paramiko, cat, no more."""

from __future__ import annotations

import json
import shlex
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import paramiko


def read(host: dict[str, Any], command: str) -> int:
    """Run a command on a host over a new connection; how many bytes it said."""
    words = dict(option.split("=", 1) for option in host["ansible_ssh_common_args"].split() if "=" in option)
    with paramiko.SSHClient() as client:
        client.load_host_keys(words["UserKnownHostsFile"])
        client.connect(
            host["ansible_host"],
            port=host["ansible_port"],
            username=host["ansible_user"],
            key_filename=host["ansible_ssh_private_key_file"],
            allow_agent=False,
            look_for_keys=False,
        )
        _, output, _ = client.exec_command(command)
        return len(output.read())


def main() -> None:
    """Read the files of every host."""
    hosts = json.loads(Path(sys.argv[1]).read_text())["all"]["children"]["web"]["hosts"].values()
    command = shlex.join(["cat", *sys.argv[2:]])
    with ThreadPoolExecutor(len(hosts)) as pool:
        print(sum(pool.map(lambda host: read(host, command), hosts)))


if __name__ == "__main__":
    main()
