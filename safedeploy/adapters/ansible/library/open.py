"""Open an inventory: passwords, parsing, the hosts that are meant, and how to reach them."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ansible import constants
from ansible.errors import AnsibleError
from ansible.inventory.manager import IGNORED, split_host_pattern

from safedeploy.adapters.ansible.library import vault
from safedeploy.adapters.ansible.library.connection import connection_of
from safedeploy.adapters.ansible.library.explain import (
    YAML_ENDINGS,
    explain_inventory,
    is_program,
    near,
    origin_text,
    undecryptable,
)
from safedeploy.adapters.ansible.library.facts import FactUse, fact_use
from safedeploy.adapters.ansible.library.loader import RecordingLoader
from safedeploy.adapters.ansible.library.references import ReferenceFinder
from safedeploy.adapters.ansible.library.secrets import VaultedValues, texts_in
from safedeploy.adapters.ansible.library.session import Session
from safedeploy.adapters.ansible.library.start import Messages, silence
from safedeploy.adapters.ansible.library.templating import HostTemplating
from safedeploy.core.errors import SafedeployError
from safedeploy.core.host import Connection, Host
from safedeploy.core.nearest import suggestion

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from safedeploy.adapters.ansible.vault_options import VaultOptions
    from safedeploy.core.policy import Policy

WILDCARDS = "*?[]~@"


class Opened:
    """An open inventory: Ansible's session, the passwords it was opened with, what it said on the way."""

    def __init__(self, project: Path, source: Path, options: VaultOptions) -> None:
        self.project = project
        self.source = source
        self.messages = Messages()
        self.options = options
        with silence(self.messages):
            self.session, self.keys = self._open()

    @property
    def local_files(self) -> Path:
        """Where Ansible keeps temporary files of this process, which it removes when that ends in order."""
        return Path(str(constants.DEFAULT_LOCAL_TMP))

    @contextlib.contextmanager
    def silent(self) -> Iterator[None]:
        """Keep Ansible quiet, and its passwords those of this inventory, while the block runs."""
        with silence(self.messages):
            self.keys.use(self.session.loader)
            yield

    def templating(self, host: str, templates: str) -> HostTemplating:
        """Return the templating of one host."""
        return HostTemplating(self.session, host, templates)

    def host_names(self, limit: str | None) -> list[str]:
        """Return the names of the hosts that a pattern matches, all of them without one."""
        manager = self.session.manager
        try:
            everything = [host.name for host in self.session.limit(None)]
            for pattern in split_host_pattern(limit) if limit else ():
                name = pattern.lstrip("!&")
                if not any(letter in name for letter in WILDCARDS) and not manager.get_hosts(name):
                    self._refuse_unknown(name, everything)
            return [host.name for host in self.session.limit(limit)]
        except AnsibleError as error:
            raise SafedeployError(
                "limit-invalid", f"--limit '{limit}': {error.message}", next_step="Correct the pattern."
            ) from error

    def _refuse_unknown(self, name: str, hosts: list[str]) -> None:
        groups = self.session.manager.groups
        if name in groups:
            raise SafedeployError(
                "group-empty", f"the group '{name}' of --limit has no hosts", next_step="Add hosts to it, or drop it."
            )
        raise SafedeployError(
            "limit-matches-nothing",
            f"--limit: '{name}' is neither a host nor a group of {near(self.source, self.project)}",
            next_step=suggestion(name, [*hosts, *groups]).capitalize(),
        )

    def host(self, name: str, templates: str) -> tuple[Host, set[str]]:
        """Return a host, and the passwords of its connection."""
        host = self.session.manager.get_host(name)
        connection: Connection = connection_of(name, self.templating(name, templates))
        groups = tuple(group.name for group in host.get_groups() if group.name != "all")
        secrets = {text for text in (connection.password, connection.become.password) if text}
        return Host(name=name, groups=groups, connection=connection, variables=self.session.get_vars(host)), secrets

    def vaulted_texts(self) -> set[str]:
        """Return every value of every host of the inventory that came out of a vault."""
        values = VaultedValues(self.session.loader.vaulted)
        hosts = [*self.session.manager.hosts.values()]
        for host in hosts:
            values.look_at(self.session.get_vars(host))
        if values.undecryptable is not None and not self.keys.secrets:
            place = origin_text(values.undecryptable, self.project) or near(self.source, self.project)
            raise undecryptable(place, known=False)
        return values.texts | self.looked_up() | self._rendered(values.templated)

    def _rendered(self, names: set[str]) -> set[str]:
        """Return what templates out of encrypted variable files become on each host."""
        texts: set[str] = set()
        for host in self.session.manager.hosts if names else ():
            texts |= self.named_secrets(self.templating(host, "templates"), names)
        return texts

    def named_secrets(self, templating: HostTemplating, names: Iterable[str]) -> set[str]:
        """Return the values of the variables that are declared to be secret, as far as they can be rendered."""
        texts: set[str] = set()
        for name in set(names) & set(templating.variables):
            with contextlib.suppress(SafedeployError):  # if it matters, it fails where it is used
                texts |= set(texts_in(templating.value(templating.variables[name], place=name)))
        return texts

    def looked_up(self) -> set[str]:
        """Return the content of every encrypted file that a lookup has read so far."""
        return set(self.session.loader.decrypted)

    def needing_facts(self, hosts: Sequence[str], policy: Policy) -> set[str]:
        """Return the hosts whose facts are needed to render these hosts and are not there yet."""
        finder = ReferenceFinder([self.project / policy.templates, self.project])
        needing = set()
        for host in hosts:
            use = fact_use(finder, self.templating(host, policy.templates), policy)
            if use is FactUse.FLEET:
                needing = set(hosts)
                break
            if use is FactUse.OWN:
                needing.add(host)
        return {host for host in needing if not self.session.has_facts(host)}

    def close(self) -> None:
        """Forget typed passwords."""
        for path in self.keys.typed:
            vault.discard(path)
        self.keys.typed.clear()

    def _open(self) -> tuple[Session, vault.Keys]:
        loader = RecordingLoader()
        keys = vault.collect(self.options, self.project, loader)
        keys.use(loader)
        where = near(self.source, self.project)
        session = Session(project=self.project, source=self.source, loader=loader)
        try:
            for file in _yaml_files(self.source):
                # Ansible would go on to try a broken YAML file as INI, and report that.
                if not is_program(file):
                    loader.load_from_file(str(file), cache="none")
            with _strict():
                session.parse()
            for host in session.manager.hosts.values():
                session.get_vars(host)
        except AnsibleError as error:
            warnings = self.messages.warnings if session.parsing is not None else []
            raise explain_inventory(error, loader, session.parsing or where, self.project, warnings) from error
        return session, keys


def _yaml_files(source: Path) -> Iterator[Path]:
    """Yield the inventory files that are YAML by their name, in a directory as deep as Ansible looks."""
    if source.is_dir():
        for entry in sorted(source.iterdir()):
            if not IGNORED.search(entry.name.encode()):
                yield from _yaml_files(entry)
    elif source.suffix in YAML_ENDINGS:
        yield source


@contextlib.contextmanager
def _strict() -> Iterator[None]:
    """Make Ansible fail on an inventory file that it cannot read; by default it warns and goes on without."""
    names: dict[str, Any] = {"INVENTORY_ANY_UNPARSED_IS_FAILED": True, "INVENTORY_UNPARSED_IS_FAILED": True}
    before = {name: getattr(constants, name) for name in names}
    for name, value in names.items():
        setattr(constants, name, value)
    try:
        yield
    finally:
        for name, value in before.items():
            setattr(constants, name, value)
