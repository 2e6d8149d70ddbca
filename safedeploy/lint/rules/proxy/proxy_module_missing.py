"""Requests that are passed on with a protocol of which the module is not loaded."""

from __future__ import annotations

from collections.abc import Iterator

from safedeploy.lint import proxying
from safedeploy.lint.facts import Facts
from safedeploy.lint.finding import Severity
from safedeploy.lint.knowledge.modules import advice, find
from safedeploy.lint.resolve.configuration import Configuration
from safedeploy.lint.rule import Case, Hit, Profile, Rule, Symptom

# Any of these lets mod_proxy speak the protocol; mod_proxy_http takes over for WebSockets.
MODULES = {
    "http": ("proxy_http_module",),
    "https": ("proxy_http_module",),
    "ws": ("proxy_wstunnel_module", "proxy_http_module"),
    "wss": ("proxy_wstunnel_module", "proxy_http_module"),
    "fcgi": ("proxy_fcgi_module",),
    "ajp": ("proxy_ajp_module",),
    "scgi": ("proxy_scgi_module",),
    "uwsgi": ("proxy_uwsgi_module",),
    "h2": ("proxy_http2_module",),
    "h2c": ("proxy_http2_module",),
    "balancer": ("proxy_balancer_module",),
}


def check(configuration: Configuration, _facts: Facts) -> Iterator[Hit]:
    """Each target whose protocol needs a module that is certainly not loaded."""
    for statement, target in proxying.targets(configuration):
        if configuration.module("proxy_module") is False and statement.key not in ("sethandler", "rewriterule"):
            continue  # httpd does not even know the directive
        scheme = proxying.scheme_of(target)
        modules = MODULES.get(scheme or "", ())
        if modules and all(configuration.module(symbol) is False for symbol in modules):
            known = find(modules[0])
            name = known.short if known else modules[0]
            what = "its source is shown" if statement.key == "sethandler" else "every such request gets a 500"
            yield Hit(
                at=statement,
                message=f"{scheme}:// needs {name}, which is not loaded: {what}",
                remedy=_sentence(advice(modules[0])),
            )


def _sentence(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}."


RULE = Rule(
    id="proxy-module-missing",
    group="proxy",
    severity=Severity.ERROR,
    title="The module for the backend's protocol is not loaded",
    why="mod_proxy leaves each protocol to a module of its own. Without that httpd starts as if all were well, and "
    'answers every request that is to be passed on with a 500. With `SetHandler "proxy:fcgi://..."` it is worse: the '
    "file itself is sent, source and passwords in it, instead of what the script would print.",
    remedy="Load the module of the protocol.",
    symptoms=(Symptom.ERROR_500, Symptom.EXPOSED),
    source="https://httpd.apache.org/docs/2.4/mod/mod_proxy.html",
    good=(
        Case(text="ProxyPass /app http://127.0.0.1:9000\n", modules=("proxy_module", "proxy_http_module")),
        Case(text="ProxyPass /ws ws://127.0.0.1:9000/\n", modules=("proxy_module", "proxy_http_module")),
    ),
    bad=(
        Case(text="ProxyPass /app http://127.0.0.1:9000\n", modules=("proxy_module",)),
        Case(
            text='<FilesMatch "\\.php$">\n    SetHandler "proxy:unix:/run/php/php.sock|fcgi://localhost"\n'
            "</FilesMatch>\n",
            modules=("proxy_module",),
        ),
        Case(
            text='RewriteEngine On\nRewriteRule "^/app/(.*)" "http://127.0.0.1:9000/$1" [P,L]\n',
            modules=("proxy_module", "rewrite_module"),
        ),
    ),
    check=check,
    profile=Profile.MINIMAL,
)
