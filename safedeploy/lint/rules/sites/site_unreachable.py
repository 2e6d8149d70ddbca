"""A virtual host whose names all belong to an earlier one."""

from __future__ import annotations

from collections.abc import Iterator

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


def check(configuration: Configuration, _facts: Facts) -> Iterator[Hit]:
    """Each virtual host that is never asked, because earlier ones have all its names at all its addresses."""
    hosts = [host for host in configuration.hosts if host.active is not False]
    for number, host in enumerate(hosts):
        if host.name is None or not host.statement.certain or _has_uncertain_names(host):
            continue
        taken = [_taker(name, host, hosts[:number]) for name in (host.name, *host.aliases)]
        takers = [one for one in taken if one is not None]
        if not takers:
            continue
        first, same = takers[0], all(_content(one) == _content(host) for one in takers)
        if same or (len(takers) == len(taken) and first.position == host.position):
            continue
        whole = len(takers) == len(taken) and all(one.active for one in takers)
        name = next(name for name, one in zip((host.name, *host.aliases), taken, strict=True) if one is not None)
        yield Hit(
            at=host.server_name or host.statement,
            message=f"a request for {name} is answered by {first.name or 'a virtual host'} of {first.position.path}:"
            f"{first.position.line}, which comes first" + (": this site is never seen" if whole else ""),
            remedy="Give each name to one virtual host; with a wildcard in ServerAlias put that virtual host last.",
            severity=None if whole else Severity.WARNING,
            related=(Related(position=first.position, text="this answers"),),
        )


def _taker(name: str, host: Host, before: list[Host]) -> Host | None:
    """The earlier virtual host that answers for a name at each address of this one."""
    found = None
    for address in host.addresses:
        found = next(
            (
                one
                for one in before
                if one.active
                and one.statement.certain
                and any((each.host, each.port) == (address.host, address.port) for each in one.addresses)
                and any(_fits(each, name) for each in (one.name, *one.aliases))
            ),
            None,
        )
        if found is None:
            return None
    return found


def _fits(given: str | None, name: str) -> bool:
    if given is None or "${" in given:
        return False
    if "*" in given or "?" in given:
        return pattern(given, hidden=True).fullmatch(name) is not None
    return given == name


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
