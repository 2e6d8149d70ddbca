"""One inventory as Ansible sees it: hosts, variables by its precedence, and a play to template in.

The play is what an ansible-playbook in the project's top directory would have, so `playbook_dir`, `hostvars`, lookups
and the search paths of templates and files mean the same here and there.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from ansible import constants
from ansible.inventory.manager import InventoryManager
from ansible.playbook.play import Play
from ansible.plugins.loader import add_all_plugin_dirs
from ansible.plugins.vars import host_group_vars
from ansible.release import __version__
from ansible.utils.collection_loader import AnsibleCollectionConfig
from ansible.vars.hostvars import HostVars
from ansible.vars.manager import VariableManager

from safedeploy.adapters.ansible.library.engine import CachingEngine
from safedeploy.adapters.ansible.library.memory import Memory

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from safedeploy.adapters.ansible.library.loader import RecordingLoader


class Session:
    """Ansible's objects for one inventory. Not for several threads at once."""

    def __init__(self, *, project: Path, source: Path, loader: RecordingLoader) -> None:
        _forget_other_inventories()
        self.project = project
        self.loader = loader
        loader.set_basedir(str(project))
        # As beside a playbook: filter_plugins/, lookup_plugins/, inventory_plugins/, collections/ and so on.
        add_all_plugin_dirs(str(project))
        AnsibleCollectionConfig.playbook_paths = [str(project)]
        self.manager = InventoryManager(loader=loader, sources=[str(source)], parse=False)
        self.variable_manager = VariableManager(loader=loader, inventory=self.manager, version_info=_version())
        # Variables beside a playbook are left out, as there is none: ours lie elsewhere, and both must see the same.
        self.variable_manager.safe_basedir = False
        self.variable_manager._options_vars |= _options(source)  # noqa: SLF001 - the command line fills these otherwise
        self._plain: dict[str, dict[str, Any]] = {}
        self._play: Any = None
        self._engines: dict[tuple[str, ...], CachingEngine] = {}
        self._task: dict[str, dict[str, Any]] = {}
        self.memory = Memory()
        self.found: dict[tuple[str, str], Path] = {}
        HostVars(self.manager, self, loader)

    # HostVars announces itself on the manager it is given, here a manager with a memory: hostvars in a loop over the
    # fleet would have every host's variables merged again for every host.
    @property
    def _hostvars(self) -> Any:
        return self.variable_manager._hostvars  # noqa: SLF001 - as above

    @_hostvars.setter
    def _hostvars(self, value: Any) -> None:
        self.variable_manager._hostvars = value  # noqa: SLF001 - as above

    def parse(self) -> None:
        """Read the inventory; `parsing` is the file at which that fails."""
        self.manager.parse_sources(cache=True)

    @property
    def parsing(self) -> str | None:
        """The inventory file that is being read."""
        source: str | None = self.manager._inventory.current_source  # noqa: SLF001 - no other way
        return source

    def get_vars(self, host: Any, include_hostvars: bool = False) -> dict[str, Any]:  # noqa: ARG002 - Ansible's
        """Return the untemplated variables of a host, as `hostvars` shows them."""
        name = host.name
        if name not in self._plain:
            self._plain[name] = self.variable_manager.get_vars(host=host, include_hostvars=False)
        return self._plain[name]

    def limit(self, pattern: str | None) -> list[Any]:
        """Return the hosts of the inventory that match a pattern, in the order of the inventory."""
        self.manager.subset(pattern)
        self._play = None
        self._task.clear()
        self.memory.forget()
        return list(self.manager.get_hosts("all"))

    def play_variables(self, name: str) -> dict[str, Any]:
        """Return what a task of a play on all the hosts has, untemplated; a dictionary of its own for each call."""
        if name in self._task:
            return dict(self._task[name])
        if self._play is None:
            data = {"name": "safedeploy", "hosts": "all", "gather_facts": False}
            self._play = Play.load(data, variable_manager=self.variable_manager, loader=self.loader)
        variables: dict[str, Any] = self.variable_manager.get_vars(
            play=self._play, host=self.manager.get_host(name), stage="task"
        )
        variables["ansible_search_path"] = [str(self.project)]
        self._task[name] = variables
        return dict(variables)

    def set_facts(self, facts: Mapping[str, Mapping[str, Any]]) -> None:
        """Give hosts their facts, as the `setup` module returns them in `ansible_facts`."""
        for name, values in facts.items():
            self.variable_manager.set_host_facts(name, dict(values) | {"_ansible_facts_gathered": True})
            self._plain.pop(name, None)
            self._task.pop(name, None)
        self.memory.forget()

    def has_facts(self, name: str) -> bool:
        """Tell whether facts are there already: given, or kept by Ansible's fact cache."""
        return bool(self.variable_manager._facts_gathered_for_host(name))  # noqa: SLF001 - no other way

    def engine(self, search_path: list[str]) -> CachingEngine:
        """Return the template engine for a search path."""
        key = tuple(search_path)
        if key not in self._engines:
            self._engines[key] = CachingEngine(self.loader, search_path, self.memory)
        return self._engines[key]


def _version() -> dict[str, Any]:
    """Return `ansible_version` as ansible-playbook makes it."""
    numbers = [int(digits) for digits in re.findall(r"\d+", __version__)[:3]]
    return {
        "string": __version__,
        "full": __version__,
        "major": numbers[0],
        "minor": numbers[1],
        "revision": numbers[2],
    }


def _options(source: Path) -> dict[str, Any]:
    """Return the variables that ansible-playbook makes of its command line when nothing special is on it."""
    return {
        "ansible_check_mode": False,
        "ansible_diff_mode": False,
        "ansible_forks": constants.DEFAULT_FORKS,
        "ansible_inventory_sources": [str(source)],
        "ansible_run_tags": ["all"],
        "ansible_skip_tags": [],
        "ansible_verbosity": 0,
    }


def _forget_other_inventories() -> None:
    """Empty what Ansible keeps for the process: paths of variable files that may have come or gone since."""
    for cache in (host_group_vars.CANONICAL_PATHS, host_group_vars.FOUND, host_group_vars.NAK):
        cache.clear()
