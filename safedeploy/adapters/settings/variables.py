"""The variables of a host that safedeploy reads (docs/architecture.md, section 6), as models for a JSON Schema.

What is accepted is decided when a host is rendered, after templating; a test compares the keys of both. Any value may
be a template.
"""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema

from safedeploy.core.layouts import LAYOUTS

from .checks import TEMPLATE_SCHEMA, Expectation, HealthCheck

SOURCES = ("template", "static", "link", "absent")
LIST_OF_NAMES = {"type": "array", "items": {"type": "string", "pattern": "^[^/.][^/]*$"}}
Text = Annotated[str, Field(min_length=1)]


def _or_template(schema: dict[str, Any]) -> WithJsonSchema:
    return WithJsonSchema({"anyOf": [schema, TEMPLATE_SCHEMA]})


Names = Annotated[Any, _or_template(LIST_OF_NAMES)]
Mode = Annotated[Any, _or_template({"type": "string", "pattern": "^([0-7]{3,4}|preserve)$"})]
Boolean = Annotated[Any, _or_template({"type": "boolean"})]
Condition = Annotated[Any, WithJsonSchema({"type": ["string", "boolean", "array"]})]
Words = Annotated[list[Text], Field(min_length=1)]
Loop = Annotated[Any, _or_template({"type": "array"})]


class FileEntry(BaseModel):
    """One entry of `safedeploy_files`: exactly one of template, static, link and absent, and where it goes."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"oneOf": [{"required": [source]} for source in SOURCES]}
    )

    template: Text | None = Field(default=None, description="A template, by its name below the templates directory.")
    static: Text | None = Field(
        default=None, description="A file that is deployed as it is, or a directory with / at its end."
    )
    link: Text | None = Field(default=None, description="What a symbolic link at `dest` points to.")
    absent: Literal[True] | None = Field(default=None, description="Nothing may be at `dest`.")
    dest: Text = Field(description="Where: relative to the server root, or absolute.")
    loop: Loop = Field(default=None, description="A list; one entry is made for each `item` of it.")
    loop_var: Text | None = Field(default=None, description="What the item is called instead of `item`.")
    when: Condition = Field(default=None, description="The entry counts only where this is true.")
    vars: dict[str, Any] | None = Field(default=None, description="Further variables of the template.")
    expect: list[Expectation] | Expectation | None = Field(
        default=None, description="What requests are answered with once this entry is live, where that is new."
    )
    validate_with: Text | None = Field(
        default=None, alias="validate", description="What judges the file on the host, by name; none with a reason."
    )
    validate_reason: Text | None = Field(default=None, description="Why the file is not validated.")
    reload: Text | Words | None = Field(
        default=None, description="The service that reads the file, or a command as a list of words."
    )
    mode: Mode = Field(default=None, description='Octal, in quotes: "0644", which is the default; or preserve.')
    owner: Text | None = Field(default=None, description="The user that owns the file; who deploys, when absent.")
    group: Text | None = Field(default=None, description="The group of the file; the owner's name, when absent.")
    trim_blocks: Boolean = Field(default=None, description="As for Ansible's template module.")
    lstrip_blocks: Boolean = Field(default=None, description="As for Ansible's template module.")
    variable_start_string: Text | None = Field(default=None, description="As for Ansible's template module.")
    variable_end_string: Text | None = Field(default=None, description="As for Ansible's template module.")
    block_start_string: Text | None = Field(default=None, description="As for Ansible's template module.")
    block_end_string: Text | None = Field(default=None, description="As for Ansible's template module.")
    comment_start_string: Text | None = Field(default=None, description="As for Ansible's template module.")
    comment_end_string: Text | None = Field(default=None, description="As for Ansible's template module.")
    newline_sequence: Text | None = Field(default=None, description="As for Ansible's template module.")
    output_encoding: Text | None = Field(default=None, description="As for Ansible's template module.")


class OwnValidator(BaseModel):
    """A validator beside those that are known, or instead of one."""

    model_config = ConfigDict(extra="forbid")

    name: Text = Field(description="What `validate` and `reload` of a file call it.")
    command: Words = Field(
        description="The program and its arguments, which no shell reads; {file} stands for the file."
    )
    paths: Words | None = Field(default=None, description="Globs of the files that it judges without being named.")
    timeout: Annotated[Any, _or_template({"type": "number", "exclusiveMinimum": 0, "maximum": 45})] = Field(
        default=None, description="The seconds that it may take; 20 when not given."
    )
    service: Text | None = Field(default=None, description="The service that reads the files.")
    reload: Words | None = Field(default=None, description="The command that makes the service read the files.")


class Httpd(BaseModel):
    """Overrides of what the layout says of httpd."""

    model_config = ConfigDict(extra="forbid")

    main_config: Text | None = Field(default=None, description="The main configuration file.")
    control: list[Text] | None = Field(default=None, description="The control program and its first arguments.")
    binary: Text | None = Field(default=None, description="The server program.")
    env: dict[str, str] | None = Field(default=None, description="Environment variables for both programs.")
    address: Text | None = Field(default=None, description="The address that local health checks connect to.")


class Site(BaseModel):
    """Overrides of what the layout says of the host."""

    model_config = ConfigDict(extra="forbid")

    layout: Text | None = Field(default=None, description="The name of the layout; set safedeploy_layout instead.")
    state_dir: Text | None = Field(default=None, description="Where safedeploy keeps releases and state on the host.")
    server_root: Text | None = Field(default=None, description="The server root.")
    allowed_roots: list[Text] | None = Field(default=None, description="The directories that may be written.")
    httpd: Httpd | None = Field(default=None, description="How httpd is called and controlled.")


class Variables(BaseModel):
    """Variables of a host or group that safedeploy reads; all others are yours."""

    model_config = ConfigDict(extra="allow")

    safedeploy_layout: Literal[tuple(LAYOUTS)] | None = Field(  # type: ignore[valid-type]  # the names are data
        default="debian", description="The distribution's layout."
    )
    safedeploy_site: Site | None = Field(default=None, description="What differs from the layout on this host.")
    safedeploy_files: list[FileEntry] | None = Field(
        default=None, description="The files; safedeploy_files_<anything> adds more, in the order of the names."
    )
    safedeploy_sites: Names = Field(default=None, description="Sites to enable, by the names of their files.")
    safedeploy_confs: Names = Field(default=None, description="Configurations to enable, by the names of their files.")
    safedeploy_modules: Names = Field(default=None, description="Modules to enable, with those that they need.")
    safedeploy_health: list[HealthCheck] | None = Field(
        default=None, description="Checks made on the host, after those of safedeploy.yml; a same name replaces."
    )
    safedeploy_controller_health: list[HealthCheck] | None = Field(
        default=None, description="Checks made from the control machine, after those of safedeploy.yml."
    )
    safedeploy_expect: list[Expectation] | None = Field(
        default=None, description="Intended changes of what requests are answered with."
    )
    safedeploy_validators: list[OwnValidator] | None = Field(
        default=None, description="Validators of other services' files, beside those that are known."
    )
    safedeploy_secrets: Names = Field(default=None, description="Names of variables whose values are never shown.")
