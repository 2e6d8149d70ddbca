"""What all hosts of a lab are made from: the client's key, the certificate, the package's files, the passwords."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from safedeploy.lab import accounts, certificates, conffiles, sshd, state
from safedeploy.lab.host import LabHost

CREDENTIALS = "credentials.json"


@dataclass(frozen=True, kw_only=True)
class Material:
    """`client_key` is the public key that may log in; `certificate` and `key` are contents."""

    client_key: str
    certificate: bytes
    key: bytes
    conffiles: conffiles.Conffiles
    operator: accounts.Password


def make(directory: Path, hosts: tuple[LabHost, ...]) -> Material:
    """Make it in the lab's state directory, all private files with mode 0600."""
    operator = accounts.hashed(accounts.new_password())
    state.write_private(directory / CREDENTIALS, json.dumps({"operator": operator.clear}, indent=1) + "\n")
    certificate, key = certificates.make(directory, hosts)
    return Material(
        client_key=sshd.new_key(directory / sshd.CLIENT_KEY, "safedeploy-lab"),
        certificate=certificate.read_bytes(),
        key=key.read_bytes(),
        conffiles=conffiles.read(),
        operator=operator,
    )


def load(directory: Path) -> Material:
    """What `make` made there."""
    kind, key, *_ = (directory / f"{sshd.CLIENT_KEY}.pub").read_text().split()
    return Material(
        client_key=f"{kind} {key}",
        certificate=(directory / "lab.pem").read_bytes(),
        key=(directory / "lab.key").read_bytes(),
        conffiles=conffiles.read(),
        operator=accounts.hashed(json.loads((directory / CREDENTIALS).read_text())["operator"]),
    )
