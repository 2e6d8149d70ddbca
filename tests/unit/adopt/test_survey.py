"""What a host says is understood or refused; what does not fit into a project is kept with the reason."""

from __future__ import annotations

import pytest

from safedeploy.core.adopt.survey import is_plain_path, survey_from_json
from tests.unit.adopt.surveys import ROOT, file, survey


def unfit(name, entry):
    (found,) = survey("web1", {name: entry}).entries.values()
    return found.unfit


def test_a_plain_file_fits():
    assert unfit("a.conf", file()) is None


@pytest.mark.parametrize(
    ("name", "entry"),
    [
        ("/etc/passwd", file()),
        ("a/../../passwd", file()),
        ("a\nb", file()),
        ("a.conf", file(mode="644")),
        ("a.conf", file(sha256="../../x")),
        ("a.conf", file(owner="root, mode: x")),
        ("a.conf", file(owner="{{ x }}")),
        ("a.conf", file(several=True)),
        ("a.conf", file(content="binary")),
        ("a.conf", file(content="certificate")),
        ("a.conf", {"kind": "link", "target": "a\nb"}),
        ("a.conf", {"kind": "other", "type": "fifo"}),
        ("a.conf", {"kind": "other", "type": "large"}),
        ("a.conf", {"kind": "absent"}),
    ],
)
def test_what_cannot_be_written_down_is_told_apart(name, entry):
    assert unfit(name, entry)


@pytest.mark.parametrize(
    "value",
    [
        {},
        {"entries": []},
        {"entries": {f"{ROOT}/a": {"kind": "file", "size": "x"}}, "loaded": None},
        {"entries": {}, "loaded": [1]},
    ],
)
def test_an_answer_of_another_shape_is_refused(value):
    with pytest.raises(ValueError, match="web1 answered 'survey'"):
        survey_from_json("web1", value, ROOT, [ROOT])


@pytest.mark.parametrize("path", ["a", "/a/./b", "/a//b", "/a/..", "/a\x1b[1m", "/a/", "/a "])
def test_a_path_must_be_plain(path):
    assert not is_plain_path(path)


def test_a_path_that_cannot_be_shown_does_not_hide_the_one_that_it_looks_like():
    found = survey("web1", {"a.conf": file(), "a.conf ": file(mode="0600")}).entries
    assert found["a.conf"].unfit is None
    assert [one.unfit for name, one in found.items() if name != "a.conf"] == [
        "its name has characters that cannot be shown"
    ]
