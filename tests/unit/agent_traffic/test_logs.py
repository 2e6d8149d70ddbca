"""Which access log tells of which virtual host, and what kinds of messages the error logs have."""

from __future__ import annotations

import pytest
from safedeploy_host.probes import site_map
from safedeploy_host.traffic import errors, logs, status_page

from tests.unit.agent_probes_plan.configured import effective, vhost

ROOT = "/etc/apache2"
FORMATS = """
LogFormat "%h %l %u %t \\"%r\\" %>s %O \\"%{Referer}i\\" \\"%{User-Agent}i\\"" combined
LogFormat "%v %h %l %u %t \\"%r\\" %>s %O \\"%{User-Agent}i\\" %D" timed
"""


def chosen(text):
    found, notes = logs.choose(site_map.hosts(effective(FORMATS + text)), ROOT)
    return {log.path: (log.sites, log.elsewhere) for log in found}, notes


def test_a_virtual_host_s_own_log_is_taken():
    found, notes = chosen(vhost("CustomLog /var/log/www.log combined"))
    assert found == {"/var/log/www.log": (["www.example.test"], set())}
    assert notes == []


def test_of_two_logs_the_one_that_tells_more_is_taken():
    found, _ = chosen(vhost("CustomLog /var/log/a.log combined\nCustomLog /var/log/b.log timed"))
    assert list(found) == ["/var/log/b.log"]


def test_a_log_of_every_request_is_better_than_one_with_a_condition():
    found, _ = chosen(vhost("CustomLog /var/log/a.log timed env=slow\nCustomLog /var/log/b.log combined"))
    assert list(found) == ["/var/log/b.log"]


def test_a_request_that_two_logs_have_is_counted_once():
    one = vhost("CustomLog /var/log/own.log timed\nCustomLog /var/log/all.log combined", name="a.example")
    other = vhost("CustomLog /var/log/all.log timed", name="b.example")
    found, _ = chosen(one + other)
    assert found["/var/log/own.log"][0] == ["a.example"]
    assert found["/var/log/all.log"] == (["b.example"], {"a.example"})


def test_the_main_server_s_log_serves_hosts_that_have_none():
    found, _ = chosen("CustomLog logs/others.log timed\n" + vhost("DocumentRoot /var/www"))
    assert found == {"/etc/apache2/logs/others.log": (["www.example.test"], set())}


@pytest.mark.parametrize(
    ("directive", "why"),
    [
        ('CustomLog "|/usr/bin/logger -t httpd" combined', "'|/usr/bin/logger -t httpd' is no file"),
        ("CustomLog syslog:local1 combined", "'syslog:local1' is no file"),
        ('CustomLog /var/log/a.log "%h %r"', "the format of /var/log/a.log has no status"),
        ("DocumentRoot /var/www", "it has none"),
    ],
)
def test_a_log_that_cannot_be_read_is_said(directive, why):
    assert chosen(vhost(directive)) == ({}, [f"no access log of www.example.test can be read: {why}"])


LINE = "[Sun Nov 22 12:00:00.000000 2026] [%s] [pid 1:tid 2] [client 192.0.2.7:999] %s"


@pytest.mark.parametrize(
    ("level", "text", "expected"),
    [
        ("authz_core:error", "AH01630: client denied by server configuration: /srv/x", ("AH01630", "error")),
        ("ssl:warn", "AH01909: www:443:0 server certificate does NOT include an ID", ("AH01909", "warn")),
        ("mpm_event:notice", "AH00489: Apache/2.4 configured -- resuming normal operations", None),
        ("core:alert", "/srv/www/.htaccess: Invalid command 'Foo', perhaps misspelled",
         ("core:alert /...: Invalid command ..., perhaps misspelled", "alert")),
        ("proxy_fcgi:error", "AH01071: Got error 'PHP message: Fatal in /srv/a.php on line 7'",
         ("proxy_fcgi:error AH...: Got error 'PHP message: Fatal in /... on line ...'", "error")),
    ],
)  # fmt: skip
def test_a_message_has_a_kind(level, text, expected):
    assert errors.signature(LINE % (level, text)) == expected


def test_lines_that_are_no_message_have_no_kind():
    assert errors.signature('  File "x.py", line 3') is None


def test_kinds_are_counted_with_a_sample_that_gives_nobody_away(tmp_path):
    log = tmp_path / "error.log"
    secret = "AH01276: Cannot serve /srv/: q=/x?token=hunter2, referer: https://a.example/?s=1"
    log.write_text("".join(LINE % ("autoindex:error", secret) + "\n" for _ in range(3)))
    (found,) = errors.signatures({"error:x": str(log)}, {}, [])
    assert (found["key"], found["level"], found["count"]) == ("AH01276", "error", 3)
    assert "192.0.2.7" not in found["sample"]
    assert "hunter2" not in found["sample"]
    assert "referer" not in found["sample"]


def test_an_error_log_that_is_a_pipe_is_said():
    notes = []
    assert errors.signatures({"error:|/bin/x": None}, {}, notes) == []
    assert notes == ["the error log '|/bin/x' is no file, and was not read"]


def test_each_error_log_is_read_once():
    text = (
        "ErrorLog /var/log/error.log\n" + vhost("ErrorLog /var/log/error.log") + vhost("ErrorLog /b.log", "b.example")
    )
    configured = effective(text)
    found = errors.logs(site_map.hosts(configured), {**configured, "error_log": "/var/log/error.log"}, ROOT)
    assert list(found.values()) == ["/var/log/error.log", "/b.log"]


def test_the_status_page_s_numbers_are_read():
    page = "localhost\nTotal Accesses: 1234\nTotal kBytes: 9\nBusyWorkers: 3\nIdleWorkers: 47\nScoreboard: _W__\n"
    assert status_page.read(page) == {"accesses": 1234, "busy": 3, "idle": 47}


def test_another_page_is_no_status_page():
    assert status_page.read("<html>Total Accesses: many</html>") == {}
