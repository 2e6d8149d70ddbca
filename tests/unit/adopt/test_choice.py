"""Which paths are taken: what an administrator did. What is left is left with the reason."""

from __future__ import annotations

from safedeploy.core.adopt.choice import LeftKind, choose, default_links
from safedeploy.core.layouts import LAYOUTS
from safedeploy.core.tree import Kind
from tests.unit.adopt.surveys import file, link, survey

DEBIAN = LAYOUTS["debian"]


def chosen(*hosts, **more):
    """Choose from what each host has, by `{path: entry}`."""
    surveys = [survey(f"web{number}", entries, more.pop("loaded", None)) for number, entries in enumerate(hosts, 1)]
    layouts = {one.host: DEBIAN for one in surveys}
    return choose(surveys, layouts, managed=more.pop("managed", {}), **more)


def taken(choice):
    return {one.path: tuple(one.entries) for one in choice.taken}


def left(choice):
    return {one.path: one.kind for one in choice.left}


def test_files_of_no_package_and_edited_ones_are_taken_and_unchanged_ones_are_left():
    choice = chosen(
        {"own.conf": file(), "edited.conf": file(package="edited"), "stock.conf": file(package="unchanged")}
    )
    assert set(taken(choice)) == {"own.conf", "edited.conf"}
    assert left(choice) == {"stock.conf": LeftKind.PACKAGE}


def test_what_one_host_has_edited_is_taken_from_all():
    choice = chosen({"ports.conf": file(b"a", package="edited")}, {"ports.conf": file(b"b", package="unchanged")})
    assert taken(choice) == {"ports.conf": ("web1", "web2")}


def test_what_is_secret_on_one_host_is_left_on_all():
    choice = chosen({"a.conf": file(secret="mode 0600")}, {"a.conf": file()})
    assert taken(choice) == {}
    assert choice.left[0].hosts == ("web1", "web2")
    assert choice.left[0].why == "mode 0600 on web1"


def test_leftovers_are_left_unless_httpd_reads_them():
    names = ("a.conf.bak", "a.conf~", "a.conf.dpkg-old", "a.conf.rpmsave", ".#a.conf", "a.conf.old-2024", "a.conf.bak2")
    assert set(left(chosen({name: file() for name in names})).values()) == {LeftKind.LEFTOVER}
    choice = chosen({"sites-enabled/a.conf.bak": file()}, loaded=["/etc/apache2/sites-enabled/a.conf.bak"])
    assert set(taken(choice)) == {"sites-enabled/a.conf.bak"}


def test_links_that_the_package_makes_are_left_and_others_are_taken():
    stock = "mods-enabled/alias.load"
    choice = chosen(
        {stock: link("../mods-available/alias.load"), "sites-enabled/www.conf": link("../sites-available/www.conf")}
    )
    assert set(taken(choice)) == {"sites-enabled/www.conf"}
    assert left(choice) == {stock: LeftKind.PACKAGE}


def test_a_link_of_the_package_that_is_gone_is_declared_absent_where_its_target_is_there():
    default = file(package="unchanged")
    choice = chosen({"sites-available/000-default.conf": default}, {})
    assert [(one.path, list(one.entries)) for one in choice.taken] == [("sites-enabled/000-default.conf", ["web1"])]
    assert choice.taken[0].entries["web1"].kind is Kind.ABSENT


def test_a_link_that_a_package_owns_is_left():
    choice = chosen({"logs": {**link("../../var/log/httpd"), "package": "unchanged"}})
    assert left(choice) == {"logs": LeftKind.PACKAGE}


def test_a_link_of_the_package_that_leads_elsewhere_is_taken():
    choice = chosen({"sites-enabled/000-default.conf": link("../sites-available/other.conf")})
    assert set(taken(choice)) == {"sites-enabled/000-default.conf"}


def test_with_all_everything_that_fits_is_taken():
    links = {path: link(entry.target) for path, entry in default_links(DEBIAN).items()}
    choice = chosen({"stock.conf": file(package="unchanged"), **links}, everything=True)
    assert set(taken(choice)) == {"stock.conf", *links}


def test_what_the_project_has_already_is_left_to_it():
    choice = chosen({"a.conf": file()}, {"a.conf": file()}, managed={"web1": ["a.conf"]})
    assert taken(choice) == {"a.conf": ("web2",)}
    assert left(choice) == {"a.conf": LeftKind.MANAGED}


def test_what_httpd_reads_elsewhere_is_told():
    assert chosen({}, loaded=["/etc/apache2/apache2.conf", "/srv/app/httpd.conf"]).outside == ("/srv/app/httpd.conf",)
