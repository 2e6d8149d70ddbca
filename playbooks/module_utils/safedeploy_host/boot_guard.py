"""Whether this host runs `boot` before httpd when it starts: what playbooks/boot_guard.yml installs.

Told from the files that enable it, not from the running system: they are what the next start will read.
"""

from __future__ import annotations

import glob
import os

from . import systemd

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .protocol import Json
    from .store import Store

NAME = "safedeploy-boot-guard"


def installed(store: Store, root: str = "") -> Json:
    """{"installed", "how": "systemd" | "sysv" | null, "why": text}."""
    if os.path.isdir(root + systemd.RUNNING):
        how, found = "systemd", glob.glob(f"{root}/etc/systemd/system/*.wants/{NAME}.service")
    else:
        how, found = (
            "sysv",
            glob.glob(f"{root}/etc/rc[2-5].d/S*{NAME}") + glob.glob(f"{root}/etc/rc.d/rc[2-5].d/S*{NAME}"),
        )
    for link in found:
        if store.directory in _text(link).split():
            return {"installed": True, "how": how, "why": f"{link} is enabled"}
    why = f"{found[0]} does not name {store.directory}" if found else "nothing runs before httpd when the host starts"
    return {"installed": False, "how": None, "why": why}


def _text(path: str) -> str:
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read(65536)
    except OSError:
        return ""
