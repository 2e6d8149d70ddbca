"""What is said of an answer that fails its check: enough to act on, and no secret."""

from __future__ import annotations

import pytest
from safedeploy_host import expectations
from safedeploy_host.http_request import Answer

ANSWER = Answer(302, [("Location", "http://x/login?sesame"), ("X-Pin", "sesame")], b"sesame", None)
FAILING = {
    "a redirect": {"redirect": "http://x/?mellon"},
    "a header": {"headers": {"X-Pin": "mellon"}},
    "a header that must be absent": {"headers": {"X-Pin": None}},
    "a text": {"body": "mellon"},
    "a text that must be absent": {"absent": "sesame"},
}


@pytest.mark.parametrize("check", FAILING.values(), ids=FAILING)
def test_a_failing_check_is_quoted_unless_it_holds_a_secret(check):
    check = {"url": "http://x/", **check}
    assert any(word in str(expectations.complaint(check, ANSWER, 0.0)) for word in ("sesame", "mellon"))
    quiet = expectations.complaint({**check, "confidential": "http://x/"}, ANSWER, 0.0)
    assert quiet
    assert "holds a secret" in quiet
    assert "sesame" not in quiet
    assert "mellon" not in quiet


def test_a_wrong_status_is_named_whatever_the_check_holds():
    check = {"url": "http://x/", "status": [200], "confidential": "http://x/"}
    assert expectations.complaint(check, ANSWER, 0.0) == "status 302, expected 200"
