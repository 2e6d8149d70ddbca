"""`diagnose` of a real httpd: what it takes, and what becomes of the servers behind it."""

from __future__ import annotations

import contextlib
import http.server
import socket
import threading
import time

import pytest
from safedeploy_host.diagnosis.command import diagnose
from safedeploy_host.protocol import Request
from safedeploy_host.services import Services

from safedeploy.core.diagnose.seen import host_seen_from_json

pytestmark = pytest.mark.apache


def told(apache, seconds=3.0, **request):
    asked = Request({"site": apache.site, "seconds": seconds, **request})
    return host_seen_from_json("web1", diagnose(asked, Services(apache.site)))


@contextlib.contextmanager
def listening(answer=None):
    """A port that takes connections; `answer` is the status of each request, None for silence."""
    if answer is None:
        with socket.create_server(("127.0.0.1", 0)) as server:
            yield server.getsockname()[1]
        return

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_HEAD(self):
            self.send_response(answer)
            self.end_headers()

        def log_message(self, *_):
            """Quiet."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address[1]
        server.shutdown()


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


def passing_on(apache, *targets):
    """A site that passes requests on to these, started."""
    apache.enable("proxy", "proxy_http")
    lines = "".join(f"ProxyPass /{number}/ {target}/\n" for number, target in enumerate(targets))
    apache.add_site("www.example.test", extra=lines)
    apache.start()


def test_each_backend_is_tried_and_told_with_its_line(apache):
    with listening(200) as well, listening(503) as failing, listening() as mute:
        refused = free_port()
        ports = (well, failing, mute, refused)
        names = [f"http://127.0.0.1:{port}" for port in ports]
        passing_on(apache, *names, "http://no-such-name.invalid:80")
        began = time.monotonic()
        found = {one.name: one for one in told(apache, seconds=7.0).backends}
    assert time.monotonic() - began < 12
    states = [found[f"127.0.0.1:{port}"].state for port in ports]
    assert states == ["ok", "ok", "mute", "refused"]
    assert found[f"127.0.0.1:{failing}"].status == 503
    assert found["no-such-name.invalid:80"].state == "dns"
    assert all(".conf:" in one.place for one in found.values())


def test_a_server_that_is_well_listens_and_answers_everywhere(apache):
    apache.add_site("www.example.test")
    apache.start()
    found = told(apache)
    assert found.running
    assert [(one.listening, one.answers) for one in found.ports] == [(True, True)]
    assert found.configtest is None
    assert found.descriptors[0] < found.descriptors[1]
    assert any(disk.free_bytes for disk in found.disks)
    assert found.memory_available > 0
    assert found.notes == ()


def test_a_server_that_is_stopped_is_told_with_why_it_would_not_start(apache):
    apache.add_site("www.example.test", extra="Nonsense On\n")
    found = told(apache)
    assert found.running is False
    assert "Invalid command 'Nonsense'" in found.configtest
    assert not found.closed_ports or found.closed_ports == (apache.port,)


def test_files_that_were_written_to_lately_are_told_also_those_in_document_roots(apache):
    apache.add_site("www.example.test")
    apache.start()
    time.sleep(0.05)
    since = time.time()
    htaccess = apache.root / "www/www.example.test/.htaccess"
    htaccess.write_text("Options -Indexes\n")
    assert [(one.path, one.in_place) for one in told(apache, since=since - 0.02).touched] == [(str(htaccess), True)]


def test_a_port_whose_workers_are_all_taken_is_silent(apache):
    apache.add_site("www.example.test")
    with (apache.etc / "apache2.conf").open("a") as main:
        main.write("StartServers 1\nServerLimit 1\nThreadsPerChild 2\nThreadLimit 2\nMaxRequestWorkers 2\n")
        main.write("MinSpareThreads 1\nMaxSpareThreads 2\n")
    apache.start()
    held = [socket.create_connection(("127.0.0.1", apache.port)) for _ in range(12)]
    try:
        for one in held:
            one.sendall(b"GET / HTTP/1.1\r\nHost: www")
        time.sleep(0.3)
        found = told(apache)
    finally:
        for one in held:
            one.close()
    assert found.silent_ports == (apache.port,)
    assert found.workers.limit == 2
    assert found.workers.connections + found.waiting >= 2
    assert found.clients[0][0] == "127.0.0.1"
