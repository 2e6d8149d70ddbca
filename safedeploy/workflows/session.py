"""One invocation: the project, the environment's policy, its hosts and the open connections to them.

Nothing is read before it is needed; `close` ends every connection.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from safedeploy.adapters import agent_file, identity, settings
from safedeploy.adapters.ansible import inventory as inventories
from safedeploy.adapters.ansible.inventory import Inventory
from safedeploy.adapters.ansible.vault_options import VaultOptions
from safedeploy.adapters.runner.leftovers import entrust
from safedeploy.adapters.ssh import Fleet
from safedeploy.core.host import Host
from safedeploy.core.masking import Masker
from safedeploy.core.policy import Policy
from safedeploy.workflows.events import Events, Hiding, Phase, Several, Silent, Unfailing
from safedeploy.workflows.private_directory import private_directory

if TYPE_CHECKING:
    from safedeploy.core.alerts import Alert
    from safedeploy.workflows.plays import Plays
    from safedeploy.workflows.push_result import RolledOut


@dataclass(frozen=True, kw_only=True)
class Target:
    """What a command was asked to work on."""

    project: Path
    environment: str
    limit: str | None = None
    vault: VaultOptions = field(default_factory=VaultOptions)
    verbosity: int = 0


class Session:
    """Resolved lazily: policy, then inventory, then connections.

    The secrets that become known on the way are hidden in all that the listener hears and in what hosts say.
    """

    def __init__(self, target: Target, events: Events | None = None) -> None:
        self.target = target
        self._secrets: frozenset[str] = frozenset()
        self._masker = Masker(())
        self._listeners = Several(events or Silent())
        self.events: Events = Unfailing(Hiding(self._listeners, self.hide))
        self.command = ""
        self.private: frozenset[str] = frozenset()
        self.came_from: Mapping[str, Any] | None = None
        self.looking = threading.Lock()
        self.document: Mapping[str, Any] | None = None
        self.plan_document: Mapping[str, Any] | None = None
        self.rolled_out: RolledOut | None = None
        self.plays: Plays | None = None
        self.identity = identity.new_run()
        self.tell: Callable[[Alert], None] = lambda _alert: None
        self._fleet: Fleet | None = None
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def hide(self, text: str) -> str:
        """The text without the secrets that are known by now."""
        return self._masker.text(text)

    def know(self, secrets: Iterable[str]) -> None:
        """Hide these from now on, too."""
        known = self._secrets.union(secrets)
        if known != self._secrets:
            self._secrets, self._masker = known, Masker(known)

    def attach(self, listener: Events) -> None:
        """Have one more listener; what it hears is hidden like all else."""
        self._listeners.add(listener)

    def conclude(self, document: Mapping[str, Any]) -> None:
        """Keep what the run came to, as --json prints it, for those who hear of its end."""
        self.document = document

    def close(self) -> None:
        """End every connection and an Ansible that nobody needed, and forget what was decrypted and what was built."""
        if self.plays is not None:
            self.plays.end()
        if self._fleet is not None:
            self._fleet.close()
            self._fleet = None
        if "inventory" in self.__dict__:
            self.inventory.close()
        self._stack.close()

    @cached_property
    def policy(self) -> Policy:
        """The environment's policy. Raises SafedeployError when safedeploy.yml is missing or invalid."""
        self.events.phase(Phase.RESOLVE, f"environment {self.target.environment}")
        return settings.load(self.target.project).policy(self.target.environment)

    @cached_property
    def inventory(self) -> Inventory:
        """The hosts. Raises SafedeployError when the inventory is missing, invalid or empty."""
        policy = self.policy
        found = inventories.load(self.target.project, policy, limit=self.target.limit, vault=self.target.vault)
        self.know(found.secrets)
        entrust(found.local_files)
        return found

    @property
    def hosts(self) -> tuple[Host, ...]:
        """The hosts of this invocation, in inventory order."""
        return self.inventory.hosts

    @cached_property
    def agent(self) -> agent_file.AgentFile:
        """The on-host program, built once into a private directory that ends with the session."""
        return agent_file.write(self._stack.enter_context(private_directory()))

    @property
    def fleet(self) -> Fleet:
        """Connections to the hosts; opened on first use."""
        if self._fleet is None:
            self._fleet = Fleet(self.hosts, self.policy.ssh, self.agent, hide=self.hide)
        return self._fleet
