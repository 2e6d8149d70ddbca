"""The agent on a whole host: the real paths and ports of the distribution, in namespaces of the test's own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.apache

MODULE_UTILS = Path(__file__).parents[3] / "playbooks/module_utils"
PRIVATE = ("/run", "/var/lock", "/var/log", "/var/www")

HOST = """
import hashlib, json, os, shutil, subprocess, sys, tempfile
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from safedeploy_host import context, control, health, namespaces, restart
from safedeploy_host.httpd import Httpd

original = tempfile.mkdtemp()
shutil.copytree("/etc/apache2", original + "/etc", symlinks=True)
for path in ["/etc/apache2", *json.loads(sys.argv[2])]:
    namespaces.mount("tmpfs", os.path.realpath(path), "tmpfs", options="mode=0755")
subprocess.run(["cp", "-a", original + "/etc/.", "/etc/apache2/"], check=True)
shutil.rmtree(original)
for path in ("/var/log/apache2", "/var/www/html", "/run/lock"):
    Path(path).mkdir(exist_ok=True)
Path("/var/www/html/index.html").write_text("real")
subprocess.run(["ip", "link", "set", "lo", "up"], check=True)

site = {
    "layout": "debian", "state_dir": "/var/lib/safedeploy", "server_root": "/etc/apache2",
    "allowed_roots": ["/etc/apache2", "/var/www"],
    "httpd": {"main_config": "/etc/apache2/apache2.conf", "control": ["apache2ctl"], "binary": "/usr/sbin/apache2",
              "env": {}, "address": "127.0.0.1"},
}
httpd = Httpd(site)
text = b"<VirtualHost *:80>\\nServerName new.test\\nDocumentRoot /var/www/new\\n</VirtualHost>\\n"
def entry(data):
    digest = hashlib.sha256(data).hexdigest()
    return {"kind": "file", "sha256": digest, "size": len(data), "mode": "0644", "owner": "root", "group": "root"}
objects = {entry(data)["sha256"]: data for data in (text, b"hello")}
entries = {
    "/etc/apache2/sites-available/new.conf": entry(text),
    "/etc/apache2/sites-enabled/new.conf": {"kind": "link", "target": "../sites-available/new.conf"},
    "/etc/apache2/sites-enabled/000-default.conf": {"kind": "absent"},
    "/var/www/new/index.html": entry(b"hello"),
}
found = {"stopped": httpd.status()["running"]}
found["configtest"] = context.configtest(site, entries, objects.__getitem__)
found["run"] = sorted(os.listdir("/run"))
found["names"] = context.look(
    site, entries, objects.__getitem__, lambda site: control.control(site, "-t", "-D", "DUMP_VHOSTS").output
).value
found["start"] = httpd.reload()
found["restart"] = restart.needed(site, entries, objects.__getitem__)
found["graceful"] = httpd.reload()
found["status"] = httpd.status()
found["health"] = health.run(health.defaults(site, httpd), site)
found["mounts"] = [line.split()[4] for line in open("/proc/self/mountinfo") if " overlay " in line]
print(json.dumps(found))
"""


def test_the_real_paths_and_ports_of_a_host_in_namespaces() -> None:
    if os.geteuid() != 0 or not shutil.which("unshare") or not Path("/usr/sbin/apache2").exists():
        pytest.skip("needs root, unshare and apache2")
    private = [path for path in PRIVATE if Path(path).is_dir() and not Path(path).is_symlink()]
    unshare = ["unshare", "--mount", "--net", "--pid", "--fork", "--mount-proc", "--kill-child"]

    done = subprocess.run(
        [*unshare, sys.executable, "-c", HOST, str(MODULE_UTILS), json.dumps(private)],
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip

    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["stopped"] is False
    assert (found["configtest"]["ok"], found["configtest"]["method"]) == (True, "namespace")
    assert not any("DocumentRoot" in line for line in found["configtest"]["warnings"]), "it exists in the candidate"
    assert found["run"] == ["lock"], "the control program made its directories where nobody sees them"
    assert "new.test" in found["names"]
    assert "000-default" not in found["names"]
    assert (found["start"]["ok"], found["start"]["how"]) == (True, "start"), found["start"]
    assert found["restart"] == {"needed": False, "why": []}
    assert (found["graceful"]["ok"], found["graceful"]["how"]) == (True, "graceful"), found["graceful"]
    assert found["graceful"]["pid"] == found["start"]["pid"] == found["status"]["pid"]
    assert found["status"]["loaded"] is True
    assert [(result["ok"], result["status"]) for result in found["health"]] == [(True, 200)]
    assert [path for path in found["mounts"] if path.startswith(("/etc/apache2", "/var/www"))] == []
