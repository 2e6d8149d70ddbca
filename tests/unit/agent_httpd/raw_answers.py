"""What a server may send, well formed and damaged, by what is special about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:  # Python 3.8 cannot evaluate it
    Outcome = tuple[object, ...]

OK = b"HTTP/1.1 200 OK\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"
LONG = 256 * 1024

# Read as http.client reads it.
ALIKE: dict[str, bytes] = {
    "plain": OK + b"Content-Type: text/html\r\nContent-Length: 5\r\n\r\nhello",
    "no length": OK + b"Content-Type: text/html\r\n\r\nhello",
    "no headers": OK + b"\r\nhello",
    "empty": OK + b"Content-Length: 0\r\n\r\n",
    "empty until the end": OK + b"\r\n",
    "1.0": b"HTTP/1.0 200 OK\r\n\r\nhello",
    "1.0 with chunks": b"HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
    "1.7": b"HTTP/1.7 200 OK\r\n\r\nhello",
    "no reason": b"HTTP/1.1 404\r\n\r\ngone",
    "empty reason": b"HTTP/1.1 404 \r\n\r\ngone",
    "reason of words": b"HTTP/1.1 404 Not Found At All\r\n\r\ngone",
    "reason in latin-1": b"HTTP/1.1 404 pas trouv\xe9\r\n\r\ngone",
    "999": b"HTTP/1.1 999 Odd\r\n\r\nhello",
    "100 alone": b"HTTP/1.1 100 Continue\r\n\r\n",
    "099": b"HTTP/1.1 099 Odd\r\n\r\nhello",
    "1000": b"HTTP/1.1 1000 Odd\r\n\r\nhello",
    "-200": b"HTTP/1.1 -200 Odd\r\n\r\nhello",
    "status of letters": b"HTTP/1.1 abc Odd\r\n\r\nhello",
    "no status": b"HTTP/1.1\r\n\r\nhello",
    "no status but a space": b"HTTP/1.1 \r\n\r\nhello",
    "status cut off": b"HTTP/1.1 20",
    "HTTP/2": b"HTTP/2 200\r\n\r\nhello",
    "HTTP/3.0": b"HTTP/3.0 200 OK\r\n\r\nhello",
    "lower case": b"http/1.1 200 OK\r\n\r\nhello",
    "ICY": b"ICY 200 OK\r\n\r\nhello",
    "0.9": b"<html>hello</html>\n",
    "empty line first": b"\r\nHTTP/1.1 200 OK\r\n\r\nhello",
    "space first": b"  HTTP/1.1 200 OK\r\n\r\nhello",
    "spaces and tabs": b"HTTP/1.1 \t 200 \t OK\r\n\r\nhello",
    "garbage": bytes(range(256)) * 3,
    "TLS alert": b"\x15\x03\x01\x00\x02\x02\x0a",
    "another protocol": b"SSH-2.0-OpenSSH_9.2p1\r\n",
    "nothing": b"",
    "status line alone": b"HTTP/1.1 200 OK\r\n",
    "status line without an end": b"HTTP/1.1 200 OK",
    "head cut off": OK + b"Content-Type: text/html\r\nContent-Le",
    "head cut off at a line": OK + b"Content-Type: text/html\r\n",
    "head cut off with a length": OK + b"Content-Length: 5\r\n",
    "LF alone": b"HTTP/1.1 200 OK\nContent-Type: text/html\nContent-Length: 5\n\nhello",
    "LF alone, and CRLF in the body": b"HTTP/1.1 200 OK\nA: b\n\nhello\r\n\r\nagain",
    "both ends of lines": b"HTTP/1.1 200 OK\r\nA: b\nC: d\r\n\nhello",
    "CR alone": OK + b"A: b\rC: d\r\n\r\nhello",
    "CR before CRLF": OK + b"A: b\r\r\nC: d\r\n\r\nhello",
    "100 first": b"HTTP/1.1 100 Continue\r\n\r\n" + OK + b"Content-Length: 5\r\n\r\nhello",
    "100 with headers": b"HTTP/1.1 100 Continue\r\nA: b\r\nContent-Length: 9\r\n\r\n" + OK + b"\r\nhello",
    "100 three times": b"HTTP/1.1 100 Continue\r\n\r\n" * 3 + OK + b"\r\nhello",
    "101": b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\n\r\n\x00\x00",
    "204": b"HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\nhello",
    "304": b"HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n",
    "no space after the colon": OK + b"A:b\r\nContent-Length:5\r\n\r\nhello",
    "tabs after the colon": OK + b"A: \t b\r\n\r\nhello",
    "no value": OK + b"A:\r\nB: \r\n\r\nhello",
    "colons in a value": OK + b"A: b:c: d\r\n\r\nhello",
    "a name in odd case": OK + b"x-ODD-cAsE: Kept\r\ncontent-LENGTH: 5\r\n\r\nhello there",
    "a name twice": OK + b"Set-Cookie: a=1\r\nX: y\r\nset-cookie: b=2\r\n\r\nhello",
    "odd names": OK + b"a!#$%&'*+-.^_`|~9(),/@[]{}\": b\r\n\r\nhello",
    "latin-1": OK + b"A: caf\xe9 \x85 \xa0\r\n\r\nhello",
    "UTF-8": OK + b"A: caf\xc3\xa9\r\n\r\nhello",
    "controls in a value": OK + b"A: b\x00c\x0bd\x0ce\x1cf\x7f\r\nB: c\r\n\r\nhello",
    "folded": OK + b"A: b\r\n c\r\n\td\r\nE: f\r\n\r\nhello",
    "folded with LF": b"HTTP/1.1 200 OK\nA: b\n c\nE: f\n\nhello",
    "folded to nothing": OK + b"A: b\r\n \r\nE: f\r\n\r\nhello",
    "folded first": OK + b" A: b\r\nE: f\r\n\r\nhello",
    "a line without a colon": OK + b"A: b\r\nno header\r\nContent-Length: 2\r\n\r\nhello",
    "a space before the colon": OK + b"A: b\r\nContent-Length : 2\r\n\r\nhello",
    "a name in latin-1": OK + b"A: b\r\nCaf\xe9: c\r\nD: e\r\n\r\nhello",
    "99 headers": OK + b"A: b\r\n" * 99 + b"\r\nhello",
    "100 headers": OK + b"A: b\r\n" * 100 + b"\r\nhello",
    "a header of the most bytes": OK + b"A: " + b"x" * (65536 - 5) + b"\r\n\r\nhello",
    "a header of the most bytes, cut off": OK + b"A: " + b"x" * (65536 - 3),
    "a header of more": OK + b"A: " + b"x" * (65536 - 4) + b"\r\n\r\nhello",
    "a header of much more": OK + b"A: b\r\nB: " + b"x" * 200_000 + b"\r\n\r\nhello",
    "long headers": OK + b"".join(b"A%d: %s\r\n" % (one, b"y" * 9000) for one in range(30)) + b"\r\nhello",
    "a status line of more": b"HTTP/1.1 200 " + b"x" * 70_000 + b"\r\n\r\nhello",
    "length too small": OK + b"Content-Length: 2\r\n\r\nhello",
    "length too great": OK + b"Content-Length: 6\r\n\r\nhello",
    "length, and no body": OK + b"Content-Length: 6\r\n\r\n",
    "length of a word": OK + b"Content-Length: five\r\n\r\nhello",
    "length with a comma": OK + b"Content-Length: 2, 2\r\n\r\nhello",
    "no value of length": OK + b"Content-Length:\r\n\r\nhello",
    "negative length": OK + b"Content-Length: -2\r\n\r\nhello",
    "length with a plus": OK + b"Content-Length: +2\r\n\r\nhello",
    "length with spaces": OK + b"Content-Length:   2 \t\r\n\r\nhello",
    "two lengths": OK + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\nhello",
    "huge length": OK + b"Content-Length: 99999999999999999999999\r\n\r\nhello",
    "a body of the limit": OK + b"\r\n" + b"z" * LONG,
    "a body of more": OK + b"\r\n" + b"z" * (LONG + 9),
    "a length of the limit": OK + b"Content-Length: %d\r\n\r\n" % LONG + b"z" * LONG,
    "a length of more": OK + b"Content-Length: %d\r\n\r\n" % (LONG + 9) + b"z" * (LONG + 9),
    "a length of more, cut off after the limit": OK + b"Content-Length: %d\r\n\r\n" % (LONG * 2) + b"z" * (LONG + 9),
    "a length of more, cut off before it": OK + b"Content-Length: %d\r\n\r\n" % (LONG * 2) + b"z" * (LONG - 9),
    "chunks": CHUNKED + b"5\r\nhello\r\n6\r\n again\r\n0\r\n\r\n",
    "no chunks": CHUNKED + b"0\r\n\r\n",
    "chunks, in capitals": OK + b"TRANSFER-ENCODING: CHUNKED\r\n\r\nA\r\n0123456789\r\n0\r\n\r\n",
    "chunks and a length": OK + b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
    "no coding, and a length": OK + b"Transfer-Encoding:\r\nContent-Length: 2\r\n\r\nhello",
    "chunks with extensions": CHUNKED + b'5;a=b;c="d"\r\nhello\r\n0;e\r\n\r\n',
    "chunks with spaces": CHUNKED + b" 5 \r\nhello\r\n0 ;x\r\n\r\n",
    "chunks with leading zeros": CHUNKED + b"0005\r\nhello\r\n000\r\n\r\n",
    "chunks with a trailer": CHUNKED + b"5\r\nhello\r\n0\r\nA: b\r\nC: d\r\n\r\n",
    "chunks, the trailer cut off": CHUNKED + b"5\r\nhello\r\n0\r\nA: b\r\n",
    "chunks without the last line": CHUNKED + b"5\r\nhello\r\n0\r\n",
    "chunks, the last size cut off": CHUNKED + b"5\r\nhello\r\n0",
    "chunks, the first missing": CHUNKED,
    "chunks, the next missing": CHUNKED + b"5\r\nhello\r\n",
    "chunks, an end missing": CHUNKED + b"5\r\nhello",
    "chunks, half an end": CHUNKED + b"5\r\nhello\r",
    "chunks cut off": CHUNKED + b"5\r\nhel",
    "chunks, a size cut off": CHUNKED + b"5\r\nhello\r\n1",
    "chunks without sizes": CHUNKED + b"hello\r\n",
    "chunks with an empty size": CHUNKED + b"\r\nhello\r\n0\r\n\r\n",
    "chunks with an odd size": CHUNKED + b"5g\r\nhello\r\n0\r\n\r\n",
    "chunks with two sizes": CHUNKED + b"5 5\r\nhello\r\n0\r\n\r\n",
    "chunks, sizes with LF": CHUNKED + b"5\nhello\r\n0\n\n",
    "chunks, all with LF": CHUNKED + b"5\nhello\n0\n\n",
    "a chunk longer than its size": CHUNKED + b"3\r\nhello\r\n0\r\n\r\n",
    "a size line of too much": CHUNKED + b"5;" + b"x" * 70_000 + b"\r\nhello\r\n0\r\n\r\n",
    "a chunk of more": CHUNKED + b"%x\r\n" % (LONG + 9) + b"z" * (LONG + 9) + b"\r\n0\r\n\r\n",
    "a chunk to the limit, and rubbish": CHUNKED + b"%x\r\n" % LONG + b"z" * LONG + b"rubbish",
    "chunks to the limit": CHUNKED + b"8000\r\n%s\r\n" % (b"z" * 0x8000) * 9 + b"0\r\n\r\n",
    "a negative size": CHUNKED + b"-1\r\nhello\r\n0\r\n\r\n",
    "a huge size": CHUNKED + b"ffffffffffffffffffffffff\r\nhello",
    "more after the body": OK + b"Content-Length: 5\r\n\r\nhello" + OK + b"\r\nagain",
}

# With the method HEAD there is never a body.
OF_HEAD: dict[str, bytes] = {
    "length": OK + b"Content-Length: 5\r\n\r\n",
    "chunks": CHUNKED,
    "none": OK + b"\r\n",
    "body": OK + b"Content-Length: 5\r\n\r\nhello",
    "interim": b"HTTP/1.1 100 Continue\r\n\r\n" + OK + b"A: b\r\n\r\n",
}

# What is read otherwise: why, the bytes, what http.client makes of them, and what is made of them here. An outcome is
# the kind of the error, or status, number of headers and body.
DIFFERENT: dict[str, tuple[bytes, Outcome, Outcome]] = {
    # RFC 9110, 15.2: a client passes over interim answers that it does not expect. http.client does so with 100 alone.
    "103 first": (
        b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n" + OK + b"A: b\r\n\r\nhello",
        (103, 1, b""),
        (200, 1, b"hello"),
    ),
    "102 alone": (b"HTTP/1.1 102 Processing\r\n\r\n", (102, 0, b""), ("RemoteDisconnected",)),
    # Nobody means so many, and the deadline is for servers that are slow.
    "100 without an end": (
        b"HTTP/1.1 100 Continue\r\n\r\n" * 30 + OK + b"\r\nhello",
        (200, 0, b"hello"),
        ("more than 20 interim ones",),
    ),
    # RFC 9112, 4: three digits. http.client takes what Python's int() takes.
    "status with a plus": (b"HTTP/1.1 +200 OK\r\n\r\nhello", (200, 0, b"hello"), ("BadStatusLine",)),
    "status of four digits": (b"HTTP/1.1 0200 OK\r\n\r\nhello", (200, 0, b"hello"), ("BadStatusLine",)),
    "status with a line": (b"HTTP/1.1 2_00 OK\r\n\r\nhello", (200, 0, b"hello"), ("BadStatusLine",)),
    # RFC 9112, 2.3: one digit, a point, one digit; and in HTTP/0.9 there is no status line.
    "0.9 with a status line": (b"HTTP/0.9 200 OK\r\n\r\nhello", (200, 0, b"hello"), ("UnknownProtocol",)),
    "1.x": (b"HTTP/1.x 200 OK\r\n\r\nhello", (200, 0, b"hello"), ("UnknownProtocol",)),
    "1.10": (b"HTTP/1.10 200 OK\r\n\r\nhello", (200, 0, b"hello"), ("UnknownProtocol",)),
    # RFC 9112, 4: the whitespace of a status line is that of ASCII.
    "a hard space": (b"HTTP/1.1\xa0200 OK\r\n\r\nhello", (200, 0, b"hello"), ("BadStatusLine",)),
    # These are rules of mail, where http.client has its headers from.
    "a line of a mailbox": (OK + b"A: b\r\nFrom x: y\r\nC: d\r\n\r\nhello", (200, 2, b"hello"), (200, 1, b"hello")),
    "no name": (OK + b"A: b\r\n: c\r\nD: e\r\n\r\nhello", (200, 2, b"hello"), (200, 1, b"hello")),
    # RFC 9112, 6.3: no body, whatever the headers say.
    "204 with chunks": (
        b"HTTP/1.1 204 No Content\r\nTransfer-Encoding: chunked\r\n\r\n",
        ("IncompleteRead",),
        (204, 1, b""),
    ),
    # RFC 9112, 6.3: where chunked is the last of several codings there are chunks, and another one is ended by the
    # connection alone. http.client knows no coding but chunked.
    "gzip and chunks": (
        OK + b"Transfer-Encoding: gzip, chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
        (200, 1, b"5\r\nhello\r\n0\r\n\r\n"),
        (200, 1, b"hello"),
    ),
    "codings in two headers": (
        OK + b"Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
        (200, 2, b"5\r\nhello\r\n0\r\n\r\n"),
        (200, 2, b"hello"),
    ),
    "another coding and a length": (
        OK + b"Transfer-Encoding: gzip\r\nContent-Length: 2\r\n\r\nhello",
        (200, 2, b"he"),
        (200, 2, b"hello"),
    ),
    # RFC 9112, 5.1: spaces around a value are not of it. http.client keeps those at its end.
    "a space after chunked": (
        OK + b"Transfer-Encoding: chunked \r\n\r\n5\r\nhello\r\n0\r\n\r\n",
        (200, 1, b"5\r\nhello\r\n0\r\n\r\n"),
        (200, 1, b"hello"),
    ),
    # RFC 9112, 7.1: hexadecimal digits, and CRLF after the chunk. http.client takes what int() does, and any two bytes.
    "a size with 0x": (CHUNKED + b"0x5\r\nhello\r\n0\r\n\r\n", (200, 1, b"hello"), ("no size",)),
    "a size with a plus": (CHUNKED + b"+5\r\nhello\r\n0\r\n\r\n", (200, 1, b"hello"), ("no size",)),
    "a size with a line": (CHUNKED + b"0_5\r\nhello\r\n0\r\n\r\n", (200, 1, b"hello"), ("no size",)),
    "a chunk with another end": (CHUNKED + b"5\r\nhelloXX0\r\n\r\n", (200, 1, b"hello"), ("another size",)),
    "a chunk with half an end": (CHUNKED + b"5\r\nhello\rX0\r\n\r\n", (200, 1, b"hello"), ("another size",)),
    "a trailer without an end": (
        CHUNKED + b"5\r\nhello\r\n0\r\n" + b"A: b\r\n" * 200 + b"\r\n",
        (200, 1, b"hello"),
        ("more than 100 lines after",),
    ),
}
