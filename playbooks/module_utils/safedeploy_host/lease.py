"""Who may change this host now: one run at a time, with an expiry, and a token that fences off a run that lost it.

An expired lease is taken over by the next run, which gets a higher fence number; the old run's token is refused from
then on, also when it wakes up later. Times are seconds since 1970 on this host's clock.
"""

from __future__ import annotations

import os

from . import records
from .clock import iso
from .protocol import AgentError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .protocol import Json


class Lease:
    """The record `lease.json`: holder, run, reason, token, fence, since, until."""

    def __init__(self, path: str) -> None:
        self.path = path

    def read(self) -> Json | None:
        """The record as it is, expired or not."""
        return records.load(self.path)

    def public(self, now: float) -> Json | None:
        """The lease without its token, as anybody may see it; None when nobody holds it."""
        lease = self.read()
        if lease is None or not lease["token"]:
            return None
        seen = {key: lease[key] for key in ("holder", "run", "reason", "fence")}
        return {**seen, "since": iso(lease["since"]), "until": iso(lease["until"]), "expired": lease["until"] <= now}

    def take(self, run: str, holder: str, reason: str, ttl: float, now: float) -> Json:
        """Take the lease, or renew one's own. Raises AgentError(lease-held) while another run has it."""
        lease = self.read()
        live = lease is not None and lease["token"] and lease["until"] > now
        if lease is not None and live and lease["run"] != run:
            raise held(lease)
        if lease is not None and lease["token"] and lease["run"] == run:
            taken = {**lease, "until": now + ttl}
        else:
            fence = (lease["fence"] if lease else 0) + 1
            taken = {
                "holder": holder,
                "run": run,
                "reason": reason,
                "token": f"{fence}-{os.urandom(16).hex()}",
                "fence": fence,
                "since": now,
                "until": now + ttl,
                "ttl": ttl,
            }
        records.save(self.path, taken)
        return taken

    def hold(self, token: str, now: float) -> Json:
        """Raise AgentError(lease-lost) unless `token` is the lease's; extend it when half of its duration has gone.

        A lease that ran out and that nobody has taken since still serves its token: nobody else can have acted, and a
        long rollout must not stop half way for it.
        """
        lease = self.read()
        if lease is None or not lease["token"] or lease["token"] != token:
            raise _lost(lease)
        if lease["until"] - now < lease["ttl"] / 2:
            lease = {**lease, "until": now + lease["ttl"]}
            records.save(self.path, lease)
        return lease

    def renew(self, token: str, now: float) -> None:
        """Extend one's own lease by its own duration. Raises AgentError(lease-lost)."""
        lease = self.hold(token, now)
        records.save(self.path, {**lease, "until": now + lease["ttl"]})

    def release(self, token: str, now: float) -> None:
        """Give the lease back; the fence number stays, so that no later token repeats an old one."""
        records.save(self.path, {**self.hold(token, now), "token": "", "until": now})


def held(lease: Json) -> AgentError:
    """The refusal that says who holds the lease, since when, until when, and what for."""
    until = iso(lease["until"])
    purpose = f": {lease['reason']}" if lease["reason"] else ""
    return AgentError(
        "lease-held",
        f"{lease['holder']} holds the lease on this host since {iso(lease['since'])} until {until} "
        f"(run {lease['run']}{purpose})",
        next=f"Wait for that run to end; a dead run's lease expires by itself at {until}.",
        detail={"holder": lease["holder"], "run": lease["run"], "since": iso(lease["since"]), "until": until},
    )


def _lost(lease: Json | None) -> AgentError:
    holder = {key: lease[key] for key in ("holder", "run")} if lease and lease["token"] else {}
    return AgentError(
        "lease-lost",
        f"{holder['holder']} has taken over the lease on this host (run {holder['run']})"
        if holder
        else "the lease on this host was given back",
        next="Start the push again: it plans against what the host is now.",
        detail=holder,
    )
