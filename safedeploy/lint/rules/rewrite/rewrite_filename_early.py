"""A condition on the file of a request, where httpd does not know the file yet."""

from __future__ import annotations

from collections.abc import Iterator

from safedeploy.lint.facts import Facts
from safedeploy.lint.finding import Related, Severity
from safedeploy.lint.resolve.configuration import Configuration
from safedeploy.lint.rewriting import Condition, Rewrite, expression, rewrites, switched_off
from safedeploy.lint.rule import Case, Hit, Profile, Rule, Symptom
from safedeploy.lint.servers import Server, servers

TESTS = {"%{request_filename}", "%{script_filename}"}


def check(configuration: Configuration, _facts: Facts) -> Iterator[Hit]:
    """Each rule of a server with such a condition; an error where a file is known that it takes away."""
    if configuration.module("rewrite") is False:
        return
    for server in servers(configuration):
        if switched_off(server.statements):
            continue
        rules, _ = rewrites(each for each in server.own if not each.context.inner)
        for number, rule in enumerate(rules):
            early = next((one for one in rule.conditions if _is_early(one)), None)
            if early is None or not rule.statement.certain:
                continue
            before = rules[:number]
            if any("document_root" in one.substitution.lower() for one in before):
                continue  # what is looked at may be a file by then
            witness = _witness(configuration, server, before, rule)
            always = "holds for every request" if early.pattern.startswith("!") else "holds for no request"
            shown = f", also for the file {witness}" if witness else ""
            root = server.document_root
            yield Hit(
                at=early.statement,
                message=f"{early.test} is still the path of the URL here, so {early.pattern} {always}{shown}",
                severity=None if witness else Severity.WARNING,
                related=()
                if witness is None or root is None
                else (Related(position=root.position, text="the file lies here"),),
            )


def _is_early(condition: Condition) -> bool:
    return condition.test.lower() in TESTS and condition.pattern.lstrip("!") in ("-f", "-d", "-s", "-l")


def _witness(configuration: Configuration, server: Server, before: tuple[Rewrite, ...], rule: Rewrite) -> str | None:
    """A file below the document root, by its URL, that the rule leads to something else on this server."""
    root = server.document_root
    if root is None or rule.leaves or rule.substitution == "-" or not rule.substitution.startswith("/"):
        return None
    if not all(_is_early(one) and one.pattern.startswith("!") and not one.flags for one in rule.conditions):
        return None
    if rule.pattern.startswith("!") or {"n", "c", "s"} & {flag for one in before for flag in one.flags}:
        return None
    wanted = expression(rule.pattern, rule.flags)
    earlier = [expression(one.pattern.removeprefix("!"), one.flags) for one in before]
    if wanted is None or None in earlier or any(one.pattern.startswith("!") for one in before):
        return None
    top = configuration.absolute(root.argument)
    for path in sorted(configuration.files.contents):
        url = path.removeprefix(top)
        if not path.startswith(f"{top}/") or "/." in url or url == rule.substitution.partition("?")[0]:
            continue
        taken = any(url.startswith(each.argument) for each in server.aliases)
        if not taken and wanted.search(url) and not any(one is not None and one.search(url) for one in earlier):
            return url
    return None


RULE = Rule(
    id="rewrite-filename-early",
    group="rewrite",
    severity=Severity.ERROR,
    title="A condition on a file before the file is known",
    why="In a virtual host rules come before httpd looks for the file, and `%{REQUEST_FILENAME}` is the URL's path: "
    "`!-f` holds for every request. Rules that worked in an `.htaccess` then lead pictures and style sheets to the "
    "application too.",
    remedy="Write `%{DOCUMENT_ROOT}%{REQUEST_URI}`, or put the rules into the `<Directory>` section of the site.",
    symptoms=(Symptom.WRONG_CONTENT, Symptom.ERROR_404),
    source="https://httpd.apache.org/docs/2.4/mod/mod_rewrite.html#rewritecond",
    good=(
        Case(
            text="DocumentRoot /srv/www\nRewriteEngine On\nRewriteCond %{DOCUMENT_ROOT}%{REQUEST_URI} !-f\n"
            "RewriteRule . /index.php [L]\n",
            files={"/srv/www/site.css": "body {}\n"},
        ),
        Case(
            text="DocumentRoot /srv/www\n<Directory /srv/www>\n    RewriteEngine On\n"
            "    RewriteCond %{REQUEST_FILENAME} !-f\n    RewriteRule . index.php [L]\n</Directory>\n",
            files={"/srv/www/site.css": "body {}\n"},
        ),
    ),
    bad=(
        Case(
            text="DocumentRoot /srv/www\nRewriteEngine On\nRewriteCond %{REQUEST_FILENAME} !-f\n"
            "RewriteRule . /index.php [L]\n",
            files={"/srv/www/site.css": "body {}\n"},
        ),
        Case(
            text="RewriteEngine On\nRewriteCond %{REQUEST_FILENAME} !-f\nRewriteRule . http://127.0.0.1:9000/ [P]\n",
        ),
    ),
    check=check,
    profile=Profile.MINIMAL,
)
