"""What is known of one host of a lab. Pure values, the same in both modes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Layout:
    """Where things are on a host, as the host itself names them; absolute paths."""

    server_root: str = "/etc/apache2"
    www_root: str = "/var/www"
    log_dir: str = "/var/log/apache2"
    run_dir: str = "/var/run/apache2"
    lock_dir: str = "/var/lock/apache2"
    state_dir: str = "/var/lib/safedeploy"
    certificate: str = "/etc/ssl/certs/lab.pem"
    key: str = "/etc/ssl/private/lab.key"
    backend: str = "/var/lib/lab/backend.py"

    @classmethod
    def under(cls, directory: str) -> Layout:
        """The same layout below `directory`, for a host without a file system of its own."""
        own = cls()
        return cls(**{name: directory + getattr(own, name).replace("/var/run/", "/run/") for name in vars(own)})


@dataclass(frozen=True, kw_only=True)
class LabHost:
    """A host of a lab: its name, its address and ports as seen from the machine, and its layout."""

    name: str
    address: str
    ssh_port: int = 22
    http_port: int = 80
    https_port: int = 443
    backend_port: int = 9000
    user: str = "root"
    httpd_user: str = "www-data"
    layout: Layout

    def to_json(self) -> dict[str, Any]:
        """Plain values for lab.json."""
        return {**vars(self), "layout": vars(self.layout)}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> LabHost:
        """The reverse of `to_json`."""
        return cls(**{**data, "layout": Layout(**data["layout"])})
