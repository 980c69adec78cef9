"""A choice is written to the address as the option has it, never as its label."""

import pytest

from portal.ui.base import session
from portal.ui.login import auth
from portal.ui.page import address


@pytest.mark.parametrize(("choice", "held"), [("2", ["2"]), ("2 Syfte :gray[✓]", []), (None, [])])
def test_only_what_is_an_option_is_held(monkeypatch, choice, held):
    """A browser that lost its session brings the label that it showed, and the label's mark may be another now."""
    holds = []
    monkeypatch.setattr(auth, "still_user", lambda: None)
    monkeypatch.setattr(session, "choice", lambda _key: choice)
    monkeypatch.setattr(address, "hold", lambda _parameter, text: holds.append(text))

    address._write("kapitel", ["1", "2"])

    assert holds == held
