"""Which changes are said to need a restart."""

from __future__ import annotations

import pytest

from safedeploy.core.restart import restart_reasons

PATH = "/etc/apache2/mods-enabled/mpm_event.conf"


@pytest.mark.parametrize(
    "line", ["ServerLimit 20", "  threadlimit 64", "PidFile /run/x.pid", "LoadModule mpm_worker_module x.so"]
)
def test_a_directive_that_graceful_does_not_apply_is_named(line: str) -> None:
    assert restart_reasons(PATH, b"", line.encode()) == [f"{PATH}: {' '.join(line.split())}"]


@pytest.mark.parametrize("line", ["# ServerLimit 20", "MaxRequestWorkers 150", "Listen 8080"])
def test_anything_else_is_left_to_graceful(line: str) -> None:
    assert restart_reasons(PATH, b"", line.encode()) == []


def test_a_line_that_stays_is_no_reason() -> None:
    assert restart_reasons(PATH, b"ServerLimit 16\n", b"ServerLimit  16\nTimeout 5\n") == []
