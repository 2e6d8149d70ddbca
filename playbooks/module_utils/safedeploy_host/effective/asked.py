"""Asks httpd for all of its dumps in one run (44 ms measured), with mod_info loaded for that run where it is to be had.

mod_info comes after the configuration has been read (-c), so that no <IfModule mod_info.c> becomes true by it.
"""

from __future__ import annotations

import os

from .. import control, dumps, process
from . import parsed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterator

    from ..directives import Directive, Reader

    Json = dict[str, Any]

_DUMPS = ("DUMP_VHOSTS", "DUMP_RUN_CFG", "DUMP_MODULES", "DUMP_INCLUDES", "DUMP_CONFIG")
_WORDS = ("-t", *(word for name in _DUMPS for word in ("-D", name)))
_LIMIT = 32 * 1024 * 1024
_FILE = "mod_info.so"
_KNOWN_DIRECTORIES = ("modules", "/usr/lib/apache2/modules", "/usr/lib64/httpd/modules", "/usr/lib/httpd/modules")
# "module info_module is already loaded, skipping": it was there without us.
_ALREADY = "AH01574"


class Asked:
    """What httpd said: `ok` for its verdict, `tree` (text, empty where it has none) and `text` for everything else.

    `defines` are without those that the dumps themselves need.
    """

    def __init__(self, outcome: control.Outcome, *, added: bool) -> None:
        self.ok = outcome.ok
        whole = outcome.explained() if not outcome.ok else outcome.output
        self.tree, self.text = parsed.split(whole)
        # A tree that was cut off would lack what comes after.
        if len(whole) >= _LIMIT:
            self.tree = ""
        lines = self.text.splitlines()
        already = any(_ALREADY in line and "info_module" in line for line in lines)
        self.text = "\n".join(line for line in lines if not (added and already and _ALREADY in line))
        self.modules = dumps.modules(self.text)
        if added and not already and "info_module" not in dumps.built_in(self.text):
            self.modules = [name for name in self.modules if name != "info_module"]
        self.defines = [name for name in dumps.defines(self.text) if name not in _DUMPS]


def ask(site: Json, directives: list[Directive], reader: Reader) -> Asked:
    """All that httpd says of the site's configuration. A second run only where mod_info cannot be loaded into it."""
    module = _module(site, directives, reader)
    if module:
        outcome = _run(site, "-c", f'LoadModule info_module "{module}"')
        if outcome.ok and parsed.has_tree(outcome.output):
            return Asked(outcome, added=True)
    return Asked(_run(site), added=False)


def _run(site: Json, *more: str) -> control.Outcome:
    return control.run([*site["httpd"]["control"], *_WORDS, *more], site, timeout=control.TIMEOUT, limit=_LIMIT)


def _module(site: Json, directives: list[Directive], reader: Reader) -> str | None:
    """The file of mod_info that belongs to this httpd: beside the modules that it loads, or where it looks for them."""
    seen: set[str] = set()
    # One by one: the last of them costs a run of httpd.
    for directory in _directories(site, directives, reader):
        path = os.path.join(directory, _FILE)
        if directory in seen:
            continue
        seen.add(directory)
        if os.path.isfile(path) and '"' not in path:
            return path
    return None


def _directories(site: Json, directives: list[Directive], reader: Reader) -> Iterator[str]:
    for directive in directives:
        if directive.name == "loadmodule" and len(directive.args) > 1:
            yield os.path.dirname(reader.resolve(directive.args[1]))
    for directory in _KNOWN_DIRECTORIES:
        yield os.path.join(site["server_root"], directory)
    root = process.build(site["httpd"]["binary"]).get("HTTPD_ROOT")
    if root:
        yield os.path.join(root, "modules")
