"""Texts that differ a little become one template, and each host's bytes come out of it again exactly."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safedeploy.core.adopt.naming import Names
from safedeploy.core.adopt.sources import Sources
from safedeploy.core.adopt.template import Slot, align, source, unfit
from tests.unit.adopt.rendered import rendered

HOSTS = ("web1", "web2", "web3")

# Much of Jinja's own, little of everything else: what is hard to bring through a template.
MARKS = (
    "{{",
    "}}",
    "{%",
    "%}",
    "{#",
    "#}",
    "{",
    "}",
    "-",
    "raw",
    "endraw",
    "'",
    '"',
    "\\",
    " ",
    "\t",
    "$",
    "=",
    "\u2028",
)
WORDS = st.sampled_from(
    [*MARKS, "web1", "10.0.0.1", "8080", ":", "/", "://", "é", "\x0b", "\x85", "#jinja2:", "inventory_hostname"]
)
ARGUMENT = st.lists(WORDS, max_size=6).map("".join)
DIRECTIVE = st.sampled_from(
    ["ServerName ", "  Listen ", "<VirtualHost ", "# ", "Define X ", "export A=", "", "{{ ", "RequestHeader set "]
)
LINE = st.tuples(DIRECTIVE, ARGUMENT).map("".join)


@st.composite
def alike(draw):
    """The same file on three hosts, with lines of which the arguments are each host's own."""
    lines = []
    for _ in range(draw(st.integers(0, 6))):
        directive, shared = draw(DIRECTIVE), draw(ARGUMENT)
        own = draw(st.booleans())
        tail = draw(st.sampled_from(["", ">", " x"]))
        lines.append([directive + (draw(ARGUMENT) if own else shared) + tail for _ in HOSTS])
    end = draw(st.sampled_from(["", "\n", "\r\n"]))
    return {host: ("\n".join(line[number] for line in lines) + end).encode() for number, host in enumerate(HOSTS)}


def brought_back(contents):
    """What each host gets out of what was written for it; every host is in exactly one source."""
    names = Names([])
    made = list(Sources("prod", HOSTS, names).of("sites-available/www.conf", contents))
    assert sorted(host for source in made for host in source.hosts) == sorted(contents)
    assert len({source.name for source in made}) == len(made)
    variables = {host: {"inventory_hostname": host} for host in HOSTS}
    for name, values in names.variables():
        for host, value in values.items():
            assert name not in variables[host]
            variables[host][name] = value
    return {
        host: rendered(source.data, variables[host]) if source.template else source.data
        for source in made
        for host in source.hosts
    }


@given(alike())
def test_each_host_gets_back_its_bytes_where_arguments_differ(contents):
    assert brought_back(contents) == contents


@given(
    st.fixed_dictionaries(
        {host: st.text(alphabet=st.sampled_from("ab{}%#-\n '\"=:/ "), max_size=40).map(str.encode) for host in HOSTS}
    )
)
def test_each_host_gets_back_its_bytes_whatever_the_texts_are(contents):
    assert brought_back(contents) == contents


@given(st.fixed_dictionaries({host: st.binary(max_size=30) for host in HOSTS}))
def test_each_host_gets_back_its_bytes_also_where_they_are_no_text(contents):
    assert brought_back(contents) == contents


def test_what_differs_becomes_a_variable_named_after_its_directive():
    contents = {
        host: (
            f"<VirtualHost 10.0.0.{n}:80>\n  ServerName www{n}.example.com\n</VirtualHost>\nMaxRequestWorkers {n}50\n"
        ).encode()
        for n, host in enumerate(HOSTS, 1)
    }
    (made,) = Sources("prod", HOSTS, Names([])).of("sites-available/www.conf", contents)
    assert made.data.decode() == (
        "<VirtualHost {{ virtual_host_address }}:80>\n  ServerName {{ server_name }}\n</VirtualHost>\n"
        "MaxRequestWorkers {{ max_request_workers }}\n"
    )


def test_a_host_that_is_another_has_a_file_of_its_own_beside_the_template_of_the_others():
    contents = {"web1": b"ServerName a\n", "web2": b"ServerName b\n", "web3": b"ProxyPass / http://x/\nProxyVia On\n"}
    template, own = Sources("prod", HOSTS, Names([])).of("sites-available/www.conf", contents)
    assert (template.template, template.hosts) == (True, ("web1", "web2"))
    assert (own.template, own.hosts, own.name) == (False, ("web3",), "prod/only-web3/sites-available/www.conf")


def test_texts_with_different_directives_in_the_same_line_are_not_alike():
    assert align(["ServerName a\n", "ServerAlias a\n"]) is None


def test_a_line_of_another_number_of_words_is_a_slot_for_all_of_its_arguments():
    assert align(["ServerAlias a b\n", "ServerAlias a\n"]) == (
        "ServerAlias ",
        Slot(values=("a b", "a"), before="ServerAlias "),
        "\n",
    )


@pytest.mark.parametrize(
    "data", [b"a\r\nb", b"\xff", b"\xef\xbb\xbfa", b"#jinja2: trim_blocks: False\n", b"$ANSIBLE_VAULT;1.1"]
)
def test_what_jinja_or_ansible_would_change_is_no_template(data):
    assert unfit(data)


def test_a_file_and_a_directory_of_the_same_name_keep_out_of_each_others_way():
    sources = Sources("prod", HOSTS, Names([]))
    names = [next(iter(sources.of(path, {"web1": b"x"}))).name for path in ("a b", "a_b", "a b/c")]
    assert names == ["prod/a_b", "prod/apart-2/a_b", "prod/apart-3/a_b/c"]


def test_a_brace_before_a_slot_is_not_read_with_those_of_the_expression():
    slot = Slot(values=("a", "b"), before="x {")
    assert rendered(source(("x {", slot, "}\n"), {slot: "name"}).encode(), {"name": "a"}) == b"x {a}\n"


@pytest.mark.timeout(60)
def test_lines_that_are_made_to_be_slow_to_read_are_not():
    lines = (" " * 900 + "x" + " " * 90 + "{}\n") * 250
    contents = {f"web{number}": lines.replace("{}", f"y{number}").encode() for number in range(20)}
    assert list(Sources("prod", list(contents), Names([])).of("a.conf", contents))
