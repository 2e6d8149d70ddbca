"""The request of each phase to a host's program, made from the bundle and from what the host answered before."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .bundle import Bundle, Json

# Phase of the playbooks -> command of the on-host program.
COMMANDS = {
    "prepare": "prepare",
    "preflight": "preflight",
    "activate": "activate",
    "take": "take-lease",
    "hold": "hold",
    "confirm": "confirm",
    "revert": "revert",
    "release": "release-lease",
    "traffic_before": "traffic",
    "traffic_mark": "traffic",
    "traffic_now": "traffic",
    "drain": "drained",
    "undrain": "drained",
}

# The answer of a host that has taken the lease: token, and what it lacks; also of one that took it for its preflight.
PREPARED = "prepare"

# Phases after which the host serves something else than before.
CHANGING = frozenset({"activate", "revert"})

# Phases that only look, and that a person need not hear of, each with the answers that are out of date once it begins:
# a host is asked again in each batch, and an answer of an earlier one must not be taken for one of this batch.
READING = {
    "traffic_before": ("traffic_before", "traffic_mark", "traffic_now"),
    "traffic_mark": ("traffic_mark", "traffic_now"),
    "traffic_now": ("traffic_now",),
}


class NothingToDo(Exception):  # noqa: N818 - not an error: the reason why a host is skipped
    """This phase has nothing to do on this host; the text says why."""


def request(bundle: Bundle, host: str, phase: str) -> Json:
    """The request of `phase` for `host`. Raises NothingToDo with the reason, BundleError."""
    makers = {
        "prepare": _prepare,
        "preflight": _preflight,
        "activate": _activate,
        "take": _take,
        "hold": _hold,
        "confirm": _confirm,
        "revert": _revert,
        "release": _release,
        "traffic_before": _traffic_before,
        "traffic_mark": _traffic_mark,
        "traffic_now": _traffic_now,
        "drain": _drain,
        "undrain": _undrain,
    }
    if host not in bundle.hosts:
        raise NothingToDo(f"{host} is not part of this run.")
    entry = bundle.host(host)
    if phase in {"prepare", "preflight", "activate", "hold", "confirm", "drain"} and entry["action"] == "none":
        raise NothingToDo(entry.get("why") or "The host has what it should have.")
    return {"site": entry["site"], **makers[phase](bundle, host, entry)}


def _prepare(bundle: Bundle, host: str, _entry: Json) -> Json:
    return {**_lease(bundle), "manifest": bundle.manifest(host)}


def _preflight(bundle: Bundle, host: str, entry: Json) -> Json:
    """With the lease if the run has it, and all that the host has asked for; or that the host takes the lease for it.

    Then the contents are those that it is likely to lack, as its files are others; it says which it lacks beside.
    """
    prepared = bundle.result(host, PREPARED)
    wanted = entry.get("likely") if prepared is None else prepared.get("missing")
    return {
        **({**_lease(bundle), "tell": True} if prepared is None else {"token": _token(bundle, host)}),
        "manifest": bundle.manifest(host),
        "objects": bundle.objects([str(sha256) for sha256 in wanted or ()]),
        "health": entry["health"],
        "expect_live": entry.get("expect_live"),
        "expect": entry.get("expect") or [],
        "accept": bundle.policy.get("accept") or [],
        "going_back": bool(entry.get("going_back")),
        "probing": bundle.policy.get("probing") or {},
    }


def _lease(bundle: Bundle) -> Json:
    return {
        "run": bundle.run,
        "holder": bundle.actor,
        "ttl": bundle.policy["lease_ttl"],
        "reason": bundle.reason,
        "command": bundle.command,
        "key": bundle.key,
    }


def _activate(bundle: Bundle, host: str, entry: Json) -> Json:
    policy = bundle.policy
    return {
        "token": _token(bundle, host),
        "run": bundle.run,
        "actor": bundle.actor,
        "release": bundle.manifest(host)["release"],
        "expect_live": entry.get("expect_live"),
        "confirm_window": policy["confirm_window"],
        "health": entry["health"],
        "allow_restart": policy["allow_restart"],
        "keep": policy["keep"],
    }


def _take(bundle: Bundle, host: str, entry: Json) -> Json:
    if bundle.result(host, PREPARED) is not None:
        raise NothingToDo("This run holds the lease already.")
    return {**_lease(bundle), "activation": entry.get("activation")}


def _hold(bundle: Bundle, host: str, entry: Json) -> Json:
    wanted = _activation(bundle, host, entry)
    return {"token": _token(bundle, host), "activation": wanted, "window": bundle.policy["hold_window"]}


def _confirm(bundle: Bundle, host: str, entry: Json) -> Json:
    wanted = _activation(bundle, host, entry)
    return {
        "token": _token(bundle, host),
        "activation": wanted,
        "keep": bundle.policy["keep"],
        "health": entry["health"],
        "actor": bundle.actor,
    }


def confidential(bundle: Bundle, host: str) -> bool:
    """Whether a secret is in what goes with each request: where httpd is, and its checks. So it is if nobody says."""
    return bool(bundle.host(host).get("confidential", True))


def _activation(bundle: Bundle, host: str, entry: Json) -> str:
    """The pending activation: the one that the bundle names, or the one of this run."""
    activated = bundle.result(host, "activate") or {}
    if entry.get("activation"):
        return str(entry["activation"])
    if activated.get("outcome") == "unchanged":
        raise NothingToDo("The host had this release already; there is nothing to confirm.")
    if not activated.get("activation"):
        raise NothingToDo("Nothing was activated on this host.")
    return str(activated["activation"])


def _revert(bundle: Bundle, host: str, entry: Json) -> Json:
    activation = entry.get("activation") or (bundle.result(host, "activate") or {}).get("activation")
    if not activation:
        raise NothingToDo("Nothing that this run activated is on this host.")
    return {
        "token": _token(bundle, host),
        "run": bundle.run,
        "actor": bundle.actor,
        "activation": activation,
        "health": entry["health"],
    }


def _release(bundle: Bundle, host: str, _entry: Json) -> Json:
    return {"token": _token(bundle, host)}


def _traffic_before(bundle: Bundle, _host: str, _entry: Json) -> Json:
    """Positions, and what visitors got lately."""
    return {"before": bundle.policy["gate"]["before"]}


def _traffic_mark(_bundle: Bundle, _host: str, _entry: Json) -> Json:
    """Positions alone: where the time under the new release begins."""
    return {"count": False}


def _traffic_now(bundle: Bundle, host: str, _entry: Json) -> Json:
    found = bundle.result(host, "traffic_mark") or bundle.result(host, "traffic_before") or {}
    if not found.get("positions"):
        raise NothingToDo("It is not known where the logs of this host ended before.")
    return {"since": found["positions"]}


def _drain(bundle: Bundle, host: str, _entry: Json) -> Json:
    return {"token": _token(bundle, host), "run": bundle.run, "actor": bundle.actor, "drained": True}


def _undrain(bundle: Bundle, host: str, _entry: Json) -> Json:
    return {"token": _token(bundle, host), "run": bundle.run, "actor": bundle.actor, "drained": False}


def _token(bundle: Bundle, host: str) -> Any:
    token = (bundle.result(host, PREPARED) or bundle.result(host, "take") or {}).get("token")
    if not token:
        raise NothingToDo("This run holds no lease on this host.")
    return token
