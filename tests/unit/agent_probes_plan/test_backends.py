"""What a configuration talks to."""

from __future__ import annotations

import pytest
from safedeploy_host.probes.backends import Backends

from tests.unit.agent_probes_plan.configured import effective, planned, vhost


def found(body):
    backends = Backends()
    backends.read(effective(vhost(body)))
    return backends


@pytest.mark.parametrize(
    ("directive", "name", "port"),
    [
        ("ProxyPass /a/ http://app.internal:9000/", "app.internal", 9000),
        ("ProxyPass / https://app.internal/", "app.internal", 443),
        ("<Location /a>\nProxyPass http://10.1.1.1:8080/\n</Location>", "10.1.1.1", 8080),
        ("ProxyPassMatch ^/(.*\\.php)$ fcgi://127.0.0.1:9001/srv/$1", "127.0.0.1", 9001),
        ("<Proxy balancer://pool>\nBalancerMember ajp://10.1.1.2\n</Proxy>", "10.1.1.2", 8009),
        ("RewriteRule ^/x/(.*)$ http://10.1.1.3:81/$1 [QSA,P,L]", "10.1.1.3", 81),
        ("SetHandler proxy:fcgi://127.0.0.1:9002", "127.0.0.1", 9002),
        ("ProxyPass /ws/ ws://[2001:db8::1]:3000/", "2001:db8::1", 3000),
        ("AuthLDAPURL ldap://ldap.internal/ou=people?uid", "ldap.internal", 389),
        ("SSLSessionCache memcache:cache.internal:11212", "cache.internal", 11212),
        ("AuthnCacheSOCache redis:cache.internal", "cache.internal", 6379),
    ],
)
def test_a_server_is_found_with_its_port(directive, name, port):
    assert [(one["name"], one["port"]) for one in found(directive).servers] == [(name, port)]


def test_a_socket_is_found():
    assert found("SetHandler proxy:unix:/run/php/fpm.sock|fcgi://localhost/").sockets == ["/run/php/fpm.sock"]
    assert found("ProxyPass / unix:/run/app.sock|http://app/").sockets == ["/run/app.sock"]


@pytest.mark.parametrize(
    "directive",
    [
        "ProxyPass /a/ !",
        "RewriteRule ^/x http://elsewhere.test/ [R,L]",
        "ProxyPass / balancer://pool/",
        "Redirect / https://elsewhere.test/",
    ],
)
def test_what_talks_to_nobody_names_nobody(directive):
    backends = found(directive)
    assert [*backends.servers, *backends.sockets, *backends.notes] == []


def test_a_server_that_depends_on_the_request_is_said():
    backends = found("RewriteRule ^/(\\w+)/ http://$1.internal/ [P]")
    assert backends.servers == []
    assert "depends on the request" in backends.notes[0]


def test_the_world_has_those_of_both_sides():
    world = planned(vhost("ProxyPass /a http://old.internal/"), vhost("ProxyPass /a http://new.internal/"))["world"]
    assert [one["name"] for one in world["backends"]] == ["old.internal", "new.internal"]
