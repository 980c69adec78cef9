"""Rapportera and Inlämningar as AppTest sees them: reasons, conflicts, who may fetch what."""

import pytest

from portal.domain.access import ClinicUser
from portal.domain.months import Month
from portal.services import accounts, drafts, reporting, reviews
from tests.services.region import MONTH, content_of, send
from tests.ui.test_login import labels, open_app


JANUARY = Month(2025, 1)
FALUN = ClinicUser("falun", "Fia Falun", ("falun",))
COLLEAGUE = ClinicUser("kollega", "Kalle Kollega", ("falun", "mora"))


def texts(**changes):
    return {**{measure: str(count) for measure, count in MONTH.items()}, **changes}


def open_form(portal, **changes):
    """Open the form on a draft of the whole month, and ask to have it checked."""
    drafts.save(portal, FALUN, clinic="falun", month=JANUARY, texts=texts(**changes))
    app = open_app(portal, "falun", "report")
    return press(app, "Kontrollera och förhandsgranska")


def press(app, label):
    app = next(button for button in app.button if button.label == label).click().run()
    assert not app.exception
    return app


def field(app, measure):
    return app.text_input(key=f"form falun 2025-01 {measure}")


def sent(portal):
    return reviews.list_of_clinic(portal, FALUN, clinic="falun")


def test_the_form_is_checked_previewed_and_sent(pages, falun_user):
    app = open_form(pages)

    app = press(app, "Skicka in")

    assert [found.value for found in app.success] == ["Tack! Månaden är inskickad."]
    assert [found.version for found in sent(pages)] == [1]
    assert drafts.find(pages, FALUN, clinic="falun", month=JANUARY) is None


def test_a_chosen_reason_is_written_in_the_box_and_saved(pages, falun_user):
    app = open_form(pages)
    for measure in ("calls", "calls_answered_same_day"):
        app = app.selectbox(key=f"form falun 2025-01 reason {measure}").select("mäts inte").run()

    assert field(app, "calls").value == "mäts inte"
    assert drafts.find(pages, FALUN, clinic="falun", month=JANUARY).texts["calls"] == "mäts inte"
    app = field(app, "calls").set_value("7").run()
    assert app.selectbox(key="form falun 2025-01 reason calls").value is None


def test_who_is_overtaken_is_told_and_sends_with_a_second_click(pages, falun_user):
    app = open_form(pages)
    reporting.commit(pages, COLLEAGUE, name="andras.csv", content=content_of(sip_meetings=11))

    app = press(app, "Skicka in")
    assert any("kollega skickade version 1 av januari 2025" in found.value for found in app.warning)
    assert [found.value for found in app.error] == [
        "Inget är inskickat än. Se över förhandsvisningen och tryck på Skicka in igen."
    ]
    assert [found.sent_by for found in sent(pages)] == ["kollega"]

    app.text_area(key="reason").set_value("Vår siffra är den rätta.")
    app = press(app, "Skicka in")
    assert [found.value for found in app.success] == ["Tack! Månaden är inskickad."]
    assert [found.sent_by for found in sent(pages)] == ["falun", "kollega"]


def test_a_form_with_errors_has_nothing_to_send(pages, falun_user):
    app = open_form(pages, calls="12,5")

    assert "Skicka in" not in labels(app.button)
    assert app.error[0].value == "1 fel i formuläret. Inget är inskickat. Rätta i rutorna ovan."


@pytest.mark.security
def test_nothing_is_saved_for_who_is_shut_out_in_between(pages, falun_user, admin_user):
    app = open_form(pages)
    accounts.set_active(pages, admin_user, "falun", is_active=False)
    field(app, "calls").set_value("999").run()

    assert drafts.find(pages, FALUN, clinic="falun", month=JANUARY).texts["calls"] == str(MONTH["calls"])


def test_versions_stand_side_by_side_with_changes_in_words(pages, falun_user):
    send(pages, user=FALUN)
    send(pages, user=FALUN, care_plans=47)

    app = open_app(pages, "falun", "submissions")

    tables = "".join(element.proto.body for element in app.get("html"))
    assert "1 värde skiljer sig mellan versionerna" in tables
    assert "ändrad" in tables
    assert [button.label for button in app.get("download_button")].count("Hämta filen") == 2
