"""An error page that is not there."""

from __future__ import annotations

from collections.abc import Iterator

from safedeploy.lint.facts import Facts
from safedeploy.lint.finding import Related, Severity
from safedeploy.lint.resolve.configuration import Configuration
from safedeploy.lint.rule import Case, Hit, Rule, Symptom
from safedeploy.lint.servers import servers


def check(configuration: Configuration, _facts: Facts) -> Iterator[Hit]:
    """Each ErrorDocument of a virtual host with a path that certainly has no file."""
    for server in servers(configuration):
        root = server.document_root
        if root is None or not root.certain or server.may_answer_any_path:
            continue
        top = configuration.absolute(root.argument)
        if any(f"{one.directory}/".startswith(f"{top}/") for one in configuration.htaccess):
            continue  # its rules may have the page
        for each in server.own:
            path = each.arguments[1].partition("?")[0] if len(each.arguments) > 1 else ""
            if each.key != "errordocument" or each.active is False or not each.certain or not path.startswith("/"):
                continue
            if "%" in path or "$" in path or any(path.startswith(one.argument) for one in server.aliases):
                continue
            if any(path.startswith(one.argument) for one in server.named("proxypass", "wsgiscriptalias")):
                continue
            if configuration.files.exists(f"{top}{path}") is False:
                yield Hit(
                    at=each,
                    message=f"the page for {each.argument} is looked for at {top}{path}, which does not exist",
                    related=(Related(position=root.position, text="this directory"),),
                )


RULE = Rule(
    id="error-page-missing",
    group="sites",
    severity=Severity.WARNING,
    title="An error page that is not there",
    why="With an error, httpd looks for the page of `ErrorDocument` as if a visitor asked for it. Where it is missing "
    "the visitor sees httpd's own plain page, with the remark that one more error came while it was looked for.",
    remedy="Deliver the page, or correct the path: it is one of the URL, below `DocumentRoot`.",
    symptoms=(Symptom.WRONG_CONTENT,),
    source="https://httpd.apache.org/docs/2.4/mod/core.html#errordocument",
    good=(
        Case(
            text="DocumentRoot /srv/www\nErrorDocument 404 /404.html\nErrorDocument 500 Sorry\n",
            files={"/srv/www/404.html": "Not here\n"},
            closed=("/srv",),
        ),
    ),
    bad=(
        Case(
            text="DocumentRoot /srv/www\nErrorDocument 404 /errors/404.html\n",
            files={"/srv/www/404.html": "Not here\n"},
            closed=("/srv",),
        ),
    ),
    check=check,
)
