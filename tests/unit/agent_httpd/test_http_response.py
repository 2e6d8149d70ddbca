"""Answers are read as http.client reads them, and where they are not the difference is stated: raw_answers.py."""

from __future__ import annotations

import http.client
import socket
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest
from safedeploy_host import http_request, http_response
from safedeploy_host.probes import exchange

from tests.unit.agent_httpd.answering import new, old, serving, whole_request
from tests.unit.agent_httpd.raw_answers import ALIKE, CHUNKED, DIFFERENT, OF_HEAD, OK

if TYPE_CHECKING:
    from tests.unit.agent_httpd.as_before import Read
    from tests.unit.agent_httpd.raw_answers import Outcome

# What http.client raises for it -> what is said of it.
WORDS = {
    "BadStatusLine": ["it begins with no status line"],
    "UnknownProtocol": ["neither HTTP/1.0 nor HTTP/1.1"],
    "LineTooLong": ["a line of more than 65536 bytes"],
    "HTTPException": ["more than 100 lines of headers"],
    "IncompleteRead": [
        "it is cut off",
        "a chunk of its body has no size",
        "a chunk of its body has another size than it says",
    ],
}


def outcome(ask: Callable[[], Read]) -> Any:
    """What came: the answer, or the name of what http.client raises for it, or what is said where it raises nothing."""
    try:
        return ask()
    except http_response.NotHttp as error:
        wrong = str(error).partition("not an HTTP answer: ")[2]
        return next((kind for kind, words in WORDS.items() if wrong in words), wrong)
    except http_response.Closed:
        return "RemoteDisconnected"
    except (http.client.HTTPException, ValueError, OSError) as error:
        return type(error).__name__


def of_pieces(pieces: list[bytes], method: str = "GET") -> Any:
    come = iter(pieces)
    return outcome(lambda: http_response.read(lambda: next(come, b""), method, http_request.BODY_LIMIT))


@pytest.mark.parametrize("case", ALIKE)
def test_an_answer_is_read_as_http_client_reads_it(case: str) -> None:
    with serving(ALIKE[case]) as server:
        assert outcome(lambda: new(server.url)) == outcome(lambda: old(server.url))


@pytest.mark.parametrize("case", OF_HEAD)
def test_an_answer_to_head_is_read_as_http_client_reads_it(case: str) -> None:
    with serving(OF_HEAD[case]) as server:
        assert outcome(lambda: new(server.url, "HEAD")) == outcome(lambda: old(server.url, "HEAD"))


@pytest.mark.parametrize("case", [case for case, raw in ALIKE.items() if len(raw) < 400])
def test_an_answer_may_come_in_single_bytes(case: str) -> None:
    raw = ALIKE[case]
    with serving(*(raw[at : at + 1] for at in range(len(raw)))) as server:
        assert outcome(lambda: new(server.url)) == outcome(lambda: old(server.url))


@pytest.mark.parametrize("case", [*ALIKE, *DIFFERENT])
def test_it_does_not_matter_where_an_answer_is_split(case: str) -> None:
    raw = ALIKE[case] if case in ALIKE else DIFFERENT[case][0]
    whole = of_pieces([raw])
    single = [raw[at : at + 1] for at in range(len(raw))]
    several = range(1, min(len(raw), 700)) if len(raw) < 10_000 else (1, 16, 17, 18, 50, 65535, 65536, 65553, 65554)

    assert of_pieces(single) == whole
    assert all(of_pieces([raw[:at], raw[at:]]) == whole for at in several)


def said(found: Any) -> Outcome:
    if isinstance(found, str):
        return (found,)
    status, headers, body = found
    return status, len(headers), body


@pytest.mark.parametrize("case", DIFFERENT)
def test_what_is_read_otherwise_is_stated(case: str) -> None:
    raw, before, now = DIFFERENT[case]
    with serving(raw) as server:
        assert said(outcome(lambda: old(server.url))) == before
        found = said(outcome(lambda: new(server.url)))
    if len(now) == 1:
        (found_words,), (words,) = found, now
        assert str(words) in " ".join([str(found_words), *WORDS.get(str(found_words), [])])
    else:
        assert found == now


def test_no_byte_is_waited_for_after_the_limit() -> None:
    def come(pieces: Iterator[bytes]) -> Read:
        return http_response.read(lambda: next(pieces), "GET", 5)

    assert come(iter([OK + b"\r\n", b"hel", b"lo"]))[2] == b"hello"
    assert come(iter([OK + b"Content-Length: 9\r\n\r\n", b"hello"]))[2] == b"hello"
    assert come(iter([CHUNKED, b"5\r\nhello"]))[2] == b"hello"
    assert come(iter([CHUNKED, b"3\r\nhel\r\n", b"9\r\nlo"]))[2] == b"hello"


def test_a_bad_first_line_is_told_before_more_comes() -> None:
    pieces = iter([b"SSH-2.0-OpenSSH_9.2p1\r\n"])

    with pytest.raises(http_response.NotHttp, match="no status line"):
        http_response.read(lambda: next(pieces), "GET", 5)


@pytest.fixture(scope="module")
def tls(tmp_path_factory: pytest.TempPathFactory) -> ssl.SSLContext:
    place = tmp_path_factory.mktemp("tls") / "both.pem"
    made = ["openssl", "req", "-x509", "-nodes", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"]
    subprocess.run([*made, "-subj", "/CN=a.test", "-keyout", str(place), "-out", f"{place}.crt"], check=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(f"{place}.crt", str(place))
    return context


CUT = [
    (OK + b"\r\nhello", b"hello"),
    (OK + b"Content-Length: 9\r\n\r\nhello", "IncompleteRead"),
    (b"", "RemoteDisconnected"),
]


@pytest.mark.parametrize(("raw", "expected"), CUT)
def test_the_end_of_tls_may_come_without_a_word(tls: ssl.SSLContext, raw: bytes, expected: Any) -> None:
    def serve(listening: socket.socket) -> None:
        with tls.wrap_socket(listening.accept()[0], server_side=True) as connection:
            whole_request(connection)
            connection.sendall(raw)

    with socket.create_server(("127.0.0.1", 0)) as listening:
        threading.Thread(target=serve, args=(listening,), daemon=True).start()
        found = outcome(lambda: new(f"https://a.test:{listening.getsockname()[1]}/"))

    assert (found if isinstance(found, str) else found[2]) == expected


def test_people_are_told_what_was_wrong() -> None:
    assert exchange.why(http_response.Closed(), 1) == "the connection was closed without an answer"
    assert exchange.why(http_response.NotHttp("it is cut off"), 1) == "not an HTTP answer: it is cut off"
