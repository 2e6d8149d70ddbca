"""The same as site.yml for pyinfra, with files that are ready: backup, files, configtest, graceful, checks."""

from __future__ import annotations

from pathlib import Path

from pyinfra import host
from pyinfra.operations import files, server

AVAILABLE = "/etc/apache2/sites-available"

server.shell(name="Keep what is there", commands=["rm -rf /var/tmp/backup && cp -a /etc/apache2 /var/tmp/backup"])
for path in sorted(Path(host.data.rendered).iterdir()):
    files.put(name=path.name, src=str(path), dest=f"{AVAILABLE}/{path.name}", user="root", group="root", mode="644")
server.shell(name="Test the configuration", commands=["apache2ctl configtest"])
server.shell(name="Reload", commands=["apache2ctl graceful"])
server.shell(
    name="Check the sites",
    commands=[
        f"curl -sSf -o /dev/null -H 'Host: {name}' http://127.0.0.1{path}"
        for name, path in (("www.lab.test", "/"), ("app.lab.test", "/"), ("app.lab.test", "/item/7"))
    ],
)
