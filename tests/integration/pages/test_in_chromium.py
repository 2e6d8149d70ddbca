"""Reports in a real browser: readable light, dark, narrow and on paper, with nothing fetched and nothing run."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from safedeploy.adapters.pages import html
from safedeploy.core.report import postmortem_page, run_page
from safedeploy.core.report.gathered import Alert
from safedeploy.core.report.incident import incident
from tests.unit.diagnose.fleets import BEGAN
from tests.unit.report.incidents import RUN, events, gathered, run
from tests.unit.report.test_incident import DIFF
from tests.unit.report.test_run_page import PLAN, RESULT

CHROMIUM = shutil.which("chromium")

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium here")

HOSTILE = '<script>document.title="owned"</script><img src=x onerror="document.title=\'owned\'">\x1b[2J'
CONTRAST = Path(__file__).with_name("contrast.js").read_text().partition("\n")[2].rstrip().rstrip(";")
DRAWINGS = """[...document.querySelectorAll('svg')].every(one => one.getAttribute('role') === 'img'
    && one.querySelector('title').textContent && one.querySelector('desc').textContent)"""
TABLES = """[...document.querySelectorAll('table')].every(one => one.caption
    && one.querySelectorAll('thead th[scope=col]').length)"""
LINKS = "[...document.querySelectorAll('nav a')].every(one => document.querySelector(one.getAttribute('href')))"


@pytest.fixture(scope="module")
def browser():
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield found
        found.close()


def _pages():
    yield (
        "postmortem",
        postmortem_page.page(
            incident(gathered(alerts=(Alert(at=BEGAN + 9, severity="error", text=HOSTILE),), diffs={RUN: (DIFF,)}))
        ),
    )
    yield "postmortem-of-200", postmortem_page.page(incident(gathered(hosts=200, broken=5)))
    hosts = {
        **RESULT["hosts"],
        "<b>web004</b>": {"end": "reverted", "release": HOSTILE, "why": HOSTILE, "steps": [HOSTILE]},
    }
    plan = {"diffs": [*PLAN["diffs"], {"hosts": ["web001"], "path": HOSTILE, "text": f"+{HOSTILE}\n", "note": HOSTILE}]}
    documents = {"result": {**RESULT, "hosts": hosts}, "plan": plan}
    yield "push", run_page.page(run(reason=HOSTILE), HOSTILE, events(3, failing=("web002",)), documents)
    yield "push-of-200", run_page.page(run(), "200 confirmed", events(200), {"plan": PLAN})


PAGES = dict(_pages())


@pytest.fixture
def opened(browser, tmp_path):
    """`opened(name, **how)`: a page, and all that it asked for or complained about."""
    contexts = []

    def show(name, **how):
        file = tmp_path / f"{name}.html"
        file.write_text(html(PAGES[name]))
        context = browser.new_context(**{"viewport": {"width": 1100, "height": 900}, **how})
        contexts.append(context)
        page, told = context.new_page(), []
        page.on("request", lambda request: told.append(request.url) if request.url != file.as_uri() else None)
        page.on("console", lambda message: told.append(message.text))
        page.on("pageerror", lambda error: told.append(str(error)))
        page.goto(file.as_uri())
        return page, told

    yield show
    for context in contexts:
        context.close()


@pytest.mark.parametrize("name", PAGES)
def test_nothing_is_fetched_and_nothing_is_run(opened, name):
    page, told = opened(name)
    assert told == []
    assert page.title() != "owned"
    assert page.locator("script, img, iframe, link").count() == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_all_text_has_enough_contrast(opened, name, scheme):
    page, _ = opened(name, color_scheme=scheme)
    assert page.evaluate(CONTRAST) == []


@pytest.mark.parametrize("name", PAGES)
def test_it_can_be_read_without_seeing_it(opened, name):
    page, _ = opened(name)
    assert page.locator("h1").count() == 1
    assert page.locator("main").count() == 1
    assert page.evaluate(DRAWINGS)
    assert page.evaluate(TABLES)
    ids = page.evaluate("[...document.querySelectorAll('[id]')].map(one => one.id)")
    assert len(ids) == len(set(ids))
    assert page.evaluate(LINKS)


@pytest.mark.parametrize("name", PAGES)
def test_a_telephone_shows_it_without_moving_sideways(opened, name):
    page, _ = opened(name, viewport={"width": 390, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


@pytest.mark.parametrize("name", PAGES)
def test_it_can_be_printed(opened, name, tmp_path):
    page, _ = opened(name)
    page.pdf(path=tmp_path / "page.pdf", format="A4")
    assert (tmp_path / "page.pdf").stat().st_size > 10_000


@pytest.mark.parametrize("name", PAGES)
def test_differences_are_on_paper_though_they_are_folded_on_the_screen(opened, name):
    page, _ = opened(name)
    page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = false })")
    page.emulate_media(media="print")
    shown = "[...document.querySelectorAll('details pre')].every(one => one.checkVisibility() && one.offsetHeight)"
    assert page.evaluate(shown)


def test_few_differences_are_open_among_however_many_other_parts(opened):
    page, _ = opened("postmortem")
    assert page.evaluate("[...document.querySelectorAll('details')].every(one => one.open)")


def test_two_hundred_hosts_are_a_page_that_is_read(opened):
    page, _ = opened("postmortem-of-200")
    assert page.evaluate("document.documentElement.scrollHeight") < 8000
    page, _ = opened("push-of-200")
    assert page.locator("section[aria-labelledby=rollout]").bounding_box()["height"] < 900


def test_the_key_reaches_every_region_that_scrolls(opened):
    page, _ = opened("push")
    assert page.evaluate("[...document.querySelectorAll('.wide, pre')].every(one => one.tabIndex === 0)")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
