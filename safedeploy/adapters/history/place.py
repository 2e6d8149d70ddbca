"""Where the history and its spool are: decided from the settings and the environment, without opening anything."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit, urlunsplit

from safedeploy.core.policy import History


class StoreError(Exception):
    """The store cannot be used now; the text says why, in one line without a secret."""


@dataclass(frozen=True, kw_only=True)
class Place:
    """One store. `url` may hold a password and is never shown; `shown` is fit to be; `secrets` are what it hides."""

    url: str = field(repr=False)
    shown: str
    secrets: tuple[str, ...] = field(default=(), repr=False)

    @property
    def id(self) -> str:
        """What tells this store from another, whoever's password opens it."""
        return hashlib.sha256(self.shown.encode()).hexdigest()[:12]

    @property
    def file(self) -> Path | None:
        """The file of SQLite; None for a server."""
        return Path(unquote(self.url.removeprefix("sqlite:///"))) if self.url.startswith("sqlite:") else None


def state_directory(environ: Mapping[str, str] | None = None) -> Path:
    """The user's directory for what safedeploy remembers: $XDG_STATE_HOME/safedeploy."""
    values = os.environ if environ is None else environ
    given = values.get("XDG_STATE_HOME", "")
    # The specification has relative ones ignored.
    top = Path(given) if given.startswith("/") else Path(values.get("HOME") or Path.home()) / ".local/state"
    return top / "safedeploy"


def place(settings: History, environ: Mapping[str, str] | None = None) -> Place:
    """The store of these settings. Raises StoreError when the variable that should name it does not."""
    values = os.environ if environ is None else environ
    if settings.url_env is None:
        return _place(settings.url or f"sqlite:///{state_directory(values) / 'history.db'}", "history.url")
    url = values.get(settings.url_env, "")
    if not url:
        raise StoreError(f"the variable {settings.url_env} (history.url_env) is not set")
    return _place(url, settings.url_env)


def _place(url: str, source: str) -> Place:
    try:
        parts = urlsplit(url)
        password, host = parts.password, parts.hostname
        port = parts.port
    except ValueError:
        raise StoreError(f"{source} is not a URL") from None
    if parts.scheme == "sqlite" and not host and parts.path.startswith("/"):
        file = "/" + unquote(parts.path).lstrip("/")
        return Place(url=f"sqlite:///{file}", shown=f"sqlite:///{file}")
    if parts.scheme not in ("postgresql", "postgres"):
        raise StoreError(f"{source} must begin with postgresql:// or sqlite:////")
    query = parse_qsl(parts.query, keep_blank_values=True)
    secret = [value for key, value in query if key.lower() == "password"]
    user = f"{parts.username}@" if parts.username else ""
    open_part = f"{user}{host or ''}{f':{port}' if port else ''}"
    kept = urlencode([(key, value) for key, value in query if key.lower() != "password"])
    return Place(
        url=urlunsplit(("postgresql+psycopg", parts.netloc, parts.path, parts.query, "")),
        shown=urlunsplit(("postgresql", open_part, parts.path, kept, "")),
        secrets=tuple(unquote(one) for one in (password, *secret) if one),
    )
