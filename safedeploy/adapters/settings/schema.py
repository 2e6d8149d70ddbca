"""JSON Schemas (draft 2020-12) for editors, made from the models.

`python -m safedeploy.adapters.settings.schema docs/schema` writes the published ones; a test compares.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from pydantic.json_schema import GenerateJsonSchema

from .checks import TEMPLATE_SCHEMA
from .model import SettingsFile
from .variables import Variables

DIALECT = "https://json-schema.org/draft/2020-12/schema"


class _Untitled(GenerateJsonSchema):
    """Leaves out titles that only repeat the names of the fields."""

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ARG002 - the signature is pydantic's
        return False


def documents() -> dict[str, dict[str, Any]]:
    """Return both schemas by the names of their files."""
    return {"safedeploy.schema.json": json_schema(), "variables.schema.json": variables_schema()}


def json_schema() -> dict[str, Any]:
    """Return the schema of safedeploy.yml."""
    schema = SettingsFile.model_json_schema(schema_generator=_Untitled)
    # A section whose lines are all commented out is null, and accepted.
    for properties in (schema["properties"], *(definition["properties"] for definition in schema["$defs"].values())):
        for name, value in properties.items():
            if "$ref" in value or value.get("type") == "object":
                properties[name] = _or(value, {"type": "null"})
    environments = schema["properties"]["environments"]["anyOf"][0]
    environments["patternProperties"] = {
        pattern: _or(value, {"type": "null"}) for pattern, value in environments["patternProperties"].items()
    }
    environments["additionalProperties"] = False
    return {"$schema": DIALECT, "title": "safedeploy.yml", **_without(schema, "title")}


def variables_schema() -> dict[str, Any]:
    """Return the schema of a file of Ansible variables: ours checked, all others free."""
    schema = Variables.model_json_schema(schema_generator=_Untitled)
    properties = schema["properties"]
    for name, value in properties.items():
        properties[name] = _or(value, TEMPLATE_SCHEMA)
    files = {key: value for key, value in properties["safedeploy_files"].items() if key != "default"}
    own = {"enum": sorted(properties)}
    return {
        "$schema": DIALECT,
        "title": "Variables of safedeploy",
        **_without(schema, "title"),
        "patternProperties": {"^safedeploy_files_": files},
        "propertyNames": {
            "anyOf": [{"not": {"pattern": "^safedeploy_"}}, own, {"pattern": "^safedeploy_files_"}],
        },
    }


def _or(schema: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    """Put an alternative beside a schema; description and default stay outside, where editors look for them."""
    outside: dict[str, Any] = {key: schema[key] for key in ("description", "default") if key in schema}
    inside = _without(schema, "title", *outside)
    return {"anyOf": [*inside["anyOf"], other] if set(inside) == {"anyOf"} else [inside, other], **outside}


def _without(schema: dict[str, Any], *keys: str) -> dict[str, Any]:
    return {key: value for key, value in schema.items() if key not in keys}


def write(directory: Path) -> None:
    """Write both schemas into a directory."""
    directory.mkdir(parents=True, exist_ok=True)
    for name, document in documents().items():
        (directory / name).write_text(text(document), encoding="utf-8")


def text(document: dict[str, Any]) -> str:
    """Return a schema as it is published."""
    return json.dumps(document, indent=2) + "\n"


if __name__ == "__main__":
    write(Path(sys.argv[1]))
