"""A known vulnerability in a library fails its lane, and a service that does not answer is never taken for "none"."""

from __future__ import annotations

import json
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[3] / "scripts"))

import audit
import lanes

WITNESS = (audit.WITNESS, audit.WITNESS_VERSION)
JINJA = ("jinja2", "2.4.1")


class Service(ThreadingHTTPServer):
    """Speaks OSV's protocol, and knows of vulnerabilities in `known`."""

    known: frozenset[tuple[str, str]] = frozenset()


class Answers(BaseHTTPRequestHandler):
    def do_POST(self):
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        name, version = asked["package"]["name"], asked["version"]
        body = b"{}"
        if (name, version) in self.server.known:
            fixed = {"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "99.0"}]}
            affected = [{"package": {"name": name, "ecosystem": "PyPI"}, "ranges": [fixed]}]
            body = json.dumps({"vulns": [{"id": f"TEST-{name}", "summary": "bad", "affected": affected}]}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@pytest.fixture
def service(monkeypatch):
    with Service(("127.0.0.1", 0), Answers) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        monkeypatch.setenv(audit.OWN_SERVICE, f"http://127.0.0.1:{server.server_port}/v1/query")
        yield server
        server.shutdown()


@pytest.fixture
def depends_on(monkeypatch):
    def pin(*pins):
        monkeypatch.setattr(audit, "tree", lambda: dict(pins))

    return pin


def test_a_library_with_a_known_vulnerability_fails_the_lane(service, depends_on):
    service.known = frozenset({WITNESS, JINJA})
    depends_on(JINJA, ("rich", "14.0.0"))
    outcome = lanes.audited(())
    assert not outcome.ok
    assert (outcome.failed, outcome.skipped) == (1, "")


def test_libraries_that_a_service_knows_nothing_bad_of_pass_the_lane(service, depends_on):
    service.known = frozenset({WITNESS})
    depends_on(JINJA)
    outcome = lanes.audited(())
    assert (outcome.ok, outcome.skipped, outcome.note) == (True, "", "1 library")


def test_a_service_that_knows_of_nothing_at_all_is_not_believed(service, depends_on):
    depends_on(JINJA)
    assert "django" in lanes.audited(()).skipped


def test_a_service_that_cannot_be_reached_is_said_and_nothing_passed(depends_on, monkeypatch):
    monkeypatch.setenv(audit.OWN_SERVICE, "http://127.0.0.1:9/")
    depends_on(JINJA)
    outcome = lanes.audited(())
    assert outcome.skipped == "osv: it cannot be reached"
    assert outcome.passed == 0


def test_a_package_that_the_service_skips_leaves_the_audit_undone():
    found = {"name": "django", "version": "1.2", "vulns": [{"id": "X", "fix_versions": []}]}
    said = {"dependencies": [found, {"name": "jinja2", "skip_reason": "not found"}]}
    assert audit.judged(said, dict([JINJA])).not_done == "not audited: jinja2"


def test_the_tree_is_that_of_the_runtime_with_what_its_libraries_need():
    found = audit.tree()
    assert {"ansible-core", "paramiko", "cryptography", "markupsafe"} <= set(found)
    assert not {"pytest", "mypy", "safedeploy"} & set(found)
