"""The lab fleet of a test session: put back to a known state before each test, and looked at from outside."""

from __future__ import annotations

import json
import ssl
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

from safedeploy.lab import Lab, LabHost
from safedeploy.lab.traffic import ROUTES, Traffic, ask

Tree = dict[str, str]

# A file that a test writes next must be newer than what httpd has loaded, by more than the clocks of files and
# processes may differ (TOLERANCE in safedeploy_host/loaded.py).
_NEWER = 0.15


class Fleet:
    """All hosts of one lab."""

    def __init__(self, lab: Lab) -> None:
        self.lab = lab
        self.names = tuple(host.name for host in lab.hosts)
        self.kept: set[str] = set()

    @property
    def in_namespaces(self) -> bool:
        return self.lab.state.mode == "namespaces"

    def host(self, name: str) -> LabHost:
        return self.lab.host(name)

    def each(self, work: Callable[[str], Any]) -> dict[str, Any]:
        """Do something on every host at the same time."""
        with ThreadPoolExecutor(max_workers=len(self.names)) as pool:
            return dict(zip(self.names, pool.map(work, self.names), strict=True))

    def shell(self, host: str, script: str) -> str:
        """Run a shell script on a host; its output."""
        done = self.lab.exec(host, ["/bin/sh", "-c", script])
        said = (done.stdout + done.stderr).decode(errors="replace")
        assert done.returncode == 0, f"{script!r} on {host} ended with {done.returncode}: {said}"
        return done.stdout.decode(errors="replace")

    def trees(self) -> dict[str, Tree]:
        """Every path below each host's server root and web root: kind, mode, owner, digest."""
        return self.each(self.lab.snapshot)

    def keep(self, label: str) -> None:
        """Remember the state of every host under a label."""
        self.each(lambda host: self.shell(host, f"tar -cpf {self._archive(host, label)} {self._places(host)}"))
        self.kept.add(label)

    def restore(self, label: str) -> None:
        """Put every host back to a state that was kept, and wait until it serves."""
        self.each(lambda host: self._restore(host, label))

    def _restore(self, host: str, label: str) -> None:
        if not self.lab.running(host):
            self.lab.boot(host)
        layout = self.host(host).layout
        tops = f"{layout.server_root} {layout.www_root} {layout.state_dir}"
        self.shell(host, f"rm -rf {tops}; tar -C / -xpf {self._archive(host, label)}")
        if self.lab.httpd_pid(host) is None:
            self.lab.start_httpd(host)
        else:
            self._reload(host)
        reloaded = time.monotonic()
        self.wait_until_served(host)
        time.sleep(max(0.0, reloaded + _NEWER - time.monotonic()))

    def _reload(self, host: str, seconds: float = 15) -> None:
        """Reload and wait for it."""
        before, deadline = self.reloads(host), time.monotonic() + seconds
        self.lab.exec(host, ["apache2ctl", "graceful"])
        while self.reloads(host) == before:
            assert time.monotonic() < deadline, f"{host} does not reload"
            time.sleep(0.05)

    def fresh_logs(self) -> None:
        """Empty every log: what other tests have left there would be taken for what is usual."""
        script = "for log in {}/*.log; do : > $log; done"
        self.each(lambda host: self.shell(host, script.format(self.host(host).layout.log_dir)))

    def _archive(self, host: str, label: str) -> str:
        return f"{self.host(host).layout.log_dir}/kept-{label}.tar"

    def _places(self, host: str) -> str:
        layout = self.host(host).layout
        return f"$(ls -d {layout.server_root} {layout.www_root} {layout.state_dir} 2>/dev/null)"

    def visitors(self, hosts: Iterable[str] | None = None) -> Traffic:
        """Requests to every site, all the time; a context manager."""
        return Traffic([self.host(name) for name in hosts or self.names], self.lab.certificate)

    def wait_until_served(self, host: str, seconds: float = 15) -> None:
        """Wait until a host answers every route as it should."""
        tls = ssl.create_default_context(cafile=str(self.lab.certificate))
        deadline = time.monotonic() + seconds
        while problems := [f"{route}: {why}" for route in ROUTES if (why := ask(self.host(host), route, tls))]:
            assert time.monotonic() < deadline, f"{host} does not serve: {problems}"
            time.sleep(0.1)

    def wait_until_leased(self, host: str, seconds: float = 60) -> None:
        """Wait until a run has the host's lease: from then on its preflight is at work there."""
        record = f"{self.host(host).layout.state_dir}/lease.json"
        deadline = time.monotonic() + seconds
        while not json.loads(self.shell(host, f"cat {record} || echo '{{}}'") or "{}").get("token"):
            assert time.monotonic() < deadline, f"nobody has taken the lease of {host}"
            time.sleep(0.05)

    def serves(self) -> None:
        """Every host answers every route as it should, now."""
        self.each(lambda host: self.wait_until_served(host, seconds=0))

    def reloads(self, host: str) -> str:
        """The process id of httpd on a host, and how often it has read its configuration."""
        log = f"{self.host(host).layout.log_dir}/error.log"
        count = f"grep -cs 'resuming normal operations' {log} || true"
        return f"{self.lab.httpd_pid(host)}: {self.shell(host, count)}"

    @contextmanager
    def without(self, host: str, directory: str, pattern: str) -> Any:
        """Take programs away from a host for a while: `directory` without the names that match `pattern`."""
        aside, links = f"/run/aside{directory}", f"/run/links{directory}"
        self.shell(
            host,
            f"mkdir -p {aside} {links} && mount --bind {directory} {aside}"
            f" && find {aside} -maxdepth 1 -mindepth 1 ! -name '{pattern}' -exec ln -sf -t {links} {{}} +"
            f" && mount --bind {links} {directory}",
        )
        try:
            yield
        finally:
            self.shell(host, f"umount {directory} && umount --lazy {aside} && rm -r {links}")

    @contextmanager
    def little_room(self, host: str) -> Any:
        """Leave a host next to no room for safedeploy's state, for a while."""
        place = self.host(host).layout.state_dir
        self.shell(host, f"mkdir -p {place} && mount -t tmpfs -o size=16k,mode=700 tmpfs {place}")
        try:
            yield
        finally:
            self.shell(host, f"umount {place}")
