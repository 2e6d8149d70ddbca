"""The package's own data files, each read once. Nothing else is opened."""

from __future__ import annotations

import functools
import json
import pkgutil
import tomllib
from typing import Any


@functools.cache
def read(name: str) -> dict[str, Any]:
    """The content of a JSON or TOML file beside this one."""
    data = pkgutil.get_data(__package__, name)
    text = (data or b"{}").decode()
    found: dict[str, Any] = tomllib.loads(text) if name.endswith(".toml") else json.loads(text)
    return found
