"""Health checks of the local httpd: makes requests, a few at a time, and judges the answers. Always ends."""

from __future__ import annotations

import queue
import socket
import ssl
import threading
import time

from . import expectations, http_request

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Sequence

    from .httpd import Httpd

    Json = dict[str, Any]

THREADS = 8
OVERALL = 60.0
TIMEOUT = 5.0


def run(checks: Sequence[Json], site: Json, overall: float = OVERALL) -> list[Json]:
    """The results of the checks, in their order, within `overall` seconds.

    A check passes when as many requests as its `successes` pass one after another; the first failure ends it.
    """
    deadline = time.monotonic() + overall
    waiting: queue.SimpleQueue[int] = queue.SimpleQueue()
    results: list[Json] = [_result(check, None, 0.0, f"not finished within {overall:g} s") for check in checks]
    for index in range(len(checks)):
        waiting.put(index)

    def work() -> None:
        while time.monotonic() < deadline:
            try:
                index = waiting.get_nowait()
            except queue.Empty:
                return
            results[index] = _check(checks[index], site, deadline)

    workers = [threading.Thread(target=work, daemon=True) for _ in range(min(THREADS, len(checks)))]
    for worker in workers:
        worker.start()
    for worker in workers:
        # A name that does not resolve is the one thing that the deadline cannot interrupt.
        worker.join(max(0.0, deadline - time.monotonic()) + 0.5)
    return list(results)


def defaults(site: Json, httpd: Httpd) -> list[Json]:
    """One check for each virtual host name and port that the live configuration has."""
    from .vhost_checks import derive

    return derive(site, httpd)


def regressions(baseline: Sequence[Json], now: Sequence[Json]) -> list[Json]:
    """The results of `now` that fail and did not fail already in the baseline."""
    failed = {(result["name"], result["url"]) for result in baseline if not result["ok"]}
    return [result for result in now if not result["ok"] and (result["name"], result["url"]) not in failed]


def _check(check: Json, site: Json, deadline: float) -> Json:
    slowest = 0.0
    status = None
    for _ in range(max(1, check.get("successes") or 1)):
        timeout = min(check.get("timeout") or TIMEOUT, deadline - time.monotonic())
        if timeout <= 0:
            return _result(check, status, slowest, "no time left for it")
        began = time.monotonic()
        try:
            answer = _ask(check, site, timeout)
            why = expectations.complaint(check, answer, time.time())
            status, spent = answer.status, answer.ms
        except (OSError, ValueError) as error:
            why, status, spent = _reason(error, timeout), None, round((time.monotonic() - began) * 1000, 1)
        slowest = max(slowest, spent)
        if why:
            return _result(check, status, slowest, why)
    return _result(check, status, slowest, "")


def _ask(check: Json, site: Json, timeout: float) -> http_request.Answer:
    address = check.get("address") or site["httpd"].get("address") or "127.0.0.1"
    return http_request.request(
        check.get("method") or "GET", check["url"], address, timeout, verify=bool(check.get("tls_verify"))
    )


def _reason(error: Exception, timeout: float) -> str:
    if isinstance(error, ssl.SSLError):
        return f"TLS: {error.reason or error}"
    if isinstance(error, (TimeoutError, socket.timeout)):  # two classes until Python 3.10
        return f"no complete answer within {timeout:g} s"
    return str(getattr(error, "strerror", None) or error)


def _result(check: Json, status: int | None, ms: float, why: str) -> Json:
    shown = check.get("confidential") or check["url"]
    return {
        "name": check.get("name") or shown,
        "url": shown,
        "ok": not why,
        "status": status,
        "ms": ms,
        "why": why,
    }
