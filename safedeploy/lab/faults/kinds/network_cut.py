"""What goes to the application is swallowed on its way."""

from __future__ import annotations

from safedeploy.lab.faults.fault import Fault
from safedeploy.lab.faults.scene import Scene
from safedeploy.lab.traffic import Route

# A rule before all others sends these packets to a neighbour that is not there: no refusal, no reset, no answer.
SCRIPT = """
echo 1 >/proc/sys/net/ipv4/conf/eth0/route_localnet
ip neighbour replace "$2" lladdr "$3" dev eth0 nud permanent
ip route replace default via "$2" dev eth0 table 100
ip rule add preference 1 lookup local
ip rule add preference 0 ipproto tcp dport "$1" lookup 100
ip rule delete preference 0 lookup local
"""


def begin(scene: Scene) -> None:
    """Connections that are open would go on: httpd lets go of them."""
    nowhere = scene.host.address.rpartition(".")[0] + ".254"
    scene.shell(SCRIPT, str(scene.host.backend_port), nowhere, scene.nobody())
    scene.graceful()


FAULT = Fault(
    name="network-cut",
    title="the network between httpd and the application is cut",
    what="A routing rule sends packets to the port of the application to a neighbour that is not there.",
    page="api.lab.test does not answer, or answers 503 after a while.",
    route=Route(site="api.lab.test", path="/health", text='"service": "api"'),
    seen=("timed out", "status 503", "status 504"),
    hints=(
        "The application runs and listens. Can the host reach it (`curl -m 5 http://127.0.0.1:PORT/`)?",
        (
            "Not refused, but silent: something swallows the packets. Where does the host send them (`ip rule`, `ip "
            "route get`)?"
        ),
        "`ip rule` has a line for the port of the application that leads nowhere.",
    ),
    repair="Take the rule away (`ip rule delete preference 0`), or reboot the host.",
    prevention=(
        "A `connect_timeout` of the back end keeps workers free; `safedeploy diagnose` tries connections from the "
        "host and tells silence from refusal."
    ),
    needs_namespaces=True,
    begin=begin,
)
