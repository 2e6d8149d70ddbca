"""A server with all the starter templates answers as docs/templates.md says."""

from __future__ import annotations

import json
import re
import subprocess
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.integration.templates.cases import SERVED

pytestmark = pytest.mark.apache


class Backend(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        seen = {name.lower(): value for name, value in self.headers.items()}
        body = json.dumps({"path": self.path, "headers": seen}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("X-Frame-Options", "ALLOWALL")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def served(httpd, rendered):
    root = httpd.root
    (root / "www/index.html").write_text("home")
    (root / "www/item.html").write_text("an item")
    (root / "www/front.html").write_text("the application")
    (root / "www/style.css").write_text("x")
    (root / "www/dump.sql").write_text("secret")
    (root / "www/static").mkdir()
    (root / "www/static/logo.txt").write_text("from disk")
    (root / "www/.git").mkdir()
    (root / "www/.git/config").write_text("secret")
    (root / "www/.htaccess").write_bytes(rendered("served: .htaccess").read_bytes())
    (root / "acme/.well-known/acme-challenge/token").write_text("challenge")
    backend = ThreadingHTTPServer(("127.0.0.1", httpd.backend), Backend)
    threading.Thread(target=backend.serve_forever, daemon=True).start()
    httpd.start(*(rendered(name) for name in SERVED if name != "served: .htaccess"))
    yield httpd
    backend.shutdown()
    backend.server_close()


def status(answer: str) -> int:
    return int(answer.split()[1])


def header(answer: str, name: str) -> list[str]:
    return re.findall(rf"^{name}: (.*)$", answer.partition("\n\n")[0], re.MULTILINE | re.IGNORECASE)


def body(answer: str) -> str:
    return answer.partition("\n\n")[2]


def test_plain_http_goes_to_tls_with_path_and_query(served):
    answer = served.ask("http://www.example.com/a%20b?c=d")
    assert status(answer) == 301
    assert header(answer, "Location") == [f"https://www.example.com:{served.https}/a%20b?c=d"]


def test_certificate_challenges_are_answered_over_plain_http(served):
    assert body(served.ask("http://www.example.com/.well-known/acme-challenge/token")) == "challenge"


def test_tls_serves_the_documents_by_http_2(served):
    answer = served.ask("https://www.example.com/", "--http2")
    assert answer.startswith("HTTP/2 200")
    assert body(answer) == "home"


def test_a_cipher_without_authenticated_encryption_is_refused(served):
    def offer(cipher: str) -> int:
        return status(served.ask("https://www.example.com/", "--tls-max", "1.2", "--ciphers", cipher))

    assert offer("ECDHE-ECDSA-AES128-GCM-SHA256") == 200
    with pytest.raises(subprocess.CalledProcessError, match="returned non-zero exit status 35"):
        offer("ECDHE-ECDSA-AES128-SHA256")


def test_strict_transport_security_is_sent_over_tls_only(served):
    assert header(served.ask("https://www.example.com/"), "Strict-Transport-Security") == ["max-age=300"]
    assert header(served.ask("http://www.example.com/"), "Strict-Transport-Security") == []


def test_a_site_wins_over_the_server_wide_header(served):
    answer = served.ask("https://www.example.com/")
    assert header(answer, "X-Frame-Options") == ["DENY"]
    assert header(answer, "X-Content-Type-Options") == ["nosniff"]


def test_the_header_of_an_application_is_replaced_and_not_doubled(served):
    assert header(served.ask("http://api.example.com/x"), "X-Frame-Options") == ["SAMEORIGIN"]


def test_error_pages_carry_the_headers_too(served):
    answer = served.ask("https://www.example.com/.git/config")
    assert status(answer) == 403
    assert header(answer, "X-Content-Type-Options") == ["nosniff"]


@pytest.mark.parametrize("path", ["/.git/config", "/.htaccess", "/dump.sql", "/style.css~"])
def test_what_is_none_of_the_worlds_business_is_not_served(served, path):
    assert status(served.ask(f"https://www.example.com{path}")) == 403


def test_the_server_does_not_tell_its_version(served):
    assert header(served.ask("https://www.example.com/"), "Server") == ["Apache"]


def test_the_rules_of_the_application_hold(served):
    assert body(served.ask("https://www.example.com/item/7")) == "an item"
    assert body(served.ask("https://www.example.com/any/where")) == "the application"
    styles = served.ask("https://www.example.com/style.css")
    assert header(styles, "Cache-Control") == ["public, max-age=86400"]
    assert header(styles, "X-Extra") == ["yes"]


@pytest.mark.parametrize(
    ("path", "passed_on"), [("/x?y=1", "/x?y=1"), ("/v2/a", "/second/a"), ("/v2", "/second"), ("/many/a", "/a")]
)
def test_the_longest_path_decides_and_slashes_stay_right(served, path, passed_on):
    assert json.loads(body(served.ask(f"http://api.example.com{path}")))["path"] == passed_on


def test_an_excepted_path_is_served_from_disk(served):
    assert body(served.ask("http://api.example.com/static/logo.txt")) == "from disk"


def test_the_back_end_learns_the_truth_about_the_client(served):
    lies = ("-H", "X-Forwarded-For: 1.2.3.4", "-H", "Proxy: http://evil/", "-H", "X-Forwarded-Proto: https")
    seen = json.loads(body(served.ask("http://api.example.com/", *lies)))["headers"]
    assert seen["x-forwarded-for"] == "127.0.0.1"
    assert seen["x-forwarded-proto"] == "http"
    assert seen["host"] == "api.example.com"
    assert "proxy" not in seen


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_foreign_name_is_misdirected(served, scheme):
    assert status(served.ask(f"{scheme}://elsewhere.example.org/")) == 421


def test_the_status_page_is_on_its_own_port_alone(served):
    assert "ServerMPM: event" in served.ask(f"http://127.0.0.1:{served.status}/server-status?auto")
    assert "ServerMPM" not in served.ask("https://www.example.com/server-status?auto")


def test_a_line_of_the_json_log_is_json_whatever_the_client_says(served):
    agent = 'quote " backslash \\ end'
    served.ask("https://www.example.com/item/7", "-A", agent, "-e", "http://from/")
    log = served.root / "logs/www-access.log"
    deadline = time.monotonic() + 10  # httpd writes the line after the answer
    while not (lines := [line for line in log.read_text().splitlines() if "backslash" in line]):
        assert time.monotonic() < deadline, log.read_text()
        time.sleep(0.05)
    found = json.loads(lines[0])
    assert (found["vhost"], found["status"], found["path"]) == ("www.example.com", 200, "/item/7")
    assert found["agent"] == agent
    assert found["us"] > 0
