"""Certificates, keys and password files that a corpus has made at run time. The same wish gives the same pair."""

from __future__ import annotations

import json
import re
import subprocess
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
)
from cryptography.x509.oid import NameOID

from .corpus import CorpusError

SALT = "corpus01"


@dataclass(frozen=True, kw_only=True)
class Pair:
    """A certificate and its key."""

    pem: bytes
    der: bytes
    key: bytes


class Material:
    """Makes what `gen` lists, and remembers it for the whole run."""

    def __init__(self) -> None:
        self._made: dict[str, Pair] = {}
        self._lock = threading.Lock()

    def make(self, wishes: Iterable[Mapping[str, Any]], root: Path) -> None:
        """Write them into a tree; paths are the host's. Raises CorpusError for a kind that nobody knows."""
        for wish in wishes:
            if wish["type"] == "selfsigned":
                self._certificate(wish, root)
            elif wish["type"] == "htpasswd":
                with _at(root, wish["path"]).open("a") as file:
                    file.write(f"{wish['user']}:{_hash(wish['password'])}\n")
            else:
                raise CorpusError(f"nobody knows how to make {wish['type']!r}")

    def _certificate(self, wish: Mapping[str, Any], root: Path) -> None:
        name = json.dumps(wish, sort_keys=True)
        with self._lock:
            if name not in self._made:
                self._made[name] = _pair(wish)
        pair = self._made[name]
        if wish.get("bundle"):
            _at(root, wish["cert"]).write_bytes(pair.pem + pair.key)
            return
        if "cert" in wish:
            _at(root, wish["cert"]).write_bytes(pair.der if wish.get("der") else pair.pem)
        if "key" in wish:
            _at(root, wish["key"]).write_bytes(pair.key)


def _at(root: Path, path: str) -> Path:
    place = root / path.lstrip("/")
    place.parent.mkdir(parents=True, exist_ok=True)
    return place


def _pair(wish: Mapping[str, Any]) -> Pair:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, wish["cn"])])
    begins = _moment(wish["not_before"]) if "not_before" in wish else datetime.now(UTC) - timedelta(minutes=1)
    ends = _moment(wish["not_after"]) if "not_after" in wish else begins + timedelta(days=wish.get("days", 365))
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(ends)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(wish["cn"])]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    phrase = wish.get("passphrase")
    lock: KeySerializationEncryption = BestAvailableEncryption(phrase.encode()) if phrase else NoEncryption()
    return Pair(
        pem=certificate.public_bytes(Encoding.PEM),
        der=certificate.public_bytes(Encoding.DER),
        key=key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, lock),
    )


def _moment(text: str) -> datetime:
    """[CC]YYMMDDHHMMSSZ, as openssl takes it."""
    if not re.fullmatch(r"\d{12}Z|\d{14}Z", text):
        raise CorpusError(f"{text!r} is no time of the form YYYYMMDDHHMMSSZ")
    return datetime.strptime(text, "%Y%m%d%H%M%SZ" if len(text) == 15 else "%y%m%d%H%M%SZ").replace(tzinfo=UTC)


def _hash(password: str) -> str:
    done = subprocess.run(
        ["openssl", "passwd", "-apr1", "-salt", SALT, "-stdin"],
        input=password + "\n",
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()
