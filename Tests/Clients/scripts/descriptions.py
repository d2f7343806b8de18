"""Reads the descriptions of a service in Chromium as a person does, and checks what the page shows.

usage: descriptions.py BASE [--pictures DIR]

Prints what was found as one line of JSON: `problems` (messages of the browser's console, exceptions, violations that axe-core found, parts
wider than the window), and what the steps have shown. With --pictures, a picture of each step is written to DIR.
"""

import argparse
import json
import pathlib
import shutil
import sys

from page_checks import inspect, problems, watch
from playwright.sync_api import expect, sync_playwright

parser = argparse.ArgumentParser()
parser.add_argument("base")
parser.add_argument("--pictures", type=pathlib.Path)
options = parser.parse_args()

found = {}


def requests(page):
    expect(page.get_by_role("heading", level=1)).to_have_text("Native API")
    found["groups"] = page.get_by_role("heading", level=2).all_inner_texts()
    inspect(page, "native", options.pictures)
    page.goto(options.base + "/openapi/#native/addMedium")
    operation = page.locator("#addMedium")
    expect(operation).to_have_attribute("open", "")
    expect(operation.locator("td", has_text="media_unreadable")).to_be_visible()
    found["focus"] = page.evaluate("document.activeElement.textContent")
    found["code"] = operation.locator("tr", has_text="media_unreadable").first.inner_text()
    found["fields"] = operation.locator(".schema .name").all_inner_texts()
    inspect(page, "operation", options.pictures)


def search(page):
    page.get_by_label("Find").fill("webhooks rotate")
    expect(page.locator(".operation:visible")).to_have_count(1)
    found["found"] = page.locator(".operation:visible summary").inner_text()
    page.get_by_label("Find").fill("")
    page.get_by_label("Find").fill("nothing is called so")
    expect(page.locator(".operation:visible")).to_have_count(0)
    page.get_by_label("Find").fill("")


def events(page):
    page.get_by_role("combobox", name="Description").select_option(label="Events of rooms")
    expect(page.get_by_role("heading", level=1)).to_have_text("Events of rooms")
    found["directions"] = page.get_by_role("heading", level=2).all_inner_texts()
    # By the keyboard alone: from the field on to an event, which is opened, and a schema in it.
    page.locator("#service-new_message > summary").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#service-new_message .schema")).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#service-new_message .schema li li", has_text="isEdited").first).to_be_visible()
    inspect(page, "events", options.pictures)


def all_of_them(page):
    """Every operation of every description can be opened."""
    labels = page.get_by_role("combobox", name="Description").locator("option").all_inner_texts()
    for label in labels:
        page.get_by_role("combobox", name="Description").select_option(label=label)
        expect(page.get_by_role("heading", level=1)).to_have_text(label)
        page.evaluate("for (const each of document.querySelectorAll('.operation')) each.open = true")
        expect(page.locator(".operation:not(:has(.inside))")).to_have_count(0)
    found["descriptions"] = labels


chromium = shutil.which("chromium")
if not chromium:
    sys.exit("chromium is missing; install it with: scripts/install-tests.sh")
if options.pictures:
    options.pictures.mkdir(parents=True, exist_ok=True)
with sync_playwright() as playwright:
    browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
    page = browser.new_context(viewport={"width": 1440, "height": 900}).new_page()
    watch(page)
    page.goto(options.base + "/openapi")
    found["address"] = page.url
    requests(page)
    search(page)
    events(page)
    all_of_them(page)
    browser.close()
print(json.dumps({"problems": problems, **found}))
