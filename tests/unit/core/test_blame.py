"""The changed lines behind a regression are found by what ties them to it."""

from __future__ import annotations

import pytest

from safedeploy.core.blame import causes
from safedeploy.core.changed_lines import Changed
from safedeploy.core.trial import Judgement, ProbeVerdict

WWW = "/etc/apache2/sites-available/www.conf"
APP = "/etc/apache2/sites-available/app.conf"


def verdict(kind="error", request="GET http://www.example.test/", **more):
    values = {"id": "00000001", "before": "200", "after": "500", **more}
    return ProbeVerdict(judgement=Judgement.REGRESSION, kind=kind, request=request, **values)


def vhost(name, *lines):
    body = "\n".join(f"  {line}" for line in lines)
    return f"<VirtualHost *:80>\n  ServerName {name}\n{body}\n</VirtualHost>\n"


def likely(one, *changed, real=str):
    (cause,) = causes([one], changed, real)
    return [(hunk.path, [line.text.strip() for line in hunk.lines] or hunk.note) for hunk in cause.likely]


OTHER = Changed(
    path="/etc/apache2/conf-available/other.conf",
    before="ServerTokens Full\n\n\nTraceEnable on\n",
    after="ServerTokens Prod\n",
)
NOISE = (
    OTHER,
    Changed(path="/var/www/html/robots.txt", before="a\n", after="b\n"),
    Changed(path="/var/www/html/humans.txt", before="a\n", after="b\n"),
    Changed(path="/etc/apache2/ports.conf", before="# old\n", after="# new\n"),
)


def test_the_file_that_httpd_names_in_its_log_with_the_line():
    changed = Changed(path="/var/www/app/.htaccess", before="", after="DirectoryIndex a\n\nOptions -Indexes\n")
    log = ("/var/www/app/.htaccess: line 3: Options not allowed here",)
    assert likely(verdict(log=log, place="/var/www/app/.htaccess"), *NOISE, changed) == [
        ("/var/www/app/.htaccess", ["DirectoryIndex a", "Options -Indexes"])
    ]


def test_of_a_whole_new_file_only_the_lines_that_are_tied_to_the_request():
    lines = [f"Alias /a{number} /srv/{number}" for number in range(20)]
    changed = Changed(path=APP, after="\n".join([*lines, "Alias /docs /srv/wrong", *lines]) + "\n")
    found = likely(verdict(kind="other-content", request="GET http://www.example.test/docs/x"), *NOISE, changed)
    assert found == [(APP, ["Alias /docs /srv/wrong"])]


def test_the_virtual_host_of_the_name_and_not_its_neighbour_with_the_same_change():
    www = Changed(
        path=WWW, before=vhost("www.example.test", "Require all denied"), after=vhost("www.example.test", "#")
    )
    app = Changed(
        path=APP, before=vhost("app.example.test", "Require all denied"), after=vhost("app.example.test", "#")
    )
    (path, _), *more = likely(verdict(kind="authentication"), app, www, *NOISE)
    assert path == WWW
    assert more == []


def test_the_place_of_the_virtual_host_through_a_link():
    link = {"/etc/apache2/sites-enabled/www.conf": WWW}
    www = Changed(path=WWW, before="Timeout 1\n", after="Timeout 1\nSetEnv X 1\n")
    place = "/etc/apache2/sites-enabled/www.conf:2"
    one = verdict(kind="unheard-of", request="GET http://9.9.9.9/", place=place)
    assert likely(one, *NOISE, www, real=lambda path: link.get(path, path)) == [(WWW, ["SetEnv X 1"])]


@pytest.mark.parametrize(
    ("kind", "line"),
    [
        ("certificate", "SSLCertificateFile /etc/ssl/new.pem"),
        ("header-lost", "Header unset X-Frame-Options"),
        ("capacity", "MaxRequestWorkers 2"),
        ("loop", "RewriteRule .* /index.php"),
        ("listing", "Options +Indexes"),
        ("other-site", "ServerAlias other.example.test"),
    ],
)
def test_the_directives_that_can_do_such_a_thing(kind, line):
    changed = Changed(path="/etc/apache2/conf-available/new.conf", after=f"LogLevel warn\n\n{line}\n")
    ((path, lines),) = likely(verdict(kind=kind, request="GET http://www.example.test/x"), *NOISE, changed)
    assert path == "/etc/apache2/conf-available/new.conf"
    assert line in lines


def test_a_log_that_stays_empty_leads_to_the_line_that_named_it():
    www = Changed(path=WWW, before="CustomLog /var/log/apache2/www.log combined\nTimeout 1\n", after="Timeout 1\n")
    one = verdict(kind="not-logged", request="access log /var/log/apache2/www.log")
    assert likely(one, *NOISE, www) == [(WWW, ["CustomLog /var/log/apache2/www.log combined"])]


def test_no_line_is_blamed_when_nothing_ties_any_to_the_request():
    assert likely(verdict(request="GET http://www.example.test/q"), *NOISE) == []


def test_the_only_changes_there_are_are_the_likely_ones_whatever_ties_them():
    assert likely(verdict(request="GET http://www.example.test/q"), OTHER) == [
        (OTHER.path, ["ServerTokens Full", "TraceEnable on", "ServerTokens Prod"])
    ]


def test_a_link_that_goes_away_is_blamed_by_its_place():
    enabled = "/etc/apache2/sites-enabled/www.conf"
    gone = Changed(path=enabled, note="link to ../sites-available/www.conf -> absent")
    one = verdict(kind="other-site", place=f"{enabled}:1")
    assert likely(one, *NOISE, gone)[0] == (enabled, "link to ../sites-available/www.conf -> absent")


def test_requests_with_one_cause_are_one_cause_and_others_are_not():
    www = Changed(path="/var/www/app/.htaccess", after="Options -Indexes\n")
    app = Changed(path=APP, before=vhost("a.test", "Require valid-user"), after=vhost("a.test", "Require all granted"))
    log = ("/var/www/app/.htaccess: Options not allowed here",)
    worse = [verdict(id=f"0000000{n}", request=f"GET http://www.example.test/{n}", log=log) for n in range(3)]
    worse.append(verdict(id="00000009", kind="authentication", request="GET http://a.test/", before="401", after="200"))
    found = causes(worse, [www, app])
    assert [(cause.kinds, len(cause.requests)) for cause in found] == [(("error",), 3), (("authentication",), 1)]


def test_a_request_that_became_worse_in_two_respects_is_one_request():
    log = ("/var/www/app/.htaccess: Options not allowed here",)
    worse = [verdict(log=log), verdict(id="00000002", kind="other-site", log=log)]
    (cause,) = causes(worse, [Changed(path="/var/www/app/.htaccess", after="Options -Indexes\n")])
    assert cause.kinds == ("error", "other-site")
    assert [len(verdicts) for verdicts in cause.requests.values()] == [2]


def test_a_module_that_speaks_in_the_log_weighs_more_than_the_virtual_host():
    www = Changed(path=WWW, before=vhost("www.example.test"), after=vhost("www.example.test", "Options -Indexes"))
    files = '<FilesMatch "^\\.env">\n  Require all denied\n</FilesMatch>\n<FilesMatch "\\.css">\n  Require all denied\n'
    conf = Changed(path="/etc/apache2/conf-available/files.conf", after=files)
    log = ("[authz_core:error] AH01630: client denied by server configuration: /srv/.env",)
    found = likely(verdict(request="GET http://www.example.test/.env", log=log), www, conf, *NOISE)
    assert found[0][0] == conf.path
    assert found[0][1][1].strip() == "Require all denied"


def test_requests_without_a_likely_line_are_grouped_as_the_host_grouped_them():
    worse = [verdict(id=f"0000000{n}", group=group) for n, group in enumerate(["g", "h", "g"])]
    assert [len(cause.verdicts) for cause in causes(worse, [])] == [2, 1]


def test_comments_and_ends_of_sections_are_never_blamed():
    changed = Changed(path=WWW, after="# Options Indexes for www.example.test /docs\n</Directory>\n")
    assert likely(verdict(kind="listing", request="GET http://www.example.test/docs/"), changed) == []
