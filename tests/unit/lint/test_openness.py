"""Whether anybody may read a file below a document root: every way of closing it counts, and none is overlooked."""

from __future__ import annotations

import pytest

from safedeploy.lint import example, openness
from safedeploy.lint.rule import Case
from safedeploy.lint.servers import servers

SECRET = "/srv/www/.git/config"
DENIED = "Require all denied"


def is_open(text, files=()):
    case = Case(text=f"DocumentRoot /srv/www\n{text}\n", files={SECRET: "[core]\n", **dict(files)})
    configuration = example.report_of(case, "none").configuration
    return openness.is_open(configuration, servers(configuration)[0], "/.git/config", SECRET)


@pytest.mark.parametrize(
    "text",
    [
        "",
        f"<Directory />\n{DENIED}\n</Directory>\n<Directory /srv/www>\nRequire all granted\n</Directory>",
        f'<DirectoryMatch "^/\\.git">\n{DENIED}\n</DirectoryMatch>',
        f'<FilesMatch "^\\.">\n{DENIED}\n</FilesMatch>',
        f"<Location /admin>\n{DENIED}\n</Location>",
        'RedirectMatch 404 "\\.bak$"',
        "ProxyPass /api http://127.0.0.1:9000",
        "RewriteCond %{REQUEST_FILENAME} !-f\nRewriteRule . /index.php [L]",
        f"<IfModule !mod_alias.c>\n<Location />\n{DENIED}\n</Location>\n</IfModule>",
    ],
)
def test_what_does_not_concern_it_leaves_it_open(text):
    assert is_open(text)


@pytest.mark.parametrize(
    "text",
    [
        f"<Directory /srv>\n{DENIED}\n</Directory>",
        f"<Directory /srv/www/.git>\n{DENIED}\n</Directory>",
        f'<DirectoryMatch "/\\.git(/|$)">\n{DENIED}\n</DirectoryMatch>',
        f'<Directory ~ "/\\.">\n{DENIED}\n</Directory>',
        f'<LocationMatch "/\\.git">\n{DENIED}\n</LocationMatch>',
        f"<Location /.git>\n{DENIED}\n</Location>",
        "<Location />\nRequire ip 192.0.2.0/24\n</Location>",
        f"<Files config>\n{DENIED}\n</Files>",
        "<Directory /srv/www>\nOrder allow,deny\nDeny from all\n</Directory>",
        "<Directory /srv/www>\n<RequireAll>\nRequire valid-user\n</RequireAll>\n</Directory>",
        f'<If "%{{REQUEST_URI}} =~ /git/">\n{DENIED}\n</If>',
        'RedirectMatch 404 "/\\.git"',
        "Redirect / https://www.example.test/",
        "ProxyPass / http://127.0.0.1:9000/",
        'RewriteRule "(^|/)\\." - [F]',
        '<Directory /srv/www>\nRewriteRule "^\\." - [F]\n</Directory>',
        'RewriteRule "(?i:.git" - [F]',
    ],
)
def test_what_may_close_it_counts(text):
    assert not is_open(text)


def test_an_htaccess_in_the_way_counts():
    allowed = "<Directory /srv/www>\nAllowOverride All\n</Directory>"
    assert not is_open(allowed, {"/srv/www/.git/.htaccess": f"{DENIED}\n"})


def test_document_roots_and_aliases_are_served():
    case = Case(text="DocumentRoot /srv/www/\nAlias /docs /srv/docs\nScriptAlias /cgi-bin /srv/cgi-bin\n")
    configuration = example.report_of(case, "none").configuration
    found = [(address, path) for address, path, _ in openness.places(servers(configuration)[0])]
    assert found == [("/", "/srv/www"), ("/docs", "/srv/docs")]
