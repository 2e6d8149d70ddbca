"""What this machine can run: which packages are missing, and whether namespaces are to be had (tried, not guessed)."""

from __future__ import annotations

import os
import subprocess

from safedeploy.lab.commands import clean_environment, found, lab_error

PROGRAMS = {
    "apache2": ("apache2", "apache2ctl"),
    "openssh-server": ("sshd",),
    "openssh-client": ("ssh", "ssh-keygen"),
    "openssl": ("openssl",),
}
NAMESPACE_PROGRAMS = {"iproute2": ("ip",), "util-linux": ("nsenter", "unshare")}


def missing_packages(*, namespaces: bool) -> list[str]:
    """Debian packages whose programs are not there."""
    wanted = {**PROGRAMS, **(NAMESPACE_PROGRAMS if namespaces else {})}
    return [package for package, programs in wanted.items() if not all(found(program) for program in programs)]


def require_packages(*, namespaces: bool) -> None:
    """SafedeployError `lab-packages-missing` that names the command which installs them."""
    missing = missing_packages(namespaces=namespaces)
    if missing:
        raise lab_error(
            "lab-packages-missing",
            f"The lab needs programs that are not installed: {', '.join(missing)}.",
            next_step=f"sudo apt-get install --no-install-recommends {' '.join(missing)}",
        )


def why_no_namespaces() -> str | None:
    """None when hosts can be namespaces, else the reason; namespaces and links are really made for it, and dropped."""
    if os.geteuid() != 0:
        return "it takes root, and this is an ordinary user"
    if missing := missing_packages(namespaces=True):
        return f"not installed: {', '.join(missing)}"
    # All in a network namespace of its own, which goes with the shell.
    trial = (
        "ip link add name sdlabtry type bridge && ip link add name sdtry0 master sdlabtry type veth peer name sdtry1"
        " && mount -t tmpfs tmpfs /run && mount -t proc proc /proc"
    )
    argv = ["unshare", "--net", "--mount", "--pid", "--uts", "--ipc", "--fork", "/bin/sh", "-c", trial]
    try:
        done = subprocess.run(argv, capture_output=True, text=True, timeout=20, check=False, env=clean_environment())
    except (OSError, subprocess.TimeoutExpired) as error:
        return str(error)
    return None if done.returncode == 0 else (done.stderr.strip() or f"unshare ended with {done.returncode}")
