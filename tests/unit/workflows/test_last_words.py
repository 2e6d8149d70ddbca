"""What ended a play that no host ended is told in Ansible's own words."""

from __future__ import annotations

from safedeploy.adapters.runner import RunResult
from safedeploy.workflows.playbook import last_words

SAID = """
TASK [Take the host out of service] ****
[WARNING]: Error loading plugin 'community.general.haproxy'
[ERROR]: couldn't resolve module/action 'community.general.haproxy'.
Origin: tasks/drain.yml:1:3
"""


def test_they_begin_with_the_error():
    words = last_words(RunResult(rc=4, status="failed", stdout_tail=SAID))
    assert words == (
        "ansible-playbook ended with exit code 4: [ERROR]: couldn't resolve module/action 'community.general.haproxy'. "
        "Origin: tasks/drain.yml:1:3"
    )


def test_without_an_error_they_are_the_last_lines():
    said = "\n".join(f"line {number}" for number in range(9))
    assert last_words(RunResult(rc=2, status="failed", stdout_tail=said)).endswith(
        ": line 3 line 4 line 5 line 6 line 7 line 8"
    )


def test_one_that_was_killed_need_not_have_said_anything():
    words = last_words(RunResult(rc=137, status="failed"))
    assert words == "ansible-playbook was killed, and said nothing"
