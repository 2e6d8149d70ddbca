"""Render what was written as Jinja2 with Ansible's options does, and read the variables as YAML does."""

from __future__ import annotations

import jinja2
import yaml

JINJA = jinja2.Environment(trim_blocks=True, keep_trailing_newline=True, undefined=jinja2.StrictUndefined)


class Loader(yaml.SafeLoader):
    """Ansible's `!unsafe` is a text that is no template."""


Loader.add_constructor("!unsafe", lambda loader, node: loader.construct_scalar(node))


def rendered(source: bytes, variables: dict[str, object]) -> bytes:
    return JINJA.from_string(source.decode()).render(variables).encode()


def read(text: str) -> dict[str, object]:
    found = yaml.load(text, Loader)
    return found or {}
