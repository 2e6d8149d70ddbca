"""The wire between the control machine and this program: one JSON document in, one line of JSON out.

Every refusal has four parts: a code, what happened, the state of the host now, and what to do next. The codes are those
of docs/architecture.md, section 4.
"""

from __future__ import annotations

import json

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, BinaryIO, Callable, TypeVar

    Json = dict[str, Any]
    T = TypeVar("T")

NOTHING_CHANGED = "Nothing was changed on this host."


class AgentError(Exception):
    """An expected refusal or failure. `state` says what is true on the host now, `next` what a person can do."""

    def __init__(
        self,
        code: str,
        message: str,
        *,
        state: str = NOTHING_CHANGED,
        next: str,  # noqa: A002 -- the name on the wire
        detail: Json | None = None,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.state = state
        self.next = next
        self.detail: Json = detail or {}

    def to_json(self) -> Json:
        """The `error` member of a reply."""
        return {
            "code": self.code,
            "message": self.message,
            "state": self.state,
            "next": self.next,
            "detail": self.detail,
        }


class Request:
    """A request whose members are asked for by name and type; a missing or wrong one is a `bad-request`.

    `tell(name, result)` says to the other side how far a command has come, before its reply, and what it has so far;
    by itself it says nothing.
    """

    def __init__(self, value: Json) -> None:
        self.value = value
        self.tell: Callable[..., object] = _say_nothing

    @classmethod
    def read(cls, stream: BinaryIO) -> Request:
        """One JSON object from `stream`, up to its end. Raises AgentError(bad-request)."""
        try:
            value = json.loads(stream.read() or b"{}")
        except ValueError as error:
            raise bad_request(f"standard input is not JSON: {error}") from error
        if not isinstance(value, dict):
            raise bad_request("standard input is not a JSON object")
        return cls(value)

    def need(self, key: str, kind: type[T]) -> T:
        """The member `key`, which must be there and of type `kind`."""
        value = self.value.get(key)
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            raise bad_request(f"{key!r} must be of type {kind.__name__}, not {type(value).__name__}")
        return value

    def get(self, key: str, kind: type[T], default: T) -> T:
        """The member `key`, or `default` when it is missing or null."""
        return default if self.value.get(key) is None else self.need(key, kind)

    def seconds(self, key: str, default: float) -> float:
        """A duration in seconds, zero or more."""
        value = self.value.get(key, default)
        if isinstance(value, bool) or not isinstance(value, (int, float)) or value < 0:
            raise bad_request(f"{key!r} must be a number of seconds, zero or more")
        return float(value)

    @property
    def site(self) -> Json:
        """The description of the host's httpd and of the paths that may be written, checked for the keys we use."""
        site = self.need("site", dict)
        check_site(site)
        return site


def _say_nothing(_name: str, _result: Json | None = None) -> None:
    return None


def check_site(site: Json) -> None:
    """Raise AgentError(bad-request) unless `site` has what every command needs."""
    state_dir = site.get("state_dir")
    if not isinstance(state_dir, str) or not state_dir.startswith("/"):
        raise bad_request("'site.state_dir' must be an absolute path")
    roots = site.get("allowed_roots")
    if not isinstance(roots, list) or not all(isinstance(root, str) and root.startswith("/") for root in roots):
        raise bad_request("'site.allowed_roots' must be a list of absolute paths")
    if not isinstance(site.get("httpd", {}), dict):
        raise bad_request("'site.httpd' must be an object")


def bad_request(message: str) -> AgentError:
    """A refusal for a request that this program cannot understand."""
    return AgentError(
        "bad-request",
        message,
        next="Use a control program and an agent of the same version; this is a bug if they are.",
    )


def answer(result: Any) -> str:
    """The reply to a command that did what it was asked, without the newline."""
    return json.dumps({"safedeploy": 1, "ok": True, "result": result}, separators=(",", ":"))


def progress(name: str, result: Json | None = None) -> str:
    """What is said before a reply of how far a command has come, without the newline."""
    told = {} if result is None else {"result": result}
    return json.dumps({"safedeploy": 1, "progress": name, **told}, separators=(",", ":"))


def refusal(error: AgentError) -> str:
    """The reply to a command that refused or failed, without the newline."""
    return json.dumps({"safedeploy": 1, "ok": False, "error": error.to_json()}, separators=(",", ":"))


def bug(error: BaseException) -> AgentError:
    """What is said of an exception that nobody expected. Its traceback names the place, never the data."""
    import traceback

    frames = traceback.extract_tb(error.__traceback__)
    where = [f"{frame.filename.rpartition('/')[2]}:{frame.lineno} {frame.name}" for frame in frames]
    # The detail does not get as far as a screen, and a report without a place is of little use.
    own = [place for place, frame in zip(where, frames) if "safedeploy_host" in frame.filename]
    return AgentError(
        "bug",
        f"{type(error).__name__}: {error}{f' (at {own[-1]})' if own else ''}",
        state="Unknown: the program stopped at an unexpected place. A change in flight is undone by its next start.",
        next="Run `status` to see the host's state, and report this line.",
        detail={"where": where},
    )
