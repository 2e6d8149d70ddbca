"""Which questions are asked when there are too many."""

from __future__ import annotations

from safedeploy_host.probes import question
from safedeploy_host.probes.budget import chosen, distinct

from tests.unit.agent_probes_plan.configured import asked, file, planned, vhost


def probe(why, number, place="a"):
    return question.probe(why, f"http://{place}.example.test/{number}", "10.0.0.5", place=place)


def test_the_same_request_is_asked_once_for_its_most_important_reason():
    (found,) = distinct([probe("file", 1), probe("name", 1), probe("alias", 1)])
    assert found["why"] == "name"


def test_what_file_it_should_be_is_kept_from_the_lesser_reason():
    (found,) = distinct([probe("name", 1), {**probe("file", 1), "file": "/x"}])
    assert found["file"] == "/x"


def test_within_the_limit_nothing_is_left_out():
    found, notes = chosen([probe("name", 1), probe("file", 2)], 2)
    assert (len(found), notes) == (2, [])


def test_a_kind_with_many_does_not_push_out_another():
    found, notes = chosen([*(probe("decoy", number) for number in range(50)), probe("crowd", 1)], 10)
    assert "crowd" in [one["why"] for one in found]
    assert notes == ["41 probes are beyond the limit of 10 and not asked: 41 of decoy"]


def test_a_site_with_many_does_not_push_out_another():
    found, _ = chosen([*(probe("file", number) for number in range(50)), probe("file", 1, "quiet")], 4)
    assert "http://quiet.example.test/1" in [one["url"] for one in found]


def test_what_somebody_asked_for_is_always_asked():
    many = [*(probe("name", number) for number in range(50)), *(probe("health", number) for number in range(5))]
    found, _ = chosen(many, 6)
    assert sum(one["why"] == "health" for one in found) == 5


def test_the_limit_of_the_policy_holds():
    found = planned("".join(vhost("", f"site{number}.example.test") for number in range(100)), probing={"max": 50})
    assert len(found["probes"]) == 50
    assert any("beyond the limit of 50" in note for note in found["notes"])


def test_every_probe_has_an_id_of_its_own():
    found = [one["id"] for one in asked(vhost("ProxyPass /api/ http://127.0.0.1:9000/"))]
    assert len(set(found)) == len(found)


def test_no_more_than_sixty_are_asked_of_the_real_server():
    text = "".join(vhost("", f"site{number}.example.test") for number in range(100))
    assert sum(one["live_too"] for one in asked(text)) == 60


def test_probes_hold_what_the_contract_names_and_nothing_else():
    keys = {"id", "why", "method", "url", "address", "source", "headers", "body_bytes", "absolute", "at_once", "hold",
            "follow", "live_too", "file", "marker", "kind", "shown"}  # fmt: skip
    assert all(set(one) == keys for one in asked(vhost("")))


def test_what_the_push_touches_comes_before_the_hundreds_that_it_does_not():
    many = [vhost("", f"site{number}.example.test") for number in range(300)]
    changed = [*many[:250], vhost("Redirect 404 /shop", "site250.example.test"), *many[251:]]
    found = planned("".join(many), "".join(changed), probing={"max": 50})
    assert len(found["probes"]) == 50
    assert "http://site250.example.test/shop" in [one["url"] for one in found["probes"]]


def test_a_site_that_serves_a_changed_file_is_touched(tmp_path):
    many = "".join(vhost(f"DocumentRoot {tmp_path}/{number}", f"site{number}.example.test") for number in range(300))
    found = planned(many, many, {f"{tmp_path}/250/.htaccess": file()}, probing={"max": 50})
    assert "http://site250.example.test/" in [one["url"] for one in found["probes"]]


def test_the_sites_that_a_push_does_not_touch_keep_a_share():
    probes = [*(probe("file", number) for number in range(50)), probe("file", 1, "quiet")]
    found, _ = chosen(probes, 8, {"a"})
    assert [one["place"] for one in found].count("quiet") == 1
