"""A virtual host whose address is a name."""

from __future__ import annotations

import re
from collections.abc import Iterator

from safedeploy.lint.facts import Facts
from safedeploy.lint.finding import Severity
from safedeploy.lint.resolve.configuration import Configuration
from safedeploy.lint.rule import Case, Hit, Rule, Symptom

_NAME = re.compile(r"(?=.*[a-z])[a-z0-9_-]+(\.[a-z0-9_-]+)+\.?", re.IGNORECASE)


def check(configuration: Configuration, _facts: Facts) -> Iterator[Hit]:
    """Each <VirtualHost> with a host's name in place of an address."""
    for host in configuration.hosts:
        if not host.statement.certain:
            continue
        for address in host.addresses:
            if _NAME.fullmatch(address.host):
                port = f":{address.port}" if address.port is not None else ""
                yield Hit(
                    at=host.statement,
                    message=f"httpd must find the address of {address.host} when it starts, or leaves this host out",
                    remedy=f"Write <VirtualHost *{port}>, and the name as ServerName.",
                )


RULE = Rule(
    id="virtualhost-by-name",
    group="startup",
    severity=Severity.WARNING,
    title="A virtual host is bound to a name",
    why="httpd looks the name in `<VirtualHost NAME>` up when it starts. When the answer does not come, it leaves the "
    "host out and says so in its log alone (AH00547): requests for it get another site. When the answer is not an "
    "address of this machine, as behind a load balancer, it gets no requests either.",
    remedy="Write `<VirtualHost *:80>`, and the name as `ServerName`.",
    symptoms=(Symptom.WRONG_SITE,),
    source="https://httpd.apache.org/docs/2.4/dns-caveats.html",
    good=(
        Case(text="<VirtualHost *:80>\n</VirtualHost>\n<VirtualHost _default_:443 [2001:db8::1]:80>\n</VirtualHost>\n"),
        Case(text="<VirtualHost 192.0.2.1:80>\n    ServerName www.example.test\n</VirtualHost>\n"),
    ),
    bad=(Case(text="<VirtualHost www.example.test:80>\n    ServerName www.example.test\n</VirtualHost>\n"),),
    check=check,
)
