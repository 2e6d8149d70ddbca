"""Whether httpd is well: the checks that were asked for must all pass; derived ones must not be worse than before."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .protocol import Json
    from .services import Services


def measure(services: Services, checks: list[Json]) -> list[Json]:
    """The results of `checks`, or of one check for each virtual host when none are asked for."""
    return services.health(checks or services.default_checks())


def failing(services: Services, checks: list[Json], baseline: list[Json], results: list[Json]) -> list[Json]:
    """The results that speak against a new configuration."""
    if checks:
        return [result for result in results if not result["ok"]]
    return services.regressions(baseline, results)


def still_failing(services: Services, baseline: list[Json], results: list[Json]) -> list[Json]:
    """The results that speak against a restored configuration: what failed before may still fail."""
    if baseline:
        return services.regressions(baseline, results)
    return [result for result in results if not result["ok"]]


def text(results: list[Json]) -> str:
    """Failing results as one line."""
    return "; ".join(f"{result.get('name')}: {result.get('why')}" for result in results)
