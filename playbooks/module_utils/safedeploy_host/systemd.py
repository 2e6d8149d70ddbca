"""systemd, where it runs: a transient service outlives a login session and whatever ends the session's processes.

`KillUserProcesses=` in logind.conf and the clean-up of a session's control group reach a process that has left its
session with setsid(2), but not a unit of its own.
"""

from __future__ import annotations

import os
import subprocess

RUNNING = "/run/systemd/system"  # sd_booted(3)
START = 15.0


def runs() -> bool:
    """Whether systemd is the first process here, and we may start units."""
    return os.geteuid() == 0 and os.path.isdir(RUNNING)


def start(unit: str, command: list[str], description: str) -> str | None:
    """Start a transient service and wait until it has said READY=1; why it could not be started, or None.

    When its process is killed, systemd starts it again. KillMode: an httpd that it had to start must outlive it.
    """
    settings = (
        "NotifyAccess=main",
        "KillMode=process",
        "Restart=on-failure",
        "RestartSec=100ms",
        "StartLimitIntervalSec=0",
        f"TimeoutStartSec={START:g}",
        "OOMScoreAdjust=-900",
        "WorkingDirectory=/",
        "Environment=LC_ALL=C",
    )
    words = ["systemd-run", "--quiet", "--collect", f"--unit={unit}", f"--description={description}"]
    words += ["--service-type=notify", "--no-ask-password", *(f"--property={one}" for one in settings), "--", *command]
    try:
        done = subprocess.run(
            words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            timeout=START + 5, check=False, env={"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C"},
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired) as error:
        stop(unit)
        return f"systemd-run: {error}"
    if done.returncode == 0:
        return None
    stop(unit)
    said = " ".join(done.stdout.decode(errors="replace").split())
    return f"systemd-run ended with {done.returncode}: {said or 'it said nothing'}"


def stop(unit: str) -> None:
    """Stop a unit that was started only half; best effort."""
    try:
        subprocess.run(
            ["systemctl", "stop", "--no-block", f"{unit}.service"],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=5, check=False,
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired):
        return


def say_ready(address: str) -> None:
    """Tell the service manager that this service has started; sd_notify(3). Raises OSError."""
    import socket

    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as notify:
        notify.sendto(b"READY=1", f"\0{address[1:]}" if address.startswith("@") else address)
