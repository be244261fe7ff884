"""Opens pages of the report in headless Chromium, without a network, and looks at them.

python tests/python/browser.py build/report docs    # writes the pictures that README shows
"""

import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome")
CHROMIUM = next(filter(None, map(shutil.which, NAMES)), None)
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]
FLAGS += ["--disable-background-networking", "--disable-component-update", "--disable-sync"]
WIDTHS = {"desktop": 1280, "phone": 390}

# marks of a bar, a line or a field; a chart without any is empty
MARKS = ".barlayer .point path, .scatterlayer path.js-line, .heatmaplayer image"
EMPTY_CHARTS = f"""() => [...document.querySelectorAll('.chart')]
    .filter(chart => ![...chart.querySelectorAll({MARKS!r})].some(mark => {{
        const box = mark.getBoundingClientRect();
        return box.width > 0 || box.height > 0;
    }}))
    .map(chart => chart.closest('figure').id)"""
# words that stick out of the picture that holds them would be cut
CLIPPED = """() => [...document.querySelectorAll('.chart')].flatMap(chart => {
    const frame = chart.querySelector('svg').getBoundingClientRect();
    return [...chart.querySelectorAll('text')]
        .filter(text => text.textContent && !text.closest('.hoverlayer'))
        .map(text => [text.textContent, text.getBoundingClientRect()])
        .filter(([_, box]) => box.left < frame.left - 1 || box.right > frame.right + 1
            || box.top < frame.top - 1 || box.bottom > frame.bottom + 1)
        .map(([text]) => chart.closest('figure').id + ': ' + text);
})"""
# labels of one axis that lie over each other cannot be read
OVERLAPPING = """() => [...document.querySelectorAll('.chart')].flatMap(chart =>
    ['.xtick text, .x2tick text', '.ytick text'].flatMap(axis => {
        const boxes = [...chart.querySelectorAll(axis)]
            .map(text => [text.textContent, text.getBoundingClientRect()]);
        return boxes.slice(1).filter(([_, box], i) => {
            const before = boxes[i][1];
            return box.left < before.right - 1 && before.left < box.right - 1
                && box.top < before.bottom - 4 && before.top < box.bottom - 4;
        }).map(([text]) => chart.closest('figure').id + ': ' + text);
    }))"""
BROKEN_LINKS = """() => [...document.querySelectorAll('a[href^="#"]')]
    .map(link => link.getAttribute('href'))
    .filter(href => !document.getElementById(href.slice(1)))"""
# what a reader sees, but for codes and for what is marked as another language
WORDS = """() => {
    const page = document.body.cloneNode(true);
    page.querySelectorAll('code, [lang], script').forEach(part => part.remove());
    return [...page.querySelectorAll('*')]
        .flatMap(part => [...part.childNodes])
        .filter(node => node.nodeType === Node.TEXT_NODE)
        .map(node => node.textContent.trim())
        .filter(text => text);
}"""
# sentences, headings and cells, each with the figures in it
SENTENCES = """() => [...document.querySelectorAll('main p, main h3, main h4, main td, main li')]
    .filter(part => !part.closest('#definitions'))
    .map(part => part.textContent.replace(/\\s+/g, ' ').trim())"""
DRAWN = """() => [...document.querySelectorAll('.chart')].every(chart => {
    const picture = chart.querySelector('svg.main-svg');
    return picture && Math.abs(picture.clientWidth - chart.clientWidth) < 2;
})"""
OVERFLOW = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"


class Opened:
    """An open page, with everything that it complained about or wanted from a network."""

    def __init__(self, page: Page, file: Path) -> None:
        self.page = page
        self.complaints: list[str] = []
        page.on("console", lambda message: self._note(message.type, message.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("requestfailed", lambda request: self.complaints.append(f"failed {request.url}"))
        page.on("request", lambda request: self._note_request(request.url))
        page.goto(file.as_uri())
        page.wait_for_function(DRAWN)

    def _note(self, kind: str, text: str) -> None:
        if kind in ("error", "warning"):
            self.complaints.append(text)

    def _note_request(self, url: str) -> None:
        if not url.startswith(("file:", "data:", "blob:")):
            self.complaints.append(f"wants {url}")

    def resize(self, width: int) -> None:
        """Make the window another width, and wait until all charts have followed."""
        self.page.set_viewport_size({"width": width, "height": 900})
        self.page.wait_for_function(DRAWN)

    def ask(self, script: str) -> Any:
        """What a script finds in the page."""
        return self.page.evaluate(script)

    def text(self) -> str:
        """All words of the page."""
        return self.page.inner_text("body")


@contextmanager
def browser() -> Iterator[Browser]:
    """Headless Chromium."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield chromium
        chromium.close()


@contextmanager
def opened(chromium: Browser, file: Path, width: int = WIDTHS["desktop"]) -> Iterator[Opened]:
    """A page in a window of a width, with the network off."""
    context = chromium.new_context(viewport={"width": width, "height": 900}, offline=True)
    yield Opened(context.new_page(), file)
    context.close()


if __name__ == "__main__":
    report, pictures = (Path(folder).absolute() for folder in sys.argv[1:])
    with browser() as headless:
        for language in ("en", "zh"):
            with opened(headless, report / f"{language}.html") as shown:
                shown.page.screenshot(path=pictures / f"report_{language}.png")
