"""One run as the command line has it: a session whose listener is told of milestones."""

from __future__ import annotations

from safedeploy.core.errors import ExitCode
from safedeploy.workflows import alerting
from safedeploy.workflows.events import Milestone


class Run:
    def __init__(self, session, command):
        self.session = session
        self.listener = alerting.attach(session)
        self.tell(Milestone.RUN_STARTED, command=command, reason="new header")
        self.early = self.listener.without_address()

    def tell(self, milestone, **data):
        self.session.events.milestone(milestone, data)

    def begins(self):
        self.tell(Milestone.ROLLOUT_STARTED, verb="push", release="abc123", hosts=["web1"], reason="new header")

    def ends(self, end="confirmed", exit_code=ExitCode.OK, error=None):
        host = {"end": end, "why": f"why of {end}", "release": "abc123", "drained": False}
        document = {"format": "safedeploy-push", "release": "abc123", "hosts": {"web1": host}}
        self.tell(Milestone.RUN_ENDED, exit_code=int(exit_code), error=error, document=document)
        return self.listener.finish()

    def drifted(self, *items, unreachable=(), exit_code=ExitCode.DIFFERENCES):
        self.drifted_unwatched(*items, unreachable=unreachable, exit_code=exit_code)
        return self.listener.finish()

    def drifted_unwatched(self, *items, unreachable=(), exit_code=ExitCode.DIFFERENCES):
        """Without waiting: only the main thread can."""
        document = {
            "format": "safedeploy-drift",
            "hosts": {"web1": {}},
            "items": list(items),
            "unreachable": dict.fromkeys(unreachable, "no route"),
        }
        self.tell(Milestone.RUN_ENDED, exit_code=int(exit_code), error=None, document=document)
        return self


def item(fingerprint="f1", **values):
    common = {"host": "web1", "kind": "edited", "path": "/etc/apache2/a.conf", "severity": "error", "text": "by hand"}
    return {"fingerprint": fingerprint, **common, **values}
