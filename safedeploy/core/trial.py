"""What a host found when it tried the candidate out, as values (docs/architecture.md, section 4).

Pure. Unknown members are ignored and missing ones mean "not known", so that a host with another version of the on-host
program is understood as far as it goes. Every text passes through `hide`, which masks secrets.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

Hide = Callable[[str], str]
# The most of one list that is kept: beyond the most probes that a policy can ask for, and not what a host may send.
MOST = 5000


class Judgement(StrEnum):
    """What became of one request, the candidate's answer held against the present one."""

    DECLARED = "declared"
    REGRESSION = "regression"
    IMPROVED = "improved"
    CHANGED = "changed"
    INCONCLUSIVE = "inconclusive"


@dataclass(frozen=True, kw_only=True)
class Finding:
    """Something wrong, or suspicious, with the candidate; an error refuses the push, unless --accept takes its `id`."""

    severity: str
    kind: str
    text: str
    place: str | None = None
    next: str = ""
    id: str = ""
    accepted: bool = False

    @property
    def is_error(self) -> bool:
        """Whether it refuses the push."""
        return self.severity == "error"


@dataclass(frozen=True, kw_only=True)
class Difference:
    """What the candidate means to httpd that the present configuration does not."""

    kind: str
    text: str
    before: str | None = None
    after: str | None = None
    place: str | None = None


@dataclass(frozen=True, kw_only=True)
class ProbeVerdict:
    """One request whose answers were not the same. `id` is what --accept takes; `place` is `file:line` or a file.

    An `accepted` one is a regression that --accept lets pass.
    """

    id: str
    judgement: Judgement
    kind: str
    request: str
    before: str = ""
    after: str = ""
    place: str | None = None
    log: tuple[str, ...] = ()
    group: str | None = None
    accepted: bool = False


@dataclass(frozen=True, kw_only=True)
class Shadow:
    """How far the candidate was really started and asked: `compared`, `candidate-only` or `none`, and then why."""

    state: str = "none"
    why: str = ""
    seconds: float | None = None
    probes: Mapping[str, int] = field(default_factory=dict)
    limits: tuple[str, ...] = ()

    @property
    def asked(self) -> int:
        """How many requests were made of each configuration."""
        return self.probes.get("asked", 0)


@dataclass(frozen=True, kw_only=True)
class Trial:
    """All that one host found. `shadow` is None when the host did not get that far."""

    findings: tuple[Finding, ...] = ()
    differences: tuple[Difference, ...] = ()
    validated: tuple[str, ...] = ()
    shadow: Shadow | None = None
    verdicts: tuple[ProbeVerdict, ...] = ()
    accepted: tuple[str, ...] = ()

    @property
    def regressions(self) -> tuple[ProbeVerdict, ...]:
        """The regressions that stand in the way: those that nobody accepted."""
        return tuple(one for one in self.of(Judgement.REGRESSION) if not one.accepted)

    def of(self, judgement: Judgement) -> tuple[ProbeVerdict, ...]:
        """The verdicts of one kind."""
        return tuple(one for one in self.verdicts if one.judgement is judgement)


def trial_from_json(value: Mapping[str, Any], hide: Hide) -> Trial:
    """What a host answered, or what its refusal carries."""
    accepted = tuple(str(one) for one in (value.get("accepted") or ())[:MOST])
    return Trial(
        findings=tuple(_finding(item, hide) for item in _mappings(value.get("findings"))),
        differences=differences_from_json(value.get("differences"), hide),
        validated=tuple(hide(_validated(item)) for item in (value.get("validated") or ())[:MOST]),
        shadow=_shadow(value["shadow"], hide) if isinstance(value.get("shadow"), Mapping) else None,
        verdicts=verdicts_from_json(value.get("verdicts"), hide, accepted),
        accepted=accepted,
    )


def differences_from_json(value: Any, hide: Hide) -> tuple[Difference, ...]:
    """A list of semantic differences."""
    return tuple(
        Difference(
            kind=str(item.get("kind") or ""),
            text=_text(item, "text", hide),
            before=_optional(item, "before", hide),
            after=_optional(item, "after", hide),
            place=_optional(item, "place", hide),
        )
        for item in _mappings(value)
    )


def verdicts_from_json(value: Any, hide: Hide, accepted: Sequence[str] = ()) -> tuple[ProbeVerdict, ...]:
    """A list of verdicts; those that say that nothing is different are left out."""
    known = {judgement.value for judgement in Judgement}
    return tuple(
        ProbeVerdict(
            id=str(item.get("id") or ""),
            judgement=Judgement(item["verdict"]),
            kind=str(item.get("kind") or ""),
            request=_text(item, "request", hide),
            before=_text(item, "before", hide),
            after=_text(item, "after", hide),
            place=_optional(item, "place", hide),
            log=tuple(hide(str(line)) for line in (item.get("log") or ())[:MOST]),
            group=None if item.get("group") is None else str(item["group"]),
            accepted=item.get("accepted") is True or item.get("id") in accepted,
        )
        for item in _mappings(value)
        if str(item.get("verdict")) in known
    )


def _finding(item: Mapping[str, Any], hide: Hide) -> Finding:
    return Finding(
        severity=str(item.get("severity") or "warning"),
        kind=str(item.get("kind") or ""),
        text=_text(item, "text", hide),
        place=_optional(item, "place", hide),
        next=_text(item, "next", hide),
        id=str(item.get("id") or ""),
        accepted=item.get("accepted") is True,
    )


def _shadow(value: Mapping[str, Any], hide: Hide) -> Shadow:
    counts = value.get("probes")
    unreached = (
        f"the shadow cannot reach {item.get('target')}: {item.get('why') or 'it is not bridged'}"
        for item in _mappings(value.get("backends"))
        if item.get("state") == "unbridged"
    )
    return Shadow(
        state=str(value.get("state") or "none"),
        why=_text(value, "why", hide),
        seconds=value.get("seconds") if isinstance(value.get("seconds"), int | float) else None,
        probes={str(key): int(number) for key, number in counts.items()} if isinstance(counts, Mapping) else {},
        limits=tuple(hide(str(text)) for text in (*(value.get("limits") or ())[:MOST], *unreached)),
    )


def _validated(item: Any) -> str:
    """What a validator of another service looked at; text as it is."""
    if not isinstance(item, Mapping):
        return str(item)
    files = ", ".join(str(path) for path in item.get("files") or ())
    return f"{item.get('validator')}: {files}" + ("" if item.get("ok", True) else " (not accepted)")


def _mappings(value: Any) -> list[Mapping[str, Any]]:
    """The mappings of a list, as many as anybody reads."""
    return [item for item in value[:MOST] if isinstance(item, Mapping)] if isinstance(value, list | tuple) else []


def _text(item: Mapping[str, Any], key: str, hide: Hide) -> str:
    value = item.get(key)
    return "" if value is None else hide(str(value))


def _optional(item: Mapping[str, Any], key: str, hide: Hide) -> str | None:
    value = item.get(key)
    if isinstance(value, list | tuple):
        value = ", ".join(str(part) for part in value)
    return None if value is None or value == "" else hide(str(value))
