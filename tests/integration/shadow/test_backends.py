"""Servers behind this one: the shadow reaches those that the host reaches, and nobody else."""

from __future__ import annotations

import contextlib
import http.client
import socket
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from safedeploy_host import namespaces
from safedeploy_host.shadow import child, netlink

from tests.apache_fixture import Apache, free_port

pytestmark = [pytest.mark.apache, pytest.mark.usefixtures("untouched")]

ELSEWHERE = "198.51.100.7"


class Backend(BaseHTTPRequestHandler):
    """Says who it is, and takes a body."""

    def do_GET(self) -> None:
        self.answer(b"backend")

    def do_POST(self) -> None:
        self.answer(str(len(self.rfile.read(int(self.headers["Content-Length"])))).encode())

    def answer(self, body: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing."""


@contextlib.contextmanager
def backend(address: str, port: int) -> Iterator[None]:
    class Server(ThreadingHTTPServer):
        address_family = socket.AF_INET6 if ":" in address else socket.AF_INET
        daemon_threads = True

    with Server((address, port), Backend) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield
        finally:
            server.shutdown()
            thread.join()


@contextlib.contextmanager
def silent(address: str, port: int) -> Iterator[None]:
    """Somebody who holds a port and takes nobody in: packets to it are dropped."""
    with contextlib.ExitStack() as stack:
        one = stack.enter_context(socket.socket())
        one.bind((address, port))
        one.listen(0)
        for _ in range(2):
            other = stack.enter_context(socket.socket())
            other.setblocking(False)
            other.connect_ex((address, port))
        yield


def ask(port: int, path: str, body: bytes | None = None) -> tuple[int, str]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("POST" if body else "GET", path, body, headers={"Host": "www.example.test"})
    response = connection.getresponse()
    return response.status, response.read().decode()


def proxied(apache: Apache, **targets: str) -> dict[Any, str]:
    apache.enable("proxy", "proxy_http")
    lines = [f'ProxyPass "/{name}" "http://{target}/" connectiontimeout=1' for name, target in targets.items()]
    return {apache.etc / "conf-enabled/proxied.conf": "\n".join([*lines, ""])}


def in_a_network_of_its_own(act: Callable[[], Any]) -> Any:
    """Do `act` where this machine has another address, which the shadows take for somebody else's."""

    def inside() -> Any:
        namespaces.unshare(namespaces.NEWNET)
        route = netlink.Route()
        route.up("lo")
        route.add(ELSEWHERE, "lo")
        route.add("2001:db8::7", "lo")
        route.close()
        return act()

    return child.call(inside, 60)


def states(booted: dict[str, Any]) -> dict[str, str]:
    return {one["target"]: one["state"] for one in booted["backends"]}


def test_a_backend_of_this_host_is_bridged_in_both_shadows_at_once(apache: Apache, shadows: Any) -> None:
    port = free_port()
    change = proxied(apache, app=f"127.0.0.1:{port}")
    shadows.world["backends"] = [{"name": "127.0.0.1", "port": port, "place": "x:1"}]

    with backend("127.0.0.1", port):
        booted = shadows.pair(change, lambda _: [ask(apache.port, "/app"), ask(apache.port, "/app", b"x" * 3_000_000)])

    assert booted["candidate"]["value"] == [[200, "backend"], [200, "3000000"]]
    assert states(booted["candidate"]) == states(booted["live"]) == {f"127.0.0.1:{port}": "bridged"}
    assert booted["live"]["value"][0][0] == 404


def test_a_backend_that_refuses_on_the_host_refuses_in_the_shadow(apache: Apache, shadows: Any) -> None:
    port = free_port()
    change = proxied(apache, app=f"127.0.0.1:{port}")
    shadows.world["backends"] = [{"name": "127.0.0.1", "port": port, "place": "x:1"}]

    booted = shadows.boot(change, lambda _: ask(apache.port, "/app")[0])

    assert booted["value"] == 503
    assert booted["backends"] == [{"target": f"127.0.0.1:{port}", "state": "refused", "why": "Connection refused"}]


def test_a_backend_that_nobody_named_is_not_reached(apache: Apache, shadows: Any) -> None:
    port = free_port()

    with backend("127.0.0.1", port):
        booted = shadows.boot(proxied(apache, app=f"127.0.0.1:{port}"), lambda _: ask(apache.port, "/app")[0])

    assert booted["value"] == 503


def test_names_are_what_the_host_takes_them_for(apache: Apache, shadows: Any) -> None:
    port = free_port()
    change = proxied(apache, app=f"localhost:{port}", lost=f"no-such-host.invalid:{port}")
    shadows.world["backends"] = [
        {"name": "localhost", "port": port, "place": "x:1"},
        {"name": "no-such-host.invalid", "port": port, "place": "x:2"},
    ]

    def work(_: Any) -> Any:
        return [ask(apache.port, "/app"), ask(apache.port, "/lost")[0], socket.gethostbyname("localhost")]

    with backend("127.0.0.1", port):
        booted = shadows.boot(change, work)

    assert booted["value"] == [[200, "backend"], 500, "127.0.0.1"]
    assert states(booted) == {f"localhost:{port}": "bridged", f"no-such-host.invalid:{port}": "unresolved"}


def test_a_backend_elsewhere_is_bridged_though_httpd_listens_on_the_same_port_of_all_addresses(
    apache: Apache, shadows: Any
) -> None:
    port = free_port()
    change = proxied(apache, app=f"{ELSEWHERE}:{port}", six=f"[2001:db8::7]:{port}")
    change[apache.etc / "conf-enabled/l.conf"] = f"Listen {port}\n"
    shadows.world["addresses"] = ["127.0.0.1", "::1"]
    shadows.world["backends"] = [
        {"name": ELSEWHERE, "port": port, "place": "x:1"},
        {"name": "[2001:db8::7]", "port": port, "place": "x:1"},
    ]

    def on_host() -> Any:
        with backend(ELSEWHERE, port), backend("2001:db8::7", port):
            return shadows.pair(change, lambda _: [ask(apache.port, "/app"), ask(apache.port, "/six"), ask(port, "/")])

    booted = in_a_network_of_its_own(on_host)["candidate"]

    assert booted["up"], booted["why"]
    assert states(booted) == {f"{ELSEWHERE}:{port}": "bridged", f"2001:db8::7:{port}": "bridged"}
    assert booted["value"][:2] == [[200, "backend"], [200, "backend"]]
    assert booted["value"][2][0] == 200


@pytest.mark.parametrize("address", ["127.0.0.1", ELSEWHERE])
def test_a_backend_that_is_silent_on_the_host_is_silent_in_the_shadow(
    apache: Apache, shadows: Any, address: str
) -> None:
    port = free_port()
    change = proxied(apache, app=f"{address}:{port}")
    shadows.world["addresses"] = ["127.0.0.1"]
    shadows.world["backends"] = [{"name": address, "port": port, "place": "x:1"}]

    def work(_: Any) -> Any:
        begun = time.monotonic()
        return [ask(apache.port, "/app")[0], time.monotonic() - begun]

    def on_host() -> Any:
        with silent(address, port):
            return shadows.boot(change, work)

    booted = in_a_network_of_its_own(on_host)

    assert states(booted) == {f"{address}:{port}": "silent"}
    assert booted["value"][0] == 503
    assert booted["value"][1] > 0.8


def test_a_backend_that_no_route_leads_to_is_refused(apache: Apache, shadows: Any) -> None:
    port = free_port()
    change = proxied(apache, app=f"192.0.2.9:{port}")
    shadows.world["addresses"] = ["127.0.0.1"]
    shadows.world["backends"] = [{"name": "192.0.2.9", "port": port, "place": "x:1"}]

    booted = in_a_network_of_its_own(lambda: shadows.boot(change, lambda _: ask(apache.port, "/app")[0]))

    assert states(booted) == {f"192.0.2.9:{port}": "refused"}
    assert booted["value"] == 503


def test_a_backend_that_is_this_server_itself_is_left_to_it(apache: Apache, shadows: Any) -> None:
    apache.start()
    change = proxied(apache, app=f"127.0.0.1:{apache.port}")
    shadows.world["backends"] = [{"name": "127.0.0.1", "port": apache.port, "place": "x:1"}]

    booted = shadows.boot(change, lambda _: ask(apache.port, "/app"))
    apache.kill()

    assert states(booted) == {f"127.0.0.1:{apache.port}": "own"}
    assert booted["value"] == [200, "hello from www.example.test\n"]


def test_a_unix_socket_that_the_configuration_names_answers_as_on_the_host(apache: Apache, shadows: Any) -> None:
    path = f"{apache.root}/run/app.sock"
    apache.enable("proxy", "proxy_http")
    change = {apache.etc / "conf-enabled/p.conf": f'ProxyPass "/app" "unix:{path}|http://app.invalid/"\n'}
    answer = b"HTTP/1.0 200 OK\r\nContent-Length: 4\r\n\r\nunix"

    with socket.socket(socket.AF_UNIX) as one:
        one.bind(path)
        Path(path).chmod(0o666)
        one.listen()

        def serve() -> None:
            with contextlib.suppress(OSError):
                while True:
                    connection, _ = one.accept()
                    with connection:
                        connection.recv(65536)
                        connection.sendall(answer)

        threading.Thread(target=serve, daemon=True).start()
        without = shadows.boot(change, lambda _: ask(apache.port, "/app")[0])
        shadows.world["sockets"] = [path]
        booted = shadows.pair(change, lambda _: ask(apache.port, "/app"))
        one.shutdown(socket.SHUT_RDWR)

    assert without["value"] == 503
    assert booted["candidate"]["value"] == [200, "unix"]


def test_sockets_that_command_the_host_stay_hidden(apache: Apache, shadows: Any) -> None:
    shadows.world["sockets"] = ["/run/systemd/private", "/run/dbus/system_bus_socket", "/run/docker.sock", "/dev/log"]

    booted = shadows.boot({}, lambda _: Path("/dev/log").exists())

    assert booted["value"] is False
    assert len([text for text in booted["limits"] if "commands the host" in text]) == 4
