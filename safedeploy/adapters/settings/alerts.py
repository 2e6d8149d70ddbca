"""The section `alerts` of safedeploy.yml: channels, what each is told, and the templates of its messages.

An address most often holds a token, so no message of this module repeats one.
"""

import re
from collections.abc import Sequence
from typing import Annotated, Literal, Self

from jinja2 import TemplateSyntaxError, meta, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment
from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field, WithJsonSchema, model_validator

from safedeploy.core.alerts import VARIABLES
from safedeploy.core.channels import EVENTS, Alerts, Channel, Kind, Severity
from safedeploy.core.nearest import suggestion

from .strict import Strict
from .values import SecondsFromOne, Timeout

_ADDRESS = r"[A-Za-z][A-Za-z0-9+.-]*://\S+"
SOURCES = ("url", "url_env", "url_file")


def _address(value: object) -> str:
    if isinstance(value, str) and re.fullmatch(_ADDRESS, value):
        return value
    raise ValueError("must be an address that Apprise knows, such as slack://... (it is not shown here)")


def _template(text: str) -> str:
    try:
        tree = ImmutableSandboxedEnvironment().parse(text)
    except TemplateSyntaxError as error:
        raise ValueError(f"is not a template: {error.message}") from None
    if any(tree.find_all((nodes.Include, nodes.Import, nodes.FromImport, nodes.Extends))):
        raise ValueError("must stand alone: a template of a message includes no other")
    for name in sorted(meta.find_undeclared_variables(tree) - VARIABLES - {"range", "dict", "namespace"}):
        raise ValueError(f"uses {name}, which has no value here; {suggestion(name, sorted(VARIABLES))}")
    return text


Template = Annotated[str, Field(min_length=1), AfterValidator(_template)]
Address = Annotated[str, BeforeValidator(_address), WithJsonSchema({"type": "string", "pattern": f"^{_ADDRESS}$"})]
Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]*$")]
Variable = Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")]


class AlertChannel(Strict):
    """One address and what it is told."""

    model_config = ConfigDict(
        hide_input_in_errors=True, json_schema_extra={"oneOf": [{"required": [source]} for source in SOURCES]}
    )

    name: Name = Field(description="What the channel is called on the screen and in `alerts test --channel`.")
    url: Address | None = Field(
        default=None, description="The address, as Apprise writes it. It holds a token: prefer the two below."
    )
    url_env: Variable | None = Field(default=None, description="The environment variable that holds the address.")
    url_file: Annotated[str, Field(min_length=1)] | None = Field(
        default=None, description="The file whose first line is the address; it may be encrypted with Ansible's vault."
    )
    events: (
        Annotated[
            list[Literal[tuple(kind.value for kind in EVENTS)]],  # type: ignore[valid-type]  # the names are data
            Field(min_length=1),
        ]
        | None
    ) = Field(default=None, description="What it is told of; everything when absent.")
    severity: Literal["info", "warning", "error", "critical"] = Field(
        default=Channel.severity.value, description="The least severity of what it is told."
    )
    title: Template | None = Field(default=Channel.title, description="The title of its messages, a Jinja template.")
    body: Template | None = Field(default=Channel.body, description="The text of its messages, a Jinja template.")
    repeat: SecondsFromOne | None = Field(
        default=Channel.repeat,
        description="After this long it is told again of drift that has not gone; once and not again when absent.",
    )
    timeout: Timeout = Field(default=Channel.timeout, description="How long one message to it may take.")

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        given = [source for source in SOURCES if getattr(self, source) is not None]
        if len(given) != 1:
            raise ValueError(f"must have exactly one of {', '.join(SOURCES)}, not {' and '.join(given) or 'none'}")
        return self


def _distinct(channels: list[AlertChannel]) -> list[AlertChannel]:
    seen: set[str] = set()
    for channel in channels:
        if channel.name in seen:
            raise ValueError(f"the name {channel.name} is given to two channels")
        seen.add(channel.name)
    return channels


class AlertSettings(Strict):
    """Who is told what."""

    channels: Annotated[list[AlertChannel], AfterValidator(_distinct)] | None = Field(
        default=None, description="Where alerts go."
    )


def alerts(values: dict[str, Sequence[dict[str, object]]]) -> Alerts:
    """Make the values of the core of what was written."""
    return Alerts(channels=tuple(_channel(one) for one in values.get("channels", ())))


def _channel(values: dict[str, object]) -> Channel:
    given = dict(values)
    if "events" in given:
        given["events"] = tuple(Kind(str(event)) for event in _listed(given["events"]))
    if "severity" in given:
        given["severity"] = Severity(str(given["severity"]))
    return Channel(**given)  # type: ignore[arg-type]  # pydantic has judged the values


def _listed(value: object) -> Sequence[object]:
    return value if isinstance(value, list) else ()
