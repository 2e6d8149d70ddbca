"""The fault matrix notices a final screen or an exit code that is not true."""

from __future__ import annotations

import pytest

from tests.e2e.program import Done
from tests.faults.screen import screen_violations

CONFIRMED = "web1  confirmed  abc\nweb2  confirmed  abc\n"
REVERTED = "web1  reverted  abc\nweb2  untouched  abc\n"
LOST = "web1  stranded  \nweb2  untouched  abc\n"


def seen(out, code, web1, web2, **more):
    ends = {"web1": web1, "web2": web2}
    return [one.what for one in screen_violations(Done(code=code, out=out, err=""), ends, **more)]


@pytest.mark.parametrize(
    ("out", "code", "ends", "more"),
    [
        (CONFIRMED, 0, ("new", "new"), {}),
        (REVERTED, 6, ("old", "old"), {}),
        (REVERTED, 130, ("old", "old"), {"interrupted": True}),
        (LOST, 7, ("stranded", "old"), {}),
        (LOST, 7, ("old", "old"), {"lost": frozenset({"web1"})}),
        ("", 4, ("old", "old"), {}),
    ],
)
def test_what_is_true_is_no_violation(out, code, ends, more):
    assert seen(out, code, *ends, **more) == []


@pytest.mark.parametrize(
    ("out", "code", "ends", "more"),
    [
        (CONFIRMED, 0, ("old", "new"), {}),
        (REVERTED, 6, ("new", "old"), {}),
        (REVERTED, 6, ("neither", "old"), {}),
        (LOST, 7, ("old", "old"), {}),
        ("", 4, ("new", "old"), {}),
    ],
)
def test_a_host_that_is_something_else_is_noticed(out, code, ends, more):
    assert len(seen(out, code, *ends, **more)) == 1


@pytest.mark.parametrize(
    ("out", "code", "ends", "more"),
    [
        (REVERTED, 0, ("old", "old"), {}),
        (CONFIRMED, 0, ("new", "new"), {"interrupted": True}),
        (LOST, 6, ("stranded", "old"), {}),
        ("", 0, ("old", "old"), {}),
        ("", -15, ("old", "old"), {"interrupted": True}),
    ],
)
def test_an_exit_code_that_is_not_true_is_noticed(out, code, ends, more):
    assert seen(out, code, *ends, **more) == ["the exit code is not true"]
