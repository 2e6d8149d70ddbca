"""An address without a port, or with one that there is not."""

from __future__ import annotations

import re
from collections.abc import Iterator

from safedeploy.lint.facts import Facts
from safedeploy.lint.finding import Severity
from safedeploy.lint.resolve.configuration import Configuration
from safedeploy.lint.rule import Case, Hit, Profile, Rule, Symptom

_HIGHEST = 65_535
_LEADING = re.compile(r"\s*([+-]?\d+)")


def check(configuration: Configuration, _facts: Facts) -> Iterator[Hit]:
    """Each Listen, VirtualHost and ServerName whose port httpd refuses."""
    for statement in configuration.named("Listen", "VirtualHost", "ServerName"):
        if not statement.certain or not statement.arguments or any("${" in word for word in statement.arguments):
            continue
        if statement.key == "listen":
            found = _of_listen(statement.argument)
        elif statement.key == "servername":
            found = _of_name(statement.argument)
        else:
            found = next((one for word in statement.arguments if (one := _of_host(word))), None)
        if found:
            yield Hit(at=statement, message=found)


def _of_listen(text: str) -> str | None:
    if text.isascii() and text.isdigit():
        return _out_of_range(text)
    host, colon, port = text.rpartition(":")
    if not colon or text.endswith("]") or not (port.isascii() and port.isdigit()):
        return f"Listen {text} names no port"
    return _out_of_range(port) or ("Listen has no address before the colon" if not host else None)


def _of_host(text: str) -> str | None:
    if text.isascii() and text.isdigit():
        return f"<VirtualHost {text}> has a port and no address: write *:{text}"
    if text.startswith(":") and not text.startswith("::"):
        return f"<VirtualHost {text}> has no address: write *{text}"
    port = text.rpartition(":")[2]
    return _out_of_range(port) if ":" in text and port.isascii() and port.isdigit() and "::" not in text else None


def _of_name(text: str) -> str | None:
    _, colon, port = (text.partition("://")[2] or text).partition(":")
    if not colon:
        return None
    match = _LEADING.match(port)
    value = int(match[1]) if match else 0
    return None if 0 < value <= _HIGHEST else f"ServerName {text} has no port behind its colon that there is"


def _out_of_range(port: str) -> str | None:
    return None if 0 < int(port) <= _HIGHEST else f"there is no port {port}"


RULE = Rule(
    id="invalid-port",
    group="syntax",
    severity=Severity.ERROR,
    title="A port that is missing or does not exist",
    why="httpd refuses the whole configuration when `Listen` has no port, when a virtual host has nothing but one, or "
    "when a port is none of 1 to 65535.",
    remedy="Write `Listen 80` or `Listen ADDRESS:80`, and `<VirtualHost *:80>`.",
    symptoms=(Symptom.NO_START,),
    source="https://httpd.apache.org/docs/2.4/bind.html",
    good=(
        Case(text="Listen 80\nListen 127.0.0.1:8080 http\nListen [::1]:8443 https\nServerName www.example.test:443\n"),
        Case(
            text="<VirtualHost _default_:443 [2001:db8::1]:80 2001:db8::2>\n    ServerName https://a.example.test\n"
            "</VirtualHost>\n<VirtualHost *>\n</VirtualHost>\n"
        ),
    ),
    bad=(
        Case(text="Listen 127.0.0.1\n"),
        Case(text="Listen 80443\n"),
        Case(text="<VirtualHost 443>\n</VirtualHost>\n"),
        Case(text="ServerName www.example.test:https\n"),
    ),
    check=check,
    profile=Profile.MINIMAL,
)
