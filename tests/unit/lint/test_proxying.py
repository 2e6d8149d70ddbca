"""What is passed on to other servers: which requests one ProxyPass takes, and where a target leads."""

from __future__ import annotations

import pytest

from safedeploy.lint import example, proxying
from safedeploy.lint.rule import Case


def passes(text):
    return list(proxying.passes(example.report_of(Case(text=text), "none").configuration))


@pytest.mark.parametrize(
    ("path", "asked", "taken"),
    [
        ("/", "/app", True),
        ("/app", "/app", True),
        ("/app", "/app/x", True),
        ("/app", "/application", False),
        ("/app/", "/app/x", True),
        ("/app/", "/app", False),
    ],
)
def test_a_path_takes_what_lies_below_it(path, asked, taken):
    (one,) = passes(f"ProxyPass {path} http://127.0.0.1:9000/\n")
    assert one.takes(asked) is taken


def test_a_section_gives_the_path():
    (one,) = passes("<Location /app>\n    ProxyPass http://127.0.0.1:9000/ timeout=9\n</Location>\n")
    assert (one.path, one.target, one.settings) == ("/app", "http://127.0.0.1:9000/", ("timeout=9",))


def test_a_pattern_for_everything_is_the_path_of_everything():
    everything, some = passes("ProxyPassMatch ^/(.*)$ http://127.0.0.1/$1\nProxyPassMatch \\.php$ http://127.0.0.1/\n")
    assert (everything.path, some.path) == ("/", None)


def test_what_variables_of_the_request_decide_is_left_out():
    assert passes("ProxyPass /app http://127.0.0.1:9000/ interpolate\n") == []


def test_every_way_of_passing_on_is_known():
    text = (
        "ProxyPass /a http://one/\nProxyPass /b !\n"
        'SetHandler "proxy:unix:/run/two.sock|fcgi://localhost"\n'
        "RewriteRule ^ http://three/ [L,P]\nRewriteRule ^ http://four/ [R]\n"
        "<Proxy balancer://app>\n    BalancerMember http://five loadfactor=2\n</Proxy>\n"
    )
    configuration = example.report_of(Case(text=text), "none").configuration
    assert sorted(target for _, target in proxying.targets(configuration)) == [
        "http://five", "http://one/", "http://three/", "unix:/run/two.sock|fcgi://localhost"
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("target", "scheme", "host", "socket"),
    [
        ("HTTPS://App.Example:8443/x", "https", "app.example", None),
        ("unix:/run/php.sock|fcgi://localhost", "fcgi", None, "/run/php.sock"),
        ("http://%{HTTP_HOST}/", "http", None, None),
        ("http://[::1]:8080/", "http", "[::1]", None),
        ("!", None, None, None),
    ],
)
def test_a_target_is_taken_apart(target, scheme, host, socket):
    assert (proxying.scheme_of(target), proxying.host_of(target), proxying.socket_of(target)) == (scheme, host, socket)
