"""ProxyPass that mod_proxy cannot read."""

from __future__ import annotations

import re
from collections.abc import Iterator

from safedeploy.core.nearest import nearest
from safedeploy.lint.facts import Facts
from safedeploy.lint.finding import Severity
from safedeploy.lint.knowledge import directives
from safedeploy.lint.resolve.configuration import Configuration
from safedeploy.lint.resolve.statement import Statement
from safedeploy.lint.rule import Case, Hit, Profile, Rule, Symptom

_FLAGS = ("nocanon", "interpolate", "noquery")
# Of workers and of balancers, those of mod_proxy_hcheck among them.
_PARAMETERS = frozenset(
    {
        *("acquire", "addressttl", "connectiontimeout", "disablereuse", "enablereuse", "flusher", "flushpackets"),
        *("flushwait", "iobuffersize", "keepalive", "lbset", "loadfactor", "mapping", "max", "min", "ping"),
        *("receivebuffersize", "redirect", "responsefieldsize", "retry", "route", "secret", "smax", "status"),
        *("timeout", "ttl", "upgrade", "failonstatus", "failontimeout", "forcerecovery", "growth", "lbmethod"),
        *("maxattempts", "nofailover", "nonce", "scolonpathdelim", "stickysession", "stickysessionsep", "hcmethod"),
        *("hcpasses", "hcfails", "hcinterval", "hcuri", "hcexpr", "hctemplate"),
    }
)
_SWITCHES = ("disablereuse", "enablereuse", "keepalive")
_URL = re.compile(r"(?:unix:[^|]+\|)?[a-z0-9+.-]+:///?[^/]", re.IGNORECASE)
_BAD_PORT = re.compile(r"[a-z0-9]+://[^/:\[\]@$]+:([^/]+)", re.IGNORECASE)


def check(configuration: Configuration, facts: Facts) -> Iterator[Hit]:
    """Each of them without a whole target, or with a parameter that there is not."""
    if configuration.module("proxy_module") is False:
        return
    later = Severity.WARNING if (facts.version or (2, 4, 0)) > directives.VERSION else None
    for statement in configuration.named("ProxyPass", "ProxyPassMatch"):
        if not statement.certain or any("${" in word for word in statement.arguments):
            continue
        if statement.context.within("if", "elseif", "else", "proxy", "proxymatch"):
            continue
        wrong = _wrong(statement)
        if wrong is not None:
            yield Hit(at=statement, message=wrong[0], remedy=wrong[1], severity=later)


def _wrong(statement: Statement) -> tuple[str, str | None] | None:
    words = list(statement.arguments)
    if not statement.context.within("location", "locationmatch"):
        if len(words) < 2:
            return f"{statement.name} {' '.join(words)} has no target", "Write the path, and the whole URL behind it."
        del words[0]
    if not words or words[0] == "!" or "" in words:
        return None
    target = words[0]
    if not _URL.match(target):
        return f"the target {target} is no whole URL", f"Write http://{target.lstrip('/')}, with the scheme it needs."
    port = _BAD_PORT.match(target) if statement.key == "proxypass" else None
    if port is not None and not port[1].isdigit():
        return f"the target {target} has no number as its port", None
    return next((one for word in words[1:] if (one := _wrong_parameter(word))), None)


def _wrong_parameter(word: str) -> tuple[str, str | None] | None:
    name, sign, value = word.partition("=")
    key = name.lower()
    if not sign:
        if key in _FLAGS:
            return None
        if word.startswith("#"):
            return "httpd knows no remark at the end of a line", "Move the remark to a line of its own."
        return f"{word} is no parameter: it has no =", f"Write {word}=VALUE." if key in _PARAMETERS else None
    if key not in _PARAMETERS:
        near = nearest(key, _PARAMETERS)
        return f"there is no parameter {name}" + (f"; did you mean {near}?" if near else ""), None
    if key in _SWITCHES and value.lower() not in ("on", "off"):
        return f"{name} is On or Off, not {value}", "Write On or Off."
    if key == "timeout" and re.fullmatch(r"0*|-\d+|[a-z].*", value, re.IGNORECASE):
        return f"{word} is no time of at least a second", None
    return None


RULE = Rule(
    id="proxypass-arguments",
    group="syntax",
    severity=Severity.ERROR,
    title="ProxyPass with a target or a parameter that mod_proxy cannot read",
    why="httpd refuses the whole configuration when the target lacks its scheme, and when a parameter behind it is "
    "unknown or is not written as `name=value`.",
    remedy="Write it as `ProxyPass PATH URL name=value ...`.",
    symptoms=(Symptom.NO_START,),
    source="https://httpd.apache.org/docs/2.4/mod/mod_proxy.html#proxypass",
    good=(
        Case(text="ProxyPass /a http://127.0.0.1:8080/ timeout=5 retry=0 keepalive=On nocanon\nProxyPass /b !\n"),
        Case(text='<Location "/a">\n    ProxyPass unix:/run/a.sock|http://localhost/ enablereuse=on\n</Location>\n'),
        Case(text="ProxyPassMatch ^/(.*)$ http://127.0.0.1:8080$1\nProxyPass /c balancer://x stickysession=ID\n"),
    ),
    bad=(
        Case(text="ProxyPass / 127.0.0.1:8080\n"),
        Case(text="ProxyPass /a http://127.0.0.1:8080/ timeout 5\n"),
        Case(text="ProxyPass /a http://127.0.0.1:8080/ time=5\n"),
        Case(text="ProxyPass http://127.0.0.1:8080/\n"),
    ),
    check=check,
    profile=Profile.MINIMAL,
)
