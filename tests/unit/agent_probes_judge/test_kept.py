"""What is kept of bodies, URLs and log lines."""

from __future__ import annotations

import pytest


def test_values_of_a_query_and_user_information_are_elided():
    from safedeploy_host.probes.elided import elide  # noqa: PLC0415

    assert elide("GET http://u:p@a.test/x?a=1&b=2 HTTP/1.1") == "GET http://...@a.test/x?a=...&b=... HTTP/1.1"
    assert elide("http://a.test/x?secret") == "http://a.test/x?..."
    assert elide("is it /x? yes") == "is it /x? yes"


def test_digested_texts_compare_equal_only_when_they_were():
    from safedeploy_host.probes.elided import digested  # noqa: PLC0415

    assert digested("/x?a=1") == digested("/x?a=1") != digested("/x?a=2")
    assert "s3cret" not in digested("/x?a=s3cret")


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"<html><head><title>Index of /pub</title>", True),
        (b'<a href="?C=N;O=D">Name</a>', True),
        (b"<title>An index of things</title>", False),
    ],
)
def test_the_listing_of_httpd_is_known_by_its_title_and_links(body, expected):
    from safedeploy_host.probes.body import is_listing  # noqa: PLC0415

    assert is_listing(body) is expected


def test_binary_bodies_are_compared_byte_by_byte():
    from safedeploy_host.probes.body import shape  # noqa: PLC0415

    assert shape(b"\x00\x01 11") != shape(b"\x00\x01 22")
    assert shape(b"\xff\xfe 11") != shape(b"\xff\xfe 22")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (b"made on Sunday, 3 May", b"made on FRIDAY, 4 june"),
        (b"token A1b2C3d4E5f6G7h8I9", b"token zzzz-0000-aaaa-1111"),
        (b"etag DEADBEEF", b"etag 0badcafe"),
        (b"<title>Apache Status</title> up 3 hours, _W__.", b"<title>Apache Status</title> up 1 day, W_K_"),
    ],
)
def test_what_differs_from_moment_to_moment_is_no_part_of_a_shape(one, other):
    from safedeploy_host.probes.body import shape  # noqa: PLC0415

    assert shape(one) == shape(other)


def test_words_and_another_page_of_httpd_are_part_of_a_shape():
    from safedeploy_host.probes.body import shape  # noqa: PLC0415

    assert shape(b"effaced and a-long-class-name-of-theirs") != shape(b"defaced and a-long-class-name-of-ours")
    assert shape(b"<title>Apache Status</title>") != shape(b"<title>Server Information</title>")


LINES = [
    "[Mon Nov 22 10:00:00.1 2027] [proxy:error] [pid 7:tid 8] (111)Refused: AH00957: attempt to 1.2.3.4 failed",
    "[Mon Nov 22 10:00:00.1 2027] [proxy_http:error] [pid 7:tid 8] [client 127.0.0.1:4001] AH01114: failed, referer: a",
    "[Mon Nov 22 10:00:00.1 2027] [core:error] [pid 7:tid 9] [client [::1]:4002] AH00124: GET /x?t=s3cret exceeded",
    "[Mon Nov 22 10:00:00.1 2027] [core:info] [pid 7:tid 9] [client 127.0.0.1:4001] AH00128: File does not exist",
    "[Mon Nov 22 10:00:00.1 2027] [core:error] [pid 7:tid 9] [client 127.0.0.1:5000] AH1: somebody else's",
]


def test_log_lines_go_to_the_request_of_their_client_and_worker():
    from safedeploy_host.probes.log_lines import assign  # noqa: PLC0415

    found = assign(LINES, {4001: "one", 4002: "two"})
    assert found["one"] == [
        "[proxy:error] (111)Refused: AH00957: attempt to 1.2.3.4 failed",
        "[proxy_http:error] AH01114: failed",
    ]


def test_log_lines_keep_no_value_of_a_query():
    from safedeploy_host.probes.log_lines import clean  # noqa: PLC0415

    assert clean(LINES[2]).endswith("AH00124: GET /x?t=... exceeded")
