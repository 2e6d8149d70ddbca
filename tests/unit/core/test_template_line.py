"""The template's line is found by its text."""

from __future__ import annotations

import pytest

from safedeploy.core.template_line import included, line_of

TEMPLATE = """\
<VirtualHost *:{{ port }}>
  ServerName {{ item.name }}
{% for alias in item.aliases %}  ServerAlias {{ alias }}{% endfor %}
  Options -Indexes
  Header set A "1"
  Header set A "1"
  {{ extra }}
</VirtualHost>
"""


@pytest.mark.parametrize(
    ("rendered", "line"),
    [
        ("  Options -Indexes", 4),
        ("<VirtualHost *:8080>", 1),
        ("ServerName www.example.test", 2),
        ("  ServerAlias example.test", 3),
        ('Header set A "1"', None),
        ("Something else", None),
        ("", None),
    ],
)
def test_the_line_of(rendered, line):
    assert line_of(TEMPLATE, rendered) == line


def test_templates_name_those_that_they_include():
    text = "{% include 'parts/tls.j2' %}{%- import \"m.j2\" as m %}{% extends 'base.j2' %}{% include name %}"
    assert included(text) == ["parts/tls.j2", "m.j2", "base.j2"]
