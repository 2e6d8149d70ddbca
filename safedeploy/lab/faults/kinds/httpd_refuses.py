"""A line that httpd does not know waits for the next restart."""

from __future__ import annotations

from safedeploy.lab.faults.fault import Fault
from safedeploy.lab.faults.scene import Scene
from safedeploy.lab.traffic import Route


def begin(scene: Scene) -> None:
    """A graceful reload would have been refused; a stop and a start is not so kind."""
    scene.lab.stop_httpd(scene.name)
    scene.edit(scene.site("www"), r"^(\s*)(SSLEngine\s.*)$", r"\1\2\n\1SSLProtocoll TLSv1.2")


FAULT = Fault(
    name="httpd-refuses",
    title="httpd does not start: its configuration is refused",
    what="www.conf has a directive that httpd does not know, and httpd was stopped: it does not come back.",
    page="Connections to www, app and api.lab.test are refused.",
    route=Route(site="app.lab.test", text="app.lab.test"),
    seen=("refused",),
    hints=(
        "Nothing listens at port 80. What does httpd say when it is started?",
        "`apachectl configtest` names the file and the line.",
        "sites-available/www.conf has a directive that is spelled wrong.",
    ),
    repair="Correct the line in sites-available/www.conf, then `apache2ctl start`.",
    prevention=(
        "The linter refuses an unknown directive before any host is asked, and pre-flight has each host load its "
        "candidate."
    ),
    rule="unknown-directive",
    begin=begin,
)
