"""The environment variables that a playbook runs with. Pure but for the defaults that are read from `environ`.

The project's ansible.cfg still counts for all that is not set here, and variables of the inventory count for more.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path


def environment(environ: Mapping[str, str], *, bin_directory: Path, sockets: Path, temporary: Path) -> dict[str, str]:
    """What to set on top of `environ`."""
    values = {
        # The ansible-playbook of this environment, and whatever it starts in turn, come from here.
        "PATH": f"{bin_directory}:{environ.get('PATH', '/usr/bin:/bin')}",
        # ansible-runner switches the check off unless it is asked for.
        "ANSIBLE_HOST_KEY_CHECKING": "True",
        "ANSIBLE_PIPELINING": "True",
        "ANSIBLE_SSH_CONTROL_PATH_DIR": str(sockets),
        # What it decrypts into files goes when the play does, and by the next one when that was killed.
        "ANSIBLE_LOCAL_TEMP": str(temporary),
        "ANSIBLE_RETRY_FILES_ENABLED": "False",
        # Host names that are not allowed as variables, such as web-1.example.com, are no news.
        "ANSIBLE_TRANSFORM_INVALID_GROUP_CHARS": environ.get("ANSIBLE_TRANSFORM_INVALID_GROUP_CHARS", "silently"),
        "ANSIBLE_NOCOWS": "True",
        "ANSIBLE_FORCE_COLOR": "False",
        "ANSIBLE_NOCOLOR": "True",
        "ANSIBLE_DEPRECATION_WARNINGS": "False",
    }
    encoding = environ.get("LC_ALL") or environ.get("LC_CTYPE") or environ.get("LANG") or ""
    if "utf" not in encoding.lower():
        values["LC_ALL"] = "C.UTF-8"  # Ansible does not start with any other encoding
    return values
