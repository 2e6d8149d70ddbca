"""Open alerts: told once, however many find the same."""

from __future__ import annotations

import dataclasses
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

from safedeploy.adapters.history.alerts import Alert, close_alert, open_alerts, put_alert, sent_alert
from safedeploy.adapters.history.store import Store

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
ALERT = Alert(project="www", environment="prod", key="k", severity="error", text="drift", opened_at=NOW, run="r1")


def test_one_of_several_who_find_it_at_once_is_told_that_it_is_new(at):
    with Store(at).writing():
        pass
    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(lambda _: put_alert(Store(at), ALERT), range(8))) == [False] * 7 + [True]


def test_an_alert_that_was_closed_is_new_again_for_one(at):
    store = Store(at)
    assert put_alert(store, ALERT)
    assert close_alert(store, "www", "prod", "k", NOW)
    assert not close_alert(store, "www", "prod", "k", NOW)
    assert open_alerts(store, "www", "prod") == {}
    again = dataclasses.replace(ALERT, opened_at=NOW + timedelta(hours=1))
    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(lambda _: put_alert(Store(at), again), range(8))) == [False] * 7 + [True]
    assert open_alerts(store, "www", "prod") == {"k": again}


def test_what_is_open_remembers_since_when_and_when_people_were_told(at):
    store = Store(at)
    put_alert(store, ALERT)
    sent_alert(store, "www", "prod", "k", NOW)
    put_alert(store, dataclasses.replace(ALERT, text="more drift", opened_at=NOW + timedelta(days=1), run="r2"))
    assert open_alerts(store, "www", "prod") == {"k": dataclasses.replace(ALERT, text="more drift", last_sent_at=NOW)}


def test_environments_and_projects_do_not_see_one_another(at):
    store = Store(at)
    put_alert(store, ALERT)
    assert open_alerts(store, "www", "staging") == open_alerts(store, "shop", "prod") == {}
    assert put_alert(store, dataclasses.replace(ALERT, environment="staging"))
