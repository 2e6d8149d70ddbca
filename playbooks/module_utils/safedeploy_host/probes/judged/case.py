"""What is judged: one probe, its two Answers, and what is known around them."""

from __future__ import annotations

from urllib.parse import urlsplit

from ..served import owns, place, port_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Sequence

    Json = dict[str, Any]

# How bad an answer is. A redirect is as bad as what it ends in.
FINE, ASKS_FOR_LOGIN, REFUSED, BROKEN, SILENT = range(5)


class Around:
    """What all cases of one judgement share."""

    def __init__(
        self,
        *,
        live: Json | None,
        candidate: Json | None,
        changes: Json,
        backends: Sequence[Json] = (),
        now: float,
        going_back: bool = False,
    ) -> None:
        self.live = live or {}
        self.candidate = candidate or {}
        self.changes = changes
        self.backends = backends
        self.now = now
        # Whether the candidate is a release that a person wants back.
        self.going_back = going_back
        # {(path, sha256): {names of the live virtual hosts that answer so}}
        self.others: dict[tuple[str, str], set[str]] = {}
        # The sites that fail in live whatever is asked.
        self.failing: set[str] = set()
        self.claimed = claimed(self.live)
        self.pushed = {entry.get("sha256") for entry in changes.values() if entry and entry.get("sha256")}


class Case:
    """One probe with its Answers in the live configuration and in the candidate."""

    def __init__(self, probe: Json, live: Json, candidate: Json, around: Around) -> None:
        self.probe = probe
        self.live = live
        self.candidate = candidate
        self.around = around
        self.host = urlsplit(probe["url"]).hostname or ""
        self.path = urlsplit(probe["url"]).path or "/"
        self.site = f"{self.host}:{port_of(probe['url'])}"
        self.live_site = _site(around.live, live)
        self.candidate_site = _site(around.candidate, candidate)

    @property
    def why(self) -> str:
        """Why the probe is made."""
        return str(self.probe.get("why") or "")

    @property
    def new(self) -> bool:
        """Whether this name has come with the candidate: in live nobody bore it, so that a default server answered."""
        if port_of(self.probe["url"]) not in {one["port"] for one in self.around.live.get("listen") or ()}:
            return bool(self.around.live.get("listen"))
        if self.live_site is None or self.candidate_site is None or owns(self.live_site, self.host):
            return False
        # The only site that there was answers strangers too, and nobody chose it for that.
        return owns(self.candidate_site, self.host) or (
            _alone(self.around.live, self.live_site) and not _one_site(self.live_site, self.candidate_site)
        )

    @property
    def removed(self) -> bool:
        """Whether this push takes away the virtual host without a name that answered: nobody was promised its pages."""
        site = self.live_site
        if site is None or place(site) in self.around.claimed:
            return False
        entry = self.around.changes.get(site["file"])
        return entry is not None and entry["kind"] == "absent"

    @property
    def only_here(self) -> bool:
        """Whether it is asked for on the loopback, where nobody else can."""
        address = str(self.probe.get("address") or "")
        return address == "::1" or address.startswith("127.")

    @property
    def moved(self) -> bool:
        """Whether another virtual host answers than the one that did."""
        live, candidate = self.live_site, self.candidate_site
        if live is None or candidate is None or self.new:
            return False
        return not _one_site(live, candidate)


def claimed(effective: Json) -> set[str]:
    """The places of the virtual hosts that bear a name of their own; all of them where no tree tells."""
    hosts = {place(one) or "": one for one in effective.get("vhosts") or ()}
    sections = {
        f"{node['file']}:{node['line']}": node
        for node in effective.get("tree") or ()
        if node["name"] == "virtualhost" and node.get("children") is not None
    }
    return {
        where
        for where in hosts
        if where not in sections
        or any(child["name"] in ("servername", "serveralias") for child in sections[where]["children"])
    }


def names(site: Json) -> set[str]:
    """The names of a virtual host, in lower case."""
    return {one.lower() for one in [site.get("name") or "", *(site.get("aliases") or ())] if one}


def _one_site(live: Json, candidate: Json) -> bool:
    """Whether two virtual hosts are one site; under a new main name it keeps its file and some of its names."""
    if (live.get("name") or "").lower() == (candidate.get("name") or "").lower():
        return True
    return bool(live["file"] == candidate["file"] and names(live) & names(candidate))


def _alone(effective: Json, site: Json) -> bool:
    same = [one for one in effective["vhosts"] if all(one[key] == site[key] for key in ("address", "port"))]
    return len(same) == 1


def badness(answer: Json) -> int:
    """FINE to SILENT."""
    if answer.get("loop"):
        return BROKEN
    final = answer.get("final")
    return _badness(final["status"] if final else answer["status"])


def _badness(status: int | None) -> int:
    if status is None:
        return SILENT
    if status < 400:
        return FINE
    if status == 401:
        return ASKS_FOR_LOGIN
    # 501 is how a program says that it does not know the method: it works, and refuses (RFC 9110, 15.6.2).
    return REFUSED if status < 500 or status == 501 else BROKEN


def _site(effective: Json, answer: Json) -> Json | None:
    if not answer.get("vhost"):
        return None
    return next((one for one in effective.get("vhosts") or () if place(one) == answer["vhost"]), None)
