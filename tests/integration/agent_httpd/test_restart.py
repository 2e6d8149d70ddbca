"""What needs a restart: the present configuration compared with the candidate, both as httpd reads them."""

from __future__ import annotations

from typing import Any

import pytest
from safedeploy_host import restart
from safedeploy_host.httpd import Httpd

from tests.apache_fixture import Apache, file_entry

pytestmark = pytest.mark.apache

LINK, ABSENT = "link", "absent"


def needed(apache: Apache, changes: dict[str, str | tuple[str, ...]]) -> dict[str, Any]:
    """`changes` by path below the server root: text of a file, (LINK, target) or (ABSENT,)."""
    entries, objects = {}, {}
    for name, change in changes.items():
        if isinstance(change, str):
            entry = file_entry(change.encode())
            objects[entry["sha256"]] = change.encode()
        else:
            entry = {"kind": change[0], **({"target": change[1]} if change[0] == LINK else {})}
        entries[str(apache.etc / name)] = entry
    return restart.needed(apache.site, entries, objects.__getitem__)


GRACEFUL = {
    "a redirect": "Redirect /a /b\n",
    "another user": "User nobody\nGroup nogroup\n",
    "fewer threads": "ThreadsPerChild 10\nMaxRequestWorkers 20\n",
    "a limit of another MPM": "<IfModule mpm_prefork_module>\nServerLimit 7\n</IfModule>\n",
    "a limit that nothing defines": "<IfDefine NOWHERE>\nServerLimit 7\n</IfDefine>\n",
    "another error log": "ErrorLog syslog\n",
}
RESTART = {
    "ServerLimit": ("ServerLimit 20\n", "ServerLimit changes from its default to 20"),
    "ThreadLimit": ("<IfModule event.c>\nThreadLimit 70\n</IfModule>\n", "ThreadLimit changes from 64 to 70"),
    "ListenBacklog": ("ListenBacklog 100\n", "ListenBacklog changes from its default to 100"),
    "PidFile": ("PidFile elsewhere.pid\n", "PidFile changes from "),
    "ScoreBoardFile": ("ScoreBoardFile run/board\n", "ScoreBoardFile changes from its default to run/board"),
}


@pytest.mark.parametrize("change", GRACEFUL)
def test_graceful_is_enough(apache: Apache, change: str) -> None:
    assert needed(apache, {"conf-enabled/x.conf": GRACEFUL[change]}) == {"needed": False, "why": []}


@pytest.mark.parametrize("directive", RESTART)
def test_what_is_fixed_at_the_start_needs_a_restart(apache: Apache, directive: str) -> None:
    text, why = RESTART[directive]

    result = needed(apache, {"conf-enabled/x.conf": text})

    assert result["needed"]
    assert len(result["why"]) == 1
    assert result["why"][0].startswith(why), result


def test_another_mpm_needs_a_restart(apache: Apache) -> None:
    result = needed(
        apache,
        {
            "mods-enabled/mpm_event.load": (ABSENT,),
            "mods-enabled/mpm_event.conf": (ABSENT,),
            "mods-enabled/mpm_worker.load": (LINK, "../mods-available/mpm_worker.load"),
        },
    )

    assert "the MPM changes from mpm_event_module to mpm_worker_module" in result["why"][0]


def test_the_environment_needs_a_restart_and_its_comments_do_not(apache: Apache) -> None:
    text = (apache.etc / "envvars").read_text()

    assert needed(apache, {"envvars": text + "\n# a comment\n"})["needed"] is False
    assert needed(apache, {"envvars": text + "export MORE=1\n"})["why"][0].startswith("envvars changes")


LISTENS: dict[str, tuple[str, str]] = {
    "from one address to all": ("Listen 127.0.0.1:{port}\n", "Listen {port}\n"),
    "from all addresses to one": ("Listen {port}\n", "Listen 127.0.0.1:{port}\n"),
    "by a variable": ("Define P {port}\nListen *:${{P}}\n", "Define P {port}\nListen 127.0.0.1:${{P}}\n"),
}


@pytest.mark.parametrize("move", LISTENS)
def test_a_port_that_would_be_taken_by_itself_needs_a_restart_and_gets_it(apache: Apache, move: str) -> None:
    before, after = (text.format(port=apache.port) for text in LISTENS[move])
    apache.write("ports.conf", before)
    apache.start()

    assert "which a running httpd does not survive" in needed(apache, {"ports.conf": after})["why"][0]

    apache.write("ports.conf", after)
    result = Httpd(apache.site).reload()

    assert (result["ok"], result["how"]) == (True, "restart"), result
    assert apache.get("/")[0] == 200


def test_a_new_port_beside_the_old_one_is_graceful(apache: Apache) -> None:
    text = (apache.etc / "ports.conf").read_text() + f"Listen 127.0.0.2:{apache.port}\nListen 127.0.0.1:1\n"

    assert needed(apache, {"ports.conf": text}) == {"needed": False, "why": []}


def test_what_a_graceful_would_certainly_kill_is_restarted(apache: Apache) -> None:
    apache.start()
    apache.disable("mpm_event")
    apache.enable("mpm_prefork")

    result = Httpd(apache.site).reload()

    assert (result["ok"], result["how"]) == (True, "restart"), result
    assert apache.get("/")[0] == 200


def test_an_unreadable_live_configuration_does_not_hide_what_the_candidate_changes(apache: Apache) -> None:
    apache.write("conf-enabled/broken.conf", "Nonsense\n")

    result = needed(apache, {"conf-enabled/broken.conf": "ServerLimit 20\n"})

    assert result["why"] == ["ServerLimit changes from its default to 20"]
