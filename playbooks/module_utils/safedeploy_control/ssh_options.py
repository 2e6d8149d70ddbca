"""What every connection of a run to a host has, whatever the inventory says; of other kinds than ssh, nothing."""

from __future__ import annotations

from typing import Any

# Seconds between questions whether the host is there, and how many go unanswered before it counts as gone.
_ALIVE = "-o ServerAliveInterval=5 -o ServerAliveCountMax=4"


def insist_on_keys(connection: Any) -> None:
    """No host is spoken to whose key is not known. Of several values ssh takes the first; this one comes first."""
    if connection.transport == "ssh":
        now = connection.get_option("ssh_args") or ""
        connection.set_option("ssh_args", f"-o StrictHostKeyChecking=yes {now}")


def notice_silence(connection: Any) -> None:
    """Have ssh give a host up that is not heard of any more; by itself it would wait until the task's time is over.

    What the inventory says comes earlier on ssh's command line, and so counts for more.
    """
    if connection.transport == "ssh":
        now = connection.get_option("ssh_extra_args") or ""
        connection.set_option("ssh_extra_args", f"{now} {_ALIVE}".strip())
