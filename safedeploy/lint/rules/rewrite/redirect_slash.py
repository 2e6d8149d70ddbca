"""Redirect of a path with a slash to an address without one."""

from __future__ import annotations

import re
from collections.abc import Iterator

from safedeploy.lint.facts import Facts
from safedeploy.lint.finding import Severity
from safedeploy.lint.redirect_trial import redirects
from safedeploy.lint.resolve.configuration import Configuration
from safedeploy.lint.rule import Case, Hit, Profile, Rule, Symptom
from safedeploy.lint.servers import servers

_HOST_ALONE = re.compile(r"https?://[^/?#]+", re.IGNORECASE)


def check(configuration: Configuration, _facts: Facts) -> Iterator[Hit]:
    """Each Redirect that puts the rest of the path directly behind a name."""
    told: set[int] = set()
    for server in servers(configuration):
        for redirect in redirects(server):
            target, at = redirect.target or "", redirect.statement
            if id(at) in told or at.key == "redirectmatch" or not redirect.path.endswith("/") or "${" in target:
                continue
            told.add(id(at))
            if not target or target.endswith(("/", "=", "?", "#", "&", "-", ":")) or "%{" in target:
                continue
            host = _HOST_ALONE.fullmatch(target) is not None
            yield Hit(
                at=at,
                message=f"a request for {redirect.path}x is sent to {target}x: the target lacks its slash",
                remedy=f"Write {target}/.",
                severity=None if host else Severity.WARNING,
            )


RULE = Rule(
    id="redirect-slash",
    group="rewrite",
    severity=Severity.ERROR,
    title="Redirect to an address that lacks its slash",
    why="httpd puts what follows the path behind the address, letter by letter. From `/` to `https://www.example.com` "
    "a visitor of `/shop` is sent to `https://www.example.comshop`: the front page works, and nothing else.",
    remedy="End both with a slash, or neither.",
    symptoms=(Symptom.REDIRECTS,),
    source="https://httpd.apache.org/docs/2.4/mod/mod_alias.html#redirect",
    good=(
        Case(text='Redirect permanent "/" "https://www.example.com/"\n'),
        Case(text="Redirect /old https://www.example.com/new\nRedirect /go/ https://www.example.com/?to=\n"),
    ),
    bad=(
        Case(text='Redirect permanent "/" "https://www.example.com"\n'),
        Case(text="Redirect /old/ https://www.example.com/new\n"),
    ),
    check=check,
    profile=Profile.MINIMAL,
)
