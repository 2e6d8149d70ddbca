"""A virtual host at a port where httpd does not listen."""

from __future__ import annotations

from collections.abc import Iterator

from safedeploy.lint.facts import Facts
from safedeploy.lint.finding import Severity
from safedeploy.lint.resolve.configuration import Configuration
from safedeploy.lint.rule import Case, Hit, Rule, Symptom


def check(configuration: Configuration, _facts: Facts) -> Iterator[Hit]:
    """Each virtual host for whose ports no Listen is there."""
    if not configuration.complete:
        return  # a file that is not here may listen
    listened = {address.port for _, address in configuration.listens}
    if not listened or None in listened:
        return
    for statement in configuration.named("Listen"):
        if statement.active is None or not statement.certain:
            return
    for host in configuration.hosts:
        ports = {address.port for address in host.addresses}
        if host.active is False or not host.statement.certain or not ports or None in ports or ports & listened:
            continue
        shown = " and ".join(str(port) for port in sorted(port for port in ports if port is not None))
        yield Hit(
            at=host.statement,
            message=f"httpd does not listen at port {shown}, so nobody reaches {host.name or 'this site'}",
            remedy=f"Write Listen {shown.split()[0]}, or correct the port.",
        )


RULE = Rule(
    id="port-not-listened",
    group="sites",
    severity=Severity.WARNING,
    title="A site at a port without Listen",
    why="A virtual host says which requests are its own, not where httpd listens. Without a `Listen` for its port "
    "httpd starts and says nothing, and a browser that asks there cannot connect.",
    remedy="Write a `Listen` for the port.",
    symptoms=(Symptom.NO_EFFECT,),
    source="https://httpd.apache.org/docs/2.4/bind.html",
    good=(
        Case(text="Listen 80\nListen 8080\n<VirtualHost *:8080>\n    ServerName www.example.com\n</VirtualHost>\n"),
        Case(text="Listen 80\n<VirtualHost *>\n    ServerName www.example.com\n</VirtualHost>\n"),
    ),
    bad=(Case(text="Listen 80\n<VirtualHost *:8080>\n    ServerName www.example.com\n</VirtualHost>\n"),),
    check=check,
)
