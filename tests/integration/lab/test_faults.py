"""Every fault of the catalogue on a real fleet: its visitors see it, its neighbours do not, and nothing of it stays."""

from __future__ import annotations

import dataclasses
import os
import ssl

import pytest

from safedeploy.core.errors import SafedeployError
from safedeploy.lab import Lab, visiting
from safedeploy.lab.faults import FAULTS, record
from safedeploy.lab.processes import wait_until
from safedeploy.lab.traffic import ROUTES, ask

pytestmark = pytest.mark.lab


@pytest.fixture(scope="module")
def pair(_labs):
    """Two hosts for all faults: web1 is broken, web2 is its neighbour."""
    lab = Lab.up(f"test-{os.getpid()}-faults", 2, "auto")
    yield lab
    lab.down()


def visitor(lab, host="web1"):
    """A function that makes one request, and says what went wrong."""
    tls = ssl.create_default_context(cafile=str(lab.certificate))
    return lambda route: ask(lab.host(host), route, tls)


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_seen_by_visitors_and_then_wholly_undone(pair, name):
    fault = FAULTS[name]
    if fault.needs_namespaces and pair.state.mode != "namespaces":
        pytest.skip("needs hosts in namespaces")
    asks, before = visitor(pair), pair.snapshot("web1")
    fault.start(pair, ["web1"])
    assert wait_until(lambda: any(text in asks(fault.route) for text in fault.seen), seconds=20, pause=0.2)
    assert visitor(pair, "web2")(fault.route) == ""
    fault.stop(pair)
    assert [asks(route) for route in ROUTES] == [""] * len(ROUTES)
    assert pair.snapshot("web1") == before
    assert visiting.strays(pair.directory) == []
    assert record.read(pair.directory) is None


def test_a_second_fault_is_refused_while_one_is_on(pair):
    FAULTS["hand-edit"].start(pair, ["web1"])
    with pytest.raises(SafedeployError, match="is broken already") as refused:
        FAULTS["httpd-down"].start(pair)
    FAULTS["hand-edit"].stop(pair)
    assert refused.value.code == "fault-on-already"


def test_what_a_person_did_meanwhile_is_undone_too(pair):
    before = pair.snapshot("web1")
    FAULTS["httpd-refuses"].start(pair, ["web1"])
    pair.put("web1", f"{pair.host('web1').layout.server_root}/conf-enabled/desperate.conf", "Timeout 1\n")
    pair.power_off("web1")
    FAULTS["httpd-refuses"].stop(pair)
    assert pair.snapshot("web1") == before


def test_a_fault_that_cannot_begin_leaves_nothing_broken(pair):
    def half(scene):
        scene.lab.kill_httpd(scene.name)
        raise InterruptedError

    with pytest.raises(InterruptedError):
        dataclasses.replace(FAULTS["httpd-down"], begin=half).start(pair, ["web1"])
    assert record.read(pair.directory) is None
    assert [visitor(pair)(route) for route in ROUTES] == [""] * len(ROUTES)


def test_a_host_that_is_not_well_is_not_broken_further(pair):
    pair.kill_httpd("web2")
    with pytest.raises(SafedeployError, match="not well as it is") as refused:
        FAULTS["hand-edit"].start(pair)
    pair.start_httpd("web2")
    assert refused.value.code == "fault-on-unwell"
    assert record.read(pair.directory) is None


def test_a_lab_goes_down_whatever_is_broken(make_lab):
    lab = make_lab()
    FAULTS["request-flood"].start(lab)
    lab.down()
    assert visiting.strays(lab.directory) == []
    assert not lab.directory.exists()
