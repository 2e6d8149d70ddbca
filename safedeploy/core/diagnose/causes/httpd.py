"""httpd itself: it does not run, does not load its configuration, or does not listen.

0.9 where it does not run, 0.8 where it runs and does not listen, 0.55 where it takes connections and answers none; a
configuration that it would refuse is 0.25 as long as it runs.
"""

from __future__ import annotations

from safedeploy.core.diagnose import wording
from safedeploy.core.diagnose.evidence import Evidence
from safedeploy.core.diagnose.hypothesis import Cause, Hypothesis, Scale
from safedeploy.core.diagnose.seen import HostSeen

ID = "httpd"
TITLE = "httpd is down, or does not load its configuration"


def judge(evidence: Evidence) -> Hypothesis:
    """By the gravest state of any host."""
    seen = {host: one.seen for host, one in evidence.hosts.items() if one.seen is not None}
    if not seen:
        return Hypothesis(id=ID, title=TITLE, weight=None, against=("no host could be asked",))
    down = tuple(host for host, one in seen.items() if one.running is False)
    refused = tuple(host for host, one in seen.items() if one.configtest is not None)
    deaf = tuple(host for host, one in seen.items() if one.running and one.closed_ports)
    mute = tuple(host for host, one in seen.items() if one.running and one.silent_ports)
    scale = Scale()
    if down:
        scale.add(0.9, f"httpd does not run on {wording.hosts(down, evidence.every)}")
    elif deaf:
        ports = sorted({port for host in deaf for port in seen[host].closed_ports})
        numbers = wording.listed(map(str, ports))
        scale.add(0.8, f"httpd of {wording.hosts(deaf, evidence.every)} runs and does not listen on {numbers}")
    elif mute:
        ports = sorted({port for host in mute for port in seen[host].silent_ports})
        numbers = wording.listed(map(str, ports))
        scale.add(
            0.55, f"httpd of {wording.hosts(mute, evidence.every)} takes connections on {numbers} and answers none"
        )
    if refused:
        first = _told(seen[refused[0]])
        gain = 0.08 if down else 0.25
        scale.add(gain, f"the configuration of {wording.hosts(refused, evidence.every)} is refused: {first}")
    if not (down or deaf or mute or refused):
        scale.take(
            0.0, f"httpd runs, answers and would load its configuration on {wording.hosts(seen, evidence.every)}"
        )
    hosts = tuple(dict.fromkeys((*down, *deaf, *mute, *refused)))
    return scale.judged(ID, TITLE, hosts=hosts, next_step=_next(evidence, down, refused))


def _told(seen: HostSeen) -> str:
    """The line of httpd's answer that names the fault."""
    lines = [line.strip() for line in (seen.configtest or "").splitlines() if line.strip()]
    return " ".join(lines[:2])[:300] if lines else "no words"


def _next(evidence: Evidence, down: tuple[str, ...], refused: tuple[str, ...]) -> str:
    name = evidence.environment
    if refused:
        return (
            f"Put back what was deployed with `safedeploy drift {name} --fix`, which starts httpd again; or correct "
            "the line that httpd names."
        )
    if down:
        return f"Start httpd on {wording.hosts(down)}; its error log says why it ended."
    return "Restart httpd on these hosts when the error log gives no reason."


CAUSE = Cause(id=ID, noun="httpd itself", judge=judge)
