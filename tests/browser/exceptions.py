"""Exceptions that pages show: Streamlit draws one in the place of what failed, and a journey could walk past it."""

from __future__ import annotations

from playwright.sync_api import BrowserContext, ConsoleMessage

SIGN = "Exception on the page: "
TELL = f"""
    const told = new WeakSet();
    new MutationObserver(() => {{
        for (const shown of document.querySelectorAll("[data-testid=stException]")) {{
            if (!told.has(shown)) console.error({SIGN!r} + shown.textContent);
            told.add(shown);
        }}
    }}).observe(document, {{ childList: true, subtree: true }});
"""
"""Each exception goes to the browser's console as it appears, so that one counts that is gone again at the end."""


class Shown:
    """The exceptions of all tabs of the contexts that are watched, whoever opens them."""

    def __init__(self) -> None:
        self.noted: list[str] = []

    def watch(self, context: BrowserContext) -> None:
        """Note what its tabs will show. To be called before it has one."""
        context.on("console", self._note)
        context.add_init_script(TELL)

    def check(self) -> None:
        """Begin anew.

        Raises:
            AssertionError: an exception was on a page since the last time.
        """
        noted, self.noted = self.noted, []
        assert noted == []

    def _note(self, message: ConsoleMessage) -> None:
        if message.text.startswith(SIGN):
            self.noted.append(f"{message.text} ({message.page.url})" if message.page else message.text)
