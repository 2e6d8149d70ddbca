"""The semantic difference, in sentences for people."""

from __future__ import annotations

from safedeploy_host.effective.differences import differences

from tests.unit.agent_effective.written import MODULES, written

A = "<VirtualHost *:80>\nServerName a.test\nDocumentRoot /srv/a\n</VirtualHost>\n"
B = "<VirtualHost *:80>\nServerName b.test\n</VirtualHost>\n"


def texts(before: str, after: str) -> list[str]:
    return [one["text"] for one in differences(written(before), written(after))]


def test_the_same_configuration_has_no_difference_even_when_lines_move() -> None:
    assert texts(A + B, "\n\n" + A + "\n" + B) == []


def test_a_new_and_a_vanished_virtual_host() -> None:
    assert texts(A, A + B) == ["New virtual host b.test (/etc/httpd/main.conf:5) on *:80."]
    assert texts(A + B, A) == [
        (
            "b.test on port 80 now answers from a.test (/etc/httpd/main.conf:1), which is only the default there;"
            " before from b.test (/etc/httpd/main.conf:5)."
        ),
        "There is no virtual host b.test (/etc/httpd/main.conf:5) on *:80 any more.",
    ]


def test_another_default_server() -> None:
    assert texts(A + B, B + A) == [
        (
            "Requests on port 80 for a name that no virtual host has now go to b.test (/etc/httpd/main.conf:1),"
            " not to a.test (/etc/httpd/main.conf:1)."
        )
    ]


def test_a_name_that_another_virtual_host_takes_over() -> None:
    (text,) = texts(A + B, A.replace("a.test", "a.test\nServerAlias b.test") + B)

    assert text.startswith("b.test on port 80 now answers from a.test (/etc/httpd/main.conf:1); before from b.test")


def test_many_names_are_told_in_one_sentence() -> None:
    aliases = " ".join(f"n{number}.test" for number in range(9))

    (moved, gone) = texts(A + B.replace("b.test", f"b.test\nServerAlias {aliases}"), A)

    assert moved.startswith("b.test, n0.test, n1.test and 7 more names on port 80 now answer from")
    assert gone.startswith("There is no virtual host b.test")


def test_a_renamed_server_is_the_same_virtual_host() -> None:
    assert texts(A + B, A + B.replace("b.test", "c.test")) == [
        (
            "b.test on port 80 now answers from a.test (/etc/httpd/main.conf:1), which is only the default there;"
            " before from b.test (/etc/httpd/main.conf:5)."
        )
    ]


def test_ports_modules_roots_limits_and_tls() -> None:
    before = written("Listen 80\nTimeout 60\n" + A, modules=(*MODULES, "info_module"))
    after = written(
        "Listen 80\nListen 10.0.0.1:443\n" + A.replace("/srv/a", "/srv/c") + B.replace("*:80", "10.0.0.1:443"),
        modules=("mpm_worker_module", *MODULES[1:], "dav_module"),
    )

    assert [(one["kind"], one["text"]) for one in differences(before, after)] == [
        ("vhost-new", "New virtual host b.test (/etc/httpd/main.conf:7) on 10.0.0.1:443."),
        ("document-root", "The document root of a.test changes from /srv/a to /srv/c."),
        ("ports", "httpd also listens on 10.0.0.1:443 (TLS)."),
        ("mpm", "The MPM changes from mpm_event_module to mpm_worker_module."),
        ("modules", "New modules: dav_module."),
        ("modules", "Modules that are no longer loaded: info_module."),
        ("limits", "Timeout changes from 60 to its default."),
    ]


def test_what_a_running_server_keeps_and_an_include_that_finds_nothing() -> None:
    before, after = written(A), written(A)
    after.update(pid_file="/run/other.pid", run={"User": "web", "Group": "www"})
    include = {"pattern": "/etc/httpd/x/*.conf", "file": "/etc/httpd/main.conf", "line": 9, "dangling": []}
    before["reads"]["includes"], after["reads"]["includes"] = [{**include, "matches": 2}], [{**include, "matches": 0}]

    found = differences(before, after)

    assert [(one["kind"], one["before"], one["after"]) for one in found] == [
        ("pid-file", "/run/httpd.pid", "/run/other.pid"),
        ("user", "www", "web"),
        ("include-empty", "2", "0"),
    ]
    assert found[2]["place"] == "/etc/httpd/main.conf:9"


def test_no_argument_that_may_be_a_secret_is_shown() -> None:
    secret = "SetEnv DB_PASSWORD hunter2\nAuthLDAPBindPassword hunter2\nSSLPassPhraseDialog exec:/hunter2\n"

    assert "hunter2" not in str(differences(written(A), written(secret + A.replace("</V", secret + "</V"))))
