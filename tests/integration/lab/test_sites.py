"""Every host serves three sites before safedeploy ever comes near it, and says that it is the one."""

from __future__ import annotations

import ssl

import pytest

from tests.integration.lab.requests_to import get, get_secure

pytestmark = pytest.mark.lab
HOSTS = ("web1", "web2", "web3")


@pytest.mark.parametrize("name", HOSTS)
def test_www_answers_over_tls_with_a_certificate_for_its_name(lab, name):
    answer = get_secure(lab, lab.host(name), "www.lab.test")
    assert answer.status == 200
    assert f"served by {name}<" in answer.body


@pytest.mark.parametrize("name", HOSTS)
def test_www_redirects_plain_http(lab, name):
    answer = get(lab.host(name), "www.lab.test", "/about.html")
    assert (answer.status, answer.location) == (301, "https://www.lab.test/about.html")


def test_a_name_that_the_certificate_does_not_have_is_refused(lab):
    with pytest.raises(ssl.SSLCertVerificationError):
        get_secure(lab, lab.hosts[0], "other.lab.test")


@pytest.mark.parametrize("name", HOSTS)
@pytest.mark.parametrize(
    ("path", "status", "text"),
    [
        ("/", 200, "app.lab.test"),
        ("/about", 200, "About app.lab.test"),
        ("/item/17", 200, "An item"),
        ("/item/seventeen", 404, "No such page"),
        ("/item.html/x", 404, "No such page"),
    ],
)
def test_app_is_routed_by_its_htaccess(lab, name, path, status, text):
    answer = get(lab.host(name), "app.lab.test", path)
    assert (answer.status, text in answer.body) == (status, True)
    assert f"served by {name}<" in answer.body


@pytest.mark.parametrize("name", HOSTS)
def test_api_is_the_backend_behind_a_proxy(lab, name):
    answer = get(lab.host(name), "api.lab.test", "/v1/things")
    assert answer.status == 200
    assert f'"host": "{name}"' in answer.body
    assert '"path": "/v1/things"' in answer.body


def test_the_status_page_is_for_the_host_itself(lab):
    if lab.state.mode == "namespaces":
        assert get(lab.hosts[0], "localhost", "/server-status").status == 403
    own = lab.exec("web1", ["curl", "-s", f"http://127.0.0.1:{lab.hosts[0].http_port}/server-status?auto"])
    assert b"ServerMPM: event" in own.stdout


def test_an_unknown_name_gets_the_default_site(lab):
    assert "default site" in get(lab.hosts[0], "unknown.example").body


def test_the_configuration_passes_without_a_warning(lab):
    done = lab.exec("web1", ["apache2ctl", "configtest"])
    assert (done.returncode, done.stderr.decode().strip()) == (0, "Syntax OK")
