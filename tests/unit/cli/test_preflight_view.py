"""What the screen shows of a preflight, as it stands there: 80 columns, no colours."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import Any

from rich.console import Console

from safedeploy.cli.preflight_view import show_preflight
from safedeploy.core.blame import causes
from safedeploy.core.changed_lines import Changed
from safedeploy.core.preflight import HostCheck, Preflight
from safedeploy.core.trial import trial_from_json

WWW = "/etc/apache2/sites-available/www.conf"
COMPARED = {"state": "compared", "probes": {"asked": 96, "same": 90, "regression": 5, "inconclusive": 1}}


def verdict(number: int, path: str, **more: Any) -> dict[str, Any]:
    return {
        "id": f"{number:08x}",
        "verdict": "regression",
        "kind": "error",
        "request": f"GET http://app.example.com{path}",
        "before": "200 text/html from app.example.com",
        "after": "500",
        **more,
    }


def check(found: dict[str, Any], *changed: Changed, host: str = "web1", **more: Any) -> HostCheck:
    trial = trial_from_json(found, str)
    values = {"ok": False, "text": "", "code": "regression", "method": "namespace", "seconds": 1.44, **more}
    return HostCheck(host=host, trial=trial, causes=causes(trial.regressions, changed), **values)


def shown(*checks: HostCheck, width: int = 80, terminal: bool = True, stale: tuple[str, ...] = ()) -> str:
    file = io.StringIO()
    console = Console(
        file=file, width=width if terminal else 10_000, force_terminal=terminal, color_system=None, highlight=False
    )
    show_preflight(console, Preflight(hosts={one.host: one for one in checks}, stale=stale))
    return file.getvalue()


HTACCESS = Changed(
    path="/var/www/app/.htaccess",
    before="DirectoryIndex a\n",
    after="DirectoryIndex a\nOptions -Indexes\n",
    origin="htaccess.j2:9 (safedeploy_files[7])",
)
LOG = "[core:alert] /var/www/app/.htaccess: Option Indexes not allowed here"


def broken() -> dict[str, Any]:
    paths = ["/", "/item/7", "/css/app.css", "/a", "/b"]
    worse = [verdict(number, path, place="/var/www/app/.htaccess", log=[LOG]) for number, path in enumerate(paths)]
    unclear = verdict(9, "/v1", verdict="inconclusive", before="", after="the shadow cannot reach 10.1.1.9:8443")
    return {"shadow": COMPARED, "verdicts": [*worse, unclear]}


def test_one_cause_of_many_regressions_on_many_hosts_is_shown_once():
    first = check(broken(), HTACCESS)
    second = replace(first, host="web2", seconds=1.94)
    assert (
        shown(first, second)
        == """\
web1, web2: 5 requests get worse (1.4 to 1.9 s)
  configtest  passed, in a private namespace over the live tree
  shadow      both configurations started and asked 96 requests: 90 same, 5
              worse, 1 inconclusive

  worse       an error where there was an answer (5 requests)
              GET http://app.example.com/  [00000000]
              GET http://app.example.com/item/7  [00000001]
              GET http://app.example.com/css/app.css  [00000002]
                before  200 text/html from app.example.com
                after   500
              and 2 more
  httpd says  [core:alert] /var/www/app/.htaccess: Option Indexes not allowed
              here
  likely      /var/www/app/.htaccess:2, from htaccess.j2:9 (safedeploy_files[7])
              + Options -Indexes

  unclear     GET http://app.example.com/v1: the shadow cannot reach
              10.1.1.9:8443
"""
    )


def test_hosts_that_differ_by_their_own_names_alone_are_shown_together_with_the_ids_of_all():
    def of(host: str, number: int) -> HostCheck:
        request = f"GET http://{host}.example.com/sd{number:010x}"
        return check({"verdicts": [verdict(number, "/", request=request)]}, host=host)

    said = shown(of("web1", 1), of("web2", 2), of("web3", 3), terminal=False)
    assert said.startswith("web1, web2, web3: 1 request gets worse (1.4 s)\n")
    assert "[00000001 00000002 00000003]" in said


def test_hosts_that_passed_say_what_was_done_and_what_the_change_means():
    found = {
        "shadow": {"state": "compared", "probes": {"asked": 40, "same": 38, "declared": 1, "changed": 1}},
        "differences": [
            {"kind": "ports", "text": "httpd listens on 8443 as well.", "place": "/etc/apache2/ports.conf:5"},
        ],
        "findings": [
            {"severity": "warning", "kind": "include-empty", "text": "IncludeOptional matches nothing",
             "place": "/etc/apache2/apache2.conf:9", "next": "Correct the pattern."},
        ],
        "validated": [{"validator": "logrotate", "files": ["/etc/logrotate.d/apache2"], "ok": True}],
        "verdicts": [
            verdict(1, "/old", verdict="changed", kind="redirect", before="200 text/html", after="301 to http://x/"),
            verdict(2, "/in", verdict="declared", kind="authentication", before="200", after="401", accepted=True),
        ],
        "accepted": ["00000002"],
    }  # fmt: skip
    passed = check(found, ok=True, code=None, restart=("MPM event -> worker",), warnings=("AH00558: no ServerName",))
    assert (
        shown(passed)
        == """\
preflight passed on 1 host
web1: passed (1.4 s)
  configtest  passed, in a private namespace over the live tree
  validated   logrotate: /etc/logrotate.d/apache2
  shadow      both configurations started and asked 40 requests: 38 same, 1
              changed as declared, 1 changed
  differs     httpd listens on 8443 as well. (/etc/apache2/ports.conf:5)
  warning     /etc/apache2/apache2.conf:9: IncludeOptional matches nothing
              next: Correct the pattern.
  warning     AH00558: no ServerName
  restart     MPM event -> worker
  accepted    GET http://app.example.com/in: 200 -> 401
  changed     GET http://app.example.com/old: 200 text/html -> 301 to http://x/
"""
    )


def test_a_shadow_that_did_not_run_says_what_was_and_what_was_not_checked():
    why = "this user may not make namespaces"
    found = {"shadow": {"state": "none", "why": why}}
    assert (
        shown(check(found, ok=True, code=None, method="copy", changes=3))
        == """\
preflight passed on 1 host
web1: passed (1.4 s)
  configtest  passed, in a copied tree
  shadow      not started: this user may not make namespaces
              not checked: whether this configuration starts, and what it
              answers
"""
    )
    alone = {"shadow": {"state": "candidate-only", "why": "its certificate has expired", "probes": {"asked": 7}}}
    said = shown(check(alone, ok=True, code=None), terminal=False)
    assert "started; the present configuration was not, beside it: its certificate has" in said
    assert "not checked: whether what works now goes on working" in said


def test_a_host_with_nothing_to_change_is_not_accused_of_skipping():
    found = {"shadow": {"state": "none", "why": "nothing changes on this host"}}
    assert "not checked" not in shown(check(found, ok=True, code=None, changes=0))


def test_a_candidate_that_does_not_come_up_is_said_so():
    found = {"shadow": {"state": "none", "why": "AH00072: could not bind to port 81"}}
    said = shown(check(found, code="shadow-failed"))
    assert "web1: refused (shadow-failed)" in said
    assert "httpd does not come up with this configuration: AH00072" in said
    assert "not checked" not in said


def test_a_finding_that_refuses_comes_first_with_its_next_step():
    warning = {"severity": "warning", "kind": "b", "text": "odd"}
    error = {"severity": "error", "kind": "a", "text": "port 443 is held by nginx", "next": "Stop it."}
    said = shown(check({"findings": [warning, error]}, code="finding"))
    assert said.index("port 443") < said.index("odd")
    assert "  error       port 443 is held by nginx\n              next: Stop it.\n" in said


def test_a_host_that_never_tried_the_candidate_is_left_to_the_error_message():
    held = HostCheck(host="web1", ok=False, text="ann holds the lease", code="lease-held")
    assert shown(held) == ""


def test_an_id_that_no_host_met_is_said():
    assert "--accept deadbeef: no host met a regression with this id" in shown(
        check({}, ok=True, code=None), stale=("deadbeef",)
    )


def test_a_log_gets_each_row_whole():
    assert f"  httpd says  {LOG}\n" in shown(check(broken(), HTACCESS), terminal=False)


def test_no_line_is_wider_than_the_screen_and_nothing_moves_the_cursor():
    found = {"shadow": COMPARED, "verdicts": [verdict(1, "/" + "x" * 300, log=["\x1b[2Jgone " * 20])]}
    said = shown(check(found, HTACCESS), width=60)
    assert max(map(len, said.splitlines())) <= 60
    assert "\x1b" not in said
