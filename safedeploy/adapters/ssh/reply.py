"""What a host's answer can be: the program's result, its refusal, or why the host could not be asked.

Every text that may be shown is free of terminal escapes. The result itself is data and is left as it came.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any, TypeVar

from safedeploy.core import strict_json
from safedeploy.core.plain_text import plain, plain_text


class Kind(StrEnum):
    """Why a host could not be asked."""

    UNRESOLVABLE = "unresolvable"
    REFUSED = "refused"
    NO_ROUTE = "no-route"
    TIMEOUT = "timeout"
    HOST_KEY_UNKNOWN = "host-key-unknown"
    HOST_KEY_CHANGED = "host-key-changed"
    AUTH_FAILED = "auth-failed"
    NO_PYTHON = "no-python"
    NO_SUDO = "no-sudo"
    SUDO_PASSWORD = "sudo-password"  # noqa: S105 - the name of a failure, not a password
    NO_SPACE = "no-space"
    PERMISSION = "permission"
    GARBAGE = "garbage"
    CLOSED = "closed"


NEXT_STEP: Mapping[Kind, str] = {
    Kind.UNRESOLVABLE: "Check the host's name in the inventory (ansible_host) and your resolver.",
    Kind.REFUSED: "Check that sshd runs there, and ansible_port.",
    Kind.NO_ROUTE: "Check the network, VPN or ProxyJump to the host.",
    Kind.TIMEOUT: "Check that the host is up and that no firewall drops the connection; then run the command again.",
    Kind.HOST_KEY_UNKNOWN: "Verify the host's key and add it to known_hosts, for example by logging in once with ssh.",
    Kind.HOST_KEY_CHANGED: "Find out why the key changed before anything else. If the host was rebuilt, remove the old "
    "key with ssh-keygen -R and add the new one.",
    Kind.AUTH_FAILED: "Try the same login with ssh; check ansible_user, the key file, and the keys in the agent.",
    Kind.NO_PYTHON: "Install Python 3.8 or later on the host, or set ansible_python_interpreter.",
    Kind.NO_SUDO: "Let the login user run /bin/sh through sudo, or set ansible_become to what the host allows.",
    Kind.SUDO_PASSWORD: "Give the sudo password as ansible_become_password (from a vault), or allow sudo without one.",
    Kind.NO_SPACE: "Free space on the host and run the command again.",
    Kind.PERMISSION: "Check the rights of the user that the host is reached as, and ansible_become.",
    Kind.GARBAGE: "Run the command that the reason shows by hand; look for login scripts that print or read.",
    Kind.CLOSED: "Look at the host's sshd log, then run the command again.",
}


@dataclass(frozen=True, kw_only=True)
class Answer:
    """The program did what was asked."""

    result: Any


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """The program refused, with its four parts; `code` is one of the agent's (docs/architecture.md, section 4)."""

    code: str
    message: str
    state: str = ""
    next: str = ""
    detail: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Unreachable:
    """The host could not be asked, or what came back is not an answer."""

    reason: str
    kind: Kind

    @property
    def next(self) -> str:
        """What to do about it."""
        return NEXT_STEP[self.kind]


Reply = Answer | Refusal | Unreachable

T = TypeVar("T")


def why_not(reply: Refusal | Unreachable) -> str:
    """Why there is no answer, in one sentence."""
    return f"{reply.message} ({reply.code})" if isinstance(reply, Refusal) else reply.reason


def understood(host: str, reply: Reply, read: Callable[[str, Any], T]) -> T:
    """What `read` makes of the host's answer. Raises ValueError that says why nothing can be made of it."""
    if isinstance(reply, Answer):
        return read(host, reply.result)
    raise ValueError(why_not(reply))


class UnreachableError(Exception):
    """Carries an `Unreachable` out of the depths of a connection; never leaves this package."""

    def __init__(self, kind: Kind, reason: str) -> None:
        super().__init__(reason)
        self.reply = Unreachable(kind=kind, reason=plain_text(reason, limit=1000))


# As every answer of the program does. A host that sends millions of other lines costs no more than reading them.
BEGINS = b'{"safedeploy"'


def hidden(reply: Reply, hide: Callable[[str], str]) -> Reply:
    """The reply with the secrets in every text that may be shown hidden."""
    if isinstance(reply, Unreachable):
        return replace(reply, reason=hide(reply.reason))
    if isinstance(reply, Refusal):
        texts = {key: hide(getattr(reply, key)) for key in ("message", "state", "next")}
        return replace(reply, **texts, detail=_each_text(reply.detail, hide))
    return reply


def _each_text(value: Any, change: Callable[[str], str]) -> Any:
    if isinstance(value, str):
        return change(value)
    if isinstance(value, list):
        return [_each_text(item, change) for item in value]
    if isinstance(value, dict):
        return {key: _each_text(item, change) for key, item in value.items()}
    return value


def parse(line: bytes) -> Answer | Refusal | None:
    """The program's one line of JSON, or None when it is not that."""
    if not line.startswith(BEGINS):
        return None
    try:
        value = strict_json.read(line.decode())
    except ValueError:
        return None
    if not isinstance(value, dict) or value.get("safedeploy") != 1:
        return None
    if value.get("ok") is True and isinstance(value.get("result"), dict | list):
        return Answer(result=value["result"])
    error = value.get("error")
    if value.get("ok") is not False or not isinstance(error, dict) or not isinstance(error.get("code"), str):
        return None
    detail = error.get("detail")
    return Refusal(
        code=plain_text(error["code"], limit=60),
        message=_text(error, "message"),
        state=_text(error, "state"),
        next=_text(error, "next"),
        detail=plain(detail) if isinstance(detail, dict) else {},
    )


def _text(error: Mapping[str, Any], key: str) -> str:
    value = error.get(key)
    return plain_text(value) if isinstance(value, str) else ""
