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


KEY = 32  # characters that a key has at least


class Lease:
    """The record `lease.json`: holder, run, reason, token, fence, since, until; `taken_away` after an unlock."""

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

    def take(self, run: str, holder: str, reason: str, ttl: float, now: float, *, key: str = "") -> Json:
        """Take the lease, or renew one's own. Raises AgentError(lease-held) while another run has it.

        `key` is a secret of the run; with it the run can give back a lease whose token it was never told.
        """
        self.refuse_other(run, now)
        lease = self.read()
        if lease is not None and lease["token"] and lease["run"] == run:
            taken = {**lease, "until": now + ttl}
        else:
            fence = (lease["fence"] if lease else 0) + 1
            taken = {
                "holder": holder,
                "run": run,
                "reason": reason,
                "token": f"{fence}-{key or os.urandom(16).hex()}",
                "fence": fence,
                "since": now,
                "until": now + ttl,
                "ttl": ttl,
            }
        records.save(self.path, taken)
        return taken

    def refuse_other(self, run: str, now: float) -> None:
        """Raise AgentError(lease-held) while another run has the lease."""
        lease = self.read()
        if lease is not None and lease["token"] and lease["until"] > now and lease["run"] != run:
            raise held(lease)

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

    def token_of_key(self, key: str) -> str | None:
        """The token of the present lease, when it was taken with `key`; None when it was not."""
        lease = self.read()
        if len(key) < KEY or lease is None:
            return None
        import hmac  # loads OpenSSL, and few commands come with a key

        token: str = lease["token"]
        return token if hmac.compare_digest(token.partition("-")[2].encode(), key.encode()) else None

    def take_away(self, *, by: str, reason: str, now: float) -> None:
        """End the lease, whoever holds it: its token is refused from now on."""
        lease = self.read() or {}
        told = {"by": by, "reason": reason, "at": iso(now), "run": lease.get("run")}
        records.save(self.path, {**lease, "token": "", "until": now, "taken_away": told})


def held(lease: Json) -> AgentError:
    """The refusal that says who holds the lease, since when, until when, and what for."""
    until = iso(lease["until"])
    purpose = f": {lease['reason']}" if lease["reason"] else ""
    return AgentError(
        "lease-held",
        f"{lease['holder']} holds the lease on this host since {iso(lease['since'])} until {until} "
        f"(run {lease['run']}{purpose})",
        next=f"Wait for that run to end (--wait does it); a dead run's lease expires by itself at {until}, and "
        "`safedeploy unlock` takes it away before.",
        detail={"holder": lease["holder"], "run": lease["run"], "since": iso(lease["since"]), "until": until},
    )


def _lost(lease: Json | None) -> AgentError:
    holder = {key: lease[key] for key in ("holder", "run")} if lease and lease["token"] else {}
    away = (lease or {}).get("taken_away")
    if holder:
        what = f"{holder['holder']} has taken over the lease on this host (run {holder['run']})"
    elif away:
        what = f"{away['by']} took the lease on this host away at {away['at']}: {away['reason']}"
    else:
        what = "the lease on this host was given back"
    return AgentError(
        "lease-lost",
        what,
        next="Start the push again: it plans against what the host is now.",
        detail=holder,
    )
