"""The variables that the generated inventory gives each host. Pure.

The same names in both modes, so that one set of templates fits: see the list on top of inventories/lab/hosts.py.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from safedeploy.lab import apache_tree, sshd
from safedeploy.lab.commands import found
from safedeploy.lab.host import LabHost, Layout
from safedeploy.lab.host_process import HOST_PYTHON
from safedeploy.lab.names import site_names

INVENTORY = "inventory.json"


def host_variables(host: LabHost, directory: Path) -> dict[str, Any]:
    """Ansible variables of one host."""
    layout = host.layout
    variables: dict[str, Any] = {
        "ansible_host": host.address,
        "ansible_port": host.ssh_port,
        "ansible_user": host.user,
        "ansible_python_interpreter": HOST_PYTHON,
        "ansible_ssh_private_key_file": str(directory / sshd.CLIENT_KEY),
        "ansible_ssh_common_args": " ".join(sshd.client_options(directory)),
        "http_port": host.http_port,
        "https_port": host.https_port,
        "lab_listen": "",
        "lab_server_root": layout.server_root,
        "lab_www_root": layout.www_root,
        "lab_log_dir": layout.log_dir,
        "lab_run_dir": layout.run_dir,
        "lab_cert": layout.certificate,
        "lab_key": layout.key,
        "lab_backend_port": host.backend_port,
        "lab_ca": str(directory / "lab.pem"),
    }
    if layout != Layout():
        variables |= elsewhere(host)
    return variables


def elsewhere(host: LabHost) -> dict[str, Any]:
    """What a host without a file system of its own needs beside the common variables."""
    layout = host.layout
    return {
        "lab_listen": f"{host.address}:",
        "ansible_remote_tmp": f"{layout.state_dir}-ansible",
        "safedeploy_site": {
            "server_root": layout.server_root,
            "state_dir": layout.state_dir,
            "allowed_roots": [layout.server_root, layout.www_root],
            "httpd": {
                "main_config": f"{layout.server_root}/apache2.conf",
                "control": [found("apache2ctl") or "apache2ctl"],
                "binary": found("apache2") or "/usr/sbin/apache2",
                "env": apache_tree.elsewhere(layout, host.httpd_user),
            },
        },
    }


def document(hosts: Iterable[LabHost], directory: Path) -> dict[str, Any]:
    """An inventory in Ansible's YAML layout: the group `web` holds every host."""
    return {
        "all": {
            "vars": {"lab_sites": list(site_names())},
            "children": {"web": {"hosts": {host.name: host_variables(host, directory) for host in hosts}}},
        }
    }
