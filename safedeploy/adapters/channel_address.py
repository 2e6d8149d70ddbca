"""The address of a channel: from the settings, the environment or a file."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path

from safedeploy.core.channels import Channel

VAULT = "$ANSIBLE_VAULT;"
_MOST = 64 * 1024


def read(channel: Channel, project: Path, environ: Mapping[str, str], decrypt: Callable[[Path], str]) -> str:
    """The address. Raises ValueError, whose text says why there is none and holds nothing of it.

    `decrypt` gives the content of a file that Ansible's vault has encrypted; what it raises passes through.
    """
    if channel.url is not None:
        return channel.url
    if channel.url_env is not None:
        text = environ.get(channel.url_env, "")
        return _address(text, f"the environment variable {channel.url_env}")
    path = project / Path(channel.url_file or "").expanduser()
    try:
        with path.open(encoding="utf-8") as file:
            text = file.read(_MOST)
    except OSError as error:
        raise ValueError(f"the file {channel.url_file} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise ValueError(f"the file {channel.url_file} is not UTF-8 text") from None
    if text.startswith(VAULT):
        text = decrypt(path)
    return _address(text, f"the file {channel.url_file}")


def _address(text: str, where: str) -> str:
    lines = text.strip().splitlines()
    if not lines:
        raise ValueError(f"{where} is not set" if where.startswith("the environment") else f"{where} is empty")
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9+.-]*://\S+", lines[0].strip()):
        raise ValueError(f"{where} does not hold an address such as slack://...")
    return lines[0].strip()
