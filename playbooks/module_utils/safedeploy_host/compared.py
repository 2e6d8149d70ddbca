"""Live and candidate in their shadows, asked the same: what came of it, and whether the candidate may go live.

A candidate that does not come up where live does is refused, and so is one that answers worse. Where live's own shadow
does not come up, nothing can be compared: the result says so, and the health checks after the switch are what is left.
"""

from __future__ import annotations

import functools
import time

from .probes import ask, live, plan, verdict
from .probes.alike import Bodies
from .probes.elided import elide
from .probes.judged.logged import error_logs
from .protocol import AgentError
from .shadow import pair
from .shadow.privilege import NoNamespaces

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from .probes.alike import Side
    from .protocol import Json
    from .shadow.view import Shadow
    from .tree import Tree

UNCHANGED = "No live file was changed on this host."
SECONDS = 15.0
AT_ONCE = 4
RATE = 200.0
_COUNTED = ("same", "declared", "improved", "changed", "regression", "inconclusive")
_KIB = {"k": 1, "m": 2, "g": 3}


class Comparison:
    """One comparison. `effective` is {"live", "candidate"}; `found` is for the answer, `keep` for `activate`."""

    def __init__(
        self, site: Json, changes: Tree, open_object: Callable[[str], bytes], request: Json, effective: Json
    ) -> None:
        self.site = site
        self.changes = changes
        self.open_object = open_object
        self.request = request
        self.effective = effective
        self.found: Json = {"shadow": {"state": "none", "why": "it was not tried"}, "verdicts": [], "accepted": []}
        self.keep: Json = {}

    def run(self) -> None:
        """Fill `found` and `keep`. Raises AgentError (`shadow-failed`, `regression`), and NoNamespaces."""
        began = time.monotonic()
        planned = plan.plan(
            self.site,
            self.effective["live"],
            self.effective["candidate"],
            self.changes,
            self.request,
            open_object=self.open_object,
        )
        bodies = Bodies(planned["probes"])
        booted = pair.run(
            self.site,
            self.changes,
            self.open_object,
            self._world(planned["world"]),
            self._works(planned, bodies),
            ended=bodies.over,
        )
        self.found["shadow"] = self._shadow(planned, booted, time.monotonic() - began)
        if not _was_asked(booted["candidate"]):
            self._not_up(booted)
        elif _was_asked(booted["live"]):
            self._judge(planned, booted)

    def _world(self, world: Json) -> Json:
        probing = self.request["probing"]
        sides = self.effective.values()
        return {
            **world,
            "logs": sorted({path for side in sides for path in error_logs(side)}),
            "pid_files": sorted({side["pid_file"] for side in sides if side["pid_file"]}),
            "memory_bytes": _bytes(probing.get("memory")),
            "seconds": float(probing.get("seconds") or SECONDS) + 5.0,
        }

    def _works(self, planned: Json, bodies: Bodies) -> dict[str, Callable[[Shadow], Json]]:
        sides = zip(self.effective, bodies.sides())
        return {side: functools.partial(self._work, planned, side, own) for side, own in sides}

    def _work(self, planned: Json, side: str, own: Side, shadow: Shadow) -> Json:
        probing = self.request["probing"]
        answers = ask.ask(
            planned["probes"],
            shadow=shadow,
            effective=self.effective[side],
            seconds=min(float(probing.get("seconds") or SECONDS), max(1.0, shadow.remaining - 1.0)),
            at_once=int(probing.get("at_once") or AT_ONCE),
            rate=float(probing.get("rate") or RATE),
            expectations=self.request["expect"],
            twice=own,
        )
        return {"answers": answers, "logs": shadow.log_counts()}

    def _shadow(self, planned: Json, booted: Json, seconds: float) -> Json:
        asked = {side: _was_asked(one) for side, one in booted.items()}
        limits = [*planned["notes"], *booted["live"]["limits"], *booted["candidate"]["limits"]]
        return {
            "state": "compared" if all(asked.values()) else "candidate-only" if asked["candidate"] else "none",
            "why": "" if all(asked.values()) else booted["live" if asked["candidate"] else "candidate"]["why"],
            "seconds": round(seconds, 3),
            "live": {"up": booted["live"]["up"], "why": booted["live"]["why"]},
            "candidate": {"up": booted["candidate"]["up"], "why": booted["candidate"]["why"]},
            "backends": booted["candidate"]["backends"],
            "limits": list(dict.fromkeys(limits)),
            "probes": {"asked": len(planned["probes"])},
            "peak_bytes": booted["candidate"]["peak_bytes"],
        }

    def _not_up(self, booted: Json) -> None:
        """The candidate does not run: its fault, unless live, which runs outside, does not run in a shadow either."""
        from .httpd import Httpd

        candidate, present = booted["candidate"], booted["live"]
        if not present["up"] and Httpd(self.site).parent() is not None:
            why = f"a shadow of the live configuration does not come up either: {present['why']}"
            self.found["shadow"]["why"] = why
            return
        if candidate["up"] and not _was_asked(present) and candidate["why"] == present["why"]:
            # The host has no room for shadows, which may well be the live server's fault: no verdict on the candidate.
            raise NoNamespaces(f"neither configuration stays up in a shadow: {candidate['why']}")
        does = "does not stay up" if candidate["up"] else "does not come up"
        raise AgentError(
            "shadow-failed",
            f"httpd {does} with this configuration: {candidate['why'] or 'it ended without a word'}",
            state=UNCHANGED,
            next="Correct what the message names, then push again; configtest alone does not see this.",
            detail={"output": elide(candidate["output"]), "log": [elide(line) for line in candidate["error_log"]]},
        )

    def _judge(self, planned: Json, booted: Json) -> None:
        before, after = booted["live"]["value"], booted["candidate"]["value"]
        accept = self.request["accept"]
        verdicts = verdict.judge(
            planned["probes"],
            before["answers"],
            after["answers"],
            expectations=self.request["expect"],
            changes=self.changes,
            accepted=accept,
            live_log_counts=before["logs"],
            candidate_log_counts=after["logs"],
            backends=booted["candidate"]["backends"],
            live_effective=self.effective["live"],
            candidate_effective=self.effective["candidate"],
            going_back=self.request["going_back"],
        )
        counts = {name: sum(one["verdict"] == name for one in verdicts) for name in _COUNTED}
        self.found["shadow"]["probes"].update(counts)
        self.found["verdicts"] = [one for one in verdicts if one["verdict"] != "same"]
        self.found["accepted"] = sorted(one["id"] for one in verdicts if one["accepted"])
        asked = [probe for probe in planned["probes"] if probe.get("live_too")]
        self.keep = {
            "probes": asked,
            "before": {probe["id"]: before["answers"][probe["id"]] for probe in asked},
            "answers": {probe["id"]: after["answers"][probe["id"]] for probe in asked},
            "expect": self.request["expect"],
            "accept": accept,
            "effective": live.kept(self.effective["candidate"]),
        }
        worse = [one for one in verdicts if one["verdict"] == "regression"]
        if worse:
            raise _regression(worse)


def _was_asked(booted: Json) -> bool:
    """Whether it came up and stayed until it had been asked."""
    return bool(booted["up"]) and booted["value"] is not None


def _regression(worse: list[Json]) -> AgentError:
    first = worse[0]
    more = f" (and {len(worse) - 1} more)" if len(worse) > 1 else ""
    return AgentError(
        "regression",
        f"{first['request']}: {first['before']} before, {first['after']} with this configuration{more}",
        state=UNCHANGED,
        next="Correct the configuration; a change that is meant is declared with safedeploy_expect, or accepted once "
        f"with --accept {first['id']}.",
    )


def _bytes(size: object) -> int | None:
    """A size such as 512m in bytes; None where none is given."""
    text = str(size or "").strip().lower().rstrip("b")
    if not text:
        return None
    return int(text[:-1]) * 1024 ** _KIB[text[-1]] if text[-1] in _KIB else int(text)
