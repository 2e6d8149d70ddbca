"""Where the history is kept, as it stands in safedeploy.yml."""

from typing import Annotated, Self
from urllib.parse import parse_qsl, urlsplit

from pydantic import BeforeValidator, ConfigDict, Field, WithJsonSchema, model_validator

from safedeploy.core import policy

from .strict import Strict

_LIKE = "'postgresql://user@host/database' or 'sqlite:////absolute/path.db'"


def _url(value: object) -> object:
    if not isinstance(value, str) or not value.startswith(("postgresql://", "sqlite:////")):
        raise ValueError(f"must be a URL such as {_LIKE}")
    try:
        parts = urlsplit(value)
        hidden = parts.password is not None or any(key.lower() == "password" for key, _ in parse_qsl(parts.query))
    except ValueError:
        raise ValueError(f"must be a URL such as {_LIKE}") from None
    if hidden:
        raise ValueError(
            "must hold no password: leave it to PGPASSFILE, ~/.pgpass or a service, or name a variable with `url_env`"
        )
    return value


class History(Strict):
    """The record of every run."""

    model_config = ConfigDict(json_schema_extra={"not": {"required": ["url", "url_env"]}})

    enabled: bool = Field(default=policy.History.enabled, description="Whether runs are recorded.")
    url: (
        Annotated[
            str,
            BeforeValidator(_url),
            WithJsonSchema({"type": "string", "pattern": "^(postgresql://([^:@/]*@|[^@]*$)|sqlite:////)"}),
        ]
        | None
    ) = Field(
        default=policy.History.url,
        description="The database, without a password; a file of this user alone when absent.",
    )
    url_env: Annotated[str, Field(pattern="^[A-Za-z_][A-Za-z0-9_]*$")] | None = Field(
        default=policy.History.url_env, description="The environment variable that holds the URL, instead of `url`."
    )
    keep: int = Field(default=policy.History.keep, ge=1, description="How many days runs are kept.")
    store_content: bool = Field(
        default=policy.History.store_content,
        description="Whether the masked text of changed files is kept, for `blame` to tell of lines.",
    )
    pages: bool = Field(
        default=policy.History.pages, description="Whether a report page is written after each push, for this user."
    )

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        if self.url is not None and self.url_env is not None:
            raise ValueError("has both url and url_env; keep one of them")
        return self
