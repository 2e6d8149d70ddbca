"""Health checks and expectations as they stand in safedeploy.yml and in the variables of hosts (docs/architecture.md).

Any value may be a template (`{{ ... }}`), which is evaluated per host later; such a text is accepted in place of a
number, a list or a boolean, and is not looked at further.
"""

import re
from collections.abc import Callable, Mapping
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, WithJsonSchema

TEMPLATE_SCHEMA = {"type": "string", "pattern": r"\{[{%]"}


def is_template(value: object) -> bool:
    """Whether Ansible would evaluate this text."""
    return isinstance(value, str) and ("{{" in value or "{%" in value)


def _or_template(check: Callable[[object], object], schema: dict[str, Any]) -> tuple[BeforeValidator, WithJsonSchema]:
    def validate(value: object) -> object:
        return value if is_template(value) else check(value)

    return BeforeValidator(validate), WithJsonSchema({"anyOf": [schema, TEMPLATE_SCHEMA]})


def _number(value: object) -> object:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not value > 0:
        raise ValueError(f"must be a number above 0, not {value!r}")
    return value


def _whole(least: int) -> Callable[[object], object]:
    def check(value: object) -> object:
        if isinstance(value, bool) or not isinstance(value, int) or value < least:
            raise ValueError(f"must be a whole number from {least}, not {value!r}")
        return value

    return check


def _boolean(value: object) -> object:
    if not isinstance(value, bool):
        raise ValueError(f"must be true or false, not {value!r}")  # noqa: TRY004 - pydantic reports ValueError only
    return value


def _one_status(value: object) -> object:
    if isinstance(value, bool) or not isinstance(value, int) or not 100 <= value <= 599:
        raise ValueError(f"must be an HTTP status from 100 to 599, not {value!r}")
    return value


def _status(value: object) -> object:
    """One status or a list of them; always a list afterwards."""
    statuses = value if isinstance(value, list) else [value]
    if not statuses:
        raise ValueError("must name at least one HTTP status")
    return [one if is_template(one) else _one_status(one) for one in statuses]


def _url(value: object) -> object:
    if not isinstance(value, str):
        raise ValueError(f"must be a URL, not {value!r}")  # noqa: TRY004 - pydantic reports ValueError only
    try:
        parts = urlsplit(value)
        usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        usable = False
    if not usable:
        raise ValueError(f"must be a whole URL with http:// or https:// and a host name, not {value!r}")
    return value


def _headers(value: object) -> object:
    if not isinstance(value, Mapping):
        raise ValueError("must be a mapping of header names to regular expressions")  # noqa: TRY004 - as above
    for name, pattern in value.items():
        if not isinstance(name, str) or not isinstance(pattern, str | None):
            raise ValueError(f"must map header names to regular expressions, not {name!r} to {pattern!r}")  # noqa: TRY004
        if pattern is not None and not is_template(pattern):
            try:
                re.compile(pattern)
            except re.error as error:
                raise ValueError(f"{name}: not a regular expression: {error}: {pattern!r}") from None
    return dict(value)


_POSITIVE = {"type": "number", "exclusiveMinimum": 0}
_STATUS = {"type": "integer", "minimum": 100, "maximum": 599}
_STATUS_OR_TEMPLATE = {"anyOf": [_STATUS, TEMPLATE_SCHEMA]}
_STATUSES = {"anyOf": [_STATUS, {"type": "array", "minItems": 1, "items": _STATUS_OR_TEMPLATE}]}
_WEB_URL = {"type": "string", "pattern": "^https?://[^/]"}
_TEXT_MAP = {"type": "object", "additionalProperties": {"type": ["string", "null"]}}


class HealthCheck(BaseModel):
    """One request and what its answer must be. Only `url` is required."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    url: Annotated[str, *_or_template(_url, _WEB_URL)] = Field(
        description="What is asked for; Host header and TLS name come from it, the connection goes to `address`."
    )
    name: Annotated[str, StringConstraints(min_length=1)] | None = Field(
        default=None, description="What the check is called on the screen; the URL when absent."
    )
    method: str = Field(default="GET", pattern=r"^([A-Z]+|.*\{\{.*)$", description="The request's method.")
    address: str | None = Field(
        default=None,
        description="Where to connect; `health`: the host's own, 127.0.0.1; `controller_health`: ansible_host.",
    )
    status: Annotated[Any, *_or_template(_status, _STATUSES)] = Field(
        default=None, description="The accepted status, or a list of them; 200 to 399 when absent."
    )
    redirect: str | None = Field(default=None, description="What the Location header must be, exactly.")
    headers: Annotated[Any, *_or_template(_headers, _TEXT_MAP)] = Field(
        default=None, description="Header names, each with a regular expression for its value; null: it must be absent."
    )
    body: str | None = Field(default=None, description="A text that must be in the body.")
    absent: str | None = Field(default=None, description="A text that must not be in the body.")
    tls_name: Annotated[Any, *_or_template(_boolean, {"type": "boolean"})] = Field(
        default=True, description="Whether the certificate must be for the URL's host name (https only)."
    )
    tls_verify: Annotated[Any, *_or_template(_boolean, {"type": "boolean"})] = Field(
        default=False, description="Whether the certificate must come from an authority that the checker trusts."
    )
    tls_min_days: Annotated[Any, *_or_template(_whole(0), {"type": "integer", "minimum": 0})] = Field(
        default=None, description="How many days the certificate must still be valid (https only)."
    )
    max_ms: Annotated[Any, *_or_template(_number, _POSITIVE)] = Field(
        default=None, description="The latency budget in milliseconds, from connecting to the whole body."
    )
    successes: Annotated[Any, *_or_template(_whole(1), {"type": "integer", "minimum": 1})] = Field(
        default=1, description="How many times in a row the check must pass."
    )
    timeout: Annotated[Any, *_or_template(_number, _POSITIVE)] = Field(
        default=5, description="Seconds after which one attempt counts as failed."
    )


def _pattern_url(value: object) -> object:
    if isinstance(value, str) and value.endswith("*") and "*" not in value[:-1]:
        return value if value in {"http://*", "https://*"} else f"{_url(value[:-1])}*"
    return _url(value)


class Expectation(BaseModel):
    """An intended change: what requests for a URL are to be answered with from now on."""

    model_config = ConfigDict(
        extra="forbid",
        strict=True,
        frozen=True,
        json_schema_extra={
            "anyOf": [{"required": [key]} for key in ("status", "location", "gone", "body", "absent", "headers", "any")]
        },
    )

    url: Annotated[
        str, *_or_template(_pattern_url, {"type": "string", "pattern": r"^https?://[^/][^*]*\*?$|^https?://\*$"})
    ] = Field(description="The URL; with * at its end all that begin so.")
    method: Literal["GET", "HEAD", "OPTIONS"] = Field(default="GET", description="The request's method.")
    status: Annotated[Any, *_or_template(_status, _STATUSES)] = Field(
        default=None, description="The status, or a list of those that are right."
    )
    location: str | None = Field(default=None, description="What the Location header is to be, exactly.")
    gone: Literal[True] | None = Field(default=None, description="There is nothing any more: 404 or 410.")
    body: str | None = Field(default=None, description="A text that must be in the body.")
    absent: str | None = Field(default=None, description="A text that must not be in the body.")
    headers: Annotated[Any, *_or_template(_headers, _TEXT_MAP)] = Field(
        default=None, description="Header names, each with a regular expression for its value; null: it must be absent."
    )
    any: Literal[True] | None = Field(default=None, description="Whatever the answer is, it is intended.")
