"""A corpus of configuration changes: one base, and cases that change it, each with what it does in reality.

    base/overlay/{etc/apache2,var/www,srv}   files over the apache2 package's own
    base/base.json                           {"mods", "confs", "sites", "gen"}: what is enabled, and made at run time
    base/probes.json                         requests that the base answers as users expect
    base/backend.py                          the application behind it (optional): `backend.py PORT`
    NNN-slug/case.json                       {"id", "expected", "change", "host_state", "probes", "expect_after"}
    NNN-slug/files/{etc/apache2,var/www,srv} every changed file as a whole
    NNN-slug/measured.json                   {"measured": class, "failing_probes": {...}} (optional)

The class of a case is what was measured, else what its author expected: `syntax`, `boot`, `runtime` or `silent`, and
`none` for a change that does no harm.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

CLASSES = ("syntax", "boot", "runtime", "silent", "none")
HARMLESS = "none"
USERS = ("smoke", "positive")  # tiers of probes that are requests of users, rather than tests of what must not work
METHODS = ("GET", "HEAD")
EXPECTED_METHODS = (*METHODS, "OPTIONS")

Probe = Mapping[str, Any]


class CorpusError(Exception):
    """The directory is no corpus, or a part of it cannot be understood."""


@dataclass(frozen=True, kw_only=True)
class Case:
    """One change. `directory` holds its files, `document` is its case.json."""

    directory: Path
    document: Mapping[str, Any] = field(repr=False)
    measured: Mapping[str, Any] = field(default_factory=dict, repr=False)

    @property
    def id(self) -> str:
        """What results call it."""
        return str(self.document["id"])

    @property
    def name(self) -> str:
        """The directory's name."""
        return self.directory.name

    @property
    def kind(self) -> str:
        """Its class."""
        return str(self.measured.get("measured") or self.document["expected"])

    @property
    def harmful(self) -> bool:
        """Whether it must be stopped."""
        return self.kind != HARMLESS

    @property
    def change(self) -> Mapping[str, Any]:
        """Deletions, links, what is enabled and disabled, modes, certificates."""
        return self.document.get("change") or {}

    @property
    def host_state(self) -> Mapping[str, Any]:
        """What is special about the host that the change meets."""
        return self.document.get("host_state") or {}

    @property
    def symptoms(self) -> str:
        """What was measured to go wrong, as one line; empty when it is not known."""
        probes: Mapping[str, Any] = self.measured.get("failing_probes") or {}
        texts = [f"{name} ({', '.join(seen.get('why') or ['?'])})" for name, seen in probes.items()]
        texts += [
            f"{item.get('path')} {'lacks' if item.get('want') else 'has'} {item.get('text', '')!r}"
            for item in self.measured.get("evidence") or []
            if item.get("found") != item.get("want")
        ]
        return ", ".join(texts)


@dataclass(frozen=True, kw_only=True)
class Corpus:
    """The base and its cases."""

    directory: Path
    base: Mapping[str, Any]
    probes: Sequence[Probe]
    cases: Sequence[Case]

    @property
    def overlay(self) -> Path:
        """Files of the base."""
        return self.directory / "base" / "overlay"

    @property
    def application(self) -> Path | None:
        """The program behind the base's proxies, if it has one."""
        path = self.directory / "base" / "backend.py"
        return path if path.exists() else None

    def requests_of_users(self) -> list[Probe]:
        """What visitors ask: nothing that is no GET or HEAD, and nothing that tests what must not work."""
        return [
            probe
            for probe in self.probes
            if probe.get("tier") in USERS
            and probe.get("method", "GET") in METHODS
            and not {"kind", "burst", "size"} & probe.keys()
        ]

    def expectations(self, case: Case) -> list[dict[str, Any]]:
        """The case's declared intention as `safedeploy_expect` has it; what that cannot say is left out.

        Left out are requests of other methods than GET, HEAD and OPTIONS, and handshakes.
        """
        known = {str(probe["id"]): probe for probe in (*self.probes, *(case.document.get("probes") or []))}
        found: dict[tuple[str, str], dict[str, Any]] = {}
        for name, wanted in (case.document.get("expect_after") or {}).items():
            probe = known.get(name)
            if probe is None:
                raise CorpusError(f"{case.name}: expect_after names the probe {name!r}, which does not exist")
            one = _expectation(probe, wanted)
            if one is None:
                continue
            key = (one["url"], one["method"])
            found[key] = one if found.get(key, one) == one else {"url": key[0], "method": key[1], "any": True}
        return list(found.values())


def load(directory: Path, only: Sequence[str] = ()) -> Corpus:
    """Read a corpus; `only` are beginnings of case names. Raises CorpusError."""
    try:
        base = json.loads((directory / "base" / "base.json").read_text())
        probes = json.loads((directory / "base" / "probes.json").read_text())
        places = sorted(path.parent for path in directory.glob("*/case.json"))
        cases = [_case(place) for place in places if not only or place.name.startswith(tuple(only))]
    except (OSError, ValueError, KeyError) as error:
        raise CorpusError(f"{directory} is no corpus: {error}") from error
    strange = {case.name: case.kind for case in cases if case.kind not in CLASSES}
    if strange:
        raise CorpusError(f"classes that nobody knows: {strange}")
    return Corpus(directory=directory, base=base, probes=probes, cases=cases)


def _case(place: Path) -> Case:
    measured = place / "measured.json"
    case = Case(
        directory=place,
        document=json.loads((place / "case.json").read_text()),
        measured=json.loads(measured.read_text()) if measured.exists() else {},
    )
    _ = case.id, case.kind
    return case


def url_of(probe: Probe) -> str:
    """The URL that a probe asks for."""
    scheme = "https" if probe.get("tls") else "http"
    host, port = str(probe["host"]), probe.get("port")
    place = f"{host}:{port}" if port and ":" not in host else host
    return f"{scheme}://{place}{probe['path']}"


def _expectation(probe: Probe, wanted: Mapping[str, Any]) -> dict[str, Any] | None:
    url, method = url_of(probe), str(probe.get("method", "GET"))
    if method not in EXPECTED_METHODS or "kind" in probe or "*" in url:
        return None
    one: dict[str, Any] = {"url": url, "method": method}
    if isinstance(wanted.get("status"), int):
        one["status"] = wanted["status"]
    if "body" in wanted:
        one["body"] = wanted["body"]
    if "not_body" in wanted:
        one["absent"] = wanted["not_body"]
    headers = dict(wanted.get("headers") or {})
    location = headers.pop("Location", None)
    if location is not None:
        one["location"] = location
    if headers:
        one["headers"] = {name: None if value is None else f"^{_literal(value)}" for name, value in headers.items()}
    return one if len(one) > 2 else None


def _literal(text: str) -> str:
    """A regular expression for a text as it is."""
    return "".join(f"\\{letter}" if letter in r"\.^$*+?{}[]()|" else letter for letter in text)
