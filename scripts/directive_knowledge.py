"""Write what the linter knows of directives and modules, from a real httpd and from Debian's packages.

    .venv/bin/python -m scripts.directive_knowledge DIRECTORY

DIRECTORY holds packages of third-party modules (`apt-get download`), unpacked to DIRECTORY/x with `dpkg -x`, and
apache2-doc unpacked to DIRECTORY/doc; httpd itself is the one that is installed. It takes ten minutes, asks httpd in
which sections each of its own directives may stand, and writes `safedeploy/lint/knowledge/directives.json` and
`modules.json`. What became of directives of the past is kept by hand in `history.toml` beside them.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from scripts.manual_facts import facts
from scripts.module_commands import Module, modules
from scripts.module_places import all_places

KNOWLEDGE = Path(__file__).resolve().parent.parent / "safedeploy/lint/knowledge"
BINARY = Path("/usr/sbin/apache2")
# Each excludes another that is loaded, and has no directive that the other lacks but those named in ALONE.
LEFT_OUT = {"mpm_prefork", "mpm_worker", "cgi"}
OVERRIDES = {1: "Limit", 2: "Options", 4: "FileInfo", 8: "AuthConfig", 16: "Indexes"}
ALL_OVERRIDES, INSIDE, OUTSIDE = 31, 64, 128
INSIDE_KINDS = ("directory", "location", "files", "if", "proxy", "limit")
# Pages of the manual whose directives exist on another platform, or in another MPM than Linux has.
ELSEWHERE = {
    "mpm_winnt": "windows",
    "mpm_netware": "netware",
    "mpmt_os2": "os/2",
    "mod_isapi": "windows",
    "mod_privileges": "solaris",
}


def loads(directory: Path) -> dict[str, tuple[str, Path, list[str], list[str]]]:
    """By the symbol of each module: its name for a2enmod, its file, what it depends on, what it excludes."""
    found = {}
    for file in sorted((directory / "etc/apache2/mods-available").glob("*.load")):
        text = file.read_text(errors="replace")
        for symbol, path in re.findall(r"^\s*LoadModule\s+(\S+)\s+(\S+)", text, re.MULTILINE):
            found[symbol] = (file.stem, directory / path.lstrip("/"), named("Depends", text), named("Conflicts", text))
    return found


def named(key: str, text: str) -> list[str]:
    """The modules that a comment of a .load file names."""
    return " ".join(re.findall(rf"^# *{key}: *(.*)$", text, re.MULTILINE)).split()


def package_of(file: Path, unpacked: Path) -> str:
    """The package that brings a module's .load file."""
    for archive in unpacked.glob("*.deb"):
        listed = subprocess.run(["dpkg-deb", "-c", archive], capture_output=True, text=True, check=True).stdout
        if f"./{file.relative_to(unpacked / 'x')}" in listed:
            return archive.name.partition("_")[0]
    return ""


def collect(unpacked: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """Modules by symbol and directives by lower-case name, as they are written."""
    own = {module.symbol: module for module in modules(BINARY)}
    table: dict[str, dict[str, Any]] = {
        symbol: {"source": module.source, "package": "apache2", "static": True} for symbol, module in own.items()
    }
    found: dict[str, Module] = dict(own)
    for root in (Path("/"), unpacked / "x"):
        for symbol, (name, path, depends, conflicts) in loads(root).items():
            held = {module.symbol: module for module in modules(path)} if path.exists() else {}
            if symbol not in held or symbol in found:
                continue
            found[symbol] = held[symbol]
            package = (
                "apache2"
                if root == Path("/")
                else package_of(unpacked / f"x/etc/apache2/mods-available/{name}.load", unpacked)
            )
            table[symbol] = {"source": held[symbol].source, "package": package, "enable": name}
            table[symbol] |= {"depends": depends} if depends else {}
            table[symbol] |= {"conflicts": conflicts} if conflicts else {}
    return table, with_manual(directives(found, measured(found, table)), facts(unpacked / "doc"))


def measured(found: Mapping[str, Module], table: Mapping[str, Any]) -> dict[str, list[str]]:
    """In which sections httpd takes each of its own directives."""
    everything: dict[str, list[str]] = {}
    for left_out in (LEFT_OUT, {"mpm_event", "mpm_worker", "cgid"}, {"mpm_event", "mpm_prefork", "cgid"}):
        here = {
            symbol: module
            for symbol, module in found.items()
            if table[symbol]["package"] == "apache2" and table[symbol].get("enable") not in left_out
        }
        with tempfile.TemporaryDirectory() as name:
            directory = Path(name)
            lines = [f"ServerRoot {name}", f"DefaultRuntimeDir {name}", f"PidFile {name}/pid", f"ErrorLog {name}/error"]
            lines += ["ServerName x.example"]
            lines += [
                f"LoadModule {symbol} /usr/lib/apache2/modules/{file_of(symbol)}" for symbol in ordered(here, table)
            ]
            commands = {command.name.lower(): command for module in here.values() for command in module.commands}
            wanted = [command for key, command in commands.items() if key not in everything]
            places = all_places(BINARY, "\n".join(lines), wanted, directory)
            everything |= {key.lower(): kinds for key, kinds in places.items()}
            print(f"{len(everything)} directives tried")
    return everything


def file_of(symbol: str) -> str:
    """The file of one of httpd's own modules."""
    return loads(Path("/"))[symbol][1].name


def ordered(here: Mapping[str, Module], table: Mapping[str, Any]) -> list[str]:
    """The symbols to load, each after those that it depends on."""
    by_name: dict[str, list[str]] = {}
    for symbol in here:
        by_name.setdefault(table[symbol].get("enable", ""), []).append(symbol)
    done: list[str] = []

    def add(symbol: str) -> None:
        for name in table[symbol].get("depends", ()):
            for other in by_name.get(name, ()):
                add(other)
        if symbol not in done and not table[symbol].get("static"):
            done.append(symbol)

    for symbol in sorted(here):
        add(symbol)
    return done


def directives(found: Mapping[str, Module], places: Mapping[str, list[str]]) -> dict[str, Any]:
    """Every directive by its lower-case name; those of several modules have what all of them together allow."""
    result: dict[str, Any] = {}
    for symbol, module in sorted(found.items()):
        for command in module.commands:
            key = command.name.lower()
            entry = result.setdefault(key, {"name": command.name, "modules": [], "args": command.how, "in": []})
            entry["modules"] += [] if symbol in entry["modules"] else [symbol]
            kinds = places.get(key) or by_table(command.allowed)
            entry["in"] = sorted({*entry["in"], *kinds}, key=["server", "vhost", *INSIDE_KINDS].index)
            allowed = [name for bit, name in OVERRIDES.items() if command.allowed & bit]
            if allowed:
                entry["override"] = sorted({*entry.get("override", ()), *allowed})
    return result


def with_manual(known: dict[str, Any], manual: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """The directives with what the manual tells, and those that only other platforms have."""
    for key, fact in manual.items():
        if key in known:
            known[key] |= {name: fact[name] for name in ("page", "since") if name in fact}
        elif "platform" in fact or fact["page"] in ELSEWHERE:
            known[key] = {"name": fact["name"], "modules": [], "args": "raw", "in": [], "page": fact["page"]}
            known[key]["platform"] = fact.get("platform", ELSEWHERE.get(fact["page"]))
    return known


def by_table(allowed: int) -> list[str]:
    """The sections that a table allows."""
    outside = ["server", "vhost"] if allowed & (OUTSIDE | ALL_OVERRIDES) else []
    return outside + (list(INSIDE_KINDS) if allowed & (INSIDE | ALL_OVERRIDES) else [])


def written(entries: Mapping[str, Any]) -> str:
    """One line for each entry, so that a change is read as one."""
    lines: Iterable[str] = (f"{json.dumps(key)}: {json.dumps(entries[key])}" for key in sorted(entries))
    return "{\n" + ",\n".join(lines) + "\n}\n"


def main(arguments: list[str]) -> int:
    """Write both files."""
    table, known = collect(Path(arguments[0]))
    KNOWLEDGE.mkdir(parents=True, exist_ok=True)
    (KNOWLEDGE / "modules.json").write_text(written(table))
    (KNOWLEDGE / "directives.json").write_text(written(known))
    print(f"{len(table)} modules, {len(known)} directives")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
