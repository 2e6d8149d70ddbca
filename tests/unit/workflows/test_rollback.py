"""What a stored release takes over from the present configuration."""

from __future__ import annotations

from types import SimpleNamespace

from safedeploy.core.masking import Masker
from safedeploy.core.tree import RenderedTree
from safedeploy.workflows import planning, rollback
from safedeploy.workflows.desired import Desired

CHECK = {"url": "http://www.example.test/"}
DECLARED = {"url": "http://www.example.test/old", "status": [301]}


def test_a_rollback_keeps_the_health_checks_and_is_not_held_to_what_the_present_configuration_declares():
    present = Desired(
        tree=RenderedTree(host="web1", entries={}, content={}, origin={}), site={}, health=(CHECK,), expect=(DECLARED,)
    )
    seen = SimpleNamespace(hosts={"web1": SimpleNamespace(adopted={}, live={})})
    before = rollback._with_content(None, present, "web1", {"release": "a", "entries": {}}, seen)
    assert before.health == (CHECK,)
    assert before.expect == ()


def test_a_password_that_was_replaced_since_is_not_shown_when_its_release_is_wanted_back():
    mask = planning._mask(Masker(["the-new-one"]), stored=True)
    live, wanted = 'SetEnv PIN "the-new-one"\nTimeout 5', 'SetEnv PIN "the-old-one"\nTimeout 9'
    assert mask(live, wanted) == ('SetEnv PIN "********"\nTimeout 5', 'SetEnv PIN "********"\nTimeout 9')
