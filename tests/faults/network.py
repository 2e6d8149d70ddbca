"""The link between the control machine and a lab host, cut in several ways."""

from __future__ import annotations

import subprocess

from safedeploy.lab.addresses import bridge_name, port_name
from tests.faults.scene import Scene


def _ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, capture_output=True)


def _port(scene: Scene) -> tuple[str, str]:
    subnet = scene.fleet.lab.state.subnet
    assert subnet is not None
    return port_name(subnet, scene.fleet.names.index(scene.target) + 1), bridge_name(subnet)


def silence(scene: Scene) -> None:
    """Neither side hears the other any more, and nobody is told: no reset, no unreachable."""
    port, _ = _port(scene)
    _ip("link", "set", "dev", port, "nomaster")
    scene.undo.append(lambda: speak(scene))


def speak(scene: Scene) -> None:
    """The end of the silence."""
    port, bridge = _port(scene)
    _ip("link", "set", "dev", port, "master", bridge)


def down(scene: Scene) -> None:
    """The host's cable is pulled: its side of the link has no carrier."""
    port, _ = _port(scene)
    _ip("link", "set", "dev", port, "down")
    scene.undo.append(lambda: up(scene))


def up(scene: Scene) -> None:
    """The cable is back."""
    port, _ = _port(scene)
    _ip("link", "set", "dev", port, "up")


def cut(scene: Scene) -> None:
    """Every session of sshd dies; new ones are accepted."""
    scene.shell(
        "for p in /proc/[0-9]*; do case $(cat $p/comm 2>/dev/null) in sshd-session) kill -9 ${p#/proc/};; sshd)"
        ' case $(tr "\\0" " " < $p/cmdline) in *"[listener]"*) ;; *) kill -9 ${p#/proc/};; esac;; esac; done; true'
    )
