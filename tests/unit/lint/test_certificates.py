"""Certificates and keys as OpenSSL writes them, in the forms that lie about on servers."""

from __future__ import annotations

import subprocess

import pytest

from safedeploy.lint.certificates import Key, belong_together, certificate, covers, private_key

KINDS = {"rsa": ["rsa:2048"], "ec": ["ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"]}


def run(*words):
    return subprocess.run(words, check=True, capture_output=True).stdout


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Of each kind two certificates with their keys: (certificate, key)."""
    directory = tmp_path_factory.mktemp("pem")
    found = {}
    for kind, words in KINDS.items():
        for number in (1, 2):
            key, path = directory / f"{kind}{number}.key", directory / f"{kind}{number}.pem"
            names = "subjectAltName=DNS:A.example.test,DNS:*.b.example.test,IP:192.0.2.1"
            # fmt: off
            run("openssl", "req", "-x509", "-newkey", *words, "-nodes", "-keyout", str(key), "-out", str(path),
                "-days", "30", "-subj", "/CN=cn.example.test", *(("-addext", names) if number == 1 else ()))
            # fmt: on
            found[kind, number] = path, key
    return found


@pytest.mark.parametrize("kind", KINDS)
def test_a_certificate_belongs_to_its_key_and_to_no_other(made, kind):
    first, second = made[kind, 1], made[kind, 2]
    shown = certificate(first[0].read_bytes())
    assert belong_together(shown.key, private_key(first[1].read_bytes())) is True
    assert belong_together(shown.key, private_key(second[1].read_bytes())) is False


def test_a_key_of_another_kind_does_not_belong_to_it(made):
    shown = certificate(made["rsa", 1][0].read_bytes())
    assert belong_together(shown.key, private_key(made["ec", 1][1].read_bytes())) is False


@pytest.mark.parametrize(("kind", "words"), [("rsa", ["rsa", "-traditional"]), ("ec", ["ec"])])
def test_the_older_form_of_a_key_is_read_too(made, kind, words):
    path = made[kind, 1][1]
    older = run("openssl", *words, "-in", str(path))
    assert b"BEGIN PRIVATE KEY" not in older
    assert private_key(older) == private_key(path.read_bytes())


def test_a_key_behind_its_certificate_is_found(made):
    path, key = made["ec", 1]
    both = path.read_bytes() + key.read_bytes()
    assert belong_together(certificate(both).key, private_key(both)) is True


def test_of_an_encrypted_key_nothing_is_known(made):
    encrypted = run("openssl", "pkey", "-in", str(made["rsa", 1][1]), "-aes128", "-passout", "pass:secret")
    older = run(
        *("openssl", "rsa", "-traditional", "-in", str(made["rsa", 1][1]), "-aes128"), "-passout", "pass:secret"
    )
    assert private_key(encrypted) is None
    assert private_key(older) is None


def test_alternative_names_count_and_the_common_name_only_without_them(made):
    assert certificate(made["rsa", 1][0].read_bytes()).names == ("a.example.test", "*.b.example.test")
    assert certificate(made["rsa", 2][0].read_bytes()).names == ("cn.example.test",)


@pytest.mark.parametrize("text", [b"", b"text", b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"])
def test_what_is_damaged_says_nothing(text):
    assert certificate(text) is None
    assert private_key(text.replace(b"CERTIFICATE", b"PRIVATE KEY")) is None


def test_a_shortened_point_of_a_curve_is_not_said_to_be_another():
    assert belong_together(Key(kind="EC", value=b"\x04ab"), Key(kind="EC", value=b"\x02a")) is None


def test_a_star_stands_for_one_part_of_a_name():
    assert covers(("*.example.test",), "www.example.test")
    assert not covers(("*.example.test",), "example.test")
    assert not covers(("*.example.test",), "a.b.example.test")
