"""The likely lines lead to the line of the template, or of one that it includes, and to no other."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from safedeploy.core.blame import Cause
from safedeploy.core.changed_lines import Changed, hunks
from safedeploy.core.policy import Policy
from safedeploy.workflows.template_lines import located


@pytest.fixture
def origin(tmp_path):
    """From a changed line to what is shown as its origin."""
    for name, text in {
        "vhost.conf.j2": "<VirtualHost *:80>\n  ServerName {{ name }}\n{% include 'parts/tls.j2' %}\n</VirtualHost>\n",
        "parts/tls.j2": "  SSLEngine on\n",
        "stranger.j2": "  KeepAlive Off\n",
    }.items():
        path = tmp_path / "templates" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    session = SimpleNamespace(
        target=SimpleNamespace(project=tmp_path), policy=Policy(environment="prod", inventory="inventories/prod")
    )

    def find(line, declared="vhost.conf.j2 (safedeploy_files[3])"):
        changed = Changed(path="/x", before="", after=f"\n{line}\n", origin=declared)
        (cause,) = located(session, (Cause(verdicts=(), likely=tuple(hunks(changed))),))
        return cause.likely[0].origin

    return find


def test_a_line_of_the_template_itself(origin):
    assert origin("  ServerName www.example.com") == "vhost.conf.j2:2 (safedeploy_files[3])"


def test_a_line_of_a_template_that_it_includes(origin):
    assert origin("  SSLEngine on") == "parts/tls.j2:1 (vhost.conf.j2: safedeploy_files[3])"


def test_a_line_out_of_a_variable_keeps_the_template_alone(origin):
    assert origin("  KeepAlive Off") == "vhost.conf.j2 (safedeploy_files[3])"


@pytest.mark.parametrize(
    "declared", ["robots.txt (safedeploy_files[0])", "safedeploy_sites", "../x (safedeploy_files[1])"]
)
def test_what_no_template_made_stays_as_it_is(origin, declared):
    assert origin("Allow: /", declared) == declared
