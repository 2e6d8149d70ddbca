"""Requests are sent as http.client sends them, and what it refuses is refused."""

from __future__ import annotations

import http.client
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from safedeploy_host import http_request

from tests.unit.agent_httpd.answering import new, old, serving
from tests.unit.agent_httpd.raw_answers import OK

MANNERS: Any = [
    {},
    {"method": "HEAD"},
    {"method": "M-SEARCH", "path": "a/b;c=d?e=f&g=%20#h"},
    {"absolute": True, "path": "x?y"},
    {"method": "POST", "body": b"\0" * 3000},
    {"headers": {"user-agent": "Mozilla", "x-odd_one": "caf\xe9", "Accept-Encoding": "gzip", "A": ""}},
    {"headers": {"Host": "other.test", "content-length": "0"}},
    {"headers": {"X": "a\r\n b"}},
]


@pytest.mark.parametrize("manner", MANNERS)
def test_the_same_bytes_are_sent(manner: Any) -> None:
    manner = dict(manner)
    method, path = manner.pop("method", "GET"), manner.pop("path", "")
    with serving(OK + b"Content-Length: 0\r\n\r\n") as server:
        new(server.url + path, method, **manner)
        old(server.url + path, method, **manner)

    assert server.requests[0] == server.requests[1]


REFUSED: Any = [
    {"method": "GET / HTTP/1.1\r\nX: y\r\n\r\n"},
    {"method": "G\u00cbT"},
    {"path": "a b"},
    {"path": "a\x7fb"},
    {"path": "a\x01b"},
    {"path": "caf\xe9"},
    {"headers": {"X": "a\r\nY: b"}},
    {"headers": {"X": "a\nY: b"}},
    {"headers": {"X": "a\rb"}},
    {"headers": {"X": "\u20ac"}},
    {"headers": {"X\r\nY": "b"}},
    {"headers": {"X:Y": "b"}},
    {"headers": {" X": "b"}},
    {"headers": {"": "b"}},
    {"headers": {"\xdc": "b"}},
]


@pytest.mark.parametrize("manner", REFUSED)
def test_what_would_be_another_request_is_not_sent(manner: Any) -> None:
    manner = dict(manner)
    method, path = manner.pop("method", "GET"), manner.pop("path", "")
    with socket.create_server(("127.0.0.1", 0)) as listening:
        url = f"http://www.example.test:{listening.getsockname()[1]}/{path}"

        with pytest.raises((ValueError, http.client.InvalidURL)):
            old(url, method, **manner)
        with pytest.raises(ValueError, match=r"^the request |codec can't encode"):
            new(url, method, **manner)


@pytest.mark.parametrize("address", ["127.0.0.1", "localhost", "127.1"])
def test_an_address_may_be_a_name(address: str) -> None:
    with serving(OK + b"\r\nhello", times=1) as server:
        assert http_request.request("GET", server.url, address, 10).body == b"hello"


def test_the_source_is_where_it_is_asked_from() -> None:
    opened: list[int] = []
    with serving(OK + b"\r\nhello", times=1) as server:
        new(server.url, source="127.0.0.9", opened=opened.append)

    assert server.peers == [("127.0.0.9", opened[0])]


def test_asking_imports_neither_http_client_nor_a_parser_of_mail() -> None:
    modules = "safedeploy_host.health, safedeploy_host.probes.exchange, safedeploy_host.traffic.status_page"
    place = str(Path(http_request.__file__).parents[1])
    code = f"import sys; sys.path.insert(0, {place!r}); import {modules}; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-I", "-S", "-c", code], check=True, capture_output=True, text=True)

    assert not {"http.client", "email"} & set(done.stdout.split())
