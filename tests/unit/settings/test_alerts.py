"""The section `alerts` of safedeploy.yml: what it becomes, and how its mistakes are told without the address."""

from __future__ import annotations

import pytest

from safedeploy.adapters import settings
from safedeploy.core.channels import EVENTS, Alerts, Channel, Kind, Severity
from safedeploy.core.errors import SafedeployError

HEAD = "version: 1\nenvironments:\n  prod:\n    alerts:\n      channels:\n"
AT = "safedeploy.yml:6: environments.prod.alerts.channels[0]"


def channel(text: str) -> str:
    return f"{HEAD}        - {{name: chat, {text}}}\n"


def test_a_channel_that_says_only_where_it_is_is_told_everything(project):
    found = settings.load(project(channel("url_env: CHAT_URL"))).policy("prod").alerts
    assert found == Alerts(channels=(Channel(name="chat", url_env="CHAT_URL", events=EVENTS, severity=Severity.INFO),))


def test_every_key_of_a_channel_becomes_its_value(project):
    text = (
        "url_file: chat.url, events: [reverted, drift-found], severity: error, repeat: 24h, timeout: 2.5s, "
        "title: '{{ environment }}', body: '{% for one in items %}{{ one.path }}{% endfor %}'"
    )
    assert settings.load(project(channel(text))).policy("prod").alerts.channels == (
        Channel(
            name="chat",
            url_file="chat.url",
            events=(Kind.REVERTED, Kind.DRIFT_FOUND),
            severity=Severity.ERROR,
            repeat=86400,
            timeout=2.5,
            title="{{ environment }}",
            body="{% for one in items %}{{ one.path }}{% endfor %}",
        ),
    )


def test_the_channels_of_an_environment_stand_in_the_place_of_those_of_the_defaults(project):
    text = """\
        version: 1
        defaults: {alerts: {channels: [{name: chat, url_env: CHAT}]}}
        environments:
          prod: {alerts: {channels: [{name: pager, url_env: PAGER}]}}
          quiet: {alerts: {channels: []}, inventory: inventories/prod}
          other: {inventory: inventories/prod}
        """
    found = settings.load(project(text))
    names = {name: [one.name for one in found.policy(name).alerts.channels] for name in ("prod", "quiet", "other")}
    assert names == {"prod": ["pager"], "quiet": [], "other": ["chat"]}


WRONG = {
    "an event that is none": (channel("url_env: A, events: [reverts]"), f"{AT}.events[0]: must be 'push-started', "),
    "no event at all": (channel("url_env: A, events: []"), f"{AT}.events: must not be empty"),
    "a severity that is none": (channel("url_env: A, severity: high"), f"{AT}.severity: must be 'info', 'warning', "),
    "no address": (channel("severity: info"), f"{AT}: must have exactly one of url, url_env, url_file, not none"),
    "two addresses": (
        channel("url_env: A, url_file: b"),
        f"{AT}: must have exactly one of url, url_env, url_file, not url_env and url_file",
    ),
    "a name that is none": (channel("url_env: A, name2: b"), f"{AT}.name2: unknown key; did you mean 'name'?"),
    "a variable with a dollar": (channel("url_env: $A"), f"{AT}.url_env: must match "),
    "no patience": (channel("url_env: A, timeout: 0"), f"{AT}.timeout: must be more than 0 s, not 0"),
    "a repetition at once": (channel("url_env: A, repeat: 0"), f"{AT}.repeat: must be at least 1 s, not 0"),
    "an unknown key of alerts": (
        "version: 1\nenvironments:\n  prod:\n    alerts:\n      channel: []\n",
        "safedeploy.yml:5: environments.prod.alerts.channel: unknown key; did you mean 'channels'?",
    ),
}
# What a JSON Schema cannot tell.
WRONG_BEYOND_SCHEMA = {
    "a name twice": (
        f"{channel('url_env: A')}        - {{name: chat, url_env: B}}\n",
        "environments.prod.alerts.channels: the name chat is given to two channels",
    ),
    "a template that is none": (channel("url_env: A, title: '{{ title '"), f"{AT}.title: is not a template: "),
    "a template with an unknown variable": (
        channel("url_env: A, body: '{{ titel }}'"),
        f"{AT}.body: uses titel, which has no value here; did you mean 'title'?",
    ),
    "a template that includes another": (
        channel("url_env: A, body: '{% include \"/etc/passwd\" %}'"),
        f"{AT}.body: must stand alone",
    ),
}


def refused(directory) -> str:
    with pytest.raises(SafedeployError) as caught:
        settings.load(directory)
    assert caught.value.code == "settings-invalid"
    return caught.value.what


@pytest.mark.parametrize("case", [*WRONG, *WRONG_BEYOND_SCHEMA])
def test_a_mistake_is_told_with_its_place(project, case):
    text, expected = (WRONG | WRONG_BEYOND_SCHEMA)[case]
    assert expected in refused(project(text))


@pytest.mark.parametrize("url", ["t0ken-0f-the-team", "'slack://t0ken-0f-the-team x'", "[t0ken-0f-the-team]"])
def test_an_address_that_is_none_is_not_shown(project, url):
    said = refused(project(channel(f"url: {url}")))
    assert said == f"{AT}.url: must be an address that Apprise knows, such as slack://... (it is not shown here)"


def test_an_address_is_not_in_the_representation_of_the_settings(project):
    found = settings.load(project(channel("url: 'slack://t0ken-0f-the-team'")))
    assert "t0ken" not in repr(found) + repr(found.policy("prod"))
