"""What hooks are told, and what they are not."""

from __future__ import annotations

import pytest

from safedeploy.core.hooks import HookRun, Told, When, environment, failed, result
from safedeploy.core.outcome import End, HostEnd
from safedeploy.core.policy import Hook

TOLD = Told(verb="push", environment="prod", run="r1", release="abc", hosts=("web1", "web2"))


def ends(*kinds: End) -> dict[str, HostEnd]:
    return {f"web{number}": HostEnd(host=f"web{number}", end=kind, why="") for number, kind in enumerate(kinds)}


@pytest.mark.parametrize(
    ("kinds", "word"),
    [
        ([End.CONFIRMED, End.UNCHANGED], "confirmed"),
        ([End.HELD, End.UNTOUCHED], "untouched"),
        ([End.CONFIRMED, End.REVERTED, End.UNTOUCHED], "reverted"),
        ([End.REVERTED, End.PENDING], "stranded"),
        ([End.STRANDED, End.CONFIRMED], "stranded"),
        ([], "untouched"),
    ],
)
def test_the_result_of_a_run_is_that_of_its_worst_host(kinds, word):
    assert result(ends(*kinds)).value == word


def test_a_hook_before_the_push_is_told_of_no_result():
    assert TOLD.variables() == {
        "SAFEDEPLOY_VERB": "push",
        "SAFEDEPLOY_ENVIRONMENT": "prod",
        "SAFEDEPLOY_RUN": "r1",
        "SAFEDEPLOY_RELEASE": "abc",
        "SAFEDEPLOY_HOSTS": "web1 web2",
    }


def test_a_hook_after_the_push_is_told_how_it_ended():
    told = TOLD.variables(ends(End.REVERTED), 6)
    assert (told["SAFEDEPLOY_RESULT"], told["SAFEDEPLOY_EXIT_CODE"]) == ("reverted", "6")


def test_a_hook_sees_the_usual_variables_and_those_that_it_asks_for_and_no_other():
    around = {"PATH": "/bin", "LC_ALL": "C.UTF-8", "CHAT_TOKEN": "t", "AWS_SECRET_ACCESS_KEY": "s"}
    hook = Hook(name="tell", command=("tell",), env=("CHAT_TOKEN", "NOT_SET"))
    assert environment(around, hook, {"SAFEDEPLOY_RUN": "r1"}) == {
        "PATH": "/bin",
        "LC_ALL": "C.UTF-8",
        "CHAT_TOKEN": "t",
        "SAFEDEPLOY_RUN": "r1",
    }


def test_only_the_failed_hooks_of_a_place_are_its_failed_ones():
    good = HookRun(when=When.AFTER, name="a", why="", seconds=0, output="")
    bad = HookRun(when=When.AFTER, name="b", why="it ended with exit code 1", seconds=0, output="")
    before = HookRun(when=When.BEFORE, name="c", why="it ended with exit code 1", seconds=0, output="")
    assert failed([good, bad, before], When.AFTER) == (bad,)
