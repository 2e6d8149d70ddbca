"""Names and validity read out of a certificate, compared with two other readers."""

from __future__ import annotations

import ssl
import subprocess
from pathlib import Path
from typing import Any

import pytest
from safedeploy_host.certificate import Certificate

RSA = ["-newkey", "rsa:2048"]
EC = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"]
MANY = ",".join(f"DNS:name{number}.example.test" for number in range(40))
CASES: dict[str, list[str]] = {
    "names and addresses": [*EC, "-addext", "subjectAltName=DNS:a.test,DNS:*.b.test,IP:192.0.2.1,IP:2001:db8::1"],
    "common name alone": [*EC],
    "rsa": [*RSA, "-addext", "subjectAltName=DNS:rsa.test"],
    "beyond 2050": [*EC, "-days", "20000", "-addext", "subjectAltName=DNS:late.test"],
    "long": [*EC, "-addext", f"subjectAltName={MANY}"],
    "other extensions": [
        *EC,
        "-addext",
        "subjectAltName=email:x@y.test,DNS:c.test",
        "-addext",
        "keyUsage=digitalSignature",
    ],
}


def make(directory: Path, arguments: list[str]) -> Path:
    certificate = directory / "certificate.pem"
    command = ["openssl", "req", "-x509", "-nodes", "-keyout", str(directory / "key.pem"), "-out", str(certificate)]
    subprocess.run([*command, "-subj", "/O=Org/CN=common.example.test", *arguments], check=True, capture_output=True)
    return certificate


def read(path: Path) -> Certificate:
    return Certificate(ssl.PEM_cert_to_DER_cert(path.read_text()))


@pytest.mark.parametrize("case", CASES)
def test_it_agrees_with_the_reader_of_openssl(tmp_path: Path, case: str) -> None:
    path = make(tmp_path, CASES[case])
    # Private, and in every Python so far: good enough to compare with, not to build on.
    known: dict[str, Any] = ssl._ssl._test_decode_cert(str(path))  # type: ignore[attr-defined]

    found = read(path)

    names = [name for kind, name in known.get("subjectAltName", ()) if kind in ("DNS", "IP Address")]
    assert [name.lower() for name in found.names] == [
        "2001:db8::1" if name == "2001:DB8:0:0:0:0:0:1" else name for name in names
    ] or (not names and found.names == ["common.example.test"])
    assert found.not_after == ssl.cert_time_to_seconds(known["notAfter"])


@pytest.mark.parametrize(
    ("host", "covered"),
    [
        ("a.test", True),
        ("A.Test.", True),
        ("x.b.test", True),
        ("x.y.b.test", False),
        ("b.test", False),
        ("192.0.2.1", True),
        ("2001:db8::1", True),
        ("common.example.test", False),
    ],
)
def test_which_hosts_it_covers(tmp_path: Path, host: str, *, covered: bool) -> None:
    assert read(make(tmp_path, CASES["names and addresses"])).covers(host) is covered


@pytest.mark.parametrize("der", [b"", b"\x30", b"\x30\x82\xff\xff", b"garbage", b"\x30\x00", b"\x30\x03\x02\x01\x01"])
def test_what_is_not_a_certificate_is_an_error_and_no_crash(der: bytes) -> None:
    with pytest.raises(ValueError, match=r".+"):
        Certificate(der)


def test_a_certificate_that_is_cut_off_anywhere_is_an_error(tmp_path: Path) -> None:
    der = ssl.PEM_cert_to_DER_cert(make(tmp_path, CASES["names and addresses"]).read_text())

    for length in range(len(der)):
        with pytest.raises(ValueError, match=r".+"):
            Certificate(der[:length])
