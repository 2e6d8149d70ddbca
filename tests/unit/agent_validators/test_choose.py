"""Which validator judges which file."""

from __future__ import annotations

import pytest
from safedeploy_host.validators.choose import choose, matches, shown, table
from safedeploy_host.validators.known import KNOWN

OWN = {"app": {"command": ["/opt/app/check", "{file}"], "paths": ["/etc/app/*.ini"]}}


def chosen(*paths, **services):
    return choose(paths, services, table(services, KNOWN))


def names(*paths, **services):
    return [check["name"] for check in chosen(*paths, **services)["checks"]]


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/etc/nginx/nginx.conf", "nginx"),
        ("/etc/nginx/sites-available/www", "nginx"),
        ("/etc/haproxy/haproxy.cfg", "haproxy"),
        ("/etc/php/8.2/fpm/pool.d/www.conf", "php-fpm"),
        ("/var/www/html/index.php", "php"),
        ("/etc/ssh/sshd_config.d/hardening.conf", "sshd"),
        ("/etc/sudoers", "sudo"),
        ("/etc/sudoers.d/ops", "sudo"),
        ("/etc/bind/named.conf.local", "named"),
        ("/etc/logrotate.d/apache2", "logrotate"),
        ("/etc/cron.d/backup", "cron"),
        ("/etc/systemd/system/app.service", "systemd"),
        ("/etc/systemd/system/apache2.service.d/limits.conf", "systemd"),
        ("/etc/rsyslog.d/30-httpd.conf", "rsyslog"),
        ("/etc/postfix/main.cf", "postfix"),
        ("/etc/nftables.conf", "nftables"),
    ],
)
def test_a_file_is_judged_by_the_service_that_reads_it(path, name):
    assert names(path) == [name]


@pytest.mark.parametrize(
    "path",
    [
        "/etc/apache2/apache2.conf",
        "/etc/apache2/sites-available/www.conf",
        "/etc/httpd/conf.d/ssl.conf",
        "/var/www/html/index.html",
        "/var/www/html/.htaccess",
        "/etc/ssh/ssh_config",
        "/etc/sudoers.dist",
        "/etc/hosts",
    ],
)
def test_what_another_service_does_not_read_is_judged_by_none(path):
    assert names(path) == []


def test_many_files_of_one_service_are_one_check():
    (check,) = chosen("/etc/nginx/nginx.conf", "/etc/nginx/conf.d/a.conf", "/etc/nginx/conf.d/b.conf")["checks"]
    assert len(check["files"]) == 3


def test_each_version_of_php_is_a_check_of_its_own():
    checks = chosen("/etc/php/8.1/fpm/php.ini", "/etc/php/8.2/fpm/php.ini")["checks"]
    assert [shown(KNOWN["php-fpm"], check["version"]) for check in checks] == ["php-fpm8.1 -t", "php-fpm8.2 -t"]


def test_a_file_may_name_its_validator_wherever_it_lies():
    files = {"/opt/nginx/nginx.conf": {"validate": "nginx"}}
    (check,) = chosen("/opt/nginx/nginx.conf", files=files)["checks"]
    assert check["name"] == "nginx"
    assert check["apart"] == check["named"] == ["/opt/nginx/nginx.conf"]


def test_a_file_that_names_its_validator_is_judged_by_that_one_alone():
    files = {"/etc/nginx/app.ini": {"validate": "app"}}
    assert names("/etc/nginx/app.ini", files=files, validators=OWN) == ["app"]


def test_a_declared_validator_judges_the_files_of_its_paths_and_no_others():
    assert names("/etc/app/a.ini", "/etc/app/deep/b.ini", validators=OWN) == ["app"]
    (check,) = chosen("/etc/app/a.ini", "/etc/app/deep/b.ini", validators=OWN)["checks"]
    assert check["files"] == ["/etc/app/a.ini"]


def test_a_declared_validator_replaces_the_known_one_of_its_name():
    own = {"nginx": {"command": ["/opt/nginx/sbin/nginx", "-t"], "paths": ["/opt/nginx/**"]}}
    assert names("/etc/nginx/nginx.conf", validators=own) == []
    assert shown(table({"validators": own}, KNOWN)["nginx"]) == "/opt/nginx/sbin/nginx -t"


def test_a_file_that_is_declared_not_to_be_validated_keeps_its_reason():
    files = {"/etc/nginx/old.conf": {"validate": "none", "reason": "nothing includes it"}}
    found = chosen("/etc/nginx/old.conf", files=files)
    assert found["checks"] == []
    assert found["declined"] == {"/etc/nginx/old.conf": "nothing includes it"}


def test_a_name_that_this_host_does_not_know_is_not_passed_over():
    files = {"/etc/x": {"validate": "of-a-later-version"}}
    assert chosen("/etc/x", files=files)["unknown"] == {"/etc/x": "of-a-later-version"}


@pytest.mark.parametrize(
    ("glob", "path", "expected"),
    [
        ("/etc/a/*.conf", "/etc/a/b.conf", True),
        ("/etc/a/*.conf", "/etc/a/b/c.conf", False),
        ("/etc/a/**.conf", "/etc/a/b/c.conf", True),
        ("/etc/a/?.conf", "/etc/a/b.conf", True),
        ("/etc/a/?.conf", "/etc/a//.conf", False),
        ("/etc/a.conf", "/etc/aXconf", False),
        ("/etc/a/**", "/etc/ab/c", False),
    ],
)
def test_globs(glob, path, expected):
    assert matches(path, glob) is expected
