"""What httpd says of itself, as values."""

from __future__ import annotations

from safedeploy_host import dumps

VHOSTS = """\
AH00558: apache2: Could not reliably determine the server's fully qualified domain name
VirtualHost configuration:
127.0.0.1:8080         local.example.test (/etc/apache2/sites-enabled/a b.conf:3)
*:80                   is a NameVirtualHost
         default server www.example.test (/etc/apache2/sites-enabled/www.conf:1)
         port 80 namevhost www.example.test (/etc/apache2/sites-enabled/www.conf:1)
                 alias example.test
                 wild alias *.example.test
         port 80 namevhost other.example.test (/etc/apache2/sites-enabled/other.conf:7)
[2001:db8::1]:443      is a NameVirtualHost
         default server six.example.test (/etc/apache2/sites-enabled/six.conf:1)
         port 443 namevhost six.example.test (/etc/apache2/sites-enabled/six.conf:1)
*:*                    any.example.test (/etc/apache2/sites-enabled/any.conf:1)
ServerRoot: "/etc/apache2"
Main ErrorLog: "|/usr/bin/rotatelogs /var/log/e 86400"
PidFile: "/run/apache2/apache2.pid"
Define: DUMP_VHOSTS
Define: STAGE=prod
User: name="www-data" id=33
Group: name="www-data" id=33
"""


def test_virtual_hosts_with_their_addresses_aliases_and_places() -> None:
    found = [(host.address, host.port, host.name, host.line, host.aliases) for host in dumps.virtual_hosts(VHOSTS)]

    assert found == [
        ("127.0.0.1", 8080, "local.example.test", 3, []),
        ("*", 80, "www.example.test", 1, ["example.test", "*.example.test"]),
        ("*", 80, "other.example.test", 7, []),
        ("2001:db8::1", 443, "six.example.test", 1, []),
        ("*", 0, "any.example.test", 1, []),
    ]
    assert dumps.virtual_hosts(VHOSTS)[0].file == "/etc/apache2/sites-enabled/a b.conf"


def test_run_settings_and_defines() -> None:
    found = dumps.run_cfg(VHOSTS)

    assert found["Main ErrorLog"] == "|/usr/bin/rotatelogs /var/log/e 86400"
    assert (found["PidFile"], found["User"], found["ServerRoot"]) == (
        "/run/apache2/apache2.pid",
        "www-data",
        "/etc/apache2",
    )
    assert dumps.defines(VHOSTS) == ["DUMP_VHOSTS", "STAGE"]


def test_modules() -> None:
    text = "Loaded Modules:\n core_module (static)\n mpm_event_module (shared)\nSyntax OK\n"

    assert dumps.modules(text) == ["core_module", "mpm_event_module"]


def test_build() -> None:
    text = 'Server version: Apache/2.4.62 (Red Hat)\n -D HTTPD_ROOT="/etc/httpd"\n -D APR_HAS_MMAP\n'

    assert dumps.build(text) == {"version": "2.4.62", "HTTPD_ROOT": "/etc/httpd"}
