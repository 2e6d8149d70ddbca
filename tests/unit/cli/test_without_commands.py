"""No line of a host makes GitHub's runner do anything."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safedeploy.cli.without_commands import WithoutCommands


def written(*pieces):
    file = io.StringIO()
    stream = WithoutCommands(file)
    for piece in pieces:
        stream.write(piece)
    return file.getvalue()


def commands(text):
    """The lines that the runner would try as commands (ActionCommand.cs: TryParseV2, TryParse)."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return [line for line in lines if line.lstrip().startswith("::") or "##[" in line]


@pytest.mark.parametrize(
    "line",
    [
        "::set-env name=PATH::/evil",
        "  ::add-mask::e",
        "\u00a0\t::stop-commands::x",
        "said so\n::error::no",
        "said so\r::error::no",
        "web1: ##[add-path]/evil",
        "###[group]",
        ":::warning::",
    ],
)
def test_a_command_in_a_host_s_words_is_none_any_more(line):
    assert commands(line)
    shown = written(line)
    assert commands(shown) == []
    assert shown.replace(" ", "") == line.replace(" ", "")


def test_what_only_looks_like_one_stays_as_it_is():
    text = "Listen [::]:80\nmod_ssl::init ## [x]\n+::\n# comment\n"
    assert written(text) == text


@given(st.lists(st.sampled_from([":", "#", "[", " ", "\n", "\r", "x", "::", "##["]), max_size=12))
def test_no_cutting_into_pieces_makes_a_command(pieces):
    assert commands(written(*pieces)) == []
    assert written(*pieces) == written("".join(pieces))


def test_our_own_command_has_a_line_of_its_own():
    file = io.StringIO()
    stream = WithoutCommands(file)
    stream.write("unfinished")
    stream.command("::group::x")
    stream.write(":")
    stream.write(":endgroup::\n")
    assert file.getvalue() == "unfinished\n::group::x\n: :endgroup::\n"


def test_the_stream_behind_it_is_the_same_to_everybody_else():
    file = io.StringIO()
    stream = WithoutCommands(file)
    assert stream.isatty() is False
    with pytest.raises(TypeError):
        stream.write(b"bytes")
