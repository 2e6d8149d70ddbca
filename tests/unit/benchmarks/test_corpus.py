"""Cases of a corpus, and what of their declared intention safedeploy is told."""

from __future__ import annotations

import json

import pytest

from benchmarks.catching import corpus as corpora
from benchmarks.catching.corpus import Case, Corpus, CorpusError

SITE = {"tier": "positive", "host": "www.example.test", "path": "/", "expect": {"status": 200}}
PROBES = [
    {**SITE, "id": "root", "tier": "smoke"},
    {**SITE, "id": "login", "path": "/in", "tls": True},
    {**SITE, "id": "trace", "tier": "negative", "method": "TRACE"},
    {**SITE, "id": "put", "method": "PUT"},
    {**SITE, "id": "tls", "tier": "negative", "kind": "tls_max"},
]


def corpus(tmp_path):
    return Corpus(directory=tmp_path, base={}, probes=PROBES, cases=())


def case(tmp_path, **document):
    return Case(directory=tmp_path, document={"id": "001", "expected": "none", **document})


def test_users_send_what_is_a_get_or_head_and_works(tmp_path):
    assert [probe["id"] for probe in corpus(tmp_path).requests_of_users()] == ["root", "login"]


def test_an_intention_becomes_an_expectation_of_its_url(tmp_path):
    wanted = {"login": {"status": 302, "headers": {"Location": "https://a.test/", "X-A": "b.c", "X-Gone": None}}}
    assert corpus(tmp_path).expectations(case(tmp_path, expect_after=wanted)) == [
        {
            "url": "https://www.example.test/in",
            "method": "GET",
            "status": 302,
            "location": "https://a.test/",
            "headers": {"X-A": r"^b\.c", "X-Gone": None},
        }
    ]


def test_what_is_no_get_head_or_options_is_not_declared(tmp_path):
    wanted = {"trace": {"status": 200}, "put": {"status": 403}, "tls": {"status": None}}
    assert corpus(tmp_path).expectations(case(tmp_path, expect_after=wanted)) == []


def test_only_the_intention_is_declared_and_not_the_probes_of_the_case(tmp_path):
    own = [{"id": "new", "host": "new.example.test", "path": "/", "expect": {"status": 200}}]
    assert corpus(tmp_path).expectations(case(tmp_path, probes=own)) == []
    declared = corpus(tmp_path).expectations(case(tmp_path, probes=own, expect_after={"new": {"status": 200}}))
    assert [one["url"] for one in declared] == ["http://new.example.test/"]


def test_an_intention_for_a_probe_that_does_not_exist_is_an_error(tmp_path):
    with pytest.raises(CorpusError, match="nowhere"):
        corpus(tmp_path).expectations(case(tmp_path, expect_after={"nowhere": {"status": 200}}))


def test_the_class_is_what_was_measured_rather_than_expected(tmp_path):
    (tmp_path / "base").mkdir()
    for name, document in (("base.json", {}), ("probes.json", [])):
        (tmp_path / "base" / name).write_text(json.dumps(document))
    place = tmp_path / "001-x"
    place.mkdir()
    (place / "case.json").write_text(json.dumps({"id": "001", "expected": "runtime"}))
    assert [one.kind for one in corpora.load(tmp_path).cases] == ["runtime"]
    (place / "measured.json").write_text(json.dumps({"measured": "silent"}))
    assert [one.kind for one in corpora.load(tmp_path).cases] == ["silent"]


def test_a_directory_without_a_base_is_no_corpus(tmp_path):
    with pytest.raises(CorpusError, match="is no corpus"):
        corpora.load(tmp_path)
