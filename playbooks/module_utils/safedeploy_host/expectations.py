"""What a health check expects of an answer, and the first thing that is not so. Pure: the clock is passed in."""

from __future__ import annotations

import re
from urllib.parse import urljoin, urlsplit

from .certificate import Certificate

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterator

    from .http_request import Answer

    Json = dict[str, Any]

_DAY = 86400


def complaint(check: Json, answer: Answer, now: float) -> str | None:
    """Why the answer fails the check, or None when it passes.

    Of a `confidential` check nothing is quoted that may hold its secret: the text is recorded, and told to syslog.
    """
    confidential = bool(check.get("confidential"))
    for part, quiet in (
        (_status, ""),
        (_redirect, "it does not redirect to where it should"),
        (_headers, "a header is not what it should be"),
        (_text, "the body is not what it should be"),
        (_certificate, ""),
        (_latency, ""),
    ):
        for text in part(check, answer, now):
            return f"{quiet} (not shown: the check holds a secret)" if confidential and quiet else text
    return None


def _status(check: Json, answer: Answer, _now: float) -> Iterator[str]:
    if check.get("status"):
        if answer.status not in check["status"]:
            yield f"status {answer.status}, expected {' or '.join(str(code) for code in check['status'])}"
    elif check.get("derived"):
        # Nobody said what this site should answer; only that it fails is certain.
        if answer.status >= 500:
            yield f"status {answer.status}"
    elif check.get("redirect"):
        if not 300 <= answer.status <= 399:
            yield f"status {answer.status}, expected a redirect"
    elif not 200 <= answer.status <= 399:
        yield f"status {answer.status}, expected 200 to 399"


def _redirect(check: Json, answer: Answer, _now: float) -> Iterator[str]:
    wanted = check.get("redirect")
    if not wanted:
        return
    found = answer.header("Location")
    if not found:
        yield f"no Location header, expected a redirect to {wanted}"
    elif urljoin(check["url"], found[0]) != urljoin(check["url"], wanted):
        yield f"redirects to {found[0]}, expected {wanted}"


def _headers(check: Json, answer: Answer, _now: float) -> Iterator[str]:
    for name, pattern in (check.get("headers") or {}).items():
        values = answer.header(name)
        if pattern is None:
            if values:
                yield f"header {name} is {values[0]!r}, expected none"
        elif not values:
            yield f"no header {name}"
        elif not any(re.search(pattern, value) for value in values):
            yield f"header {name} is {values[0]!r}, which does not match {pattern!r}"


def _text(check: Json, answer: Answer, _now: float) -> Iterator[str]:
    body = answer.body.decode("utf-8", "replace")
    if check.get("body") and check["body"] not in body:
        yield f"the body does not contain {check['body']!r}"
    if check.get("absent") and check["absent"] in body:
        yield f"the body contains {check['absent']!r}"


def _certificate(check: Json, answer: Answer, now: float) -> Iterator[str]:
    if answer.der is None:
        return
    certificate = Certificate(answer.der)
    host = urlsplit(check["url"]).hostname or ""
    if check.get("tls_name") and not certificate.covers(host):
        yield f"the certificate is for {', '.join(certificate.names) or 'no name'}, not for {host}"
    if check.get("tls_min_days") is not None:
        days = (certificate.not_after - now) / _DAY
        if days < check["tls_min_days"]:
            left = f"expires in {days:.1f} days" if days >= 0 else f"has expired {-days:.1f} days ago"
            yield f"the certificate {left}, expected at least {check['tls_min_days']:g} days"


def _latency(check: Json, answer: Answer, _now: float) -> Iterator[str]:
    budget = check.get("max_ms")
    if budget is not None and answer.ms > budget:
        yield f"took {answer.ms:g} ms, budget {budget:g} ms"
