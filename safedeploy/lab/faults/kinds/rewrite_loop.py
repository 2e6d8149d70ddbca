"""A rule of .htaccess rewrites its own result, for ever."""

from __future__ import annotations

from safedeploy.lab.faults.fault import Fault
from safedeploy.lab.faults.scene import Scene
from safedeploy.lab.traffic import Route


def begin(scene: Scene) -> None:
    """No reload is needed: .htaccess counts from the moment it is written."""
    path = f"{scene.layout.www_root}/app/.htaccess"
    scene.edit(path, r"\A", "RewriteEngine On\nRewriteRule ^(.*)$ /app/$1 [L]\n")


FAULT = Fault(
    name="rewrite-loop",
    title="a rewrite rule loops",
    what="A RewriteRule in the .htaccess of app.lab.test matches its own result.",
    page="app.lab.test answers 500.",
    route=Route(site="app.lab.test", text="app.lab.test"),
    seen=("status 500",),
    hints=(
        "httpd says in its error log that it gave up after ten rounds.",
        "Which files rewrite for app? There is one that no reload is needed for.",
        "The first RewriteRule of .htaccess matches its own result.",
    ),
    repair="Take the rule out of the .htaccess of app, or have it stop: RewriteCond %{REQUEST_URI} !^/app/.",
    prevention="The linter tries what becomes of a request and finds the loop before any host is asked.",
    rule="rewrite-loop",
    begin=begin,
)
