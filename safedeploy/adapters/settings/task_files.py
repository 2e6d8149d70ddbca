"""Files of Ansible tasks that safedeploy.yml names: there, readable, and a list of tasks.

What the tasks do is Ansible's to judge. Tags such as `!vault` are let pass unread.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml


class _Loader(yaml.SafeLoader):
    """Reads the shape alone."""


_Loader.add_multi_constructor("!", lambda _loader, _suffix, _node: None)


def problem(path: Path) -> str | None:
    """What is wrong with the file, as the end of a sentence; None when nothing is."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        return f"{path} cannot be read: {reason}"
    try:
        tasks: Any = yaml.load(text, _Loader)  # noqa: S506 - a SafeLoader that leaves tags out
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f" at line {mark.line + 1}" if mark is not None else ""
        return f"{path} is not YAML{where}: {getattr(error, 'problem', None) or error}"
    if not isinstance(tasks, list) or not tasks:
        return f"{path} must be a list of Ansible tasks"
    for number, task in enumerate(tasks, start=1):
        if not isinstance(task, dict):
            return f"{path}: task {number} must be a mapping"
        if "hosts" in task:
            return f"{path}: item {number} is a play (it has 'hosts'); tasks alone are wanted"
    return None
