"""A file of logins below a document root."""

from __future__ import annotations

from collections.abc import Iterator

from safedeploy.lint import openness, reach
from safedeploy.lint.facts import Facts
from safedeploy.lint.finding import Severity
from safedeploy.lint.resolve.configuration import Configuration
from safedeploy.lint.rule import Case, Hit, Profile, Rule, Symptom
from safedeploy.lint.servers import Server, servers

FILES = ("authuserfile", "authgroupfile", "authdigestfile", "sslcertificatekeyfile")


def check(configuration: Configuration, facts: Facts) -> Iterator[Hit]:
    """Each file of logins or keys that some server serves and that nothing closes."""
    places = [
        (server, begin, directory)
        for server in servers(configuration)
        if server.host is not None or not configuration.hosts
        for begin, directory, _ in openness.places(server)
    ]
    for statement, severity in reach.statements(configuration):
        if statement.key not in FILES or statement.active is False or not statement.certain:
            continue
        if not statement.argument or "${" in statement.argument:
            continue
        path = configuration.absolute(statement.argument)
        if configuration.files.exists(path) is False or facts.exists(path) is False:
            continue
        address = _address(configuration, places, path)
        if address is not None:
            yield Hit(
                at=statement,
                message=f"anybody may read {path}: it is served as {address}",
                severity=severity if configuration.complete else Severity.WARNING,
            )


def _address(configuration: Configuration, places: list[tuple[Server, str, str]], path: str) -> str | None:
    """The address at which everybody gets the file."""
    for server, begin, directory in places:
        if path.startswith(f"{directory.rstrip('/')}/"):
            address = f"{begin.rstrip('/')}{path[len(directory.rstrip('/')) :]}"
            if openness.is_open(configuration, server, address, path):
                return address
    return None


RULE = Rule(
    id="passwords-served",
    group="exposure",
    severity=Severity.ERROR,
    title="Logins or keys below a document root",
    why="A file of logins that lies below the document root can be asked for like any page. Its passwords are hashed, "
    "and most are guessed from that within hours; a key is simply there.",
    remedy="Move the file out of what is served, for example into httpd's own directory.",
    symptoms=(Symptom.EXPOSED,),
    source="https://httpd.apache.org/docs/2.4/mod/mod_authn_file.html#authuserfile",
    good=(
        Case(text="DocumentRoot /srv/www\n<Location />\n    AuthUserFile /etc/apache2/users\n</Location>\n"),
        Case(
            text='DocumentRoot /srv/www\n<FilesMatch "^\\.ht">\n    Require all denied\n</FilesMatch>\n<Location />\n'
            "    AuthUserFile /srv/www/.htpasswd\n</Location>\n"
        ),
        Case(
            text="DocumentRoot /srv/www\n<Location />\n    AuthUserFile /srv/www/users\n    Require valid-user\n"
            "</Location>\n"
        ),
    ),
    bad=(
        Case(
            text="DocumentRoot /srv/www\n<Location /staff>\n    AuthUserFile /srv/www/users\n    Require valid-user\n"
            "</Location>\n"
        ),
    ),
    check=check,
    profile=Profile.MINIMAL,
)
