"""What others do to a host meanwhile: another push, a person with an editor, a slow server, a sick backend."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from safedeploy.core.errors import ExitCode
from safedeploy.lab.host_process import HOST_PYTHON
from tests.faults.records import Violation
from tests.faults.scene import Scene

EDIT = "# edited by hand in the middle of a push"
FLAPPING_PLACE = "/var/lib/lab/flapping.py"
FLAPPING = """
import http.server, itertools, sys
turns = itertools.count()
class Answer(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        bad = next(turns) % 2
        body = b'{"service": "api"}'
        self.send_response(503 if bad else 200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    def log_message(self, *_):
        pass
class Server(http.server.ThreadingHTTPServer):
    allow_reuse_address = True
Server(("127.0.0.1", int(sys.argv[1])), Answer).serve_forever()
"""


def second_push(scene: Scene) -> None:
    """Somebody else pushes a release of his own to the same hosts meanwhile."""
    done = scene.rival.push("--reason", "the second of two")
    if done.code not in (ExitCode.LEASE_HELD, ExitCode.OK, ExitCode.REFUSED):
        scene.found.append(Violation(what="the second pusher is not told the truth", detail=done.text[-600:]))


def unlock(scene: Scene) -> None:
    """Somebody thinks that the run is dead and takes its leases away."""
    done = scene.rival.run("unlock", "lab", "--yes", "--reason", "looked dead")
    # A command that waits at its step holds the host for longer than unlock waits: then it is told so.
    if done.code not in (ExitCode.OK, ExitCode.REFUSED, ExitCode.LEASE_HELD):
        scene.found.append(Violation(what="unlock does not tell the truth", detail=done.text[-600:]))


def edit(name: str) -> Callable[[Scene], None]:
    """A person edits a managed file of the host."""

    def act(scene: Scene) -> None:
        path = f"{scene.fleet.lab.host(scene.target).layout.server_root}/{name}"
        scene.shell(f"echo '{EDIT}' >> {path}")
        edited = scene.fleet.lab.snapshot(scene.target)[path]
        trees = {
            f"{label}, edited": {**known.trees[scene.target], path: edited}
            for label, known in scene.fleet.known.items()
        }
        scene.allow = replace(scene.allow, trees={scene.target: trees}, edited={scene.target: (path, edited)})

    return act


def slow_httpd(scene: Scene) -> None:
    """Every start, reload and test of httpd takes two seconds more from now on."""
    place = f"{scene.fleet.lab.host(scene.target).layout.server_root}/envvars"
    scene.shell(f"cp -p {place} /run/envvars && sed -i '1i sleep 2' {place}")

    def quick() -> None:
        # It counts as changed now, so httpd has to read it again.
        scene.shell(f"mv /run/envvars {place} && apache2ctl graceful")
        scene.fleet.fleet.wait_until_served(scene.target)

    scene.undo.append(quick)


def flapping_backend(scene: Scene) -> None:
    """The backend of api answers every other request with 503 from now on."""
    host = scene.fleet.lab.host(scene.target)
    scene.fleet.lab.put(scene.target, FLAPPING_PLACE, FLAPPING)
    _run_backend(scene, FLAPPING_PLACE, str(host.backend_port))
    scene.undo.append(lambda: _run_backend(scene, host.layout.backend, host.name, str(host.backend_port)))


def _run_backend(scene: Scene, *words: str) -> None:
    """In the place of the one that runs."""
    scene.shell(
        "for p in /proc/[0-9]*; do grep -qzE '^/.*/(backend|flapping)[.]py$' $p/cmdline && kill -9 ${p#/proc/}; done;"
        " true"
    )
    scene.shell(f"setsid {HOST_PYTHON} -I -S {' '.join(words)} >/dev/null 2>&1 </dev/null &")
