"""Users of a host in namespaces: the machine's system users, and `deploy` and `operator`, who exist there only.

No password hash of the machine is copied: nobody has a password, except `operator`, whose sudo asks for one.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from safedeploy.lab.commands import run

DEPLOY_ID = 2001
OPERATOR_ID = 2002
NOBODY_ID = 65534
SYSTEM_LIMIT = 1000

SUDOERS = """\
Defaults env_reset, use_pty, lecture=never
Defaults secure_path="/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
root ALL=(ALL:ALL) ALL
@includedir /etc/sudoers.d
"""
SUDOERS_LAB = """\
deploy ALL=(ALL:ALL) NOPASSWD: ALL
operator ALL=(ALL:ALL) ALL
"""


@dataclass(frozen=True, kw_only=True)
class Password:
    """A password made for one lab, and its hash for /etc/shadow."""

    clear: str
    hashed: str


def new_password() -> str:
    """A random password."""
    return secrets.token_urlsafe(18)


def hashed(clear: str) -> Password:
    """A password with its hash; openssl makes it, and reads the password from its standard input."""
    return Password(clear=clear, hashed=run(["openssl", "passwd", "-6", "-stdin"], text=clear + "\n").strip())


def _system_lines(lines: Iterable[str]) -> list[str]:
    """Lines of passwd(5) or group(5) whose third field is a system id."""
    kept = []
    for line in lines:
        fields = line.split(":")
        if len(fields) > 2 and fields[2].isdigit() and _is_system(int(fields[2])) and fields[0] != "operator":
            kept.append(line)
    return kept


def _is_system(number: int) -> bool:
    return number < SYSTEM_LIMIT or number == NOBODY_ID


def account_files(operator: Password, etc: Path = Path("/etc")) -> dict[str, tuple[str, int]]:
    """Path below /etc -> (content, mode) of the files that make the accounts of a host."""
    users = [
        *_system_lines((etc / "passwd").read_text().splitlines()),
        f"deploy:x:{DEPLOY_ID}:{DEPLOY_ID}:deployment:/home/deploy:/bin/bash",
        f"operator:x:{OPERATOR_ID}:{OPERATOR_ID}:operator:/home/operator:/bin/bash",
    ]
    groups = [
        *_system_lines((etc / "group").read_text().splitlines()),
        f"deploy:x:{DEPLOY_ID}:",
        f"operator:x:{OPERATOR_ID}:",
    ]
    hashes = {"operator": operator.hashed}
    names = [line.split(":")[0] for line in users]
    shadow = [f"{name}:{hashes.get(name, '*')}:19000:0:99999:7:::" for name in names]
    return {
        "passwd": ("".join(f"{line}\n" for line in users), 0o644),
        "group": ("".join(f"{line}\n" for line in groups), 0o644),
        "shadow": ("".join(f"{line}\n" for line in shadow), 0o600),
        "sudoers": (SUDOERS, 0o440),
        "sudoers.d/lab": (SUDOERS_LAB, 0o440),
    }
