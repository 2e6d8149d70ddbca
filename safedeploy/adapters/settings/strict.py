"""What every part of safedeploy.yml has in common: no coercion, no unknown keys."""

from pydantic import BaseModel, ConfigDict


class Strict(BaseModel):
    """No coercion, no unknown keys."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


def empty_is_absent(value: object) -> object:
    """Read null as an empty mapping: a key with all its lines commented out is null in YAML."""
    return {} if value is None else value
