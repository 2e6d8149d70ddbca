"""Which store it is, and what of its URL may be shown."""

from __future__ import annotations

import pytest

from safedeploy.adapters.history.place import StoreError, place, state_directory
from safedeploy.adapters.history.store import Store
from safedeploy.core.policy import History
from tests.private_postgres import PASSWORD


def test_without_a_url_it_is_a_file_of_the_user(tmp_path):
    found = place(History(), {"XDG_STATE_HOME": str(tmp_path)})
    assert found.file == tmp_path / "safedeploy/history.db"
    assert state_directory({"HOME": "/home/ops"}) == state_directory({"HOME": "/home/ops", "XDG_STATE_HOME": "here"})


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://ops:s3cret%21@db.example:6432/x?sslmode=require",
        "postgresql://db.example/x?user=ops&password=s3cret%21",
    ],
)
def test_a_password_is_never_shown(url):
    found = place(History(url_env="URL"), {"URL": url})
    assert "s3cret" not in f"{found!r} {found.shown}"
    assert found.secrets == ("s3cret!",)


def test_the_same_store_is_known_by_whatever_password():
    urls = ("postgresql://ops:one-secret@db.example/x", "postgresql://ops:another@db.example/x")
    assert len({place(History(url_env="URL"), {"URL": url}).id for url in urls}) == 1


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("", "the variable URL (history.url_env) is not set"),
        ("mysql://db/x", "URL must begin with postgresql:// or sqlite:////"),
        ("postgresql://db:port/x", "URL is not a URL"),
    ],
)
def test_a_variable_that_names_none_says_why(url, why):
    with pytest.raises(StoreError) as caught:
        place(History(url_env="URL"), {"URL": url})
    assert str(caught.value) == why


def test_a_wrong_password_is_said_without_it(postgres):
    found = place(History(url_env="URL"), {"URL": postgres.url.replace(PASSWORD, "another-secret")})
    with pytest.raises(StoreError, match="password authentication failed") as caught:
        Store(found).writing().__enter__()
    assert "another-secret" not in str(caught.value)


def test_the_password_comes_from_the_environment_of_libpq(postgres, monkeypatch):
    monkeypatch.setenv("PGPASSWORD", PASSWORD)
    with Store(place(History(url=postgres.shown))).writing() as connection:
        assert connection.dialect.name == "postgresql"
