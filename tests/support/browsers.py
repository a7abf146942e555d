"""Browser windows that tests use one after the other: opening a new one for each takes about a second of computing."""

import re
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, CDPSession, Page, Route

DEFAULTS = {"viewport": {"width": 1280, "height": 800}, "reduced_motion": "reduce", "locale": "en-GB"}
PATIENCE = 10_000  # ms to wait for what should be there at once
BLANK = "/blank"  # a page of the site, whose storage can be cleared there, without any script
LASTING = {  # what stays as long as the window does, and cannot be taken back
    Page: ["add_init_script", "clock", "expose_function", "on", "once"],
    BrowserContext: ["add_init_script", "clock", "expose_function", "new_cdp_session", "on", "once"],
}


@dataclass
class Window:
    """A page in a browser context of its own, opened with the options of a playwright context."""

    context: BrowserContext
    page: Page
    devtools: CDPSession
    key: str
    options: dict[str, Any]
    listener: Any = None

    def clear(self) -> None:
        """Forget everything that the site and the test left behind."""
        for tab in self.context.pages:
            if tab != self.page:
                tab.close()
        self.page.unroute_all()
        self.context.unroute_all()
        self.context.set_offline(False)
        self.page.emulate_media(media="null", color_scheme="light")
        self.page.goto(BLANK)  # what the page it leaves does last is still the test's
        self.listener = None
        self.page.evaluate("sessionStorage.clear()")
        origin = {
            "origin": self.options["base_url"],
            "storageTypes": "all",
        }
        self.devtools.send("Storage.clearDataForOrigin", origin)
        self.context.clear_cookies()
        self.devtools.send("Page.resetNavigationHistory")


class Windows:
    """Lends windows to tests."""

    def __init__(self, browser: Browser) -> None:
        self.browser = browser
        self.idle: dict[str, list[Window]] = defaultdict(list)
        self.changed: set[BrowserContext] = set()

    def lend(self, listener: Any, *, workers: bool, **options: Any) -> Window:
        """Return a window that looks new, with service workers or as on plain http, where there are none.

        The listener hears its console, its errors and its failed requests.
        """
        options = DEFAULTS | options
        key = f"{workers} {options | {'viewport': None}}"
        window = self.idle[key].pop() if self.idle[key] else self._open(key, options, workers=workers)
        if window.page.viewport_size != options["viewport"]:
            window.page.set_viewport_size(options["viewport"])
        window.listener = listener
        return window

    def take_back(self, window: Window) -> None:
        """Clear a window for the next test, or close it if the test changed it for good."""
        if window.context in self.changed or window.page.is_closed():
            window.context.close()
            return
        window.clear()
        self.idle[window.key].append(window)

    def _open(self, key: str, options: dict[str, Any], *, workers: bool) -> Window:
        context = self.browser.new_context(**options)
        if not workers:
            context.add_init_script("delete Navigator.prototype.serviceWorker")
        context.set_default_timeout(PATIENCE)
        page = context.new_page()
        window = Window(context, page, context.new_cdp_session(page), key, options)
        context.on("console", lambda message: window.listener and window.listener.hear_console(message))
        context.on("weberror", lambda error: window.listener and window.listener.hear_error(error))
        context.on("requestfailed", lambda request: window.listener and window.listener.hear_failure(request))
        self.changed.discard(context)
        return window


@contextmanager
def reusable_windows(browser: Browser) -> Iterator[Windows]:
    """Note which windows a test changes for good, and close those that are left."""
    windows = Windows(browser)
    with pytest.MonkeyPatch.context() as patch:
        for kind, names in LASTING.items():
            for name in names:
                patch.setattr(kind, name, _noting(getattr(kind, name), windows.changed))
        yield windows
    for context in browser.contexts:
        context.close()


def _noting(member: Any, changed: set[BrowserContext]) -> Any:
    """Return a method or property of a page or context that notes the context before it does its work."""

    def note(owner: Page | BrowserContext) -> None:
        changed.add(owner if isinstance(owner, BrowserContext) else owner.context)

    if isinstance(member, property):
        return property(lambda owner: (note(owner), member.fget(owner))[1])  # type: ignore[misc]

    def method(owner: Any, *arguments: Any, **named: Any) -> Any:
        note(owner)
        return member(owner, *arguments, **named)

    return method


class HeldPosts:
    """What a page posts, kept from the server until the test lets it go."""

    def __init__(self, page: Page, url: str | re.Pattern[str]) -> None:
        self.page = page
        self.routes: list[Route] = []
        page.route(url, self._meet)

    def _meet(self, route: Route) -> None:
        if route.request.method == "POST":
            self.routes.append(route)
        else:
            route.continue_()

    def wait(self) -> None:
        """Wait for the first: a request is announced before it comes here."""
        waited = 0
        while not self.routes and waited < PATIENCE:
            self.page.wait_for_timeout(20)
            waited += 20
        assert self.routes, "nothing was posted"

    def release(self) -> None:
        """Let go what should be a single request."""
        self.wait()
        (route,) = self.routes
        route.continue_()
