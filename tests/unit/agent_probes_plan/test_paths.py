"""Which paths are asked: what either configuration says something about."""

from __future__ import annotations

import pytest

from tests.unit.agent_probes_plan.configured import asked, paths, vhost

NOWHERE = "safedeploy-no-such-page"


@pytest.mark.parametrize(
    ("directive", "path"),
    [
        ("Redirect permanent /old-home /about.html", "/old-home"),
        ("RedirectMatch 301 ^/shop/(\\d+)$ /products/$1", "/shop/1"),
        ("Alias /docs/ /nowhere/docs/", "/docs/"),
        ("ScriptAlias /cgi-bin/ /nowhere/cgi-bin/", "/cgi-bin/"),
        ("AliasMatch ^/images/(.*)$ /nowhere/$1", "/images/"),
        ("ProxyPass /api/ http://127.0.0.1:9000/", "/api/"),
        ("ProxyPass /api/assets/ !", "/api/assets/"),
        ("ProxyPassMatch ^/rpc/(.*)$ http://127.0.0.1:9000/$1", "/rpc/"),
        ("RewriteRule ^/old-shop(/.*)?$ /shop [R]", "/old-shop"),
        ("RewriteRule ^/back/(.*)$ http://127.0.0.1:9000/$1 [P]", "/back/a"),
        ("<Location /private>\nRequire valid-user\n</Location>", "/private"),
        ('<LocationMatch "^/(admin|ops)/">\nRequire valid-user\n</LocationMatch>', "/admin/"),
        ("<Location /app>\nProxyPass http://127.0.0.1:9000/\n</Location>", "/app"),
    ],
)
def test_a_path_is_asked_whether_live_or_the_candidate_names_it(directive, path):
    assert path in paths(asked(vhost(directive), vhost("")))
    assert path in paths(asked(vhost(""), vhost(directive)))


def test_something_that_is_not_there_is_asked_below_a_proxied_prefix():
    assert f"/api/{NOWHERE}" in paths(asked(vhost("ProxyPass /api/ http://127.0.0.1:9000/")), "proxied")


def test_something_that_is_not_there_is_asked_of_each_site():
    assert f"/{NOWHERE}" in paths(asked(vhost("")))


def test_a_rewrite_that_matches_anything_adds_nothing():
    assert paths(asked(vhost("RewriteRule . /index.php"))) == paths(asked(vhost("")))


def test_a_rule_inside_a_directory_is_asked_below_its_path(tmp_path):
    body = f"DocumentRoot {tmp_path}\n<Directory {tmp_path}>\nRewriteRule ^blog/(\\d+)$ /b\n</Directory>"
    assert "/blog/1" in paths(asked(vhost(body)))


def test_the_path_of_certificate_renewals_is_asked_of_a_site_that_serves_nothing():
    body = "RedirectMatch ^/(?!\\.well-known/)(.*)$ https://www.example.test/$1"
    assert f"/.well-known/acme-challenge/{NOWHERE}" in paths(asked(vhost(body)))


def test_a_script_that_another_server_runs_is_asked_for_by_a_name_that_is_not_there():
    body = '<FilesMatch "\\.php$">\nSetHandler proxy:unix:/run/php.sock|fcgi://localhost/\n</FilesMatch>'
    assert f"/{NOWHERE}.php" in paths(asked(vhost(""), vhost(body)), "proxied")


def test_what_the_main_server_says_is_asked_once_and_not_of_each_site():
    text = "<Location /server-status>\nRequire local\n</Location>\n" + vhost("") + vhost("", "other.example.test")
    assert paths(asked(text)).count("/server-status") == 1


def test_options_is_asked_of_the_site_and_of_each_proxied_prefix():
    found = [one for one in asked(vhost("ProxyPass /api/ http://127.0.0.1:9000/")) if one["method"] == "OPTIONS"]
    assert paths(found) == ["/", "/api/"]


def test_an_origin_that_the_configuration_allows_is_sent():
    body = 'SetEnvIf Origin "^https://app\\.example\\.test$" CORS'
    assert any(one["headers"].get("Origin") == "https://app.example.test" for one in asked(vhost(body)))


def test_encoded_slashes_are_tried_where_a_configuration_speaks_of_them():
    body = "ProxyPass / http://127.0.0.1:9000/\nAllowEncodedSlashes NoDecode"
    assert any("%2F" in path for path in paths(asked(vhost(body), vhost("ProxyPass / http://127.0.0.1:9000/"))))
