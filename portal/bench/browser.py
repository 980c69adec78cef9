"""Headless Chromium: for the bench, the journeys and the screenshots."""

from pathlib import Path

from playwright.sync_api import Browser, Playwright


# Debian's Chromium; where it is installed, the same without windows, which needs a fifth less of the processor.
CHROMIUM = next(
    (path for path in map(Path, ("/usr/bin/chromium-headless-shell", "/usr/bin/chromium")) if path.exists()),
    Path("/usr/bin/chromium"),
)
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--in-process-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def launch(playwright: Playwright, *more: str) -> Browser:
    return playwright.chromium.launch(executable_path=str(CHROMIUM), args=[*ARGUMENTS, *more])
