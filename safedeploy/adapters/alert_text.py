"""Title and text of a message: ours, or those of a channel's templates.

Templates are the project's and run in a sandbox; what they are given may be a host's words, and is never a template
itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from safedeploy.core.alerts import MOST_TEXT, MOST_TITLE, sendable

DEFAULT_BODY = "{{ text }}{% if next %}\n\nnext: {{ next }}{% endif %}"


def write(template: str | None, default: str, values: Mapping[str, Any]) -> str:
    """Render one template, or the default. Raises ValueError, which says in one sentence why it could not."""
    from jinja2 import StrictUndefined, TemplateError  # noqa: PLC0415 - only needed when something is sent
    from jinja2.sandbox import ImmutableSandboxedEnvironment  # noqa: PLC0415 - as above

    environment = ImmutableSandboxedEnvironment(
        undefined=StrictUndefined, autoescape=False, keep_trailing_newline=False
    )
    try:
        return environment.from_string(template or default).render(values)
    except (TemplateError, TypeError, ValueError, ArithmeticError, LookupError, AttributeError) as error:
        raise ValueError(" ".join(str(error).split())[:200] or type(error).__name__) from None


def title(template: str | None, values: Mapping[str, Any]) -> str:
    """One line. Raises ValueError as `write`."""
    return " ".join(sendable(write(template, "{{ title }}", values), limit=MOST_TITLE).split())


def body(template: str | None, values: Mapping[str, Any]) -> str:
    """The text. Raises ValueError as `write`."""
    return sendable(write(template, DEFAULT_BODY, values), limit=MOST_TEXT)
