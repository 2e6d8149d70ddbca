"""What rules say that httpd refuses, the httpd that is installed here refuses, and what they let pass it takes."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from safedeploy.lint.knowledge.packaged import read
from safedeploy.lint.registry import rules

BINARY = "/usr/sbin/apache2"
OWN = Path("/usr/lib/apache2/modules")
LOADED = (
    "mpm_event", "authz_core", "authz_host", "authz_user", "authn_core", "access_compat", "alias", "autoindex",
    "deflate", "dir", "env", "expires", "filter", "headers", "mime", "negotiation", "proxy", "proxy_http", "rewrite",
    "setenvif", "socache_shmcb", "ssl",
)  # fmt: skip
NAMES = (
    "argument-count", "expires-code", "header-arguments", "invalid-argument", "invalid-condition", "invalid-number",
    "invalid-pattern", "invalid-port", "proxypass-arguments", "redirect-arguments", "require-address",
    "require-provider", "rewrite-flags", "setenvif-arguments",
)  # fmt: skip
GOOD = [pytest.param(case.text, id=f"{name}-{n}") for name in NAMES for n, case in enumerate(rules()[name].good)]
BAD = [pytest.param(case.text, id=f"{name}-{n}") for name in NAMES for n, case in enumerate(rules()[name].bad)]
PER_DIRECTORY = {"allowoverride", "authmerging", "satisfy"}

pytestmark = pytest.mark.apache


@pytest.fixture
def takes(tmp_path):
    """Whether httpd takes a text as a part of its configuration."""
    head = [f"LoadModule {name}_module {OWN}/mod_{name}.so" for name in LOADED]
    head += [f"DefaultRuntimeDir {tmp_path}", f"ErrorLog {tmp_path}/error", "ServerName localhost"]

    def ask(text):
        path = tmp_path / "httpd.conf"
        path.write_text("\n".join([*head, text, ""]))
        return subprocess.run([BINARY, "-t", "-f", path], check=False, capture_output=True).returncode == 0

    return ask


@pytest.mark.parametrize("text", GOOD)
def test_httpd_takes_what_a_rule_lets_pass(takes, text):
    assert takes(text)


@pytest.mark.parametrize("text", BAD)
def test_httpd_refuses_what_a_rule_finds(takes, text):
    assert not takes(text)


@pytest.mark.parametrize("name", read("choices.toml"))
def test_httpd_refuses_a_word_that_is_none_of_a_directives(takes, name):
    line = "{} nonsense"
    text = f'<Directory "/">\n{line}\n</Directory>' if name in PER_DIRECTORY else line
    assert not takes(text.format(name))


@pytest.mark.parametrize("name", [name for name, entry in read("choices.toml").items() if "each" not in entry])
def test_httpd_takes_each_word_of_a_directive(takes, name):
    line = '<Directory "/">\n{} {}\n</Directory>' if name in PER_DIRECTORY else "{} {}"
    assert takes("\n".join(line.format(name, word) for word in read("choices.toml")[name]["words"]))
