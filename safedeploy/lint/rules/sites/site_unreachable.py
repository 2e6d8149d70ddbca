"""A virtual host whose names all belong to an earlier one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from safedeploy.lint.facts import Facts
from safedeploy.lint.finding import Related, Severity
from safedeploy.lint.resolve.configuration import Configuration, Host
from safedeploy.lint.resolve.paths import pattern
from safedeploy.lint.rule import Case, Hit, Profile, Rule, Symptom

# What a site consists of: where two have none of it different, nobody can see which of them answers.
_CONTENT = (
    "documentroot",
    "proxypass",
    "redirect",
    "alias",
    "scriptalias",
    "rewriterule",
    "wsgiscriptalias",
    "sethandler",
)


@dataclass(kw_only=True)
class _Place:
    """The names that virtual hosts at one address have so far, each with the first that has it."""

    exact: dict[str, Host] = field(default_factory=dict)
    wildcards: list[tuple[re.Pattern[str], Host]] = field(default_factory=list)

    def add(self, host: Host) -> None:
        for name in (host.name, *host.aliases):
            if name and ("*" in name or "?" in name):
                self.wildcards.append((pattern(name, hidden=True), host))
            elif name:
                self.exact.setdefault(name, host)

    def has(self, name: str) -> Host | None:
        """A virtual host that has the name."""
        taken = (host for wanted, host in self.wildcards if wanted.fullmatch(name))
        return self.exact.get(name) or next(taken, None)


def check(configuration: Configuration, _facts: Facts) -> Iterator[Hit]:
    """Each virtual host that is never asked, because earlier ones have all its names at all its addresses."""
    places: dict[tuple[str, int | None], _Place] = {}
    for host in configuration.hosts:
        if host.active is False or not host.statement.certain or _has_uncertain_names(host):
            continue
        here = [places.setdefault((address.host, address.port), _Place()) for address in host.addresses]
        if host.name is not None:
            yield from _judge(host, here)
        for place in here if host.active else ():
            place.add(host)


def _judge(host: Host, here: list[_Place]) -> Iterator[Hit]:
    names = [name for name in (host.name, *host.aliases) if name]
    taken = [_taker(name, here) for name in names]
    takers = [one for one in taken if one is not None and one is not host]
    if not takers:
        return
    first, same = takers[0], all(_content(one) == _content(host) for one in takers)
    if same or (len(takers) == len(taken) and first.position == host.position):
        return
    whole = len(takers) == len(taken)
    name = next(name for name, one in zip(names, taken, strict=True) if one is not None)
    yield Hit(
        at=host.server_name or host.statement,
        message=f"a request for {name} is answered by {first.name or 'a virtual host'} of {first.position.path}:"
        f"{first.position.line}, which comes first" + (": this site is never seen" if whole else ""),
        remedy="Give each name to one virtual host; with a wildcard in ServerAlias put that virtual host last.",
        severity=None if whole else Severity.WARNING,
        related=(Related(position=first.position, text="this answers"),),
    )


def _taker(name: str, here: list[_Place]) -> Host | None:
    """The earlier virtual host that answers for a name at each address, of the last of them."""
    found = [place.has(name) for place in here]
    return found[-1] if found and all(found) else None


def _has_uncertain_names(host: Host) -> bool:
    return any("${" in name for name in (host.name or "", *host.aliases))


def _content(host: Host) -> list[tuple[str, ...]]:
    return sorted((each.key, *each.arguments) for each in host.statements if each.key in _CONTENT and each.active)


RULE = Rule(
    id="site-unreachable",
    group="sites",
    severity=Severity.ERROR,
    title="A site whose name another one has",
    why="Of several virtual hosts at one address httpd asks the first whose `ServerName` or `ServerAlias` fits. A name "
    "that was copied with the file, or a wildcard in an earlier file, takes all visitors of the later site, and httpd "
    "says nothing.",
    remedy="Give each name to one virtual host.",
    symptoms=(Symptom.WRONG_SITE,),
    source="https://httpd.apache.org/docs/2.4/vhosts/details.html",
    good=(
        Case(
            text="<VirtualHost *:80>\n    ServerName www.example.com\n    DocumentRoot /srv/www\n</VirtualHost>\n"
            "<VirtualHost *:443>\n    ServerName www.example.com\n    DocumentRoot /srv/secure\n</VirtualHost>\n"
        ),
        Case(
            text="<VirtualHost *:80>\n    ServerName blog.example.com\n    DocumentRoot /srv/blog\n</VirtualHost>\n"
            "<VirtualHost *:80>\n    ServerName www.example.com\n    ServerAlias *.example.com\n"
            "    DocumentRoot /srv/www\n</VirtualHost>\n"
        ),
    ),
    bad=(
        Case(
            text="<VirtualHost *:80>\n    ServerName www.example.com\n    DocumentRoot /srv/www\n</VirtualHost>\n"
            "<VirtualHost *:80>\n    ServerName www.example.com\n    DocumentRoot /srv/blog\n</VirtualHost>\n"
        ),
        Case(
            text="<VirtualHost *:80>\n    ServerName www.example.com\n    ServerAlias *.example.com\n"
            "    DocumentRoot /srv/www\n</VirtualHost>\n<VirtualHost *:80>\n    ServerName blog.example.com\n"
            "    DocumentRoot /srv/blog\n</VirtualHost>\n"
        ),
    ),
    check=check,
    profile=Profile.MINIMAL,
)
