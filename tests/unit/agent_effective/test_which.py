"""Which virtual host answers, by httpd's rules. tests/integration/effective holds httpd itself to the same table."""

from __future__ import annotations

import pytest
from safedeploy_host.effective.which import Choice, bare

from tests.unit.agent_effective.written import written

HOSTS = written("""
<VirtualHost *:80>
ServerName default.test
</VirtualHost>
<VirtualHost *:80>
ServerName www.test
ServerAlias alias.test *.wild.test
</VirtualHost>
<VirtualHost *:80>
ServerName one.wild.test
</VirtualHost>
<VirtualHost 10.0.0.1:80 [2001:db8::1]:80>
ServerName address.test
</VirtualHost>
<VirtualHost *:*>
ServerName anyport.test
</VirtualHost>
""")


@pytest.mark.parametrize(
    ("address", "port", "name", "answers"),
    [
        ("10.9.9.9", 80, "www.test", "www.test"),
        ("10.9.9.9", 80, "WWW.Test.", "www.test"),
        ("10.9.9.9", 80, "www.test:8080", "www.test"),
        ("10.9.9.9", 80, "alias.test", "www.test"),
        ("10.9.9.9", 80, "one.wild.test", "www.test"),
        ("10.9.9.9", 80, "unknown.test", "default.test"),
        ("10.0.0.1", 80, "www.test", "address.test"),
        ("::ffff:10.0.0.1", 80, "www.test", "address.test"),
        ("2001:DB8:0::1", 80, "www.test", "address.test"),
        ("10.0.0.1", 8080, "www.test", "anyport.test"),
    ],
)
def test_an_exact_address_comes_first_then_the_first_that_knows_the_name_then_the_default(
    address: str, port: int, name: str, answers: str
) -> None:
    host = Choice(HOSTS).which(address, port, name)

    assert host is not None
    assert host["name"] == answers


def test_without_a_virtual_host_for_the_port_the_main_server_answers() -> None:
    assert (
        Choice(written("<VirtualHost *:80>\nServerName a.test\n</VirtualHost>")).which("10.0.0.1", 81, "a.test") is None
    )


def test_a_bare_name_has_neither_case_nor_port_nor_final_dot() -> None:
    assert [bare(text) for text in ("A.Test", "a.test:80", "a.test.", "[::1]:80")] == [
        "a.test",
        "a.test",
        "a.test",
        "[::1]:80",
    ]
