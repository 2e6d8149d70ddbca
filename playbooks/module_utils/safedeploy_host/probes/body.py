"""What a body tells without being kept: whether it is a directory's listing, whom it names, and its *shape*.

The shape is the digest of the text without what differs from one moment and one start to the next (dates, numbers, long
tokens), so that two servers that mean the same compare equal. A body that is no text is its own shape.
"""

from __future__ import annotations

import functools
import hashlib
import re

# Of so many bodies it is remembered what they tell: a server says the same to most of what is asked.
_REMEMBERED = 32
# mod_autoindex writes the title itself; the sort links are there with FancyIndexing, also without its preamble.
_LISTING = re.compile(rb"<title>\s*Index of /|<h1>\s*Index of /|<a href=\"\?C=[NMSD];O=[AD]\"", re.IGNORECASE)
_OF_HTTPD = re.compile(
    rb"<title>\s*(?:Apache Status|Apache Server Status|Server Information|Balancer Manager)|"
    rb"Apache Server (?:Status|Information) for",
    re.IGNORECASE,
)
# What httpd itself writes for an error (modules/http/http_protocol.c), whatever doctype this version begins with.
_ERROR_OF_HTTPD = re.compile(
    rb"\A<!DOCTYPE HTML PUBLIC [^>]*>\s*<html><head>\s*<title>\d{3} [\w -]+</title>\s*</head><body>\s*<h1>",
    re.IGNORECASE,
)
# Spelled out, since a search that ignores case tries every character: it takes twice as long.
_DAYS, _MONTHS = (
    "|".join(spelling for name in names.split() for spelling in (name, name.title(), name.upper()))
    for names in ("mon tue wed thu fri sat sun", "jan feb mar apr may jun jul aug sep oct nov dec")
)
_DATE = re.compile(rf"(?:{_DAYS})[a-zA-Z]*,?[ -]+|(?:{_MONTHS})[a-zA-Z]*\b")
# The look ahead is bounded: without an end it would try every start of a long run to that run's end.
_TOKEN = re.compile(r"\b(?=[\w+/=-]{0,63}\d)[\w+/=-]{16,}|\b(?:[0-9a-fA-F]{2}){4,}\b")
_NUMBER = re.compile(r"\d+")
_SPACE = re.compile(r"\s+")


def digest(body: bytes) -> str:
    """The SHA-256 of a body."""
    return hashlib.sha256(body).hexdigest()


def is_listing(body: bytes) -> bool:
    """Whether httpd itself lists a directory here."""
    return bool(_LISTING.search(body))


def is_of_httpd(body: bytes) -> bool:
    """Whether it is a page about httpd itself (status, information, balancer), which is never twice the same."""
    return bool(_OF_HTTPD.search(body))


def is_error_of_httpd(body: bytes) -> bool:
    """Whether it is httpd's own page for an error: no ErrorDocument, and nobody behind httpd, has answered."""
    return bool(_ERROR_OF_HTTPD.match(body))


@functools.lru_cache(maxsize=_REMEMBERED)
def shape(body: bytes) -> str:
    """The digest of what stays the same in a body: of a page about httpd itself, no more than which it is."""
    about = _OF_HTTPD.search(body)
    if about:
        return digest(about[0].lower())
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        return digest(body)
    if "\0" in text:
        return digest(body)
    for pattern in (_DATE, _TOKEN, _NUMBER):
        text = pattern.sub("#", text)
    return digest(_SPACE.sub(" ", text).strip().encode())


def mentions(body: bytes, host: str) -> bool:
    """Whether the body names a host."""
    return bool(host) and host.lower().encode("ascii", "ignore") in body.lower()


def is_utf8(body: bytes) -> bool:
    """Whether it is text that only UTF-8 reads right."""
    try:
        return not body.decode("utf-8").isascii()
    except UnicodeDecodeError:
        return False
