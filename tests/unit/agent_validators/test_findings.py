"""What is said of a validator's verdict."""

from __future__ import annotations

import pytest
from safedeploy_host.validators import findings

CHECK = {
    "name": "nginx",
    "version": "",
    "files": ["/etc/nginx/conf.d/a.conf"],
    "apart": [],
    "named": [],
    "reloads": False,
}


def said(result, **check):
    whole = {"state": "failed", "output": "", "seconds": 0.1, "argv": ["nginx", "-t"], **result}
    (found,) = findings.after({**CHECK, **check}, {"whole": [["nginx -t"]]}, whole, [], CHECK["files"])
    return found


@pytest.mark.parametrize(
    ("line", "place"),
    [
        ('[emerg] unknown directive "x" in /etc/a/b.conf:3', "/etc/a/b.conf:3"),
        ("[ALERT] (1) : config : parsing [/etc/a/b.conf:12]: unknown keyword", "/etc/a/b.conf:12"),
        ("ERROR: [/etc/a/b.conf:116] unable to parse value", "/etc/a/b.conf:116"),
        ("/etc/a/b.conf: line 7: Bad configuration option: X", "/etc/a/b.conf:7"),
        ("/etc/a/b.conf line 2: Directive 'X' is not allowed", "/etc/a/b.conf:2"),
        ("/etc/a/b.conf:1:12: syntax error", "/etc/a/b.conf:1"),
        ("/etc/a/b.conf(9165): unrecognized: 'x'", "/etc/a/b.conf:9165"),
        ("('/etc/a/b.conf' Line 41 Pos 1)", "/etc/a/b.conf:41"),
        ("error during parsing file /etc/a/b.conf, on or before line 5: x", "/etc/a/b.conf:5"),
        ("PHP Parse error: x in /etc/a/b.conf on line 2", "/etc/a/b.conf:2"),
        ("error: b.conf:3 unknown option 'x'", "/etc/a/b.conf:3"),
        ('"/etc/a/b.conf":0: bad minute', "/etc/a/b.conf:0"),
        ("(Line 1) Invalid directive at line 4 in file /etc/a/b.conf", "/etc/a/b.conf"),
        ("read /etc/a/b.conf failed: 3 errors", "/etc/a/b.conf"),
        ("/etc/a/b.conf.bak:3: x", None),
        ("/srv/etc/a/b.conf:3: x", None),
        ("(configfile.c.2164) source: /etc/a/b.conf line: 56 pos: 0 parser failed", "/etc/a/b.conf:56"),
        ("no place at all", None),
    ],
)
def test_the_place_is_found_in_the_words_of_the_validator(line, place):
    assert findings.place(line, ["/etc/a/b.conf"]) == place


def test_a_refusal_is_an_error_in_the_validators_own_words():
    output = 'starting\n[emerg] unknown directive "x" in /etc/nginx/conf.d/a.conf:3'
    found = said({"output": output})
    assert found["severity"] == "error"
    assert found["place"] == "/etc/nginx/conf.d/a.conf:3"
    assert found["text"].startswith("nginx -t refuses /etc/nginx/conf.d/a.conf: [emerg] unknown directive")


def test_a_failure_that_was_there_before_does_not_stop_a_push_that_has_nothing_to_do_with_it():
    found = said({"output": "[emerg] unknown directive in /etc/nginx/other.conf:1", "as_before": True})
    assert (found["severity"], found["kind"]) == ("warning", "validator-failed-before")


@pytest.mark.parametrize(
    ("output", "check"),
    [
        ("broken in /etc/nginx/conf.d/a.conf:1", {}),
        ("broken elsewhere", {"named": CHECK["files"]}),
        ("broken elsewhere", {"reloads": True}),
    ],
    ids=["names a file that changes", "the file asks for it", "the service would be reloaded"],
)
def test_a_failure_that_was_there_before_stops_a_push_that_has_to_do_with_it(output, check):
    assert said({"output": output, "as_before": True}, **check)["severity"] == "error"


@pytest.mark.parametrize("state", ["missing", "unable", "unprivileged", "alone"])
def test_a_validator_that_did_not_run_is_said_and_stops_only_where_the_file_names_it(state):
    found = said({"state": state, "argv": []})
    assert found["severity"] == "warning"
    assert "/etc/nginx/conf.d/a.conf: not validated by nginx: " in found["text"]
    assert "validate: none" in found["next"]
    assert said({"state": state, "argv": []}, named=CHECK["files"])["severity"] == "error"


def test_a_warning_of_the_validator_is_passed_on():
    found = said({"state": "ok", "output": "nginx: [warn] conflicting server name in /etc/nginx/conf.d/a.conf:9"})
    assert (found["severity"], found["kind"]) == ("warning", "validator-warned")
    assert found["place"] == "/etc/nginx/conf.d/a.conf:9"
