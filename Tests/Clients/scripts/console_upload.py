"""Uploads a file in the console, slowly enough to be interrupted.

usage: console_upload.py LINK FILE

Prints "under way" when a third of the file has been sent, and the ID of the medium when the upload is complete.
"""

import shutil
import sys

from playwright.sync_api import expect, sync_playwright

link, file = sys.argv[1:]
PATIENCE = 240_000
expect.set_options(timeout=PATIENCE)

with sync_playwright() as playwright:
    browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
    context = browser.new_context()
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    page.goto(link)
    page.get_by_role("link", name="Uploads", exact=True).click()
    page.get_by_label("Owner").fill("alice")
    network = context.new_cdp_session(page)
    network.send("Network.enable")
    network.send(
        "Network.emulateNetworkConditions",
        {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": 6_000_000})
    page.get_by_label("Files").set_input_files(file)
    while page.evaluate("(() => { const bar = document.querySelector('progress'); return !bar || bar.value < bar.max / 3; })()"):
        page.wait_for_timeout(50)
    print("under way", flush=True)
    expect(page.get_by_text("Complete", exact=True)).to_be_visible()
    page.get_by_role("button", name="Details of").click()
    print(page.locator("dialog dd").first.inner_text(), flush=True)
    browser.close()
