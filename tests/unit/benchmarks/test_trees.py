"""A case's change, made to a tree."""

from __future__ import annotations

import pytest

from benchmarks.catching import trees
from benchmarks.catching.corpus import Case
from benchmarks.catching.material import Material

SITES = "etc/apache2/sites-enabled"


@pytest.fixture
def base(tmp_path):
    root = tmp_path / "base"
    for path in trees.ROOTS:
        trees.at(root, path).mkdir(parents=True)
    for name in trees.DIRECTORIES:
        (root / "etc/apache2" / name).mkdir()
    for name in ("www", "blog"):
        (root / "etc/apache2/sites-available" / f"{name}.conf").write_text("# site\n")
    (root / "etc/apache2/mods-available/cgid.load").write_text("# module\n")
    trees.enable(root / "etc/apache2", "sites", "www")
    (root / "var/www/index.html").write_text("page\n")
    return root


@pytest.fixture
def changed(base, tmp_path):
    """Build a case of this change; the tree with it."""

    def build(change, files=()):
        directory = tmp_path / "case"
        directory.mkdir()
        for path, text in files:
            place = directory / "files" / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(text)
        case = Case(directory=directory, document={"id": "001", "expected": "none", "change": change})
        trees.build_case(case, base, tmp_path / "tree", Material())
        return tmp_path / "tree"

    return build


def test_the_files_of_a_case_replace_those_of_the_base(changed):
    tree = changed({}, [("var/www/index.html", "new\n"), ("srv/more.html", "more\n")])
    assert (tree / "var/www/index.html").read_text() == "new\n"
    assert (tree / "srv/more.html").read_text() == "more\n"


def test_sites_are_enabled_and_disabled_by_their_links(changed):
    tree = changed({"disable_sites": ["www"], "enable_sites": ["blog"]})
    assert [path.name for path in (tree / SITES).iterdir()] == ["blog.conf"]
    assert str((tree / SITES / "blog.conf").readlink()) == "../sites-available/blog.conf"


def test_a_site_without_a_file_gets_its_link_all_the_same(changed):
    assert (changed({"enable_sites": ["nowhere"]}) / SITES / "nowhere.conf").is_symlink()


def test_a_module_without_settings_gets_one_link(changed):
    tree = changed({"enable_mods": ["cgid"]})
    assert [path.name for path in (tree / "etc/apache2/mods-enabled").iterdir()] == ["cgid.load"]


def test_links_modes_and_deletions_are_made(changed):
    tree = changed(
        {
            "delete": ["/etc/apache2/sites-available/blog.conf"],
            "links": {"/etc/apache2/sites-enabled/www.conf": "../elsewhere.conf"},
            "modes": {"/var/www/index.html": "0600"},
        }
    )
    assert not (tree / "etc/apache2/sites-available/blog.conf").exists()
    assert str((tree / SITES / "www.conf").readlink()) == "../elsewhere.conf"
    assert (tree / "var/www/index.html").stat().st_mode & 0o777 == 0o600


def test_the_same_wish_gives_the_same_certificate_and_another_one_another(tmp_path):
    material = Material()
    wish = {"type": "selfsigned", "cn": "a.test", "cert": "/a.crt", "key": "/a.key"}
    trees_of_it = [tmp_path / name for name in ("one", "two", "three")]
    for root, days in zip(trees_of_it, (365, 365, 366), strict=True):
        material.make([{**wish, "days": days}], root)
    one, two, three = ((root / "a.crt").read_bytes() for root in trees_of_it)
    assert one == two != three


def test_a_digest_tells_a_changed_mode_and_a_changed_link(base):
    places = {"/etc/apache2": base / "etc/apache2", "/var/www": base / "var/www"}
    first = trees.digest(places)
    assert trees.digest(places) == first
    (base / "var/www/index.html").chmod(0o600)
    second = trees.digest(places)
    (base / SITES / "www.conf").unlink()
    (base / SITES / "www.conf").symlink_to("../sites-available/blog.conf")
    assert len({first, second, trees.digest(places)}) == 3
