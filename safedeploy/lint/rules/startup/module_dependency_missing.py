"""A module that is loaded without another one that it cannot do without."""

from __future__ import annotations

from collections.abc import Iterator

from safedeploy.lint.facts import Facts
from safedeploy.lint.finding import Severity
from safedeploy.lint.knowledge.modules import advice
from safedeploy.lint.resolve.configuration import Configuration
from safedeploy.lint.resolve.modules import identifier
from safedeploy.lint.rule import Case, Hit, Profile, Rule, Symptom

# What httpd 2.4.71 refuses to load, because the other one has functions that it calls; that must come first.
CALLED = {
    "cache_disk": "cache",
    "cache_socache": "cache",
    "dav_fs": "dav",
    "proxy_ajp": "proxy",
    "proxy_balancer": "proxy",
    "proxy_connect": "proxy",
    "proxy_express": "proxy",
    "proxy_fcgi": "proxy",
    "proxy_fdpass": "proxy",
    "proxy_ftp": "proxy",
    "proxy_hcheck": "proxy",
    "proxy_http": "proxy",
    "proxy_http2": "proxy",
    "proxy_scgi": "proxy",
    "proxy_uwsgi": "proxy",
    "proxy_wstunnel": "proxy",
    "session_cookie": "session",
    "session_crypto": "session",
    "session_dbd": "session",
}
# What ends httpd at the start, though configtest passes.
STARTED = {
    "auth_form": ("session", "request"),
    "authnz_ldap": ("ldap",),
    "lbmethod_bybusyness": ("proxy_balancer",),
    "lbmethod_byrequests": ("proxy_balancer",),
    "lbmethod_bytraffic": ("proxy_balancer",),
    "proxy_balancer": ("slotmem_shm",),
}


def check(configuration: Configuration, _facts: Facts) -> Iterator[Hit]:
    """Each LoadModule of a module whose other one is certainly not loaded, or not before it."""
    loaded = [
        (statement, identifier(statement.argument).removesuffix("_module"))
        for statement in configuration.named("LoadModule")
        if statement.certain and statement.arguments
    ]
    places: dict[str, int] = {}
    for number, (_, name) in enumerate(loaded):
        places.setdefault(name, number)
    for number, (statement, name) in enumerate(loaded):
        called = CALLED.get(name)
        if called is not None and places.get(called, -1) > number:
            yield Hit(
                at=statement,
                message=f"mod_{name} cannot be loaded before mod_{called}, which has functions that it calls",
                remedy=f"Load mod_{called} first.",
            )
        for other in (*((called,) if called else ()), *STARTED.get(name, ())):
            if configuration.module(f"{other}_module") is False:
                yield Hit(
                    at=statement,
                    message=f"mod_{name} needs mod_{other}, which is not loaded",
                    remedy=_sentence(advice(f"{other}_module")),
                )


def _sentence(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}."


RULE = Rule(
    id="module-dependency-missing",
    group="startup",
    severity=Severity.ERROR,
    title="A module without the one that it builds on",
    why="Some modules are only a part of another: without that httpd refuses the configuration, or passes the test and "
    "ends at the next start, which takes down every site. It happens where modules are disabled that nothing seems to "
    "use, such as slotmem_shm.",
    remedy="Load the other module too, or neither.",
    symptoms=(Symptom.NO_START,),
    source="https://httpd.apache.org/docs/2.4/mod/mod_proxy_balancer.html",
    good=(
        Case(text="LoadModule proxy_module a.so\nLoadModule proxy_http_module b.so\n", modules=()),
        Case(text="LoadModule proxy_balancer_module a.so\n", modules=("proxy_module", "slotmem_shm_module")),
        Case(text="<IfModule proxy_module>\n    LoadModule proxy_http_module b.so\n</IfModule>\n", modules=()),
    ),
    bad=(
        Case(text="LoadModule proxy_http_module b.so\n", modules=()),
        Case(text="LoadModule proxy_http_module b.so\nLoadModule proxy_module a.so\n", modules=()),
        Case(text="LoadModule proxy_balancer_module a.so\n", modules=("proxy_module",)),
    ),
    check=check,
    profile=Profile.MINIMAL,
)
