"""Nycklar on Mitt konto, as AppTest sees them."""

from portal.services.accounts import tokens
from tests.conftest import PASSWORD
from tests.ui.login.test_login import open_app


def press(app, label):
    next(button for button in app.button if button.label == label).click().run()
    assert not app.exception


def fill(app, password):
    next(box for box in app.text_input if box.key and "token" in box.key).set_value(password)


def test_a_key_is_made_shown_until_it_is_kept_and_taken_back(pages, falun_user):
    app = open_app(pages, "falun", "account")
    fill(app, "fel")
    press(app, "Gör en nyckel")
    assert "Lösenordet stämmer inte." in " ".join(error.value for error in app.error)
    assert not any(code.value.startswith("vbup_") for code in app.code)

    fill(app, PASSWORD)
    press(app, "Gör en nyckel")
    (secret,) = [code.value for code in app.code if code.value.startswith("vbup_")]
    assert tokens.holder(pages, secret).user.username == "falun"
    press(app, "Jag har sparat nyckeln")
    assert secret not in [code.value for code in app.code]

    press(app, "Ta tillbaka nr 1")
    assert tokens.holder(pages, secret) is None
    assert "Nyckeln är tillbakatagen." in [success.value for success in app.success]
