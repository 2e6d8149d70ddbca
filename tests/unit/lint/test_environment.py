"""What an envvars file says, and what only a shell could tell."""

from __future__ import annotations

from pathlib import Path

import pytest

from safedeploy.lint.resolve.environment import read_envvars


def values(text, root="/etc/apache2"):
    return read_envvars(text, root).values


def test_debians_own_file_is_understood():
    found = read_envvars(Path("/etc/apache2/envvars").read_text(), "/etc/apache2")
    assert found.values["APACHE_LOG_DIR"] == "/var/log/apache2"
    assert found.values["APACHE_RUN_USER"] == "www-data"
    assert None not in found.values.values()
    assert found.flags == frozenset()


def test_a_second_instance_has_its_suffix():
    text = Path("/etc/apache2/envvars").read_text()
    assert values(text, "/etc/apache2-two")["APACHE_LOG_DIR"] == "/var/log/apache2-two"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("export A=b", "b"),
        ("A=b\nexport A", "b"),
        ("export A='$B'", "$B"),
        ('B=1\nexport A="x ${B}$B" # c', "x 11"),
        ("export A=$NOPE", None),
        ("export A=`date`", None),
        ("export A=$(date)", None),
        ('export A="', None),
        ("if true; then\nexport A=1\nfi\n", None),
        ("export A=1\nif [ -d /x ]; then\n  A=2\nfi\n", None),
        ("if [ -d /x ]; then\n  B=2\nfi\nexport A=1\n", "1"),
    ],
)
def test_only_what_is_certain_has_a_value(text, value):
    assert values(text)["A"] == value


def test_what_is_not_exported_is_not_seen():
    assert values("A=1\nexport B=2\nunset B\n") == {}


def test_flags_come_from_the_arguments():
    assert read_envvars("APACHE_ARGUMENTS='-D One -DTwo -k start'", "/x").flags == {"One", "Two"}
    assert read_envvars("APACHE_ARGUMENTS=$(cat x)", "/x").flags is None
