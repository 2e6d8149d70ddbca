"""What becomes of a request below a directory with rules in its .htaccess: whether it is rewritten without end.

A trial goes through the rules as mod_rewrite does, and again with what came out, as httpd does after each internal
redirect. It gives up where the outcome depends on more than is known here. Pure.
Source: https://github.com/apache/httpd/blob/2.4.x/modules/mappers/mod_rewrite.c (hook_fixup, apply_rewrite_rule)
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable
from dataclasses import dataclass, field

from safedeploy.lint.facts import unknown
from safedeploy.lint.files import Files
from safedeploy.lint.rewrite_match import Caught, Known, UnknownError, applies, expanded
from safedeploy.lint.rewriting import Rewrite

MOST = 10  # internal redirects, after which httpd answers with a 500: LimitInternalRecursion


@dataclass(frozen=True, kw_only=True)
class _Request:
    """One round: `path` is where the rules are with the file, `url` and `query` what was asked for."""

    path: str
    url: str
    query: str
    first: bool


@dataclass(kw_only=True)
class Trial:
    """Rules of one directory. `root` is the document root that serves it, `base` the RewriteBase.

    `exists` answers for paths that are not among the files. `aliases` are path and directory, in order. `own_rules` are
    directories with rules of their own, which come instead.
    After a trial `way` are the URLs that it went through, `by` is the rule that rewrote last, and `sure` is False when
    something was taken for granted: that a file does not exist of which nobody knows, or that a condition on the
    visitor does not hold.
    """

    files: Files
    directory: str
    root: str
    rules: tuple[Rewrite, ...]
    base: str | None = None
    aliases: tuple[tuple[str, str], ...] = ()
    own_rules: frozenset[str] = frozenset()
    exists: Callable[[str], bool | None] = unknown
    sure: bool = True
    way: list[str] = field(default_factory=list)
    by: Rewrite | None = None

    def loops(self, name: str) -> bool | None:
        """Whether a request for `name` in the directory is rewritten more often than httpd lets it; None: unknown."""
        path, query = f"{self.directory}/{name}", ""
        url = path.removeprefix(self.root)
        self.way, self.sure = [url], True
        try:
            for count in range(MOST + 2):
                found = self._once(_Request(path=path, url=url, query=query, first=count == 0))
                if found is None:
                    return False
                url, query = found
                self.way.append(url)
                path = self._path(url)
                if not path.startswith(f"{self.directory}/") or self._has_rules_of_its_own(path):
                    return False
        except UnknownError:
            return None
        return True

    def _once(self, begun: _Request) -> tuple[str, str] | None:
        """The new URL and query, None when nothing is rewritten."""
        now, query, changed = begun.path, begun.query, False
        if self.files.is_directory(now) and not now.endswith("/"):
            return None  # httpd adds the slash first
        for rule in self.rules:
            if {"n", "c", "s", "dpi"} & set(rule.flags) or not rule.statement.active:
                raise UnknownError
            known = self._known(_Request(path=now, url=begun.url, query=query, first=begun.first))
            caught = self._caught(rule, now, known)
            if caught is None:
                continue
            if rule.leaves or "end" in rule.flags:
                return None
            if rule.substitution != "-":
                new, mark, given = expanded(rule.substitution, caught, known).partition("?")
                if mark:
                    query = f"{given}&{query}" if "qsa" in rule.flags and query else given
                now, changed = (new if new.startswith("/") else f"{self.directory}/{new}"), True
                self.by = rule
            if "l" in rule.flags or "pt" in rule.flags:
                break
        return (self._url(now), query) if changed and now != self._file(begun.path) else None

    def _caught(self, rule: Rewrite, now: str, known: Known) -> Caught | None:
        try:
            return applies(rule, now.removeprefix(f"{self.directory}/"), known)
        except UnknownError:
            if not rule.leaves:
                raise
            self.sure = False  # some visitor is surely let through
            return None

    def _is(self, path: str, what: str) -> bool:
        directory = self.files.is_directory(path)
        there = self.files.exists(path)
        if there is None and self.exists(path) is not False:
            self.sure = False
        return bool(directory) if what == "-d" else bool(there) and not directory

    def _known(self, request: _Request) -> Known:
        file = self._file(request.path)
        return Known(
            values={
                "REQUEST_FILENAME": file,
                "SCRIPT_FILENAME": file,
                "REQUEST_URI": request.url,
                "QUERY_STRING": request.query,
                "DOCUMENT_ROOT": self.root,
                "ENV:REDIRECT_STATUS": "" if request.first else "200",
            },
            is_there=self._is,
        )

    def _file(self, path: str) -> str:
        """The file name of a request: httpd goes down to the first that is no directory; the rest is PATH_INFO."""
        at = self.directory
        for part in path.removeprefix(f"{self.directory}/").split("/") if path.startswith(f"{self.directory}/") else ():
            if not self.files.is_directory(at):
                return at
            at = posixpath.join(at, part)
        return at if path.startswith(f"{self.directory}/") else path

    def _has_rules_of_its_own(self, path: str) -> bool:
        return any(path.startswith(f"{one}/") for one in self.own_rules)

    def _url(self, path: str) -> str:
        """The URL to go on with, for a file that rules have led to."""
        if self.base is not None and path.startswith(f"{self.directory}/"):
            return f"{self.base.rstrip('/')}/{path.removeprefix(f'{self.directory}/')}"
        if path.startswith(f"{self.root}/"):
            return path.removeprefix(self.root)
        return path

    def _path(self, url: str) -> str:
        """The file that a URL stands for."""
        for alias, directory in self.aliases:
            if url == alias or url.startswith(f"{alias.rstrip('/')}/"):
                return posixpath.normpath(directory + url[len(alias) :])
        return self.root + url
