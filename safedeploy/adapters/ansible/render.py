"""What every host should have: its variables and templates become a tree, a site and health checks.

Promises: byte for byte what Ansible's template module would write; an undefined variable is an error with template,
line and host; no error message shows a secret; standard output is left alone.
"""

from __future__ import annotations

import getpass
import stat
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from safedeploy.adapters.ansible.entries import (
    DELIMITERS,
    EXPECT,
    PRESERVE,
    Declared,
    Source,
    declared,
    kind_of,
    variables,
)
from safedeploy.adapters.ansible.expectations import VARIABLE as EXPECTATIONS
from safedeploy.adapters.ansible.expectations import expected
from safedeploy.adapters.ansible.failures import Failures, masked
from safedeploy.adapters.ansible.health import checks, kept_quiet
from safedeploy.adapters.ansible.other_services import VARIABLE as VALIDATORS
from safedeploy.adapters.ansible.other_services import OtherServices
from safedeploy.adapters.ansible.static import static_files
from safedeploy.adapters.ansible.tree_builder import TreeBuilder
from safedeploy.core.errors import SafedeployError
from safedeploy.core.layouts import KINDS, LAYOUTS, Layout
from safedeploy.core.masking import Masker
from safedeploy.core.nearest import suggestion
from safedeploy.core.tree import ABSENT, Entry, Kind, Made, RenderedTree

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from safedeploy.adapters.ansible.inventory import Inventory
    from safedeploy.adapters.ansible.library.templating import HostTemplating
    from safedeploy.core.host import Host
    from safedeploy.core.policy import Policy

DEFAULT_MODE = "0644"
NAMES = "safedeploy_secrets"


@dataclass(frozen=True, kw_only=True)
class Rendered:
    """One host's share of a release. `secrets` are the values that must never be shown.

    `services` says how files of other services are looked after, as a manifest has it.
    """

    tree: RenderedTree
    site: dict[str, Any]
    health: list[dict[str, Any]]
    controller_health: list[dict[str, Any]]
    expect: list[dict[str, Any]] = field(default_factory=list)
    services: dict[str, Any] = field(default_factory=dict)
    secrets: frozenset[str] = field(default=frozenset(), repr=False)


@dataclass(frozen=True, kw_only=True)
class Probed:
    """Where one host's httpd is and how to ask its services: what needs no template. `secrets` as in `Rendered`."""

    site: dict[str, Any]
    health: list[dict[str, Any]]
    controller_health: list[dict[str, Any]]
    secrets: frozenset[str] = field(default=frozenset(), repr=False)


class Renderer:
    """Renders the hosts of an inventory. `validators`: the known ones, and whether their service can be reloaded."""

    def __init__(
        self, project: Path, policy: Policy, inventory: Inventory, validators: Mapping[str, bool] | None = None
    ) -> None:
        self._project = project.absolute()
        self._policy = policy
        self._inventory = inventory
        self._validators = validators
        self._needing: set[str] | None = None
        self._opened = inventory._opened  # noqa: SLF001 - the two are one part; nobody else sees Ansible's objects

    def needs_facts(self, host: Host) -> bool:
        """Tell whether facts of the host are not there yet and are referred to by what the host uses.

        What any host uses counts if facts of other hosts are used somewhere, through `hostvars`.
        """
        if self._needing is None:
            with self._opened.silent():
                self._needing = self._opened.needing_facts([one.name for one in self._inventory.hosts], self._policy)
        return host.name in self._needing

    def site(self, host: Host) -> dict[str, Any]:
        """Where the host's Apache and state are, without rendering anything. Raises as `render` does."""
        with self._opened.silent():
            try:
                return _site(self._opened.templating(host.name, self._policy.templates))[1]
            except SafedeployError as error:
                raise self._failure(host, error) from None

    def probed(self, host: Host) -> Probed:
        """The host's site and health checks, without rendering any template. Raises as `render` does."""
        with self._opened.silent():
            try:
                templating = self._opened.templating(host.name, self._policy.templates)
                secrets = self._secrets(templating)
                found = self._checks(host, templating)
                secrets |= self._opened.looked_up()
                quiet = {kind: kept_quiet(checks, Masker(secrets)) for kind, checks in found.items()}
                return Probed(site=_site(templating)[1], secrets=secrets, **quiet)
            except SafedeployError as error:
                raise self._failure(host, error) from None

    def render(self, host: Host, facts: Mapping[str, Any] | None = None) -> Rendered:
        """Render one host. `facts` are its `ansible_facts`, as the setup module returns them.

        Raises SafedeployError: `template-missing`, `template-syntax`, `template-undefined-variable`,
        `template-failed`, `file-missing`, `file-unusable`, `files-invalid`, `loop-not-a-list`, `undefined-variable`,
        `destination-outside-roots`, `destination-conflict`, `layout-unknown`, `site-invalid`, `health-invalid`,
        `expect-invalid`, `validators-invalid`, `names-invalid`, `vault-password-missing`, `vault-wrong-password` and
        those of Layout.enable.
        """
        with self._opened.silent():
            if facts is not None:
                self._set_facts({host.name: facts})
            try:
                return self._render(host)
            except SafedeployError as error:
                raise self._failure(host, error) from None

    def render_all(self, facts: Mapping[str, Mapping[str, Any]] | None = None) -> dict[str, Rendered]:
        """Render every host, by name. One error tells of all the hosts that cannot be rendered."""
        failures = Failures(self._policy.inventory)
        done = {}
        with self._opened.silent():
            self._set_facts(facts or {})
            for host in self._inventory.hosts:
                try:
                    done[host.name] = self._render(host)
                except SafedeployError as error:
                    failures.add(host.name, error)
        if failures:
            raise failures.error()
        return done

    def _set_facts(self, facts: Mapping[str, Mapping[str, Any]]) -> None:
        self._opened.session.set_facts(facts)
        self._needing = None

    def _render(self, host: Host) -> Rendered:
        templating = self._opened.templating(host.name, self._policy.templates)
        secrets = self._secrets(templating)
        try:
            rendered = self._share(host, templating)
        except SafedeployError as error:
            # Without the cause, whose text would show in a traceback.
            raise masked(error, secrets | self._opened.looked_up()) from None
        secrets |= self._opened.looked_up()
        masker = Masker(secrets)
        return replace(
            rendered,
            secrets=secrets,
            health=kept_quiet(rendered.health, masker),
            controller_health=kept_quiet(rendered.controller_health, masker),
        )

    def _secrets(self, templating: HostTemplating) -> frozenset[str]:
        """What is known to be secret before anything is rendered."""
        return self._inventory.secrets | self._opened.named_secrets(templating, _names(templating, NAMES))

    def _failure(self, host: Host, error: SafedeployError) -> SafedeployError:
        """Return the error of a single host."""
        failures = Failures(self._policy.inventory)
        failures.add(host.name, masked(error, self._inventory.secrets))
        return failures.error()

    def _share(self, host: Host, templating: HostTemplating) -> Rendered:
        layout, site = _site(templating)
        tree = TreeBuilder(host.name, site)
        owner = default_owner(host)
        own = _value(templating, VALIDATORS)
        others = OtherServices(own, self._validators)
        expect: list[tuple[str, Any]] = []
        roots = variables(templating.variables)
        for entry in templating.recall(f"declared {roots}", roots, lambda: list(declared(templating))):
            for path in self._add(templating, tree, entry, owner):
                others.add(path, entry)
            expect.append((f"{entry.place}.{EXPECT}", entry.expect))
        expect.append((EXPECTATIONS, _value(templating, EXPECTATIONS)))
        for kind in KINDS:
            self._enable(templating, tree, layout, site, kind)
        return Rendered(
            tree=tree.build(),
            site=site,
            **self._checks(host, templating),
            expect=expected(expect),
            services=others.document(),
        )

    def _checks(self, host: Host, templating: HostTemplating) -> dict[str, Any]:
        outside = self._policy.controller_health
        address = host.connection.address
        return {
            "health": checks(templating, "safedeploy_health", self._policy.health),
            "controller_health": checks(templating, "safedeploy_controller_health", outside, address=address),
        }

    def _add(self, templating: HostTemplating, tree: TreeBuilder, entry: Declared, owner: str) -> list[str]:
        """Add what an entry declares to the tree; the paths that it is about."""
        path = tree.path(entry.dest, f"{entry.place}.dest")
        origin = f"{entry.name or entry.source} ({entry.place})"
        if entry.source is Source.TEMPLATE:
            file = templating.find("templates", entry.name)
            if path.endswith("/"):
                path += file.name.removesuffix(".j2")
            data, secret = templating.file(
                file, src=entry.name, dest=path, options=entry.options, encoding=entry.encoding, extra=entry.extra
            )
            made = Made(file=str(file), verbatim=False, own_syntax=any(key in entry.options for key in DELIMITERS))
            tree.file(path, data, origin=origin, secret=secret, made=made, **_attributes(entry, file, owner))
        elif entry.source is Source.STATIC:
            paths = []
            for file, place in static_files(templating, entry.name, path, entry.place):
                data, secret = templating.read(file)
                made = Made(file=str(file), verbatim=True)
                tree.file(place, data, origin=origin, secret=secret, made=made, **_attributes(entry, file, owner))
                paths.append(place)
            return paths
        elif entry.source is Source.LINK:
            tree.entry(path, Entry(kind=Kind.LINK, target=entry.name), origin)
        else:
            tree.entry(path, ABSENT, origin)
        return [path]

    def _enable(
        self, templating: HostTemplating, tree: TreeBuilder, layout: Layout, site: Mapping[str, Any], kind: str
    ) -> None:
        variable = f"safedeploy_{kind}"
        names = _names(templating, variable)
        for path, entry in layout.enable(kind, names, server_root=site["server_root"]).items():
            tree.entry(tree.path(path, variable), entry, variable)


def _site(templating: HostTemplating) -> tuple[Layout, dict[str, Any]]:
    name = _value(templating, "safedeploy_layout", "debian")
    if name not in LAYOUTS:
        raise SafedeployError(
            "layout-unknown",
            f"safedeploy_layout: no layout {name!r}; {suggestion(str(name), LAYOUTS)}",
            next_step=f"Set it to one of: {', '.join(sorted(LAYOUTS))}.",
        )
    overrides = _value(templating, "safedeploy_site") or {}
    if not isinstance(overrides, dict):
        raise SafedeployError(
            "site-invalid",
            f"safedeploy_site: must be a mapping, not {kind_of(overrides)}",
            next_step="Correct the variable; docs/variables.md lists the keys.",
        )
    return LAYOUTS[name], LAYOUTS[name].site(overrides)


def _value(templating: HostTemplating, variable: str, default: Any = None) -> Any:
    """Return a variable's value, which may be shared with other hosts."""
    value = templating.variables.get(variable, default)
    return templating.recall(("value", variable), [variable], lambda: templating.value(value, place=variable))


def _names(templating: HostTemplating, variable: str) -> list[str]:
    names = _value(templating, variable) or []
    if not isinstance(names, list) or not all(isinstance(name, str) and name for name in names):
        raise SafedeployError(
            "names-invalid", f"{variable}: must be a list of names", next_step="Correct the variable."
        )
    for name in names:
        if "/" in name or name.startswith("."):
            raise SafedeployError(
                "names-invalid", f"{variable}: {name!r} is not a name but a path", next_step="Correct the variable."
            )
    return ["".join(name) for name in names]  # without Ansible's tags


def default_owner(host: Host) -> str:
    """Return who owns files by default: whoever the agent runs as, since only root could give them away."""
    if host.connection.become.enabled:
        return host.connection.become.user
    return host.connection.user or getpass.getuser()


def _attributes(entry: Declared, file: Path, owner: str) -> dict[str, str]:
    mode = entry.mode or DEFAULT_MODE
    if mode == PRESERVE:
        mode = f"{stat.S_IMODE(file.stat().st_mode):04o}"
    return {"mode": mode, "owner": entry.owner or owner, "group": entry.group or entry.owner or owner}
