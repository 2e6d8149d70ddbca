"""What the settings say of one environment."""

from __future__ import annotations

import pytest

from safedeploy.adapters import settings
from safedeploy.core.errors import ExitCode, SafedeployError
from safedeploy.core.gate import Reaction
from safedeploy.core.policy import Hook, Hooks, OnFailure, Policy, Probing, Rollout, Ssh, WithoutNamespaces


def test_a_file_that_says_nothing_gives_the_defaults_of_the_core(project):
    directory = project("version: 1\n")
    assert settings.load(directory).policy("prod") == Policy(
        environment="prod", inventory="inventories/prod", project=directory.name
    )


def test_an_environment_overrides_the_defaults_key_by_key(project):
    policy = settings.load(
        project("""\
            version: 1
            project: shop
            defaults:
              rollout: {batches: [1, 25%], keep: 9, on_failure: stop}
              ssh: {connect_timeout: 3}
              health:
                - url: http://a.example/
              templates: conf
              vault_password_file: pw
            environments:
              prod:
                inventory: inventories/prod
                rollout: {batches: [2], bake: 5s}
                health:
                  - url: http://b.example/
            """)
    ).policy("prod")
    assert policy == Policy(
        environment="prod",
        inventory="inventories/prod",
        project="shop",
        rollout=Rollout(batches=(2,), keep=9, on_failure=OnFailure.STOP, bake=5),
        ssh=Ssh(connect_timeout=3.0),
        health=({"url": "http://b.example/"},),
        templates="conf",
        vault_password_file="pw",
    )


def test_the_keys_of_the_preflight_are_overridden_one_by_one(project):
    text = """\
        version: 1
        defaults: {preflight: {sample: 0, memory: 1G}}
        environments: {prod: {preflight: {shadow: false, without_namespaces: refuse, seconds: 1m}}}
        """
    assert settings.load(project(text)).policy("prod").preflight == Probing(
        sample=0, memory="1g", shadow=False, without_namespaces=WithoutNamespaces.REFUSE, seconds=60
    )


def test_an_empty_list_overrides_the_checks_of_the_defaults(project):
    text = "version: 1\ndefaults:\n  health: [{url: http://a.example/}]\nenvironments:\n  prod:\n    health: []\n"
    assert settings.load(project(text)).policy("prod").health == ()


@pytest.mark.parametrize("section", ["defaults:", "environments:", "environments:\n  prod:"])
def test_a_section_with_all_its_lines_commented_out_is_an_absent_one(project, section):
    assert settings.load(project(f"version: 1\n{section}\n")).policy("prod").rollout == Rollout()


@pytest.mark.parametrize(
    ("written", "seconds"), [("90", 90), ("90s", 90), ("5m", 300), ("1h30m", 5400), ("1h1m1s", 3661)]
)
def test_a_duration_is_a_number_of_seconds_or_a_text(project, written, seconds):
    directory = project(f"version: 1\ndefaults: {{rollout: {{lease_ttl: {written}}}}}\n")
    assert settings.load(directory).policy("prod").rollout.lease_ttl == seconds


def test_a_timeout_may_be_a_fraction(project):
    directory = project("version: 1\ndefaults: {ssh: {connect_timeout: 0.5, command_timeout: 1.5s}}\n")
    assert settings.load(directory).policy("prod").ssh == Ssh(connect_timeout=0.5, command_timeout=1.5)


def test_a_check_may_hold_templates_wherever_it_holds_values(project):
    check = '{url: "http://x:{{ p }}/", status: "{{ s }}", timeout: "{{ t }}", tls_name: "{{ b }}", headers: "{{ h }}"}'
    (found,) = settings.load(project(f"version: 1\ndefaults: {{health: [{check}]}}\n")).policy("prod").health
    assert found == {
        "url": "http://x:{{ p }}/",
        "status": "{{ s }}",
        "timeout": "{{ t }}",
        "tls_name": "{{ b }}",
        "headers": "{{ h }}",
    }


def test_a_single_status_becomes_a_list_as_the_host_expects_it(project):
    directory = project("version: 1\ndefaults: {health: [{url: http://a.example/, status: 204}]}\n")
    assert settings.load(directory).policy("prod").health[0]["status"] == [204]


def test_every_inventory_is_an_environment_beside_those_of_the_file(project):
    directory = project("version: 1\nenvironments: {lab: {inventory: 'a,b'}}\n")
    (directory / "inventories" / "staging.ini").write_text("")
    (directory / "inventories" / "group_vars").mkdir()
    (directory / "inventories" / ".hidden").mkdir()
    found = settings.load(directory)
    assert found.environments == ("lab", "prod", "staging")
    assert found.policy("staging").inventory == "inventories/staging.ini"
    assert found.policy("lab").inventory == "a,b"


def test_an_unknown_environment_is_refused_with_the_nearest_and_all_known(project):
    with pytest.raises(SafedeployError) as caught:
        settings.load(project("version: 1\nenvironments: {staging: {}}\n")).policy("prd")
    assert caught.value.code == "settings-unknown-environment"
    assert caught.value.exit_code is ExitCode.INVALID
    assert "did you mean 'prod'? (known: prod, staging)" in caught.value.what


def test_an_inventory_that_is_not_there_is_refused_with_its_place(project):
    text = "version: 1\nenvironments:\n  prod:\n    inventory: inventories/nowhere\n"
    with pytest.raises(SafedeployError) as caught:
        settings.load(project(text)).policy("prod")
    assert caught.value.code == "settings-missing-inventory"
    assert caught.value.what.startswith("safedeploy.yml:4: environments.prod.inventory: ")


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("defaults:\n  rollout:\n    bake: 60\n", "safedeploy.yml:4: defaults.rollout.bake:"),
        (
            "defaults:\n  rollout:\n    bake: 30\nenvironments:\n  prod:\n    rollout:\n      confirm_window: 20\n",
            "safedeploy.yml:8: environments.prod.rollout.confirm_window:",
        ),
    ],
)
def test_a_bake_that_outlasts_the_confirm_window_is_refused_where_it_was_written(project, text, place):
    with pytest.raises(SafedeployError) as caught:
        settings.load(project(f"version: 1\n{text}")).policy("prod")
    assert caught.value.what.startswith(place)


def test_hooks_come_with_their_limits_and_an_environment_replaces_a_list_of_them(project):
    text = """\
        version: 1
        defaults:
          hooks:
            before_push: [{name: a, command: [a]}]
            after_push: [{name: b, command: [b, x], timeout: 90s, env: [TOKEN]}]
        environments: {prod: {hooks: {before_push: [{name: c, command: [c]}]}}}
        """
    assert settings.load(project(text)).policy("prod").hooks == Hooks(
        before_push=(Hook(name="c", command=("c",)),),
        after_push=(Hook(name="b", command=("b", "x"), timeout=90.0, env=("TOKEN",)),),
    )


DRAINED = """\
    version: 1
    environments:
      prod:
        rollout:
          drain: tasks/drain.yml
          undrain: tasks/undrain.yml
    """
TASKS = "- ansible.builtin.debug:\n    msg: !vault |\n      $ANSIBLE_VAULT\n"


@pytest.fixture
def drained(project):
    """`drained(text_of_undrain)`: a project with both files."""

    def make(undrain: str | None = TASKS, settings_text: str = DRAINED):
        directory = project(settings_text)
        (directory / "tasks").mkdir()
        (directory / "tasks/drain.yml").write_text(TASKS)
        if undrain is not None:
            (directory / "tasks/undrain.yml").write_text(undrain)
        return settings.load(directory)

    return make


def test_task_files_round_each_host_are_named_as_they_stand(drained):
    rollout = drained().policy("prod").rollout
    assert (rollout.drain, rollout.undrain) == ("tasks/drain.yml", "tasks/undrain.yml")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (None, "cannot be read: No such file or directory"),
        ("tasks: []\n", "must be a list of Ansible tasks"),
        ("[]\n", "must be a list of Ansible tasks"),
        ("- a\n", "task 1 must be a mapping"),
        ("- a: {\n", "is not YAML at line 2"),
        ("- hosts: all\n", "item 1 is a play (it has 'hosts'); tasks alone are wanted"),
    ],
)
def test_a_file_that_is_no_list_of_tasks_is_refused_with_its_place(drained, text, words):
    with pytest.raises(SafedeployError) as caught:
        drained(text).policy("prod")
    assert caught.value.code == "settings-invalid"
    assert caught.value.what.startswith("safedeploy.yml:6: environments.prod.rollout.undrain:")
    assert words in caught.value.what


def test_what_takes_hosts_out_of_service_needs_what_puts_them_back(drained):
    with pytest.raises(SafedeployError, match="drain is given without undrain"):
        drained(settings_text=DRAINED.replace("          undrain: tasks/undrain.yml\n", "")).policy("prod")


def test_the_confirm_window_holds_the_bake_and_the_undraining(drained):
    with pytest.raises(SafedeployError) as caught:
        drained(settings_text=f"{DRAINED}      bake: 45s\n").policy("prod")
    assert "bake (45 s) and undrain_timeout (20 s) together must be shorter than confirm_window (60 s)" in str(
        caught.value
    )


WAITS = "{too_little: wait, wait: 40s}"


@pytest.mark.parametrize(
    ("text", "place"),
    [
        (f"defaults:\n  rollout:\n    bake: 20\n    gate: {WAITS}\n", "safedeploy.yml:4: defaults.rollout.bake:"),
        (
            f"defaults:\n  rollout:\n    gate: {WAITS}\nenvironments:\n  prod:\n    rollout:\n      bake: 20\n",
            "safedeploy.yml:8: environments.prod.rollout.bake:",
        ),
    ],
)
def test_a_wait_for_traffic_that_outlasts_the_confirm_window_is_refused_with_the_numbers(project, text, place):
    with pytest.raises(SafedeployError) as caught:
        settings.load(project(f"version: 1\n{text}")).policy("prod")
    assert caught.value.what.startswith(f"{place} bake (20 s) and gate.wait (40 s) together")
    assert caught.value.next_step.startswith("Raise confirm_window above 60 s")


def test_a_wait_that_is_not_the_policy_needs_no_window(project):
    text = "version: 1\ndefaults:\n  rollout:\n    bake: 20\n    gate: {wait: 1h}\n"
    assert settings.load(project(text)).policy("prod").rollout.gate.wait == 3600


def test_the_keys_of_the_gate_are_overridden_one_by_one(project):
    text = (
        "version: 1\ndefaults:\n  rollout:\n    gate: {errors: warn, min_requests: 7}\n"
        "environments:\n  prod:\n    rollout:\n      gate: {errors: stop}\n"
    )
    found = settings.load(project(text)).policy("prod").rollout.gate
    assert (found.errors, found.min_requests) == (Reaction.STOP, 7)
