"""Corrections are carried out exactly, and only where nothing else comes of them."""

from __future__ import annotations

import pytest

from safedeploy.core.policy import Lint
from safedeploy.lint import example
from safedeploy.lint.engine import run
from safedeploy.lint.finding import Edit
from safedeploy.lint.fixing import applied, fix
from safedeploy.lint.rule import Case
from safedeploy.lint.syntax.position import Position

MAIN = "/etc/apache2/apache2.conf"


def report_of(text):
    case = Case(text=text)
    return run(
        example.files_of(case), example.facts_of(case), Lint(), main=MAIN, server_root="/etc/apache2"
    )  # fmt: skip


def fixed(text):
    return fix({MAIN: text.encode()}, report_of(text), lambda now: report_of(now[MAIN].decode()))


def corrected(text):
    return fixed(text).changed.get(MAIN, text.encode()).decode()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("ProxyPass / http://127.0.0.1:9000 nocanon\n", "ProxyPass / http://127.0.0.1:9000/ nocanon\n"),
        ('ProxyPass "/" "http://127.0.0.1:9000"\n', 'ProxyPass "/" "http://127.0.0.1:9000/"\n'),
        ("\tMaxClients\t5 \t\n", "\tMaxRequestWorkers\t5 \t\n"),
        ("# safedeploy: ignore open-proxy as agreed\nListen 80\n", "Listen 80\n"),
        ("Document-Root /srv\n", "DocumentRoot /srv\n"),
    ],
)
def test_a_correction_changes_what_is_wrong_and_nothing_else(before, after):
    assert corrected(before) == after


def test_several_corrections_of_a_file_are_carried_out_together():
    text = "MaxClients 5\nProxyPass / http://127.0.0.1:9000\nMaxRequestsPerChild 7"
    assert corrected(text) == ("MaxRequestWorkers 5\nProxyPass / http://127.0.0.1:9000/\nMaxConnectionsPerChild 7")


def test_line_ends_and_bytes_that_are_no_utf8_stay():
    text = b"# \xff\r\nMaxClients 5\r\n"
    case = Case(text=text.decode("utf-8", "surrogateescape"))
    files = example.files_of(Case(text="x"))
    report = run(
        example.replace(files, contents={MAIN: text}), example.facts_of(case), Lint(), main=MAIN, server_root="/x"
    )
    edits = [edit for one in report.findings if one.fix for edit in one.fix.edits]
    assert applied({MAIN: text}, edits) == {MAIN: b"# \xff\r\nMaxRequestWorkers 5\r\n"}


def test_a_correction_that_brings_another_finding_is_not_carried_out():
    """Both lines are corrected alone; the second time a relint finds more than before."""
    text = "MaxClients 5\n"
    before = report_of(text)
    worse = report_of("MaxRequestWorkers 5\nListen 80\nListen 80\n")
    done = fix({MAIN: text.encode()}, before, lambda _: worse)
    assert done.changed == {}
    assert done.done == ()
    assert [one.rule for one in done.kept] == ["outdated-directive"]


def test_a_correction_after_which_the_finding_is_still_there_is_not_carried_out():
    text = "MaxClients 5\n"
    done = fix({MAIN: text.encode()}, report_of(text), lambda _: report_of(text))
    assert done.changed == {}


def test_one_bad_correction_does_not_keep_the_others_back():
    text = "MaxClients 5\nMaxRequestsPerChild 7\n"
    bad = report_of("Listen 80\nListen 80\n")

    def relint(now):
        return bad if b"MaxConnectionsPerChild" in now[MAIN] else report_of(now[MAIN].decode())

    done = fix({MAIN: text.encode()}, report_of(text), relint)
    assert done.changed == {MAIN: b"MaxRequestWorkers 5\nMaxRequestsPerChild 7\n"}
    assert len(done.kept) == 1


def test_edits_that_overlap_are_not_carried_out():
    def edit(start, end):
        return Edit(position=Position(path="a", line=1, column=start, end_line=1, end_column=end), text="x")

    assert applied({"a": b"abcdef"}, [edit(1, 4), edit(3, 5)]) is None
    assert applied({"a": b"abcdef"}, [edit(1, 3), edit(3, 5)]) == {"a": b"xxef"}
