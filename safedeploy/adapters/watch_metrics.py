"""The numbers of a watch for Prometheus, on a port of this machine: https://prometheus.io/docs/practices/naming/."""

from __future__ import annotations

from collections.abc import Mapping

from prometheus_client import CollectorRegistry, Counter, Gauge, start_http_server

from safedeploy.core.errors import ExitCode, SafedeployError
from safedeploy.core.watch.fleet import Tick


class WatchMetrics:
    """Serves from its making until `close`. Counters begin at nought with each start, as Prometheus expects."""

    def __init__(self, environment: str, address: str, port: int) -> None:
        """Raises SafedeployError `watch-port` where the port cannot be had."""
        self._where = {"environment": environment}
        registry = CollectorRegistry()

        def counter(name: str, text: str) -> Counter:
            return Counter(name, text, ["environment", "host", "site"], registry=registry)

        self._requests = counter("safedeploy_watch_requests", "Visitors' requests.")
        self._errors = counter("safedeploy_watch_server_errors", "Those that were answered with a 5xx.")
        self._slow = counter("safedeploy_watch_slow", "Those that took a second or longer.")
        labels = ["environment", "host"]
        self._up = Gauge("safedeploy_watch_host_heard", "Whether the host is heard.", labels, registry=registry)
        self._busy = Gauge("safedeploy_watch_busy_workers", "Busy workers.", labels, registry=registry)
        self._p95 = Gauge(
            "safedeploy_watch_latency_p95_seconds", "95 % took no longer.", [*labels, "site"], registry=registry
        )
        self._alerts = Gauge(
            "safedeploy_watch_alert_open",
            "Whether an alert is open.",
            ["environment", "kind", "site"],
            registry=registry,
        )
        try:
            self._server, self._thread = start_http_server(port, addr=address, registry=registry)
        except OSError as error:
            raise SafedeployError(
                "watch-port",
                f"metrics cannot be served on {address}:{port}: {error.strerror or error}",
                next_step="Give another --metrics-port, or stop what listens there.",
                exit_code=ExitCode.USAGE,
            ) from error

    @property
    def port(self) -> int:
        """The port that is listened on: the one that was asked for, or one that was free."""
        return int(self._server.server_port)

    def close(self) -> None:
        """Serve no more."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def take(self, host: str, tick: Tick) -> None:
        """Add what a host told."""
        self._up.labels(host=host, **self._where).set(1)
        if tick.busy is not None:
            self._busy.labels(host=host, **self._where).set(tick.busy)
        for site, counts in tick.sites.items():
            labels = {"host": host, "site": site, **self._where}
            self._requests.labels(**labels).inc(counts.requests)
            self._errors.labels(**labels).inc(counts.errors)
            self._slow.labels(**labels).inc(counts.slow)
        for site, value in tick.p95.items():
            self._p95.labels(host=host, site=site, **self._where).set(value / 1000)

    def lost(self, host: str) -> None:
        """A host is not heard."""
        self._up.labels(host=host, **self._where).set(0)

    def alerts(self, states: Mapping[tuple[str, str], bool]) -> None:
        """Which alerts are open, by (kind, site)."""
        for (kind, site), is_open in states.items():
            self._alerts.labels(kind=kind, site=site, **self._where).set(is_open)
