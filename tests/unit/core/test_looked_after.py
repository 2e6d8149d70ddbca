"""What a plan says of files that other services read, and when a saved plan no longer holds for them."""

from __future__ import annotations

import dataclasses

import pytest

from safedeploy.core.looked_after import LookedAfter, services_digest
from safedeploy.core.plan import plan_host, services_changed_since
from safedeploy.workflows.validators import validators
from tests.unit.core.test_plan import desired, observed

NGINX = "/etc/nginx/nginx.conf"


def said(path, services):
    return [one.text for one in validators().looked_after([path], services)]


@pytest.mark.parametrize(
    ("path", "services", "text"),
    [
        (NGINX, {}, "validated on the host by nginx -t"),
        (NGINX, {"files": {NGINX: {"reload": "nginx"}}}, "validated on the host by nginx -t; reloads nginx"),
        (NGINX, {"files": {NGINX: {"validate": "none", "reason": "unused"}}}, "not validated: unused"),
        ("/etc/php/8.2/fpm/php.ini", {}, "validated on the host by php-fpm8.2 -t"),
        ("/etc/x", {"files": {"/etc/x": {"reload": ["/opt/x", "reload"]}}}, "runs /opt/x reload"),
        (
            "/etc/rsyslog.conf",
            {"files": {"/etc/rsyslog.conf": {"reload": "rsyslog"}}},
            "validated on the host by rsyslogd -N1; restarts rsyslog",
        ),
        (
            "/etc/x",
            {"validators": {"x": {"command": ["x", "-t", "{file}"], "paths": ["/etc/x"]}}},
            "validated on the host by x -t FILE",
        ),
    ],
)
def test_a_plan_says_what_the_host_will_do(path, services, text):
    assert said(path, services) == [text]


def test_of_httpds_own_files_there_is_nothing_to_say():
    assert said("/etc/apache2/apache2.conf", {}) == []


def test_an_entry_of_which_there_is_nothing_to_say_has_no_text():
    assert LookedAfter(path="/x").text == ""


def test_a_saved_plan_no_longer_holds_when_a_declaration_has_changed():
    one, other = ({"files": {NGINX: {"reload": name}}} for name in ("nginx", "haproxy"))
    plan = dataclasses.replace(plan_host(desired({}), observed({})), services=services_digest(one))
    assert services_changed_since({"web1": services_digest(one)}, {"web1": plan}) == []
    (reason,) = services_changed_since({"web1": services_digest(other)}, {"web1": plan})
    assert reason == "web1: what validates or reloads files of other services has changed"
    assert services_changed_since({"web1": ""}, {"web1": plan}) == [reason]


def test_nothing_declared_has_no_digest():
    assert services_digest({}) == ""
