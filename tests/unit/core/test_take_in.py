"""From an edited file back to its template."""

from __future__ import annotations

import pytest

from safedeploy.core.take_in import candidates

TEMPLATE = "# managed\n{% for site in sites %}\nServerName {{ site }}\nOptions -Indexes\n{% endfor %}\nTimeout 60\n"
RELEASED = "# managed\nServerName a\nOptions -Indexes\nServerName b\nOptions -Indexes\nTimeout 60\n"


def of(live, sources=None):
    return list(candidates(sources or {"main": TEMPLATE}, RELEASED, live))


def test_a_changed_line_that_stands_in_the_template_is_changed_there():
    (found,) = of(RELEASED.replace("Timeout 60", "Timeout 5"))
    assert found == {"main": TEMPLATE.replace("Timeout 60", "Timeout 5")}


def test_lines_that_were_taken_away_are_taken_away_there():
    (found,) = of(RELEASED.replace("Timeout 60\n", ""))
    assert found == {"main": TEMPLATE.replace("Timeout 60\n", "")}


def test_a_line_at_the_end_comes_to_the_end():
    (found,) = of(f"{RELEASED}KeepAlive Off\n")
    assert found == {"main": f"{TEMPLATE}KeepAlive Off\n"}


def test_a_line_at_the_end_comes_to_the_end_also_behind_what_is_no_text():
    sources = {"main": "Timeout {{ timeout }}\n"}
    (found,) = candidates(sources, "Timeout 5\n", "Timeout 5\nKeepAlive Off\n")
    assert found == {"main": "Timeout {{ timeout }}\nKeepAlive Off\n"}


def test_a_line_between_two_has_both_places_as_candidates():
    found = [one["main"] for one in of(RELEASED.replace("Timeout", "KeepAlive Off\nTimeout"))]
    assert TEMPLATE.replace("Timeout", "KeepAlive Off\nTimeout") in found


def test_a_line_of_an_included_template_is_changed_in_that_one():
    sources = {"main": "# managed\n{% include 'rest' %}\n", "rest": "Timeout 60\n"}
    (found,) = candidates(sources, "# managed\nTimeout 60\n", "# managed\nTimeout 5\n")
    assert found == {"rest": "Timeout 5\n"}


@pytest.mark.parametrize(
    "live",
    [
        RELEASED.replace("ServerName a", "ServerName c"),  # made by an expression
        f"{RELEASED}{{{{ evil }}}}\n",
        f"{RELEASED}{{% raw %}}\n",
        f"#jinja2: variable_start_string:'[['\n{RELEASED}",
        RELEASED * 5000,
    ],
    ids=["an expression", "jinja", "a tag", "other signs", "endless"],
)
def test_what_is_not_verbatim_has_no_candidate(live):
    assert of(live) == []


def test_a_brace_is_no_sign_and_two_are():
    before = "a {{ x }}\nb{"
    assert list(candidates({"main": before}, "a 1\nb{", "a 1\nb{c\n")) != []
    assert list(candidates({"main": before}, "a 1\nb{", "a 1\nb{{ y }}\n")) == []


def test_a_template_with_signs_of_its_own_has_no_candidate():
    own = "#jinja2: variable_start_string:'[['\n"
    assert list(candidates({"main": f"{own}a\n"}, "a\n", "b\n")) == []


def test_nothing_edited_is_nothing_to_change():
    assert of(RELEASED) == []
