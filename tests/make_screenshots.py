"""Make the README's screenshots from the running app: `python -m tests.make_screenshots URL`.

Start `portal demo` first and pass its address. Every page, as a clinic and as the region, at a
desk's and a telephone's width.
"""

import sys
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from portal.bench.browser import launch
from tests.browser import log_in, wait_until_drawn


OUT = Path(__file__).parents[1] / ".screenshots"
WIDTHS = {1440: 1000, 390: 844}
CLINIC = (
    "mora",
    [
        "oversikt",
        "indikator",
        "rapportera",
        "inlamningar",
        "definitioner",
        "konto",
        "integritet",
        "tillganglighet",
    ],
)
REGION = (
    "admin",
    [
        "laget",
        "manaden",
        "granska",
        "mottagningar",
        "mottagningar?visa=kommuner",
        "koer",
        "avtalskrav",
        "arsuppfoljning",
        "historik",
        "kallor",
        "kallor?kalla=ekonomi",
        "administration",
        "konton",
        "handelselogg",
    ],
)


def main(url: str, only: list[str]) -> None:
    OUT.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = launch(playwright)
        for width, height in WIDTHS.items():
            for username, paths in (CLINIC, REGION):
                page = browser.new_page(viewport={"width": width, "height": height}, locale="sv-SE")
                page.goto(url)
                if width == min(WIDTHS) and username == CLINIC[0] and not only:
                    _shoot(page, f"login-{width}")
                log_in(page, username, f"exempel-{username}-dalarna")
                for path in paths:
                    name = path.rpartition("=")[2]  # of a choice in the address, what is chosen
                    if not only or name in only:
                        page.goto(f"{url}/{path}")
                        _shoot(page, f"{name}-{width}")
                page.close()
        browser.close()


def _shoot(page: Page, name: str) -> None:
    wait_until_drawn(page)
    page.screenshot(path=OUT / f"{name}.png")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
