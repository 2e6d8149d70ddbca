"""How distributions lay out httpd, as data: paths, the control program, and how a site, conf or module is enabled.

Pure. The on-host program holds no such table: it gets the result of `Layout.site` with every request
(docs/architecture.md, section 4).
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from safedeploy.core.debian_modules import DEBIAN_MODULES, Module
from safedeploy.core.errors import SafedeployError
from safedeploy.core.nearest import suggestion
from safedeploy.core.tree import ABSENT, Entry, Kind

STATE_DIR = "/var/lib/safedeploy"
KINDS = ("sites", "confs", "modules")


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where one kind of configuration lies, relative to the server root.

    With `available` set, what lies there is enabled by a link in `enabled`; without it, lying in `enabled` is enough.
    """

    enabled: str
    available: str | None = None


@dataclass(frozen=True, kw_only=True)
class Layout:
    """One distribution's httpd. `control` is a command prefix, `main_config` is relative to `server_root`.

    `modules` is the table that `enable("modules", ...)` goes by; None where packages enable what they bring.
    """

    name: str
    server_root: str
    main_config: str
    control: tuple[str, ...]
    binary: str
    sites: Place
    confs: Place
    module_files: Place
    modules: Mapping[str, Module] | None
    run_user: str
    run_group: str
    log_dir: str
    document_root: str = "/var/www"
    env: Mapping[str, str] = field(default_factory=dict)

    def site(self, overrides: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Return the "site" document, with a host's `safedeploy_site` merged over this layout's data.

        The main configuration and the allowed roots follow an overridden server root unless they are given themselves.
        Raises SafedeployError(site-invalid) for an unknown key or a value of a wrong type, with its place.
        """
        given = dict(overrides or {})
        root = given.get("server_root")
        root = root if isinstance(root, str) else self.server_root
        defaults: dict[str, Any] = {
            "layout": self.name,
            "state_dir": STATE_DIR,
            "server_root": root,
            "allowed_roots": [root, self.document_root],
            "httpd": {
                "main_config": f"{root}/{self.main_config}",
                "control": list(self.control),
                "binary": self.binary,
                "env": dict(self.env),
                "address": "127.0.0.1",
            },
        }
        return _merged(defaults, given, "safedeploy_site")

    def enable(self, kind: str, names: Iterable[str], *, server_root: str | None = None) -> dict[str, Entry]:
        """Return the entries that enable `names` of a kind: sites, confs or modules.

        Modules bring those that they depend on; a module that excludes others (an MPM) makes their links absent. Where
        files are enabled by lying in their directory nothing is needed. Raises SafedeployError(module-unknown,
        module-conflict, modules-not-managed) and ValueError for an unknown kind.
        """
        root = server_root or self.server_root
        if kind == "modules":
            return self._enable_modules(list(names), root)
        if kind not in KINDS:
            raise ValueError(f"unknown kind {kind!r}: {', '.join(KINDS)}")
        place = self.sites if kind == "sites" else self.confs
        if place.available is None:
            return {}
        return _links(place, root, [f"{name.removesuffix('.conf')}.conf" for name in names])

    def _enable_modules(self, names: list[str], root: str) -> dict[str, Entry]:
        if not names:
            return {}
        if self.modules is None:
            raise SafedeployError(
                "modules-not-managed",
                f"safedeploy_modules: {self.name} enables modules by files in {root}/{self.module_files.enabled}",
                next_step="Manage those files with safedeploy_files and remove safedeploy_modules for these hosts.",
            )
        enabled = self._with_dependencies(names)
        excluded = {other: name for name in enabled for other in self.modules[name].conflicts}
        for other in excluded.keys() & set(enabled):
            raise SafedeployError(
                "module-conflict",
                f"safedeploy_modules: {excluded[other]} and {other} exclude each other",
                next_step="Keep one of the two.",
            )
        files = [file for name in enabled for file in _module_files(name, self.modules[name])]
        absent = [file for name in sorted(excluded) for file in _module_files(name, self.modules[name])]
        return {
            **{f"{root}/{self.module_files.enabled}/{file}": ABSENT for file in absent},
            **_links(self.module_files, root, files),
        }

    def _with_dependencies(self, names: list[str]) -> list[str]:
        table = self.modules or {}
        found: list[str] = []
        waiting = list(names)
        while waiting:
            name = waiting.pop(0)
            if name not in table:
                raise SafedeployError(
                    "module-unknown",
                    f"safedeploy_modules: no module {name!r} in the {self.name} layout; {suggestion(name, table)}",
                    next_step="Correct the name, or enable a module of another package with links in safedeploy_files.",
                )
            if name not in found:
                found.append(name)
                waiting.extend(table[name].depends)
        return found


def _module_files(name: str, module: Module) -> list[str]:
    return [f"{name}.load", *([f"{name}.conf"] if module.conf else [])]


def _links(place: Place, root: str, files: Iterable[str]) -> dict[str, Entry]:
    return {
        f"{root}/{place.enabled}/{file}": Entry(kind=Kind.LINK, target=f"../{place.available}/{file}") for file in files
    }


def _merged(defaults: Mapping[str, Any], given: Mapping[str, Any], where: str) -> dict[str, Any]:
    result = copy.deepcopy(dict(defaults))
    for key, value in given.items():
        place = f"{where}.{key}"
        if key not in defaults:
            raise _invalid(f"{place}: unknown key; {suggestion(key, defaults)}")
        default = defaults[key]
        if not isinstance(value, type(default)) or (isinstance(default, list) and not _texts(value)):
            kind = (
                "a text"
                if isinstance(default, str)
                else "a mapping"
                if isinstance(default, dict)
                else "a list of texts"
            )
            raise _invalid(f"{place}: must be {kind}, not {value!r}")
        # `env` has keys of its own; every other mapping has a fixed set.
        result[key] = _merged(default, value, place) if isinstance(value, dict) and key != "env" else copy.copy(value)
    return result


def _texts(value: Iterable[Any]) -> bool:
    return all(isinstance(item, str) for item in value)


def _invalid(what: str) -> SafedeployError:
    return SafedeployError("site-invalid", what, next_step="Correct the variable; docs/architecture.md lists the keys.")


LAYOUTS: dict[str, Layout] = {
    "debian": Layout(
        name="debian",
        server_root="/etc/apache2",
        main_config="apache2.conf",
        control=("apache2ctl",),
        binary="/usr/sbin/apache2",
        sites=Place(available="sites-available", enabled="sites-enabled"),
        confs=Place(available="conf-available", enabled="conf-enabled"),
        module_files=Place(available="mods-available", enabled="mods-enabled"),
        modules=DEBIAN_MODULES,
        run_user="www-data",
        run_group="www-data",
        log_dir="/var/log/apache2",
    ),
    "redhat": Layout(
        name="redhat",
        server_root="/etc/httpd",
        main_config="conf/httpd.conf",
        control=("apachectl",),
        binary="/usr/sbin/httpd",
        sites=Place(enabled="conf.d"),
        confs=Place(enabled="conf.d"),
        module_files=Place(enabled="conf.modules.d"),
        modules=None,
        run_user="apache",
        run_group="apache",
        log_dir="/var/log/httpd",
    ),
}
