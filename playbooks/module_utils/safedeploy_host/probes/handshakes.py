"""Which versions of TLS a listener accepts, one handshake for each. Nothing is requested, nothing is verified."""

from __future__ import annotations

import ssl
import warnings

from ..connecting import connect, sni

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    Json = dict[str, Any]

VERSIONS = ("TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3")
WEAK = frozenset(["TLSv1", "TLSv1.1"])
_TIMEOUT = 2.0


def accepted(address: str, port: int, name: str, source: str | None = None) -> list[str]:
    """The versions that this listener speaks with a client that knows no other. Raises OSError when none connects."""
    found = []
    for version in VERSIONS:
        context = _only(version)
        if context is None:
            continue
        with connect(address, port, _TIMEOUT, source) as connection:
            try:
                with context.wrap_socket(connection, server_hostname=sni(name)):
                    found.append(version)
            except (OSError, ValueError):
                continue
    return found


def _only(version: str) -> ssl.SSLContext | None:
    """A client that speaks this version only; None when this machine's OpenSSL cannot."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    try:
        with warnings.catch_warnings():
            # The old versions are deprecated in Python, which is why they are asked for.
            warnings.simplefilter("ignore", DeprecationWarning)
            if version in WEAK:
                context.set_ciphers("ALL:@SECLEVEL=0")
            known = getattr(ssl.TLSVersion, version.replace(".", "_"))
            context.minimum_version = context.maximum_version = known
    except (ValueError, ssl.SSLError, AttributeError):
        return None
    return context
