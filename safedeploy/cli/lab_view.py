"""What the lab commands show."""

from __future__ import annotations

from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from safedeploy.lab import Lab
from safedeploy.lab.health import Seen


def show_hosts(console: Console, lab: Lab) -> None:
    """One row for each host: where it is."""
    table = _table("host", "address", "ssh", "http", "https")
    for host in lab.hosts:
        table.add_row(host.name, host.address, str(host.ssh_port), str(host.http_port), str(host.https_port))
    console.print(table)


def next_commands(lab: Lab) -> str:
    """What to try with a lab that is up."""
    option = "" if lab.name == "default" else f" --name {lab.name}"
    host = lab.hosts[0]
    url = f"http://app.lab.test:{host.http_port}/"
    return (
        f"Log in:    safedeploy lab ssh web1{option}\n"
        f"Look:      curl --resolve app.lab.test:{host.http_port}:{host.address} {url}\n"
        f"Inventory: {lab.inventory}\n"
        f"Remove it: safedeploy lab down{option}"
    )


def show_status(console: Console, lab: Lab, seen: dict[str, Seen]) -> None:
    """One row for each host: what answers."""
    known = lab.state
    console.print(Text(f"lab {lab.name}: {len(lab.hosts)} hosts, {known.mode} ({known.reason}), since {known.created}"))
    table = _table("host", "address", "power", "sshd", "httpd", "backend")
    for host in lab.hosts:
        one = seen[host.name]
        table.add_row(
            host.name,
            f"{host.address}:{host.ssh_port}",
            *(_word(good) for good in (one.on, one.sshd, one.httpd, one.backend)),
        )
    console.print(table)


def status_document(lab: Lab, seen: dict[str, Seen]) -> dict[str, Any]:
    """The shape of `lab status --json`, version 1."""
    known = lab.state
    return {
        "schema": 1,
        "lab": lab.name,
        "mode": known.mode,
        "reason": known.reason,
        "since": known.created,
        "directory": str(lab.directory),
        "inventory": str(lab.inventory),
        "hosts": [
            {
                "name": host.name,
                "address": host.address,
                "ssh_port": host.ssh_port,
                "http_port": host.http_port,
                "https_port": host.https_port,
                **vars(seen[host.name]),
            }
            for host in lab.hosts
        ],
    }


def _table(*columns: str) -> Table:
    table = Table(box=None, pad_edge=False, show_edge=False)
    for column in columns:
        table.add_column(column)
    return table


def _word(good: bool) -> Text:
    return Text("up", style="green") if good else Text("down", style="bold red")
