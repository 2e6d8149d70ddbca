"""No secret shows: not in new text, nor in old text that no vault knows any more, nor in what is derived from it."""

from __future__ import annotations

import base64
import json
import time
from urllib.parse import quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safedeploy.core.masking import MASK, Masker

SECRET = 's3cr3t/+ pä"ss&'
KEY = "-----BEGIN RSA PRIVATE KEY-----\nMIIabc\ndef==\n-----END RSA PRIVATE KEY-----"

FORMS = {
    "itself": SECRET,
    "in JSON": json.dumps({"a": SECRET}),
    "in JSON with its own letters": json.dumps(SECRET, ensure_ascii=False),
    "in a URL": f"https://u:{quote_plus(SECRET)}@h/",
    "in HTML": "s3cr3t/+ pä&quot;ss&amp;",
    "in base64": base64.b64encode(SECRET.encode()).decode(),
    "in base64 with a newline": base64.b64encode(f"{SECRET}\n".encode()).decode(),
}


@pytest.mark.parametrize("text", FORMS.values(), ids=FORMS)
def test_a_secret_is_hidden(text):
    shown = Masker([SECRET]).text(f"before {text} after")
    assert MASK in shown
    assert shown.startswith("before ")
    assert shown.endswith(" after")
    assert text not in shown
    assert "s3cr3t" not in shown


@pytest.mark.parametrize("user", ["a", "ab", "abc", "abcd"])
def test_a_secret_is_hidden_in_basic_authentication(user):
    encoded = base64.b64encode(f"{user}:correct-horse".encode()).decode()
    shown = Masker(["correct-horse"]).text(f"Authorization: Basic {encoded}")
    assert MASK in shown
    assert base64.b64encode(b"correct-horse").decode()[:8] not in shown
    left = shown.split("Basic ")[1].replace(MASK, "")
    assert len(left) <= len(user) * 2 + 6


def test_each_line_of_a_long_secret_is_hidden():
    assert Masker(["first line\nsecond line\n"]).text("x first line y\nsecond line") == f"x {MASK} y\n{MASK}"


def test_the_longer_of_two_secrets_is_hidden_whole():
    assert Masker(["hunter", "hunter2000"]).text("hunter2000 hunter") == f"{MASK} {MASK}"


def test_overlapping_secrets_leave_nothing_between_them():
    assert Masker(["abcdef", "defghi"]).text("1 abcdefghi 2") == f"1 {MASK} 2"


@pytest.mark.parametrize("value", ["", "a", "off", "true", "False", "root", "   "])
def test_short_and_everyday_values_are_left_alone(value):
    text = f"SSLEngine {value} root off true a"
    assert Masker([value]).text(text) == text


def test_private_keys_are_hidden_whoever_put_them_there():
    shown = Masker([]).text(f"a\n{KEY}\nb")
    assert shown == f"a\n-----BEGIN RSA PRIVATE KEY-----\n{MASK}\n-----END RSA PRIVATE KEY-----\nb"


def test_a_private_key_that_is_cut_off_is_hidden_to_the_end():
    assert "MIIabc" not in Masker([]).text(KEY[:-20])


def test_certificates_are_shown():
    text = "-----BEGIN CERTIFICATE-----\nMIIabc\n-----END CERTIFICATE-----\n"
    assert Masker([]).text(text) == text


OLD = {
    "the same place": ("Pass new-secret\nOther x\n", "Pass old-secret\nOther y\n", f"Pass {MASK}\nOther y\n"),
    "within a URL": ("Url http://u:new-secret@h/ x", "Url http://u:0ld@h/ x", f"Url http://u:{MASK}@h/ x"),
    "another indentation": ("    Pass new-secret", "Pass   old", f"Pass   {MASK}"),
    "twice in a line": ("A new-secret B new-secret C", "A x1 B y2 C", f"A {MASK} B {MASK} C"),
    "a line of its own": ("user\nnew-secret\n", "user\nold-secret\n", f"user\n{MASK}\n"),
    "the value is the same": ("Pass new-secret", "Pass new-secret", f"Pass {MASK}"),
    "a line that is like none": ("Pass new-secret", "Password: visible", "Password: visible"),
    "nothing secret in the new text": ("Pass x", "Pass old", "Pass old"),
    "quotes around it": ('p "new-secret"', 'p "old"', f'p "{MASK}"'),
    "an empty old value": ('Set "new-secret"', 'Set ""', f'Set "{MASK}"'),
}


@pytest.mark.parametrize(("new", "old", "expected"), OLD.values(), ids=OLD)
def test_an_old_value_is_hidden_at(new, old, expected):
    assert Masker(["new-secret"]).old_text(old, new) == expected


def test_an_old_private_key_is_hidden():
    assert "MIIabc" not in Masker(["new-secret"]).old_text(KEY, "x")


@given(st.lists(st.text(min_size=4, max_size=12), max_size=5), st.text(max_size=60))
def test_no_secret_is_left(secrets, text):
    whole = text + "".join(secrets)
    shown = Masker(secrets).text(whole).replace(MASK, "\0")
    for secret in secrets:
        if len(secret.strip()) >= 4 and "\0" not in secret:
            assert secret not in shown or secret.lower() in {
                "true",
                "false",
                "none",
                "null",
                "root",
                "localhost",
                "default",
            }


def test_many_secrets_and_much_text_are_quick():
    masker = Masker(f"secret-number-{number}" for number in range(500))
    text = "\n".join(f"Directive value {number} secret-number-{number}" for number in range(2000))
    started = time.perf_counter()
    assert "secret-number-499 " not in masker.text(text) + " "
    masker.old_text(text, text)
    assert time.perf_counter() - started < 10


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ([{"httpd": {"env": {"TOKEN": SECRET}}}, []], True),
        ({"checks": ({"url": f"http://x/{SECRET}"},)}, True),
        ({SECRET: None}, True),
        ([{"httpd": {"env": {"TOKEN": "another"}}, "port": 80, "tls": None}], False),
    ],
)
def test_a_secret_is_found_wherever_it_is_in_a_value(value, found):
    assert Masker([SECRET]).found_in(value) is found
