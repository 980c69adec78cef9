"""What journeys and screenshots do in a browser."""

from playwright.sync_api import Page, expect


def log_in(page: Page, username: str, password: str) -> None:
    """Fill in the login form and wait until the page behind it stands there."""
    page.get_by_label("Användarnamn").fill(username)
    page.get_by_label("Lösenord").fill(password)
    page.get_by_role("button", name="Logga in").click()
    expect(page.get_by_label("Lösenord")).to_have_count(0, timeout=15_000)


def wait_until_drawn(page: Page) -> None:
    """Wait until the page has its heading, its fonts and its charts, which say nowhere that they are drawn."""
    page.get_by_role("heading", level=1).first.wait_for()
    page.wait_for_function("() => !document.querySelector('[data-testid=stStatusWidget]')")
    page.evaluate("document.fonts.ready")
    page.wait_for_timeout(900)
