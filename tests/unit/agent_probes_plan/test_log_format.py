"""Lines of access logs, read by the format that wrote them."""

from __future__ import annotations

import pytest
from safedeploy_host.probes.log_format import COMMON, Parser

COMBINED = '%h %l %u %t "%r" %>s %O "%{Referer}i" "%{User-Agent}i"'
LINE = '192.0.2.7 - - [22/Nov/2026:20:00:00 +0000] "GET /a?b=c HTTP/1.1" 200 512'


def test_the_common_format_tells_client_request_and_status():
    assert Parser(COMMON).read(LINE) == {
        "host": "192.0.2.7",
        "time": "[22/Nov/2026:20:00:00 +0000]",
        "request": "GET /a?b=c HTTP/1.1",
        "status": "200",
    }


def test_the_combined_format_tells_the_headers_too():
    line = f'{LINE} "https://x.example/" "Mozilla/5.0 (a \\"b\\") c"'
    found = Parser(COMBINED).read(line)
    assert found is not None
    assert found["header:user-agent"] == 'Mozilla/5.0 (a "b") c'


def test_a_quote_in_a_request_does_not_end_it():
    line = LINE.replace("/a?b=c", '/a\\"b\\\\c')
    found = Parser(COMMON).read(line)
    assert found is not None
    assert found["request"] == 'GET /a"b\\c HTTP/1.1'


def test_a_byte_that_was_written_in_hex_is_a_byte():
    found = Parser(COMMON).read(LINE.replace("/a?b=c", "/\\xc3\\xbc"))
    assert found is not None
    assert found["request"] == "GET /\xc3\xbc HTTP/1.1"


def test_a_user_name_with_blanks_does_not_shift_the_rest():
    found = Parser(COMMON).read(LINE.replace("- - [", "- John Smith ["))
    assert found is not None
    assert found["status"] == "200"


@pytest.mark.parametrize(
    ("text", "line", "fields"),
    [
        ('%v:%p %h "%r" %s', 'www.example.test:443 ::1 "GET / HTTP/1.1" 200',
         {"server": "www.example.test", "port": "443"}),
        ("%a %{c}a %m %U%q %>s %D", "192.0.2.7 10.0.0.1 GET /a b?x=1 200 17",
         {"client": "192.0.2.7", "peer": "10.0.0.1"}),
        ('{"t":"%t","ip":"%a","m":"%m","p":"%U","q":"%q","s":%>s}',
         '{"t":"[22/Nov/2026:20:00:00 +0000]","ip":"192.0.2.7","m":"GET","p":"/a","q":"?x=1","s":404}',
         {"client": "192.0.2.7", "method": "GET", "path": "/a", "query": "?x=1", "status": "404"}),
        ("%h\\t%{%Y-%m-%d}t\\t%r\\t%>s", "192.0.2.7\t2026-11-22\tGET / HTTP/1.1\t200", {"request": "GET / HTTP/1.1"}),
        ("%!200,304{X-A}i %{Host}i %200s %<s %^FB %I %O %L %X %{SSL_PROTOCOL}x \"%r\"",
         '- h.example 200 200 12 1 2 - + TLSv1.3 "GET / HTTP/1.1"', {"header:host": "h.example"}),
        ("%h 100%% \"%r\" %>s", '192.0.2.7 100% "GET / HTTP/1.1" 200', {"status": "200"}),
    ],
)  # fmt: skip
def test_other_formats_are_read_too(text, line, fields):
    found = Parser(text).read(line)
    assert found is not None
    assert {name: found[name] for name in fields} == fields


def test_a_line_of_another_format_is_not_read():
    assert Parser(COMMON).read("something else") is None


def test_a_format_without_the_request_says_so():
    assert not Parser("%{User-agent}i").tells_requests
    assert Parser("%U").tells_requests
