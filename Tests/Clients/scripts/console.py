"""Uses the console in Chromium as a person does, and checks what it shows.

usage: console.py LINK SAMPLES [--pictures DIR]

LINK is what `darkroom console` prints; SAMPLES is the folder of sample files. Prints what was found as one line of JSON:
`problems` (messages of the browser's console, exceptions, requests that failed, violations that axe-core found, parts wider than
the window), and what the steps have shown. With --pictures, a picture of each view is written to DIR.
"""

import argparse
import json
import pathlib
import shutil
import sys

from page_checks import PATIENCE, inspect, problems, watch
from playwright.sync_api import expect, sync_playwright

parser = argparse.ArgumentParser()
parser.add_argument("link")
parser.add_argument("samples", type=pathlib.Path)
parser.add_argument("--pictures", type=pathlib.Path)
options = parser.parse_args()

VIEWS = ["Media", "Uploads", "Activity", "Jobs", "Outbox", "Health"]
found = {}


def until(page, expression):
    """Waits until an expression is true. The page's policy forbids what Playwright's own function for this does."""
    for _ in range(PATIENCE // 100):
        if page.evaluate(expression):
            return
        page.wait_for_timeout(100)
    raise TimeoutError(expression)


def open_view(page, name):
    page.get_by_role("link", name=name, exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(name)
    assert page.get_by_role("link", name=name, exact=True).get_attribute("aria-current") == "page", name


def upload(page):
    open_view(page, "Uploads")
    page.get_by_label("Owner").fill("alice")
    files = [options.samples / name for name in ("image/orientation-6.jpg", "video/short.mp4", "voice/voice.m4a")]
    page.get_by_label("Files").set_input_files(files)
    expect(page.get_by_text("Complete", exact=True)).to_have_count(len(files))
    page.get_by_label("Files").set_input_files(options.samples / "broken" / "truncated.mp4")
    expect(page.locator(".error")).to_have_count(1)
    found["rejection"] = page.locator(".error").inner_text()
    inspect(page, "uploads", options.pictures)


def media(page):
    open_view(page, "Media")
    expect(page.locator(".card")).to_have_count(3)
    # Previews are loaded, and not only named.
    until(page, "[...document.querySelectorAll('.card img')].filter((image) => image.complete && image.naturalWidth > 0).length === 2")
    found["bars"] = page.locator(".waveform rect").count()
    inspect(page, "media", options.pictures)
    page.get_by_role("button", name="Details of short.mp4").click()
    until(page, "document.querySelector('dialog video').readyState >= 1")
    found["duration"] = page.evaluate("document.querySelector('dialog video').duration")
    inspect(page, "details", options.pictures)
    page.keyboard.press("Escape")
    expect(page.locator("dialog")).to_have_count(0)
    page.evaluate("document.querySelector('audio').play()")
    expect(page.locator(".waveform rect.played").first).to_be_attached()
    page.get_by_label("Owner").fill("nobody")
    page.get_by_role("button", name="Show", exact=True).click()
    expect(page.get_by_text("There are no media here.")).to_be_visible()


def delete(page):
    page.get_by_label("Owner").fill("alice")
    page.get_by_role("button", name="Show", exact=True).click()
    page.get_by_role("button", name="Details of orientation-6.jpg").click()
    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Delete").click()
    expect(page.locator(".card")).to_have_count(2)


def activity(page):
    open_view(page, "Activity")
    expect(page.get_by_text("PATCH /v1/tus/:id").first).to_be_visible()
    found["rejected"] = page.locator("tr", has_text="PATCH /v1/tus/:id").locator(".bad").all_inner_texts()
    inspect(page, "activity", options.pictures)


def jobs(page):
    open_view(page, "Jobs")
    page.get_by_role("button", name="Make previews again").click()
    expect(page.get_by_role("cell", name="completed")).to_be_visible()
    inspect(page, "jobs", options.pictures)


def health(page):
    open_view(page, "Outbox")
    expect(page.get_by_role("heading", name="Dead letters")).to_be_visible()
    inspect(page, "outbox", options.pictures)
    open_view(page, "Health")
    expect(page.locator(".tiles li", has_text="Workers lost")).to_be_visible()
    expect(page.locator("tr", has_text="chatStore")).to_be_visible()
    inspect(page, "health", options.pictures)


def keyboard(page):
    """The views can be reached by the keyboard alone, from the link that skips to the content on."""
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_have_text("Health")
    texts = []
    for _ in range(9):
        page.keyboard.press("Tab")
        texts.append(page.evaluate("document.activeElement.textContent"))
    found["tabs"] = texts[:8]
    page.get_by_role("link", name="Jobs", exact=True).focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Jobs")


def sign_out(page, context):
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
    inspect(page, "sign-in", options.pictures)
    # What follows is an error on purpose.
    known = len(problems)
    again = context.new_page()
    again.set_default_timeout(PATIENCE)
    again.goto(options.link)
    found["second use"] = again.locator(".error").inner_text()
    again.get_by_label("Service token").fill("no token")
    again.get_by_role("button", name="Sign in").click()
    expect(again.locator(".error")).not_to_have_text(found["second use"])
    found["no token"] = again.locator(".error").inner_text()
    del problems[known:]


chromium = shutil.which("chromium")
if not chromium:
    sys.exit("chromium is missing; install it with: scripts/install-tests.sh")
if options.pictures:
    options.pictures.mkdir(parents=True, exist_ok=True)
with sync_playwright() as playwright:
    browser = playwright.chromium.launch(
        executable_path=chromium, args=["--no-sandbox", "--autoplay-policy=no-user-gesture-required"])
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    page = context.new_page()
    watch(page)
    page.goto(options.link)
    expect(page.get_by_role("heading", level=1)).to_have_text("Media")
    found["address"] = page.url
    upload(page)
    # The rejected upload is an error of the browser's console, too.
    problems[:] = [text for text in problems if "422" not in text and "415" not in text]
    media(page)
    delete(page)
    activity(page)
    jobs(page)
    health(page)
    keyboard(page)
    sign_out(page, context)
    browser.close()
print(json.dumps({"problems": problems, **found}))
