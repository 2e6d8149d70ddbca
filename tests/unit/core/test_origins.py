"""httpd names the file on the host; the person needs the template."""

from __future__ import annotations

from safedeploy.core.origins import mentioned
from safedeploy.core.tree import Entry, Kind

ENTRIES = {
    "/etc/apache2/sites-available/app.conf": Entry(kind=Kind.FILE, sha256="x", size=1),
    "/etc/apache2/sites-enabled/app.conf": Entry(kind=Kind.LINK, target="../sites-available/app.conf"),
}
ORIGIN = {"/etc/apache2/sites-available/app.conf": "vhost.conf.j2 (safedeploy_files[2])"}


def test_a_link_that_httpd_names_leads_to_the_template() -> None:
    text = "AH00526: Syntax error on line 1 of /etc/apache2/sites-enabled/app.conf:"
    assert mentioned(text, ENTRIES, ORIGIN) == [
        "/etc/apache2/sites-enabled/app.conf is rendered from vhost.conf.j2 (safedeploy_files[2])"
    ]


def test_a_path_is_named_once() -> None:
    text = "/etc/apache2/sites-available/app.conf /etc/apache2/sites-available/app.conf."
    assert len(mentioned(text, ENTRIES, ORIGIN)) == 1


def test_a_file_of_the_distribution_has_no_template() -> None:
    assert mentioned("Syntax error in /etc/apache2/apache2.conf:", ENTRIES, ORIGIN) == []
