"""Test reports that every reader of JUnit reports can read, whatever hosts have said."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safedeploy.core.junit import LONGEST, LONGEST_LINE, Case, document


def read(*cases):
    return ET.fromstring(document("a suite", cases))


def case(**values):
    return Case(**{"name": "configtest", "classname": "web1", **values})


def test_a_report_counts_how_its_cases_ended():
    root = read(case(), case(failure="no"), case(failure="no"), case(error="gone"), case(skipped="why not"))
    for element in (root, root.find("testsuite")):
        assert {name: element.get(name) for name in ("tests", "failures", "errors", "skipped")} == {
            "tests": "5", "failures": "2", "errors": "1", "skipped": "1",
        }  # fmt: skip
    assert [child.tag for one in root.iter("testcase") for child in one] == ["failure", "failure", "error", "skipped"]


def test_a_report_with_nothing_in_it_is_one():
    assert read().find("testsuite").get("tests") == "0"


def test_the_first_line_of_an_end_is_its_message_and_all_of_it_the_text():
    failure = read(case(failure="httpd refuses it\nline 3 <b>&</b>")).find(".//failure")
    assert failure.get("message") == "httpd refuses it"
    assert failure.text == "httpd refuses it\nline 3 <b>&</b>"


def test_what_a_host_took_is_in_seconds_and_summed_up():
    root = read(case(seconds=1.25), case(seconds=0.5))
    assert [one.get("time") for one in root.iter("testcase")] == ["1.250", "0.500"]
    assert root.get("time") == "1.750"


def test_no_control_sequence_of_a_host_gets_into_a_report():
    root = read(case(name="a\x1b[31mb\x00", output="\x1b]0;title\x07said\x0b so"))
    assert root.find(".//testcase").get("name") == "ab"
    assert root.find(".//system-out").text == "said so"


@pytest.mark.parametrize("where", ["failure", "output"])
def test_a_text_without_end_is_cut_and_says_so(where):
    text = read(case(**{where: "x" * (10 * LONGEST)}))[0][0][0].text
    assert len(text) < LONGEST + 100
    assert "characters left out" in text


def test_a_line_without_end_is_cut():
    assert len(read(case(failure="x" * 5000)).find(".//failure").get("message")) == LONGEST_LINE


@given(st.text(), st.text())
def test_any_text_gives_a_document_that_can_be_read(name, text):
    root = read(case(name=name, failure=text, output=text))
    assert len(root.findall(".//failure")) == 1
