"""The stand-ins for httpd: beside the disk that loses things, and with a program that can die while it waits."""

from __future__ import annotations

from safedeploy_host import boot

from tests.unit.agent.world import Httpd


class Remembering(Httpd):
    """The stand-in for httpd, outside of the disk that loses things; a program can die while it waits for it."""

    loaded = b""

    def __init__(self, site, root, disk):
        self.disk = disk
        self.sick = False
        super().__init__(site, root)

    def reload(self, *, restart=False):
        self.disk.step()
        done = super().reload(restart=restart)
        self.disk.step()
        return done

    def health(self, checks):
        results = super().health(checks)
        return [{**result, "ok": result["ok"] and not self.sick, "why": "it is sick"} for result in results]


class Starting(boot.BeforeHttpd):
    """The services while the host starts: the configtest knows whether httpd could start."""

    def __init__(self, httpd):
        super().__init__(httpd.site)
        self.httpd = httpd

    def uptime(self):
        return self.httpd.uptime()

    def now(self):
        return self.httpd.now()

    def reload(self, **_):
        ok = b"DIES" not in self.httpd._read()
        return {"ok": ok, "how": "configtest", "proof": "", "error": None if ok else "syntax", "seconds": 0.0}
