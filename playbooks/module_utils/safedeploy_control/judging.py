"""From the hosts' own answers to the verdict on a batch, and what is kept and shown of it.

The verdict is the same for every host of the batch; each gets it as its answer of the phase `traffic`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from . import reply, verdict
from .tally import Seen, Tally, by_site, of_answer
from .verdict import GO, STOP, TOO_LITTLE, Rules, Verdict

if TYPE_CHECKING:
    from .bundle import Bundle, Json

WENT_ON, TAKEN_BACK, WAITS, HELD = "went on", "taken back", "waits for more", "held for a person"
_UNCONFIRMED = "The new release is live there, unconfirmed: it is reverted now, or by the host itself."
_NAMED = 5
_KINDS = 20
_NOTES = 20
_MOST = 100
_TEXT = 400


def judge(bundle: Bundle, look: Json, batch: list[str], unchanged: list[str]) -> Json:
    """The verdict on a batch at one look, as docs/architecture.md describes it."""
    gate = bundle.policy["gate"]
    rules = Rules(**{key: gate[key] for key in Rules.__dataclass_fields__})
    changed = {host: _seen(bundle, host) for host in batch}
    rest = {host: _seen(bundle, host) for host in unchanged}
    found = verdict.judge(rules, float(look["level"]), changed, list(rest.values()))
    action = _action(found, look, str(gate["too_little"]))
    return {
        "verdict": found.verdict,
        "action": action,
        "decided": found.verdict == STOP or (bool(look["decides"]) and action != WAITS),
        "why": found.why,
        "line": f"{_named(batch)}: {found.line}: {_ending(found, action)}",
        "hosts": batch,
        "compared_with": unchanged,
        "requests": _numbers(found.now),
        "before": _numbers(found.before),
        "unchanged": _numbers(found.unchanged),
        "warnings": list(found.warnings),
        "signatures": list(found.signatures[:_KINDS]),
        "busy": {host: status for host in batch if (status := _busy(bundle, host)) is not None},
        "notes": _notes({**changed, **rest}),
    }


def answer(found: Json) -> Json:
    """What is kept for each host of the batch: a refusal for a batch that is to be taken back."""
    if found["action"] != TAKEN_BACK:
        return {"safedeploy": 1, "ok": True, "result": found}
    if found["verdict"] == STOP:
        refused = reply.refused(
            "traffic-worse",
            found["why"],
            state=_UNCONFIRMED,
            todo="Look at the host's access and error logs of these minutes.",
        )
    else:
        refused = reply.refused(
            "traffic-too-little",
            f"{found['why']}, and there is nobody to ask",
            state=_UNCONFIRMED,
            todo="Push from a terminal, bake longer, or set rollout.gate.too_little to go or wait.",
        )
    refused["error"]["detail"] = {"cause": refused["error"]["message"], "traffic": found}
    return refused


def _action(found: Verdict, look: Json, too_little: str) -> str:
    if found.verdict == STOP:
        return TAKEN_BACK
    if found.verdict == GO or not look["decides"]:
        return WENT_ON
    if too_little == "wait" and not look["last"]:
        return WAITS
    return {"ask": HELD, "stop": TAKEN_BACK}.get(too_little, WENT_ON)


def _named(batch: list[str]) -> str:
    return ", ".join(batch[:_NAMED]) + (f" and {len(batch) - _NAMED} more" if len(batch) > _NAMED else "")


def _ending(found: Verdict, action: str) -> str:
    if found.verdict == TOO_LITTLE:
        return f"{found.why}, {action}{' by policy' if action == WENT_ON else ''}"
    return found.verdict if found.verdict == GO else f"stop: {found.why}"


def _seen(bundle: Bundle, host: str) -> Seen:
    before, now = (_told(bundle, host, phase) for phase in ("traffic_before", "traffic_now"))
    if not before or not now:
        return Seen(notes=(f"{host}: its logs could not be read",))
    return Seen(
        before=of_answer(before),
        now=of_answer(now),
        sites=by_site(before, now),
        kinds_before=frozenset(kind["key"] for kind in _kinds(before)),
        kinds=tuple(_kinds(now)),
        notes=tuple(f"{host}: {reply.plain(note, _TEXT)}" for note in _list(now.get("notes"))),
    )


def _told(bundle: Bundle, host: str, phase: str) -> Json:
    """What a host answered; empty when it did not, or made no sense."""
    result = bundle.result(host, phase)
    return result if isinstance(result, dict) else {}


def _kinds(told: Json) -> list[Json]:
    return [_kind(one) for one in _list(told.get("signatures")) if isinstance(one, dict)]


def _kind(one: Json) -> Json:
    words = {key: reply.plain(one.get(key) or "", _TEXT) for key in ("key", "level", "sample")}
    return {**words, "count": _whole(one.get("count"))}


def _list(value: Any) -> list[Any]:
    return value[:_MOST] if isinstance(value, list) else []


def _busy(bundle: Bundle, host: str) -> Json | None:
    """What the status page tells: how many were served since, and how busy the workers are."""
    now, start = (_told(bundle, host, phase).get("status") for phase in ("traffic_now", "traffic_before"))
    if not isinstance(now, dict):
        return None
    first = start if isinstance(start, dict) else now
    served = _whole(now.get("accesses")) - _whole(first.get("accesses"))
    return {"busy": _whole(now.get("busy")), "idle": _whole(now.get("idle")), "served": max(0, served)}


def _notes(seen: dict[str, Seen]) -> list[str]:
    return [note for one in seen.values() for note in one.notes][:_NOTES]


def _numbers(tally: Tally) -> Json:
    return {"requests": tally.requests, "server_errors": tally.errors, "share": round(tally.share, 6)}


def _whole(value: Any) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else 0
