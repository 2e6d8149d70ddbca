"""One message to real services: it arrives, or why not is said in time and without the address."""

from __future__ import annotations

import subprocess
import sys
import time

import pytest

from safedeploy.adapters import notify
from safedeploy.core.channels import Severity
from tests.receivers import free_port, web_hook

TOKEN = "s3cr3t-t0ken-of-ops"
MESSAGE = notify.Message(
    severity=Severity.ERROR,
    title="web/prod: reverted",
    body="web1: reverted: the certificate timed out\n<IfModule> & co",
)


def send(address: str, seconds: float = 5.0) -> str | None:
    return notify.send(address, MESSAGE, seconds)


def test_a_web_hook_gets_title_text_and_kind(hook):
    assert send(hook.address(TOKEN)) is None
    (message,) = hook.heard
    assert (message["title"], message["message"], message["type"]) == (MESSAGE.title, MESSAGE.body, "failure")
    assert hook.asked == [f"/{TOKEN}"]


@pytest.mark.parametrize("scheme", ["xml", "form"])
def test_other_services_get_it_too(hook, scheme):
    assert send(hook.address(TOKEN, scheme)) is None
    assert "reverted" in hook.heard[0]["body"]


def test_a_mail_arrives(mailbox):
    to = f"mailto://127.0.0.1:{mailbox.port}?from=safedeploy@example.test&to=ops@example.test&mode=insecure"
    assert send(to) is None
    (mail,) = mailbox.mails
    assert (mail["Subject"], mail["To"]) == (MESSAGE.title, "ops@example.test")
    assert "the certificate timed out" in mail.as_string()


@pytest.mark.parametrize("status", [500, 404, 429])
def test_a_refusal_is_told_with_its_status(hook, status):
    hook.status = status
    assert send(hook.address(TOKEN)) == f"it answered with status {status}"


def test_a_redirect_is_no_delivery_and_is_not_followed(hook):
    hook.status, hook.location = 302, f"http://127.0.0.1:{hook.port}/elsewhere"
    assert send(hook.address(TOKEN)) == "it answered with status 302"
    assert hook.asked == [f"/{TOKEN}"]


def test_a_dead_port_is_told_at_once():
    began = time.monotonic()
    assert send(f"json://127.0.0.1:{free_port()}/{TOKEN}") == "nothing listens there (connection refused)"
    assert time.monotonic() - began < 2


@pytest.mark.parametrize(
    "kind", ["json://127.0.0.1:{}/x", "mailto://127.0.0.1:{}?from=a@b.test&to=c@d.test&mode=insecure"]
)
def test_a_server_that_never_answers_costs_the_time_that_it_was_given(silent, kind):
    send(f"json://127.0.0.1:{free_port()}")  # Apprise itself is loaded
    began = time.monotonic()
    assert send(kind.format(silent), 0.5) == "it did not answer in time"
    assert 0.4 < time.monotonic() - began < 1.5


def certificate(directory):
    made = directory / "certificate.pem", directory / "key.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "1",
         "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-out", made[0], "-keyout", made[1]],
        check=True, capture_output=True,
    )  # fmt: skip
    return str(made[0]), str(made[1])


def test_a_certificate_that_nobody_signed_is_not_accepted(tmp_path):
    with web_hook(certificate(tmp_path)) as hook:
        why = send(hook.address(TOKEN, "jsons"))
        assert why is not None
        assert why.startswith("its certificate is not accepted (self")
        assert hook.heard == []
        assert send(f"{hook.address(TOKEN, 'jsons')}?verify=no") is None


def test_tls_where_there_is_none_is_told(hook):
    assert send(hook.address(TOKEN, "jsons")) == "it does not speak TLS as it should"


@pytest.mark.parametrize(
    ("address", "why"),
    [
        (f"nosuch://{TOKEN}", "Apprise knows no service nosuch://"),
        (f"slack://{TOKEN}", "its address is not complete, as Apprise reads slack://"),
        (f"json://no-such-host.invalid/{TOKEN}", "its name has no address"),
        (f"json://[::1/{TOKEN}", "its address is not complete, as Apprise reads json://"),
    ],
)
def test_an_address_that_leads_nowhere_is_told_for_what_it_is(address, why):
    assert send(address) == why


def test_nothing_is_printed_and_no_plugin_of_the_user_is_loaded(tmp_path, hook):
    """A process of its own, as a run is, whose home has a plugin that would show itself."""
    for place in (".apprise/plugins", ".config/apprise/plugins"):
        (tmp_path / place).mkdir(parents=True)
        (tmp_path / place / "own.py").write_text(f"open({str(tmp_path / 'loaded')!r}, 'w').write('x')\n")
    script = (
        "from tests.integration.alerts.test_notify import send, TOKEN\n"
        f"assert send('json://127.0.0.1:{free_port()}/' + TOKEN)\n"
        f"assert send('jsons://127.0.0.1:{hook.port}/' + TOKEN + '?verify=no')\n"
        f"assert send('json://127.0.0.1:{hook.port}/' + TOKEN) is None\n"
    )
    done = subprocess.run(
        [sys.executable, "-W", "always", "-c", script], env={"HOME": str(tmp_path), "PATH": ""}, capture_output=True,
        text=True, check=True,
    )  # fmt: skip
    lines = [line for line in (done.stdout + done.stderr).splitlines() if "Apprise" in line or "127.0.0.1" in line]
    assert lines == []
    assert TOKEN not in done.stdout + done.stderr
    assert not (tmp_path / "loaded").exists()
    assert not (tmp_path / ".local").exists()


def test_apprise_opens_no_connection_before_there_is_something_to_send():
    script = (
        "import socket, sys\n"
        "def refuse(*_): raise SystemExit('a connection')\n"
        "socket.socket.connect = socket.socket.connect_ex = refuse\n"
        "socket.getaddrinfo = refuse\n"
        "import apprise\n"
        "assert apprise.Apprise.instantiate('slack://aaaaaaaaa/bbbbbbbbb/cccccccccccccccccccccccc')\n"
    )
    subprocess.run([sys.executable, "-c", script], check=True)


def test_what_is_secret_of_an_address_is_known():
    found = set(notify.secrets("json://ops:p%40ssw0rd@hook.example.test/aB3dE6gH9jK2?token=zzzzzzzz9999"))
    assert {"p%40ssw0rd", "p@ssw0rd", "aB3dE6gH9jK2", "zzzzzzzz9999"} <= found
    assert "hook.example.test" not in found
