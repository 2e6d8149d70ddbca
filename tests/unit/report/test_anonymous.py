"""A report has numbers of clients, and the address of none."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from safedeploy.core.diagnose.diagnosis import diagnose
from safedeploy.core.diagnose.evidence import Evidence, HostEvidence
from safedeploy.core.log_window import Clients, Often
from safedeploy.core.report.anonymous import anonymous
from safedeploy.core.report.incident import incident
from tests.unit.diagnose.fleets import NOW, SINCE, window
from tests.unit.report.incidents import gathered, run

CLIENT = "203.0.113.77"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (f"[client {CLIENT}:4711] AH00132: denied", "[client -] AH00132: denied"),
        ("[remote 2001:db8::1] reset", "[remote -] reset"),
        (f"{CLIENT} makes 80 % of all requests", "a client makes 80 % of all requests"),
        (f"{CLIENT} holds 12 of the connections of web1", "a client holds 12 of the connections of web1"),
        (f"Keep {CLIENT} away at the firewall or the balancer", "Keep a client away at the firewall or the balancer"),
        ("127.0.0.1:9000 fails on all 3 hosts", "127.0.0.1:9000 fails on all 3 hosts"),
    ],
)
def test_clients_are_taken_out_and_backends_stay(text, shown):
    assert anonymous({"for": [text]}) == {"for": [shown]}


def test_a_known_client_is_taken_out_wherever_it_stands_but_not_of_a_longer_address():
    assert anonymous(f"from {CLIENT}, not {CLIENT}8", {CLIENT}) == f"from a client, not {CLIENT}8"


def test_the_diagnosis_of_a_flood_names_its_client_and_the_post_mortem_does_not():
    often = (Often(text=CLIENT, requests=10**6, server_errors=0),)
    flooded = window(times=20.0, clients=Clients(hashes=(1, 2)), top_clients=often)
    hosts = {"web001": HostEvidence(window=flooded)}
    found = diagnose(Evidence(environment="prod", since=SINCE, until=NOW, hosts=hosts, changes=()), run="d1")
    said = found.to_json()
    assert CLIENT in json.dumps(said)
    late = run(run="d1", command="diagnose")
    known = gathered(diagnoses=((late, said),), runs=(late,), windows={"web001": flooded})
    assert CLIENT not in json.dumps(incident(replace(known, found=found)))
