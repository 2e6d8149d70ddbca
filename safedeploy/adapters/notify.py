"""One message to one address, through Apprise.

Promises: it is over within the time given; it says in one sentence what went wrong, without the address, which most
often holds a token; it prints and logs nothing. It loads no plugins from a person's own directories, reads no
configuration of Apprise's, keeps nothing on disk, follows no redirect (a message would get lost that way) and sends
no attachments.
"""

from __future__ import annotations

import logging
import re
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, unquote, urlsplit

from safedeploy.core.channels import Severity
from safedeploy.core.masking import Masker
from safedeploy.core.plain_text import plain_text

if TYPE_CHECKING:
    from collections.abc import Iterator

_GRACE = 0.3  # seconds for Apprise's own time limit to be told as what it is
_NOWHERE = logging.NullHandler()
_LOADING = threading.Lock()  # Apprise reads all its plugins when the first address is looked at

_KINDS = {
    Severity.INFO: "info",
    Severity.WARNING: "warning",
    Severity.ERROR: "failure",
    Severity.CRITICAL: "failure",
}

_EXCEPTION = re.compile(r"[\w/ ]{0,40}Exception\b")

# What Apprise and the libraries below it write, in our words. The first that is found counts.
_REASONS = (
    (r"certificate verify failed[^'\"]*?: ([a-z][a-z -]+)", "its certificate is not accepted ({0})"),
    (r"certificate", "its certificate is not accepted"),
    (r"SSLError|\bSSL\b|WRONG_VERSION_NUMBER", "it does not speak TLS as it should"),
    (r"Connection refused", "nothing listens there (connection refused)"),
    (r"Name or service not known|Temporary failure in name resolution|NameResolutionError", "its name has no address"),
    (r"[Tt]imed? ?out", "it did not answer in time"),
    (r"No route to host|Network is unreachable", "the network does not lead there"),
    (r"RemoteDisconnected|Connection reset|Connection aborted|unexpectedly closed", "it broke the connection off"),
    (r"error=(\d{3})\b", "it answered with status {0}"),
)


@dataclass(frozen=True, kw_only=True)
class Message:
    """What is sent."""

    severity: Severity
    title: str
    body: str


def send(address: str, message: Message, seconds: float) -> str | None:
    """Send a message; None once the service has taken it, else why it did not, in one sentence.

    What did not answer in time may have taken it all the same.
    """
    try:
        service = _service(address, seconds)  # not within the time: it is ours, and the first one loads Apprise
    except Exception as error:  # noqa: BLE001 - a plugin of Apprise's may fail in any way, and nothing depends on it
        return _explained([f"{type(error).__name__}: {error}"], address)
    if service is None:
        return _unusable(address)
    done: list[str | None] = []
    thread = threading.Thread(
        target=lambda: done.append(_attempt(service, message, address)), name="alert", daemon=True
    )
    thread.start()
    thread.join(seconds + _GRACE)
    return done[0] if done else "it did not answer in time"


def secrets(address: str) -> Iterator[str]:
    """What of an address must not be shown anywhere: all of it, and what looks like a password or token."""
    yield address
    yield address.partition("://")[2]
    for part in _parts(address):
        if len(part) >= 12 and re.search(r"\d", part):
            yield part
    parts = _split(address)
    if parts is not None and parts.password:
        yield from (parts.password, unquote(parts.password))


def _attempt(service: Any, message: Message, address: str) -> str | None:
    """In a thread of its own: Apprise cannot be stopped, and says in its log alone what went wrong."""
    logger = logging.getLogger("apprise")
    heard = _Heard()
    logger.addHandler(heard)
    try:
        sent = service.notify(
            title=message.title, body=message.body, notify_type=_KINDS[message.severity], body_format="text"
        )
    except Exception as error:  # noqa: BLE001 - as above
        return _explained([f"{type(error).__name__}: {error}"], address)
    finally:
        logger.removeHandler(heard)
    return None if sent else _explained(heard.lines, address)


def _service(address: str, seconds: float) -> Any:
    """The plugin for an address; None when Apprise makes nothing of it."""
    with _LOADING:
        import apprise  # noqa: PLC0415 - a quarter of a second, and half a second more for its plugins
        import urllib3  # noqa: PLC0415 - as above

        urllib3.disable_warnings()  # they would be printed; who writes verify=no knows what it means
        logger = logging.getLogger("apprise")
        logger.propagate = False
        logger.setLevel(logging.DEBUG)
        logger.addHandler(_NOWHERE)
        asset = apprise.AppriseAsset(
            app_id="safedeploy",
            app_desc="safedeploy",
            app_url="",
            storage_mode="memory",
            secure_logging=True,
            http_redirects=False,
            pgp_autogen=False,
            pem_autogen=False,
            image_url_mask="",
        )
        service = apprise.Apprise.instantiate(address, asset=asset)
    if service is not None:
        service.socket_connect_timeout = service.socket_read_timeout = seconds
        service.overflow_mode = apprise.OverflowMode.TRUNCATE  # one message stays one
    return service


def _unusable(address: str) -> str:
    """Why Apprise makes nothing of an address."""
    import apprise  # noqa: PLC0415 - loaded already

    scheme = address.partition("://")[0].lower()
    known = {str(name) for one in apprise.Apprise().details()["schemas"] for name in _schemes(one)}
    if scheme not in known:
        return f"Apprise knows no service {scheme}://" if re.fullmatch(r"[a-z0-9+.-]{1,20}", scheme) else "no address"
    return f"its address is not complete, as Apprise reads {scheme}://"


def _schemes(details: Any) -> list[str]:
    return [*(details.get("protocols") or ()), *(details.get("secure_protocols") or ())]


def _explained(lines: list[str], address: str) -> str:
    """What Apprise wrote, as one sentence."""
    text = "\n".join(lines)
    for pattern, sentence in _REASONS:
        if found := re.search(pattern, text):
            return sentence.format(*(plain_text(group, limit=60) for group in found.groups()))
    masker = Masker([address, *_parts(address)])
    last = masker.text(plain_text(lines[-1], limit=200)) if lines else ""
    return f"it was not taken: {' '.join(last.split())}" if last else "it was not taken, and Apprise does not say why"


def _split(address: str) -> Any:
    try:
        return urlsplit(address)
    except ValueError:
        return None


def _parts(address: str) -> list[str]:
    """Every part of an address that may be a token."""
    parts = _split(address)
    if parts is None:
        return [address]
    query = [value for _, value in parse_qsl(parts.query)]
    pieces = [piece for piece in re.split(r"[/@:]", parts.netloc + parts.path) if piece]
    return [*pieces, *map(unquote, pieces), *query]


class _Heard(logging.Handler):
    """What Apprise logs in the thread that made this, without what it sends: that may hold any word."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self._thread = threading.get_ident()
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep warnings, and of the rest what an exception said."""
        if record.thread != self._thread or len(self.lines) >= 50:
            return
        text = record.getMessage()[:2000]
        if record.levelno >= logging.WARNING:
            self.lines.append(text)
        elif _EXCEPTION.match(text):
            self.lines.insert(0, text)
