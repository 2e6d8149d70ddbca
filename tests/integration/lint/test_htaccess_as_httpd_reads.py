"""What .htaccess may do in a directory is what the real httpd lets it do there."""

from __future__ import annotations

import pytest

from safedeploy.lint.facts import Facts
from safedeploy.lint.resolve.resolve import resolve
from tests.apache_fixture import Apache, apache  # noqa: F401 - a fixture
from tests.integration.lint.real_httpd import files

pytestmark = pytest.mark.apache

SITE = "www.example.test"
# Directory below the document root -> the AllowOverride in the server's configuration, in the order of the test.
SECTIONS = """\
<Directory {root}/www>
    AllowOverride None
</Directory>
<Directory {root}/www/*/wild>
    AllowOverride FileInfo
</Directory>
<Directory {root}/www/www.example.test/all/none>
    AllowOverride None
</Directory>
<Directory {root}/www/www.example.test/all>
    AllowOverride All
</Directory>
<DirectoryMatch "/regex">
    AllowOverride All
</DirectoryMatch>
"""
IN_HOST = """\
<Directory {root}/www/www.example.test/list>
    AllowOverride None
    AllowOverrideList Redirect RedirectMatch
</Directory>
<Directory {root}/www/www.example.test/auth>
    AllowOverride AuthConfig Indexes
</Directory>
<Directory {root}/www/www.example.test/all>
    AllowOverride AuthConfig
</Directory>
<Directory {root}/www/www.example.test/last>
    AllowOverride None
    AllowOverride Limit FileInfo
</Directory>
"""
PLACES = [
    "",
    "wild",
    "wild/deeper",
    "all",
    "all/x",
    "all/none",
    "all/none/x",
    "regex",
    "list",
    "auth",
    "last",
    "a/wild",
]
ANSWERS = {"none": 200, "allowed": 403, "refused": 500}


def test_the_overrides_of_a_directory_are_those_of_the_real_httpd(apache):  # noqa: F811
    apache.add_site(SITE, extra=IN_HOST.format(root=apache.root))
    with (apache.etc / "apache2.conf").open("a") as main:
        main.write(SECTIONS.format(root=apache.root))
    top = apache.root / "www" / SITE
    for place in PLACES:
        (top / place).mkdir(parents=True, exist_ok=True)
        (top / place / "x.html").write_text("x")
        (top / place / ".htaccess").write_text("")
    apache.start()

    found = resolve(
        files(apache.etc, apache.root / "www"),
        Facts(),
        main=str(apache.etc / "apache2.conf"),
        server_root=str(apache.etc),
    )
    expected = {each.directory.removeprefix(str(top)).strip("/"): answer(each) for each in found.htaccess}
    assert set(expected.values()) == set(ANSWERS)

    real = {}
    for place in PLACES:
        (top / place / ".htaccess").write_text("RedirectMatch 403 .\n")
        real[place] = apache.get(f"/{place}/x.html".replace("//", "/"))[0]
        (top / place / ".htaccess").write_text("")
    assert real == {place: ANSWERS[expected[place]] for place in PLACES}


def answer(htaccess) -> str:
    ((_, overrides),) = htaccess.overrides
    if htaccess.is_read is False:
        return "none"
    return "allowed" if htaccess.allows("fileinfo") or "redirectmatch" in overrides.directives else "refused"
