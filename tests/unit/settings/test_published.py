"""What is published of the settings: schemas, pages and shipped files agree with the code."""

from __future__ import annotations

import json
import re
from pathlib import Path

import jsonschema
import pytest
import yaml

from safedeploy.adapters import settings
from safedeploy.adapters.ansible import entries, expectations, other_services
from safedeploy.adapters.settings import schema
from safedeploy.adapters.settings.alerts import AlertChannel, AlertSettings
from safedeploy.adapters.settings.checks import Expectation, HealthCheck
from safedeploy.adapters.settings.drift import DriftCheck
from safedeploy.adapters.settings.history import History
from safedeploy.adapters.settings.lint import Lint
from safedeploy.adapters.settings.model import Environment, Gate, Hook, Hooks, Preflight, Rollout, SettingsFile, Ssh
from safedeploy.adapters.settings.variables import FileEntry, Httpd, OwnValidator, Site, Variables
from safedeploy.adapters.settings.watch import Watch
from safedeploy.core import alerts as alert_values
from safedeploy.core import gate, policy
from safedeploy.core.channels import EVENTS, Alerts, Channel, Kind
from safedeploy.core.layouts import LAYOUTS
from tests.unit.settings import test_alerts
from tests.unit.settings.test_refusals import WRONG

CHECKOUT = Path(__file__).resolve().parents[3]
SECTIONS = {
    "The file": SettingsFile,
    "Keys of an environment": Environment,
    "rollout": Rollout,
    "gate": Gate,
    "preflight": Preflight,
    "drift": DriftCheck,
    "watch": Watch,
    "lint": Lint,
    "hooks": Hooks,
    "One hook": Hook,
    "ssh": Ssh,
    "history": History,
    "alerts": AlertSettings,
    "One channel": AlertChannel,
    "Health checks": HealthCheck,
}
SETTINGS = ["safedeploy.yml", "safedeploy/starter/safedeploy.yml"]
VARIABLES = sorted(
    path.relative_to(CHECKOUT).as_posix()
    for pattern in ("inventories/*/group_vars/**/*.yml", "inventories/*/host_vars/**/*.yml")
    for path in CHECKOUT.glob(pattern)
)


def rows(heading: str) -> list[list[str]]:
    """The rows of the table below a heading of docs/settings.md, without those of further headings."""
    page = (CHECKOUT / "docs/settings.md").read_text()
    (section,) = re.findall(rf"^#+ {heading}\n(.*?)(?=^#|\Z)", page, re.MULTILINE | re.DOTALL)
    return [
        [cell.strip() for cell in row.strip("|").split("|")] for row in re.findall(r"^\| `.*\|$", section, re.MULTILINE)
    ]


@pytest.mark.parametrize("heading", SECTIONS)
def test_every_key_stands_in_the_page_and_every_key_of_the_page_exists(heading):
    assert {row[0].strip("`") for row in rows(heading)} == set(SECTIONS[heading].model_fields)


@pytest.mark.parametrize(
    ("heading", "values"),
    [
        ("rollout", policy.Rollout()),
        ("gate", gate.Gate()),
        ("preflight", policy.Probing()),
        ("drift", policy.DriftCheck()),
        ("lint", policy.Lint()),
        ("ssh", policy.Ssh()),
        ("history", policy.History()),
    ],
)
def test_the_page_tells_the_defaults_of_the_core(heading, values):
    for name, _, default, _ in rows(heading):
        if default == "see below":
            continue
        value = getattr(values, name.strip("`"))
        if default == "none":
            assert value is None
            continue
        expected = list(value) if isinstance(value, tuple) else getattr(value, "value", value)
        assert yaml.safe_load(default.strip("`")) == expected


def test_every_field_of_the_core_policy_can_be_set():
    derived = {"environment", "project"}
    assert set(policy.Policy.__dataclass_fields__) - derived == set(Environment.model_fields)
    assert set(policy.Rollout.__dataclass_fields__) == set(Rollout.model_fields)
    assert set(gate.Gate.__dataclass_fields__) == set(Gate.model_fields)
    assert set(policy.Probing.__dataclass_fields__) == set(Preflight.model_fields)
    assert set(policy.DriftCheck.__dataclass_fields__) == set(DriftCheck.model_fields)
    assert set(policy.Ssh.__dataclass_fields__) == set(Ssh.model_fields)
    assert set(policy.History.__dataclass_fields__) == set(History.model_fields)
    assert set(policy.Hooks.__dataclass_fields__) == set(Hooks.model_fields)
    assert set(Alerts.__dataclass_fields__) == set(AlertSettings.model_fields)
    assert set(Channel.__dataclass_fields__) == set(AlertChannel.model_fields)
    assert set(policy.Hook.__dataclass_fields__) == set(Hook.model_fields)


@pytest.mark.parametrize("name", schema.documents())
def test_the_published_schema_is_the_one_of_the_code(name):
    assert (CHECKOUT / "docs/schema" / name).read_text() == schema.text(schema.documents()[name])


@pytest.mark.parametrize("name", schema.documents())
def test_the_schema_is_a_valid_one(name):
    jsonschema.Draft202012Validator.check_schema(schema.documents()[name])


def problems(document: object, name: str) -> list[str]:
    # Through JSON, as an editor sees it.
    plain = json.loads(json.dumps(document, default=str))
    return [error.message for error in jsonschema.Draft202012Validator(schema.documents()[name]).iter_errors(plain)]


@pytest.mark.parametrize("name", SETTINGS)
def test_shipped_settings_are_valid_by_schema_and_by_code(name, tmp_path):
    text = (CHECKOUT / name).read_text()
    assert problems(yaml.safe_load(text), "safedeploy.schema.json") == []
    (tmp_path / "safedeploy.yml").write_text(text)
    settings.load(tmp_path)


def test_the_starter_with_all_its_examples_switched_on_is_valid_too(tmp_path):
    """Each commented key is an example: a line `# key: value`, not a sentence."""
    text = (CHECKOUT / "safedeploy/starter/safedeploy.yml").read_text()
    on = re.sub(r"^( *)# ( *(?:- )?(?:[a-z_]+|Content-Type):(?: [^$\n]*)?)$", r"\1\2", text, flags=re.MULTILINE)
    switched = re.findall(r"^ *(?:- )?(\w+):", on, re.MULTILINE)
    assert {
        *Rollout.model_fields,
        *Preflight.model_fields,
        *Ssh.model_fields,
        *(set(History.model_fields) - {"url_env"}),
    } <= set(switched)
    assert problems(yaml.safe_load(on), "safedeploy.schema.json") == []
    (tmp_path / "safedeploy.yml").write_text(on)
    (tmp_path / "inventories/prod").mkdir(parents=True)
    found = settings.load(tmp_path).policy("prod")
    assert found.rollout == policy.Rollout()
    assert found.preflight == policy.Probing()
    assert found.ssh == policy.Ssh()
    assert found.history == policy.History(url=found.history.url)
    assert found.hooks.before_push == (
        policy.Hook(name="tell the team", command=("scripts/announce", "begins"), env=("CHAT_TOKEN",)),
    )
    assert [channel.name for channel in found.alerts.channels] == ["chat"]
    assert len(found.health) == 2


def test_the_pages_name_every_event_and_every_variable_of_a_template():
    (row,) = [row for row in rows("One channel") if row[0] == "`events`"]
    assert re.findall(r"`([a-z-]+)`", row[-1]) == [kind.value for kind in EVENTS]
    page = (CHECKOUT / "docs/alerts.md").read_text()
    assert re.findall(r"^\| `([a-z-]+)` \| (?:info|warning|error|critical|of the)", page, re.MULTILINE) == [
        kind.value for kind in Kind if kind is not Kind.TEST
    ]
    listed = page[page.index("| Variable |") :]
    assert set(re.findall(r"^\| `([a-z_]+)` \|", listed, re.MULTILINE)) == alert_values.VARIABLES


@pytest.mark.parametrize("name", VARIABLES)
def test_shipped_variables_are_valid_by_schema(name):
    assert problems(yaml.safe_load((CHECKOUT / name).read_text()), "variables.schema.json") == []


# What only the code can tell: whether a text is a regular expression, and values that JSON does not have.
BEYOND_SCHEMA = {"a rule that is none", "a pattern that is none", "a duration without an end", "a date"}


@pytest.mark.parametrize("case", sorted({*WRONG, *test_alerts.WRONG} - BEYOND_SCHEMA))
def test_what_the_code_refuses_the_schema_refuses_too(case):
    assert problems(yaml.safe_load({**WRONG, **test_alerts.WRONG}[case][0]), "safedeploy.schema.json")


@pytest.mark.parametrize(
    "variables",
    [
        {"safedeploy_file": []},
        {"safedeploy_files": [{"dest": "x"}]},
        {"safedeploy_files": [{"template": "a.j2", "static": "b", "dest": "x"}]},
        {"safedeploy_files_extra": [{"template": "a.j2", "dest": "x", "mod": "0644"}]},
        {"safedeploy_files": [{"template": "a.j2", "dest": "x", "mode": 420}]},
        {"safedeploy_layout": "suse"},
        {"safedeploy_site": {"root": "/x"}},
        {"safedeploy_sites": ["../x"]},
        {"safedeploy_health": [{"name": "x"}]},
        {"safedeploy_expect": [{"url": "http://a.example/"}]},
        {"safedeploy_expect": [{"url": "http://a.example/", "method": "POST", "any": True}]},
        {"safedeploy_expect": [{"url": "http://a.example/*/x", "any": True}]},
    ],
)
def test_the_schema_of_variables_refuses(variables):
    assert problems(variables, "variables.schema.json")


@pytest.mark.parametrize(
    "variables",
    [
        {"anything": {"else": 1}},
        {"safedeploy_files": "{{ files }}"},
        {
            "safedeploy_files": [
                {"template": "a.j2", "dest": "x", "mode": "0640", "when": "x is defined", "loop": "{{ y }}"}
            ]
        },
        {"safedeploy_files_extra": [{"absent": True, "dest": "x"}]},
        {"safedeploy_sites": "{{ names }}"},
        {"safedeploy_expect": [{"url": "http://{{ name }}/*", "status": [401, 403]}]},
        {"safedeploy_files": [{"static": "a", "dest": "/etc/a", "validate": "none", "validate_reason": "old"}]},
        {"safedeploy_files": [{"static": "a", "dest": "/etc/a", "validate": "a", "reload": ["/opt/a", "reload"]}]},
        {
            "safedeploy_validators": [
                {"name": "a", "command": ["/opt/a", "{file}"], "paths": ["/etc/a/**"], "timeout": 5}
            ]
        },
        {"safedeploy_files": [{"static": "a", "dest": "x", "expect": {"url": "http://a.example/", "gone": True}}]},
    ],
)
def test_the_schema_of_variables_accepts(variables):
    assert problems(variables, "variables.schema.json") == []


def test_the_schema_of_variables_has_the_keys_that_rendering_accepts():
    keys = {field.alias or name for name, field in FileEntry.model_fields.items()}
    assert keys == {str(key) for key in entries.KNOWN}
    assert set(OwnValidator.model_fields) == set(other_services.RULES)
    site = LAYOUTS["debian"].site({})
    assert set(Site.model_fields) == set(site)
    assert set(Httpd.model_fields) == set(site["httpd"])
    assert set(Expectation.model_fields) == set(expectations.RULES)
    assert set(HealthCheck.model_fields) >= {"url", "address"}
    assert {name for name in Variables.model_fields if not name.startswith("safedeploy_")} == set()
