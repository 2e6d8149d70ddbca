"""What configtest lets pass is refused before a byte changes on any host, and intended changes go through."""

from __future__ import annotations

import json
import re

import pytest
import yaml

from safedeploy.core.errors import ExitCode
from tests.e2e.documented_shape import problems

pytestmark = pytest.mark.shadow

LOOP = 'RewriteEngine On\nRewriteRule "^/again" "/again" [R,L]\nRewriteRule "^/about" "/again" [R,L]'
LOGIN = """\
<LocationMatch "^/about">
    AuthType Basic
    AuthName private
    AuthUserFile /dev/null
    Require valid-user
</LocationMatch>"""


@pytest.fixture(autouse=True)
def with_shadows(namespaces):
    """The hosts can start a shadow."""


def refused(done):
    assert done.code == ExitCode.REFUSED, done.text
    assert "error[preflight-refused]" in done.err
    assert "state: Nothing was changed on any host." in done.err


def ids(done):
    """The ids of the regressions on the screen."""
    return re.findall(r"\[([0-9a-f]{8})[ \]]", done.text)


def breaks_the_site(project):
    """A change that configtest accepts, and that has app.lab.test answer 500."""
    project.append("templates/htaccess.j2", "Options -Indexes\n")


def into_app(project, text):
    """More directives for app.lab.test, in its virtual host."""
    project.variables(sites=sites_with(project, text))


def sites_with(project, text):
    known = yaml.safe_load((project.root / "inventories/lab/group_vars/all.yml").read_text())["sites"]
    return [{**site, "extra": text} if site["name"] == "app" else site for site in known]


def test_an_htaccess_that_httpd_stumbles_over_is_refused_and_traced_to_its_template(pushed, project):
    before = pushed.trees()
    breaks_the_site(project)
    done = project.push()
    refused(done)
    assert "web1, web2, web3: " in done.err, "equal findings are shown once"
    assert "GET http://app.lab.test" in done.err
    assert "Options not allowed here" in done.err
    assert re.search(r"likely +/var/www/app/\.htaccess:\d+, from htaccess\.j2:\d+ ", done.err)
    assert "+ Options -Indexes" in done.err
    assert pushed.trees() == before
    pushed.serves()


def test_a_redirect_that_goes_round_for_ever_is_refused(pushed, project):
    before = pushed.trees()
    into_app(project, LOOP)
    done = project.push("--limit", "web1")
    refused(done)
    assert "redirected for ever" in done.err
    assert 'RewriteRule "^/about"' in done.err
    assert pushed.trees() == before


def test_a_login_where_none_was_is_refused_until_it_is_declared(pushed, project):
    into_app(project, LOGIN)
    done = project.push("--limit", "web1")
    refused(done)
    assert "a login is asked for where none was" in done.err
    project.variables(safedeploy_expect=[{"url": "http://app.lab.test/about*", "status": 401}])
    done = project.push("--limit", "web1")
    assert done.code == ExitCode.OK, done.text
    assert "changed as declared" in done.err


def test_a_declaration_that_does_not_come_true_is_refused(pushed, project):
    project.second_release()
    project.variables(safedeploy_expect=[{"url": "http://app.lab.test/about", "gone": True}])
    done = project.push("--limit", "web1")
    refused(done)
    assert "not as declared in safedeploy_expect" in done.err


def test_what_is_accepted_goes_through_once_and_into_the_record(pushed, project):
    into_app(project, LOGIN)
    found = ids(project.run("check", "lab", "--no-diff", "--limit", "web1"))
    assert found
    words = [word for one in found for word in ("--accept", one)]
    some = project.push("--limit", "web1", "--accept", "00000000", *words, "--reason", "the intranet moves in")
    assert "--accept 00000000: no host met a regression with this id" in some.err
    if some.code == ExitCode.REFUSED:  # more regressions than the screen shows
        some = project.push("--limit", "web1", "--accept", "all", "--reason", "the intranet moves in")
    assert some.code == ExitCode.OK, some.text
    assert re.search(r"accepted by \S+: the intranet moves in", some.out)
    state = pushed.host("web1").layout.state_dir
    current = json.loads(pushed.shell("web1", f"cat {state}/state.json"))["current"]
    manifest = json.loads(pushed.shell("web1", f"cat {state}/releases/{current}/manifest.json"))
    assert manifest["provenance"]["accepted"]["reason"] == "the intranet moves in"
    audit = pushed.shell("web1", f"grep staged {state}/audit.jsonl").splitlines()[-1]
    assert found[0] in json.loads(audit)["accepted"]
    assert json.loads(audit)["reason"] == "the intranet moves in"


def test_a_push_of_one_host_is_refused_in_json_too(pushed, project):
    breaks_the_site(project)
    done = project.push("--json", "--limit", "web2")
    assert done.code == done.document["exit_code"] == ExitCode.REFUSED
    assert problems(done.document, "safedeploy-push") == []
    regressions = [one for one in done.document["preflight"]["web2"]["verdicts"] if one["verdict"] == "regression"]
    assert regressions
    assert all(one["likely"][0]["path"].endswith("/app/.htaccess") for one in regressions)


def test_the_plan_says_what_the_change_means_to_httpd(pushed, project):
    project.conf("Listen 8099")
    done = project.plan("--no-diff")
    assert done.code == ExitCode.OK
    assert "web1, web2, web3: means to httpd:" in done.out
    assert re.search(r"differs +httpd also listens on .*8099", done.out)
    document = project.plan("--json").document
    assert problems(document, "safedeploy-plan") == []
    assert document["hosts"]["web1"]["examined"]["known"] is True
    assert document["hosts"]["web1"]["examined"]["differences"]
    skipped = project.plan("--json", "--no-examine").document
    assert skipped["hosts"]["web1"]["examined"]["known"] is False


def test_without_the_shadow_the_screen_says_what_was_not_checked(pushed, project):
    project.without_shadow()
    project.second_release()
    done = project.run("check", "lab", "--no-diff", "--limit", "web1")
    assert done.code == ExitCode.OK, done.text
    assert "not started: the settings turn the shadow off" in done.out
    assert "not checked: whether this configuration starts, and what it answers" in done.out


def test_no_process_mount_or_file_of_a_trial_stays_on_the_host(pushed, project):
    def traces():
        return pushed.shell("web1", "cat /proc/mounts | wc -l; ls -A /tmp /run | sort; ls /proc | grep -c '^[0-9]'")

    before = traces().splitlines()
    breaks_the_site(project)
    refused(project.push("--limit", "web1"))
    assert traces().splitlines()[:-1] == before[:-1]
