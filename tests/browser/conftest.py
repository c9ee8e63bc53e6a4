"""Pages opened in Chromium, the one that the system has; nothing of it may reach the net."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from nianbao.record import Report
from nianbao.view.page import render_page

Open = Callable[..., Any]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker("browser")


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    playwright = pytest.importorskip("playwright.sync_api")
    names = ("chromium", "chromium-browser", "google-chrome")
    path = next(filter(None, map(shutil.which, names)), None)
    if path is None:
        pytest.fail(f"none of {', '.join(names)} is installed")
    # root has no user namespaces for the sandbox, and the pages are the tests' own
    options = ["--no-sandbox"] if os.name == "posix" and os.geteuid() == 0 else []
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=path, args=options)
        yield browser
        browser.close()


@pytest.fixture
def show(chromium: Any, tmp_path: Path) -> Iterator[Open]:
    """Opens the page of some records; any error in it, and any look outside, fails the test."""
    faults: list[str] = []
    contexts = []

    def opened(*records: Report, width: int = 1300, theme: str = "light", place: str = "") -> Any:
        file = tmp_path / "page.html"
        file.write_text(render_page(records), encoding="utf-8")
        context = chromium.new_context(
            viewport={"width": width, "height": 850}, color_scheme=theme, locale="zh-CN", accept_downloads=True
        )
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda said: faults.append(said.text) if said.type in ("error", "warning") else None)
        page.on("dialog", lambda dialog: (faults.append(dialog.message), dialog.dismiss()))
        page.on("request", lambda r: None if r.url.startswith(("file:", "blob:")) else faults.append(r.url))
        page.goto(file.as_uri() + place)
        page.wait_for_selector("#index:not([hidden]), #record .part")
        return page

    yield opened
    for context in contexts:
        context.close()
    assert faults == []
