"""Numbers of a check for Prometheus, in its text format: what node_exporter's textfile collector reads."""

from __future__ import annotations

from collections import Counter

from prometheus_client import CollectorRegistry, Gauge, generate_latest

from safedeploy.core.drift import Drift, DriftKind


def drift_metrics(drift: Drift) -> bytes:
    """The metrics of a drift check; every kind of every host has a value, so that an alert can see the end of one."""
    registry = CollectorRegistry()
    where = {"environment": drift.environment}

    def gauge(name: str, text: str, *labels: str) -> Gauge:
        return Gauge(name, text, ["environment", *labels], registry=registry)

    count = gauge("safedeploy_drift", "What is not as it was deployed, by kind.", "host", "kind")
    moved_on = gauge(
        "safedeploy_drift_undeployed", "Paths that the project wants otherwise than they were deployed.", "host"
    )
    reachable = gauge("safedeploy_drift_host_reachable", "Whether the host could be read.", "host")
    ends = gauge(
        "safedeploy_drift_certificate_expiry_timestamp_seconds", "When a certificate of httpd ends.", "host", "path"
    )
    for host, found in drift.hosts.items():
        counts = Counter(item.kind for item in found.items)
        for kind in DriftKind:
            count.labels(host=host, kind=kind.value, **where).set(counts[kind])
        reachable.labels(host=host, **where).set(1)
        if not drift.unrendered:
            moved_on.labels(host=host, **where).set(len(found.undeployed))
        for one in found.certificates:
            ends.labels(host=host, path=one.path, **where).set(one.not_after)
    for host in drift.missing:
        count.labels(host=host, kind=DriftKind.UNREACHABLE.value, **where).set(1)
        reachable.labels(host=host, **where).set(0)
    gauge("safedeploy_drift_rendered", "Whether the project could be rendered.").labels(**where).set(
        not drift.unrendered
    )
    gauge("safedeploy_drift_check_timestamp_seconds", "When the last check began.").labels(**where).set(drift.at)
    gauge("safedeploy_drift_check_duration_seconds", "How long it took.").labels(**where).set(drift.seconds)
    return generate_latest(registry)
