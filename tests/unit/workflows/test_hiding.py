"""Whatever a listener hears, secrets that are known by then are hidden."""

from __future__ import annotations

import pytest

from safedeploy.workflows.events import Milestone, Phase, Silent, Status
from safedeploy.workflows.session import Session, Target


class Ear(Silent):
    def __init__(self):
        self.heard = []

    def phase(self, _phase, text):
        self.heard.append(text)

    def host(self, _host, _phase, _status, text):
        self.heard.append(text)

    def output(self, text):
        self.heard.append(text)

    def milestone(self, milestone, data):
        self.heard.append((milestone, data))


@pytest.fixture
def ear(tmp_path):
    return Ear()


@pytest.fixture
def session(ear, tmp_path):
    return Session(Target(project=tmp_path, environment="prod"), ear)


def test_a_secret_is_hidden_in_all_that_the_listener_hears(session, ear):
    session.know(["sesame-7"])
    session.events.phase(Phase.RENDER, "with sesame-7")
    session.events.host("web1", Phase.PREFLIGHT, Status.FAILED, "Invalid command 'sesame-7'")
    session.events.output("c2VzYW1lLTc= and sesame-7")
    assert ear.heard == ["with ********", "Invalid command '********'", "******** and ********"]


def test_what_becomes_known_later_is_hidden_beside_what_was_known(session, ear):
    session.know(["sesame-7"])
    session.know(["mellon-8"])
    assert session.hide("sesame-7 mellon-8") == "******** ********"


def test_a_secret_is_hidden_wherever_it_stands_in_the_data_of_a_milestone(session, ear):
    session.know(["sesame-7"])
    data = {"document": {"hosts": ["sesame-7", 8, None, {"sesame-7": "as sesame-7"}]}}
    session.events.milestone(Milestone.RUN_ENDED, data)
    hidden = {"document": {"hosts": ["********", 8, None, {"********": "as ********"}]}}
    assert ear.heard == [(Milestone.RUN_ENDED, hidden)]


def test_every_listener_hears_it_though_another_one_fails(session, ear):
    class Broken(Silent):
        def output(self, _text):
            raise OSError("gone")

    late = Ear()
    session.attach(Broken())
    session.attach(late)
    session.events.output("a line")
    assert ear.heard == late.heard == ["a line"]
