import pytest

from safedeploy.core.nearest import nearest, suggestion


@pytest.mark.parametrize(
    ("written", "meant"),
    [("rolout", "rollout"), ("batchs", "batches"), ("Confirm-Window", "confirm_window"), ("onfailure", "on_failure")],
)
def test_a_misspelled_name_leads_to_the_one_that_was_meant(written, meant):
    assert nearest(written, ["rollout", "batches", "confirm_window", "on_failure", "keep"]) == meant


def test_an_unrelated_name_leads_nowhere():
    assert nearest("colour", ["rollout", "batches"]) is None


def test_without_a_near_name_all_known_ones_are_told():
    assert suggestion("colour", ["rollout", "batches"]) == "known: batches, rollout"


def test_without_any_name_that_is_said_too():
    assert suggestion("colour", []) == "none is known"
