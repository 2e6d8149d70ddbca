"""A word in .htaccess that httpd does not know."""

from __future__ import annotations

from safedeploy.lab.faults.fault import Fault
from safedeploy.lab.faults.scene import Scene
from safedeploy.lab.traffic import Route


def begin(scene: Scene) -> None:
    """Configtest does not read this file: httpd finds out with the first visitor."""
    path = f"{scene.layout.www_root}/app/.htaccess"
    scene.edit(path, r"\A", "ExpiresByTypes image/png A86400\n")


FAULT = Fault(
    name="htaccess-broken",
    title="a line of .htaccess that httpd refuses",
    what=".htaccess of app.lab.test has a directive that httpd does not know: it answers 500 to everything there.",
    page="app.lab.test answers 500.",
    route=Route(site="app.lab.test", text="app.lab.test"),
    seen=("status 500",),
    hints=(
        "configtest is content, and every page of app is an error: what does configtest not read?",
        "httpd names the file and the word in its error log.",
        "The first line of .htaccess is a directive that is spelled wrong.",
    ),
    repair="Take the line out of the .htaccess of app.",
    prevention="The linter reads .htaccess as httpd does, with the AllowOverride that holds there.",
    rule="unknown-directive",
    begin=begin,
)
