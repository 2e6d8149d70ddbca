"""Wrong settings: the message says where, what, and what would be right."""

from __future__ import annotations

import pytest

from safedeploy.adapters import settings
from safedeploy.core.errors import NOTHING_CHANGED, ExitCode, SafedeployError

SECTION_KEYS = (
    "alerts, controller_health, drift, health, history, hooks, lint, preflight, rollout, ssh, templates, "
    "vault_password_file, watch"
)
NAME = "a name must begin with a letter or digit and hold only letters, digits, '.', '_' and '-'"
URL = "must be a whole URL with http:// or https:// and a host name"
ROLLOUT = "version: 1\nenvironments:\n  prod:\n    rollout:\n      "
CHECK = "version: 1\nenvironments:\n  prod:\n    health:\n      - url: http://a.example/\n        "
AT_ROLLOUT = "safedeploy.yml:5: environments.prod.rollout"
AT_CHECK = "safedeploy.yml:6: environments.prod.health[0]"
DURATION = "must be a number of seconds or a text such as '90s', '5m' or '1h30m'"
HOSTS = "must be a number of hosts from 1, or a percentage from '1%' to '100%'"

PREFLIGHT = "version: 1\nenvironments:\n  prod:\n    preflight:\n      "
AT_PREFLIGHT = "safedeploy.yml:5: environments.prod.preflight"

HISTORY = "version: 1\nenvironments:\n  prod:\n    history:\n      "
AT_HISTORY = "safedeploy.yml:5: environments.prod.history"
HISTORY_URL = "must be a URL such as 'postgresql://user@host/database' or 'sqlite:////absolute/path.db'"

LINT = "version: 1\nenvironments:\n  prod:\n    lint:\n      "
AT_LINT = "safedeploy.yml:5: environments.prod.lint"

WRONG = {
    "a rule that is none": (
        f"{LINT}rules: {{open-proxi: off}}\n",
        f"{AT_LINT}.rules: there is no rule 'open-proxi'; did you mean 'open-proxy'?",
    ),
    "a severity that is none": (
        f"{LINT}rules: {{open-proxy: fatal}}\n",
        f"{AT_LINT}.rules.open-proxy: must be 'off', 'info', 'warning' or 'error', not 'fatal'",
    ),
    "a database that is none of ours": (f"{HISTORY}url: mysql://db/x\n", f"{AT_HISTORY}.url: {HISTORY_URL}"),
    "a relative file of the history": (f"{HISTORY}url: sqlite:///x.db\n", f"{AT_HISTORY}.url: {HISTORY_URL}"),
    "a password in the settings": (
        f"{HISTORY}url: postgresql://ops:correct-horse@db.example/safedeploy\n",
        (
            f"{AT_HISTORY}.url: must hold no password: leave it to PGPASSFILE, ~/.pgpass or a service, "
            "or name a variable with `url_env`"
        ),
    ),
    "a history of no days": (f"{HISTORY}keep: 0\n", f"{AT_HISTORY}.keep: must be at least 1, not 0"),
    "two places of the history": (
        f"{HISTORY}url: postgresql://db/x\n      url_env: HISTORY_URL\n",
        "safedeploy.yml:4: environments.prod.history: has both url and url_env; keep one of them",
    ),
    "an unknown key of the preflight": (
        f"{PREFLIGHT}shadows: true\n",
        f"{AT_PREFLIGHT}.shadows: unknown key; did you mean 'shadow'?",
    ),
    "an amount of memory without a unit": (
        f"{PREFLIGHT}memory: 512\n",
        f"{AT_PREFLIGHT}.memory: must be a number with k, m or g, such as '512m', not 512",
    ),
    "no probe at all": (f"{PREFLIGHT}max_probes: 0\n", f"{AT_PREFLIGHT}.max_probes: must be at least 1, not 0"),
    "an unknown policy for hosts without namespaces": (
        f"{PREFLIGHT}without_namespaces: warn\n",
        f"{AT_PREFLIGHT}.without_namespaces: must be 'allow' or 'refuse', not 'warn'",
    ),
    "no version": ("project: x\n", "safedeploy.yml:1: version: is required"),
    "another version": ("version: 2\n", "safedeploy.yml:1: version: must be 1, not 2"),
    "a list at the top": ("- version: 1\n", "safedeploy.yml:1: must be a mapping, not a list"),
    "an unknown key at the top": (
        "version: 1\nenvironment: {}\n",
        "safedeploy.yml:2: environment: unknown key; did you mean 'environments'?",
    ),
    "an inventory for all environments": (
        "version: 1\ndefaults:\n  inventory: x\n",
        f"safedeploy.yml:3: defaults.inventory: unknown key; known: {SECTION_KEYS}",
    ),
    "a section that is no mapping": (
        "version: 1\nenvironments:\n  prod: inventories/prod\n",
        "safedeploy.yml:3: environments.prod: must be a mapping, not 'inventories/prod'",
    ),
    "a name that cannot be a directory": (
        "version: 1\nenvironments:\n  ../prod: {}\n",
        f"safedeploy.yml:3: environments.../prod: {NAME}",
    ),
    "an unknown key of the rollout": (
        f"{ROLLOUT}batchs: [1]\n",
        f"{AT_ROLLOUT}.batchs: unknown key; did you mean 'batches'?",
    ),
    "one batch without a list": (f"{ROLLOUT}batches: 1\n", f"{AT_ROLLOUT}.batches: must be a list, not 1"),
    "no batches": (f"{ROLLOUT}batches: []\n", f"{AT_ROLLOUT}.batches: must not be empty"),
    "a batch of none": (f"{ROLLOUT}batches: [1, 0]\n", f"{AT_ROLLOUT}.batches[1]: {HOSTS}, not 0"),
    "more than all": (f"{ROLLOUT}batches: [101%]\n", f"{AT_ROLLOUT}.batches[0]: {HOSTS}, not '101%'"),
    "a batch that is a boolean": (f"{ROLLOUT}batches: [true]\n", f"{AT_ROLLOUT}.batches[0]: {HOSTS}, not True"),
    "a number in quotes": (f"{ROLLOUT}keep: '5'\n", f"{AT_ROLLOUT}.keep: must be a whole number, not '5'"),
    "too small a number": (f"{ROLLOUT}forks: 0\n", f"{AT_ROLLOUT}.forks: must be at least 1, not 0"),
    "a negative budget": (f"{ROLLOUT}error_budget: -1\n", f"{AT_ROLLOUT}.error_budget: must be at least 0, not -1"),
    "a boolean in quotes": (
        f"{ROLLOUT}allow_restart: 'yes'\n",
        f"{AT_ROLLOUT}.allow_restart: must be true or false, not 'yes'",
    ),
    "an unknown choice": (
        f"{ROLLOUT}on_failure: revert\n",
        f"{AT_ROLLOUT}.on_failure: must be 'revert-all' or 'stop', not 'revert'",
    ),
    "a duration in words": (
        f"{ROLLOUT}confirm_window: 5 minutes\n",
        f"{AT_ROLLOUT}.confirm_window: {DURATION}, not '5 minutes'",
    ),
    "an empty duration": (f"{ROLLOUT}bake: ''\n", f"{AT_ROLLOUT}.bake: {DURATION}, not ''"),
    "a duration without an end": (f"{ROLLOUT}bake: .inf\n", f"{AT_ROLLOUT}.bake: {DURATION}, not inf"),
    "half a second": (f"{ROLLOUT}bake: 0.5\n", f"{AT_ROLLOUT}.bake: must be whole seconds, not 0.5"),
    "no window": (f"{ROLLOUT}confirm_window: 0\n", f"{AT_ROLLOUT}.confirm_window: must be at least 1 s, not 0"),
    "a share that is everything": (
        f"{ROLLOUT}gate: {{alpha: 1}}\n",
        f"{AT_ROLLOUT}.gate.alpha: must be a number between 0 and 1, not 1",
    ),
    "an unknown key of the gate": (
        f"{ROLLOUT}gate: {{error: stop}}\n",
        f"{AT_ROLLOUT}.gate.error: unknown key; did you mean 'errors'?",
    ),
    "an unknown key of a check": (f"{CHECK}statuss: 200\n", f"{AT_CHECK}.statuss: unknown key; did you mean 'status'?"),
    "a status that is none": (
        f"{CHECK}status: [99]\n",
        f"{AT_CHECK}.status: must be an HTTP status from 100 to 599, not 99",
    ),
    "a pattern that is none": (
        f"{CHECK}headers: {{Server: '('}}\n",
        f"{AT_CHECK}.headers: Server: not a regular expression: missing ), unterminated subpattern at position 0: '('",
    ),
    "no patience": (f"{CHECK}timeout: 0\n", f"{AT_CHECK}.timeout: must be a number above 0, not 0"),
    "days in words": (
        f"{CHECK}tls_min_days: ten\n",
        f"{AT_CHECK}.tls_min_days: must be a whole number from 0, not 'ten'",
    ),
    "a check without a URL": (
        "version: 1\ndefaults:\n  controller_health:\n    - name: x\n",
        "safedeploy.yml:4: defaults.controller_health[0].url: is required",
    ),
    "a URL without a scheme": (
        "version: 1\ndefaults:\n  health:\n    - url: www.example.com\n",
        f"safedeploy.yml:4: defaults.health[0].url: {URL}, not 'www.example.com'",
    ),
    "a date": (
        "version: 1\nproject: 2026-01-01\n",
        "safedeploy.yml:2: project: must be a text, not datetime.date(2026, 1, 1)",
    ),
}


def refusal(directory) -> SafedeployError:
    with pytest.raises(SafedeployError) as caught:
        settings.load(directory)
    error = caught.value
    assert error.exit_code is ExitCode.INVALID
    assert error.state == NOTHING_CHANGED
    assert error.next_step
    return error


@pytest.mark.parametrize("case", WRONG)
def test_the_message_names_place_and_remedy(project, case):
    text, message = WRONG[case]
    error = refusal(project(text))
    assert (error.code, error.what) == ("settings-invalid", message)


def test_all_problems_are_listed_at_once_in_the_order_of_the_file(project):
    error = refusal(project(f"{ROLLOUT}keep: x\n      forks: 0\n  stage: 1\nprojekt: x\n"))
    assert [line.split(":")[1] for line in error.what.splitlines()] == ["5", "6", "7", "8"]


def test_an_anchor_is_followed_to_the_line_where_the_value_stands(project):
    error = refusal(
        project("""\
            version: 1
            environments:
              prod:
                rollout: &brakes
                  keep: x
              stage:
                rollout:
                  <<: *brakes
                  bake: 1
            """)
    )
    assert "safedeploy.yml:5: environments.stage.rollout.keep:" in error.what


def test_a_key_that_stands_twice_is_refused_with_both_lines(project):
    error = refusal(project("version: 1\nenvironments:\n  prod: {}\n  prod:\n    rollout: {}\n"))
    assert (error.code, error.what) == (
        "settings-bad-key",
        "safedeploy.yml:4: environments.prod: this key stands on line 3 already",
    )


def test_a_key_that_yaml_reads_as_something_else_is_refused(project):
    error = refusal(project("version: 1\nenvironments:\n  on: {}\n"))
    assert (error.code, error.what) == (
        "settings-bad-key",
        "safedeploy.yml:3: environments.on: a key must be a text; YAML reads on as bool",
    )


@pytest.mark.parametrize(
    ("text", "place", "shown"),
    [
        ("version: 1\n\tproject: x\n", "safedeploy.yml:2:1:", "project: x"),
        ("version: [1\nproject: x\n", "safedeploy.yml:2:8:", "project: x"),
        ("version: 1\nproject: !vault |\n  abc\n", "safedeploy.yml:2:10:", "project: !vault |"),
        ("version: 1\nproject: !!python/object/apply:os.getcwd []\n", "safedeploy.yml:2:10:", "project: !!python"),
        ("version: 1\n---\nversion: 1\n", "safedeploy.yml:2:1:", "---"),
        ("version: 1\nproject: \x07\n", "safedeploy.yml:2:10:", "project: ?"),
    ],
    ids=["a tab", "an open bracket", "a vault", "a Python object", "two documents", "a control character"],
)
def test_what_is_not_yaml_is_shown_with_line_column_and_text(project, text, place, shown):
    error = refusal(project(text))
    assert error.code == "settings-bad-yaml"
    assert error.what.startswith(place)
    assert shown in error.what


def test_a_structure_that_contains_itself_does_not_hang(project):
    error = refusal(project("version: 1\nproject: &x\n  - *x\n"))
    assert error.what == "safedeploy.yml:2: project: must be a text, not a list"


def test_without_a_file_the_way_to_make_one_is_told(tmp_path):
    error = refusal(tmp_path)
    assert error.code == "settings-missing"
    assert "safedeploy init" in error.next_step


def test_a_file_with_the_other_suffix_is_noticed(tmp_path):
    (tmp_path / "safedeploy.yaml").write_text("version: 1\n")
    assert "Rename" in refusal(tmp_path).next_step


def test_a_file_in_another_encoding_is_refused_with_its_line(tmp_path):
    (tmp_path / "safedeploy.yml").write_bytes("version: 1\nproject: Büro\n".encode("latin-1"))
    error = refusal(tmp_path)
    assert error.code == "settings-unreadable"
    assert error.what.startswith("safedeploy.yml:2: ")


def test_a_directory_in_the_place_of_the_file_is_refused(tmp_path):
    (tmp_path / "safedeploy.yml").mkdir()
    assert refusal(tmp_path).code == "settings-unreadable"
