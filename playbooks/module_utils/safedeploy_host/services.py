"""The host's httpd and its health, as the commands that change files see them.

One thin seam, so that each side can be tested without the other, and nothing heavy is imported before it is needed.
"""

from __future__ import annotations

import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from .protocol import Json, Request
    from .store import Store
    from .tree import Tree


class Services:
    """httpd, health checks, the test in context and the clock of one site."""

    def __init__(self, site: Json) -> None:
        self.site = site

    def now(self) -> float:
        """Seconds since 1970."""
        return time.time()

    def uptime(self) -> tuple[str, float]:
        """Which start of the host this is, and seconds since then, suspension included; no clock setting moves it."""
        try:
            with open("/proc/sys/kernel/random/boot_id", encoding="ascii") as file:
                boot = file.read().strip()
        except OSError:
            boot = ""
        return boot, time.clock_gettime(time.CLOCK_BOOTTIME)

    def installed(self) -> bool:
        """Whether this host has the httpd that the site describes."""
        from .httpd import Httpd

        return bool(Httpd(self.site).installed())

    def status(self) -> Json:
        """What httpd is, and whether it runs what is on disk."""
        from .httpd import Httpd

        found: Json = Httpd(self.site).status()
        return found

    def reload(self, *, restart: bool = False) -> Json:
        """Make httpd load what is on disk, starting it if it is stopped. Never raises for a failure of httpd."""
        from .httpd import Httpd

        done: Json = Httpd(self.site).reload(restart=restart)
        return done

    def several(self) -> bool:
        """Whether more than one httpd of this site runs: a graceful reload would reach one of them."""
        from .httpd import Httpd

        return Httpd(self.site).several()

    def pid_files(self) -> list[str]:
        """Where the configuration on disk has httpd write its pid; also of one that does not parse."""
        from . import stopping

        return stopping.pid_files(self.site)

    def clear_pid_files(self, paths: Iterable[str]) -> None:
        """Remove what an httpd that is gone left at these paths, none of which is the PidFile of the one that runs."""
        from . import stopping

        stopping.clear_pid_files(self.site, paths)

    def trial(
        self, request: Request, manifest: Json, changes: Tree, open_object: Callable[[str], bytes]
    ) -> tuple[Json, Json]:
        """What a candidate is found to be before anything is live, and what activation needs of it (trial.py)."""
        from .trial import trial

        return trial(request, manifest, changes, open_object)

    def remember_surroundings(self, store: Store) -> None:
        """Write down what lies beside the managed files, for a later look for drift. Never raises."""
        from .drift import surroundings

        surroundings.remember(store)

    def to_reload(self, paths: Iterable[str], declared: Json) -> list[Json]:
        """The other services that are to be reloaded for these changed paths, and whether each runs."""
        if not any(value.get("reload") for value in (declared.get("files") or {}).values()):
            return []
        from .validators import reloading

        found: list[Json] = reloading.items(paths, declared)
        return found

    def reload_others(self, items: list[Json], declared: Json) -> list[Json]:
        """Check and reload other services. Raises an error with the code `service-failed` for the first that fails."""
        if not items:
            return []
        from .validators import reloading

        done: list[Json] = reloading.reload(items, declared)
        return done

    def restore_others(self, items: list[Json]) -> tuple[list[Json], list[str]]:
        """Reload other services on files that were put back; what could not be brought back, as texts."""
        if not items:
            return [], []
        from .validators import reloading

        return reloading.restore(items)

    def health(self, checks: list[Json]) -> list[Json]:
        """The results of some checks, in their order."""
        from . import health

        results: list[Json] = health.run(checks, self.site)
        return results

    def probe_live(self, compared: Json) -> list[Json]:
        """The verdicts on the real server, asked what its shadow was asked (probes/live.py); none without a shadow."""
        if not compared.get("probes"):
            return []
        from .probes import live

        verdicts: list[Json] = live.check(
            self.site,
            compared["probes"],
            compared["before"],
            compared["answers"],
            effective=compared["effective"],
            expectations=compared["expect"],
            accepted=compared["accept"],
        )
        return verdicts

    def default_checks(self) -> list[Json]:
        """A check for each virtual host that the live configuration has."""
        from . import health
        from .httpd import Httpd

        checks: list[Json] = health.defaults(self.site, Httpd(self.site))
        return checks

    def regressions(self, baseline: list[Json], now: list[Json]) -> list[Json]:
        """The failing results of `now` that were not failing in the baseline."""
        from . import health

        worse: list[Json] = health.regressions(baseline, now)
        return worse
