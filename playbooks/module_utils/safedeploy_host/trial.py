"""The trial of a candidate: all that can be known of it before a live file changes, and the verdict on that.

configtest and the effective configuration in context -> other services' validators -> both shadows, probed -> verdict

A refusal carries in its detail what had been found until then, so that the screen can show it.
"""

from __future__ import annotations

import time

from . import hashing
from .protocol import AgentError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from .protocol import Json, Request
    from .tree import Tree

    OpenObject = Callable[[str], bytes]

_UNCHANGED = "No live file was changed on this host."


def trial(request: Request, manifest: Json, changes: Tree, open_object: OpenObject) -> tuple[Json, Json]:
    """What was found, and what `activate` needs of it: {"probes", "answers", "before"}.

    Raises AgentError: `configtest-failed`, `finding`, `not-shadowed`, `shadow-failed`, `regression`.
    """
    began = time.monotonic()
    running = Trial(request, manifest, changes, open_object)
    try:
        running.run()
    except AgentError as error:
        error.detail = {**running.found, "seconds": round(time.monotonic() - began, 3), **error.detail}
        raise
    return running.found, running.keep


class Trial:
    """One candidate's trial: what was asked for, and what was `found` so far."""

    def __init__(self, request: Request, manifest: Json, changes: Tree, open_object: OpenObject) -> None:
        self.site = request.site
        self.manifest = manifest
        self.changes = changes
        self.open_object = open_object
        self.request: Json = {
            "probing": request.get("probing", dict, {}),
            "expect": request.get("expect", list, []),
            "accept": request.get("accept", list, []),
            "health": request.get("health", list, []),
            "going_back": request.get("going_back", bool, default=False),
        }
        self.found: Json = {}
        self.keep: Json = {}

    def run(self) -> None:
        """Fill `found` and `keep`, cheapest stage first. Raises AgentError as `trial` does."""
        live, candidate = self._examine()
        self._validate()
        self._refuse_findings()
        if not self.changes:
            self._skip("nothing changes on this host")
        elif not self.request["probing"].get("shadow", True):
            self._skip("the settings turn the shadow off")
        elif live is None or candidate is None:
            self._skip("the effective configuration of the candidate could not be read")
        else:
            self._compare(live, candidate)

    def _examine(self) -> tuple[Json | None, Json | None]:
        from .effective import concerns, differences, examine

        seen = examine.examine(self.site, self.changes, self.open_object)
        tested = seen["configtest"]
        tested["warnings"] = list(dict.fromkeys([*tested["warnings"], *seen["limits"]]))
        self.found.update(configtest=tested, restart=seen["restart"])
        if not seen["configtest"]["ok"]:
            raise configtest_failed(self.manifest["release"], seen["configtest"])
        live, candidate = seen["live"], seen["candidate"]
        if candidate is None:
            self.found.update(differences=[], findings=[])
        else:
            self.found["differences"] = differences.differences(live, candidate)
            self.found["findings"] = concerns.concerns(self.site, live, candidate, self.changes)
        return live, candidate

    def _validate(self) -> None:
        services = self.manifest.get("services") or {}
        self.found["validated"] = []
        if self.changes:
            from .validators import run

            done = run.run(self.site, services, self.changes, self.open_object)
            self.found["validated"] = done["validated"]
            self.found["findings"] = [*self.found["findings"], *done["findings"]]

    def _refuse_findings(self) -> None:
        self.found["findings"] = [self._weighed(finding) for finding in self.found["findings"]]
        errors = [finding for finding in self.found["findings"] if finding["severity"] == "error"]
        if errors:
            more = f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""
            raise AgentError(
                "finding",
                f"{errors[0]['text']}{more}",
                state=_UNCHANGED,
                next=f"{errors[0].get('next') or 'Correct the configuration, then push again.'} "
                f"If it is meant, --accept {errors[0]['id']}.",
            )

    def _weighed(self, finding: Json) -> Json:
        """The finding with its id, and with what --accept says about it; the same each time for the same text."""
        told = "\0".join((finding["kind"], finding.get("place") or "", finding["text"]))
        number = hashing.hexadecimal(told.encode())[:8]
        accepted = finding["severity"] == "error" and bool({number, "all"} & set(self.request["accept"]))
        severity = "warning" if accepted else finding["severity"]
        return {**finding, "id": number, "accepted": accepted, "severity": severity}

    def _skip(self, why: str) -> None:
        self.found.update(shadow={"state": "none", "why": why}, verdicts=[], accepted=self._accepted())

    def _accepted(self) -> list[str]:
        return sorted(finding["id"] for finding in self.found["findings"] if finding["accepted"])

    def _compare(self, live: Json, candidate: Json) -> None:
        """Boot both configurations, ask them the same, and judge the difference."""
        from .compared import Comparison
        from .shadow.privilege import NoNamespaces

        effective = {"live": live, "candidate": candidate}
        comparison = Comparison(self.site, self.changes, self.open_object, self.request, effective)
        try:
            comparison.run()
        except NoNamespaces as error:
            self._skip(str(error))
            if self.request["probing"].get("without_namespaces", "allow") == "refuse":
                raise AgentError(
                    "not-shadowed",
                    f"the candidate cannot be tried out on this host, and the settings ask for it: {error}",
                    state=_UNCHANGED,
                    next="Let the agent run as root there (become), or set preflight.without_namespaces to allow.",
                ) from error
            return
        except AgentError:
            self.found.update(comparison.found)
            raise
        self.found.update(comparison.found)
        self.keep = comparison.keep


def configtest_failed(release: str, tested: Json) -> AgentError:
    """The refusal of a candidate that httpd itself does not accept."""
    return AgentError(
        "configtest-failed",
        f"httpd refuses release {release}: {(tested['output'].strip() or 'no output').splitlines()[0]}",
        state=_UNCHANGED,
        next="Correct the configuration named in the message, then push again.",
        detail={"output": tested["output"], "method": tested["method"]},
    )
