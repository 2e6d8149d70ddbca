"""Which facts a host's templates and variables refer to, found by reading them, not by rendering.

A condition on a fact renders without one too, and wrongly. So every name in the template, in what it includes and in
the variables it uses is followed. A name that is made up while rendering (`hostvars[h]['ansible_' + x]`) is not found;
an include whose name is made up counts as including every template.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ansible import constants
from ansible._internal._templating._jinja_bits import TemplateOverrides
from ansible.parsing.vault import EncryptedString
from ansible.plugins.loader import connection_loader
from jinja2 import Environment, TemplateSyntaxError, nodes
from jinja2.meta import find_referenced_templates

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

EXTENSIONS = ["jinja2.ext.do", "jinja2.ext.loopcontrols"]
NAME = re.compile(r"[A-Za-z_]\w*")
# Names that Ansible sets itself, or that say how to connect; everything else with this prefix is a fact.
NOT_FACTS = frozenset(
    {
        "ansible_become",
        "ansible_become_method",
        "ansible_check_mode",
        "ansible_collection_name",
        "ansible_config_file",
        "ansible_connection",
        "ansible_dependent_role_names",
        "ansible_diff_mode",
        "ansible_forks",
        "ansible_index_var",
        "ansible_inventory_sources",
        "ansible_limit",
        "ansible_loop",
        "ansible_loop_var",
        "ansible_managed",
        "ansible_parent_role_names",
        "ansible_parent_role_paths",
        "ansible_play_batch",
        "ansible_play_hosts",
        "ansible_play_hosts_all",
        "ansible_play_name",
        "ansible_play_role_names",
        "ansible_playbook_python",
        "ansible_python_interpreter",
        "ansible_role_name",
        "ansible_role_names",
        "ansible_run_tags",
        "ansible_search_path",
        "ansible_skip_tags",
        "ansible_verbosity",
        "ansible_version",
    }
)


@dataclass
class References:
    """Names, templates and whether some include could not be followed."""

    names: set[str] = field(default_factory=set)
    templates: set[str] = field(default_factory=set)
    dynamic: bool = False


class ReferenceFinder:
    """Follows references; what a text or a file refers to is worked out once for all hosts."""

    def __init__(self, search_path: Iterable[Path]) -> None:
        self._search_path = list(search_path)
        self._texts: dict[tuple[str, tuple[tuple[str, Any], ...]], References] = {}

    def names(
        self,
        variables: Mapping[str, Any],
        roots: Iterable[str],
        files: Mapping[Path, dict[str, Any]],
        texts: Iterable[Any],
    ) -> set[str]:
        """Return every name that the variables named `roots`, templates (with options) and texts lead to."""
        start = self._of_value(list(texts))
        seen: set[str] = set()
        read: set[Path] = set()
        waiting = {*roots, *start.names}
        waiting_files = [*files.items(), *((path, {}) for path in self._paths(start))]
        while waiting or waiting_files:
            if waiting_files:
                path, options = waiting_files.pop()
                if path in read:
                    continue
                read.add(path)
                found = self._of_file(path, options)
                included = self._paths(found, path.parent)
            else:
                name = waiting.pop()
                seen.add(name)
                found = self._of_value(variables.get(name))
                included = self._paths(found)
            waiting |= found.names - seen
            waiting_files += [(path, {}) for path in included]
        return seen

    def every_template(self) -> list[Path]:
        """Return all the files of the templates directory."""
        return [path for path in sorted(self._search_path[0].rglob("*")) if path.is_file()]

    def _paths(self, found: References, *beside: Path) -> list[Path]:
        if found.dynamic:
            return self.every_template()
        candidates = (folder / name for name in found.templates for folder in (*self._search_path, *beside))
        return [path for path in candidates if path.is_file()]

    def _of_file(self, path: Path, options: Mapping[str, Any]) -> References:
        try:
            return self._of_text(path.read_text(errors="replace"), options)
        except OSError:
            return References()  # the rendering says what is wrong with it

    def _of_value(self, value: Any) -> References:
        found = References()
        if isinstance(value, EncryptedString):
            return found  # never a template
        if isinstance(value, str):
            return self._of_text(value, {})
        parts = value.values() if isinstance(value, dict) else value if isinstance(value, list | tuple) else ()
        for part in parts:
            inner = self._of_value(part)
            found.names |= inner.names
            found.templates |= inner.templates
            found.dynamic |= inner.dynamic
        return found

    def _of_text(self, text: str, options: Mapping[str, Any]) -> References:
        key = (str(text), tuple(sorted(options.items())))
        if key not in self._texts:
            self._texts[key] = _read(text, options)
        return self._texts[key]


def _read(text: str, options: Mapping[str, Any]) -> References:
    try:
        text, overrides = TemplateOverrides.DEFAULT.merge(dict(options))._extract_template_overrides(text)  # noqa: SLF001 - the header's syntax is Ansible's own
        # Filters and tests are names to the parser; that Ansible has others than Jinja does not matter here.
        environment = Environment(extensions=EXTENSIONS, **overrides.overlay_kwargs())  # noqa: S701 - never renders
        tree = environment.parse(text)
    except (TemplateSyntaxError, ValueError, SyntaxError, TypeError):
        return References()  # the rendering says what is wrong with it
    found = References()
    for name in find_referenced_templates(tree):
        if name is None:
            found.dynamic = True
        else:
            found.templates.add(name)
    found.names |= {node.name for node in tree.find_all(nodes.Name)}
    found.names |= {node.attr for node in tree.find_all(nodes.Getattr)}
    # A constant may be the name of a variable (vars['x'], hostvars[h]['x']) or of a template (lookup).
    constants_in = [node.value for node in tree.find_all(nodes.Const) if isinstance(node.value, str)]
    found.names |= {value for value in constants_in if NAME.fullmatch(value)}
    found.templates |= {value for value in constants_in if "\n" not in value}
    return found


def is_fact(name: str, variables: Mapping[str, Any]) -> bool:
    """Tell whether a name that templates refer to is a fact that the host does not have yet."""
    if name == "ansible_facts":
        return not variables.get(name)
    if not name.startswith("ansible_") or name in variables or name in NOT_FACTS:
        return False
    connection_loader.get("ssh", class_only=True)  # its documentation is what defines the options
    return name not in constants.config.get_plugin_vars("connection", "ssh") and not name.startswith("ansible_become_")
