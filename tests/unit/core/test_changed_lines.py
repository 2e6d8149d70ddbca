"""Changed lines know the sections that they stand in."""

from __future__ import annotations

from safedeploy.core.changed_lines import Changed, hunks, surroundings

VHOST = """\
<VirtualHost *:80>
  ServerName www.example.test:80
  ServerAlias example.test *.example.test
  <Location /docs>
    Require all granted
  </Location>
  DocumentRoot /srv
</VirtualHost>
Timeout 5
"""


def test_a_line_knows_the_names_of_its_virtual_host_wherever_they_stand():
    around = surroundings(VHOST.splitlines())
    assert around[4].names == ("www.example.test", "example.test", "*.example.test")
    assert around[4].sections == (("location", "/docs"),)
    assert around[4].host_line == 1
    assert around[6].sections == ()
    assert around[8].names == ()
    assert around[8].host_line is None


def test_a_section_that_is_closed_by_another_name_does_not_confuse_what_follows():
    around = surroundings(["<VirtualHost *>", "<Location /a>", "</VirtualHost>", "Timeout 5"])
    assert around[3].host_line is None


def test_hunks_are_the_lines_that_differ_with_their_numbers():
    found = hunks(Changed(path="/x", before="a\nb\nc\n", after="a\nB\nc\nd\n", origin="x.j2"))
    assert [[(line.sign, line.number, line.text) for line in hunk.lines] for hunk in found] == [
        [("-", 2, "b"), ("+", 2, "B")],
        [("+", 4, "d")],
    ]
    assert [hunk.number for hunk in found] == [2, 4]
    assert {hunk.origin for hunk in found} == {"x.j2"}


def test_what_is_only_taken_away_is_numbered_as_it_was():
    (found,) = hunks(Changed(path="/x", before="a\nb\n", after="a\n"))
    assert (found.number, found.lines[0].sign) == (2, "-")


def test_a_link_or_a_mode_is_one_hunk_without_lines():
    (found,) = hunks(Changed(path="/x", note="link to a -> absent"))
    assert (found.lines, found.note, found.number) == ((), "link to a -> absent", None)
