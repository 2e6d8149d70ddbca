"""Which .htaccess files a virtual host obeys."""

from __future__ import annotations

import pytest
from safedeploy_host.probes import site_map
from safedeploy_host.probes.htaccess import Rules, targets

from tests.unit.agent_probes_plan.configured import effective, vhost


def obeys(text, directory):
    return Rules(site_map.hosts(effective(text))[0]).obeys(directory)


def section(path, value):
    return f"<Directory {path}>\nAllowOverride {value}\n</Directory>\n"


def test_nothing_is_obeyed_unless_it_is_allowed():
    assert not obeys(vhost(""), "/srv/www")


def test_the_longer_path_wins_wherever_it_stands():
    text = section("/srv/www/app", "All") + section("/srv", "None") + vhost("")
    assert obeys(text, "/srv/www/app/public")
    assert not obeys(text, "/srv/www/other")


def test_the_virtual_host_wins_over_the_main_server():
    assert not obeys(section("/srv/www", "All") + vhost(section("/srv/www", "None")), "/srv/www")


@pytest.mark.parametrize("head", ["/srv/*/public", '~ "^/srv/[^/]+/public"'])
def test_wildcards_and_expressions_count(head):
    assert obeys(vhost(section(head, "FileInfo")), "/srv/app/public/x")


def test_a_neighbour_with_the_same_beginning_is_another_directory():
    assert not obeys(vhost(section("/srv/www", "All")), "/srv/www2")


def test_the_rules_are_tried_by_what_they_match():
    text = 'RewriteRule ^old/(.*)$ /new [R]\nRewriteRule . /index.php\n<Files "x.php">\n<FilesMatch "\\.inc$">\n'
    assert targets(text) == ["old/a", "x.php", ".inc"]
