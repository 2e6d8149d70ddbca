"""The TLS certificate of a lab: self-signed, for the names of its sites, made when the lab starts."""

from __future__ import annotations

from pathlib import Path

from safedeploy.lab.commands import run
from safedeploy.lab.host import LabHost
from safedeploy.lab.names import site_names

VALID_DAYS = 90


def make(directory: Path, hosts: tuple[LabHost, ...]) -> tuple[Path, Path]:
    """Make `lab.pem` and `lab.key` (0600) in `directory`; clients trust the former as it is."""
    certificate, key = directory / "lab.pem", directory / "lab.key"
    names = [f"DNS:{name}" for name in (*site_names(), *(host.name for host in hosts), "localhost")]
    addresses = [f"IP:{address}" for address in sorted({"127.0.0.1", *(host.address for host in hosts)})]
    key.touch(mode=0o600)
    run(
        [
            "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
            "-days", str(VALID_DAYS), "-subj", f"/O=safedeploy lab/CN={site_names()[0]}",
            "-addext", f"subjectAltName={','.join(names + addresses)}",
            "-keyout", str(key), "-out", str(certificate),
        ]
    )  # fmt: skip
    return certificate, key
