"""What is checked of every page that a person sees in a browser: its log, its accessibility (axe-core) and its width."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

# Milliseconds: a busy machine is slow.
PATIENCE = 120_000
expect.set_options(timeout=PATIENCE)
# What was found, a line each.
problems = []


def watch(page):
    """Adds the errors and warnings of the browser's console, and exceptions, to the problems."""
    page.set_default_timeout(PATIENCE)
    page.on("console", lambda message: message.type in ("error", "warning") and problems.append(f"console: {message.text}"))
    page.on("pageerror", lambda error: problems.append(f"exception: {error}"))


def inspect(page, name, pictures=None):
    """Adds what axe-core finds, and parts wider than the window, in both widths and colour schemes. Each is also written to the folder of pictures."""
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        for width in (1440, 360):
            page.set_viewport_size({"width": width, "height": 900})
            place = f"{name} {width} {scheme}"
            for violation in Axe().run(page).response["violations"]:
                problems.append(f"axe: {place}: {violation['id']}: {violation['nodes'][0]['html'][:200]}")
            if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                problems.append(f"wider than the window: {place}")
            if pictures:
                page.screenshot(path=pictures / f"{place.replace(' ', '-').lower()}.png")
    page.set_viewport_size({"width": 1440, "height": 900})
