"""Rapportera and Inlämningar as AppTest sees them: reasons, conflicts, who may fetch what."""

import pytest

from portal.domain.accounts.access import ClinicUser
from portal.domain.registry.months import Month
from portal.services.accounts import accounts
from portal.services.reporting import drafts, submitting
from portal.services.review import reviews
from portal.ui.base import session
from tests.services.region import MONTH, content_of, send
from tests.ui.login.test_login import labels, open_app


JANUARY = Month(2025, 1)
FALUN = ClinicUser("falun", "Fia Falun", ("falun",))
COLLEAGUE = ClinicUser("kollega", "Kalle Kollega", ("falun", "mora"))


def texts(**changes):
    return {**{measure: str(count) for measure, count in MONTH.items()}, **changes}


def open_form(portal, **changes):
    """Open the form on a draft of the whole month, and ask to have it checked."""
    drafts.save(portal, FALUN, clinic="falun", month=JANUARY, texts=texts(**changes))
    app = open_app(portal, "falun", "submit")
    return press(app, "Kontrollera och förhandsgranska")


def open_two_windows(portal):
    drafts.save(portal, FALUN, clinic="falun", month=JANUARY, texts={"calls": "1", "first_visits": "2"})
    return (open_app(portal, "falun", "submit") for _ in range(2))


def press(app, label):
    app = next(button for button in app.button if button.label == label).click().run()
    assert not app.exception
    return app


def tables(app):
    """Return the page's lists of what to mend."""
    return [element.proto.body for element in app.get("html") if "Det stod" in element.proto.body]


def html_of(app):
    return "".join(element.proto.body for element in app.get("html"))


def field(app, measure):
    return app.text_input(key=f"form falun 2025-01 {measure}")


def sent(portal):
    return reviews.list_of_clinic(portal, FALUN, clinic="falun")


def test_the_form_is_checked_previewed_and_sent(pages, falun_user):
    app = open_form(pages)

    app = press(app, "Skicka in")

    assert app.title[0].value == "Tack! Januari 2025 för BUP Falun är inskickad"
    assert [element.value for element in app.success] == [
        "Regionen granskar. Era egna värden syns redan i Översikt. Regionens värde släpps 20 februari."
    ]
    assert {"Till översikten", "Rapportera en månad till"} <= set(labels(app.button))
    assert [submission.version for submission in sent(pages)] == [1]
    assert drafts.find(pages, FALUN, clinic="falun", month=JANUARY) is None


@pytest.mark.security
@pytest.mark.asvs("2.3.1")
def test_a_box_changed_together_with_the_click_is_previewed_before_it_is_sent(pages, falun_user):
    app = open_form(pages)

    field(app, "calls").set_value("201")  # comes with the click: nobody has seen it previewed
    app = press(app, "Skicka in")
    assert "Siffrorna är inte längre de som förhandsvisades." in app.error[0].value
    assert sent(pages) == []

    app = press(app, "Skicka in")
    assert [submission.version for submission in sent(pages)] == [1]


def test_a_chosen_reason_is_written_in_the_box_and_saved(pages, falun_user):
    app = open_form(pages)
    for measure in ("calls", "calls_answered_same_day"):
        app = app.selectbox(key=f"form falun 2025-01 reason {measure}").select("mäts inte").run()

    assert field(app, "calls").value == "mäts inte"
    assert drafts.find(pages, FALUN, clinic="falun", month=JANUARY).texts["calls"] == "mäts inte"
    app = field(app, "calls").set_value("7").run()
    assert app.selectbox(key="form falun 2025-01 reason calls").value is None


def test_two_windows_keep_each_others_boxes_and_show_them(pages, falun_user):
    first, second = open_two_windows(pages)

    field(first, "calls").set_value("10").run()
    second = field(second, "first_visits").set_value("20").run()

    draft = drafts.find(pages, FALUN, clinic="falun", month=JANUARY)
    assert (draft.texts["calls"], draft.texts["first_visits"]) == ("10", "20")
    assert field(second, "calls").value == "10"


def test_a_box_that_follows_another_window_is_not_put_back_by_what_the_browser_sent_before(
    pages, falun_user, monkeypatch
):
    first, second = open_two_windows(pages)
    field(first, "calls").set_value("10").run()
    second = field(second, "first_visits").set_value("20").run()

    field(second, "calls").set_value("1")  # as typed in fast: the next box left before the page had answered
    second = field(second, "first_visits").set_value("30").run()
    assert drafts.find(pages, FALUN, clinic="falun", month=JANUARY).texts["calls"] == "10"
    assert field(second, "calls").value == "10"

    monkeypatch.setattr(session, "LAG", 0)  # later, somebody has read 10 and means 1
    field(second, "calls").set_value("1").run()
    assert drafts.find(pages, FALUN, clinic="falun", month=JANUARY).texts["calls"] == "1"


def test_a_box_that_is_never_stored_stands_as_typed(pages, falun_user):
    app = open_form(pages)

    app = field(app, "calls").set_value("19121212-1212").run()

    assert field(app, "calls").value == "19121212-1212"
    assert "calls" not in drafts.find(pages, FALUN, clinic="falun", month=JANUARY).texts


def test_a_saving_sets_no_box_in_the_browser_where_the_next_one_is_being_typed(pages, falun_user):
    app = open_form(pages)
    app = field(app, "calls").set_value("10").run()

    boxes = [box for box in app.text_input if box.label != "Senast sparat"]  # which nobody sees or types in
    assert not [box.label for box in boxes if box.proto.set_value]


def test_who_is_overtaken_is_told_and_sends_with_a_second_click(pages, falun_user):
    app = open_form(pages)
    submitting.commit(pages, COLLEAGUE, name="andras.csv", content=content_of(sip_meetings=11))

    app = press(app, "Skicka in")
    assert any("kollega skickade version 1 av januari 2025" in element.value for element in app.warning)
    assert [element.value for element in app.error] == [
        "Inget är inskickat än. Se över förhandsvisningen och tryck på Skicka in igen."
    ]
    assert [submission.sent_by for submission in sent(pages)] == ["kollega"]

    app.text_area(key="reason falun 2025-01").set_value("Vår siffra är den rätta.")
    app = press(app, "Skicka in")
    assert app.title[0].value == "Tack! Januari 2025 för BUP Falun är inskickad"
    assert [submission.sent_by for submission in sent(pages)] == ["falun", "kollega"]


def test_a_form_with_errors_has_nothing_to_send(pages, falun_user):
    app = open_form(pages, calls="12,5")

    assert "Skicka in" not in labels(app.button)
    heading, _, line = app.error[0].value.splitlines()
    assert heading == "**1 fel i formuläret. Inget är inskickat.**"
    assert line.endswith("](#st-key-form-falun-2025-01-calls)")  # leads to its box
    assert 'data-portal-fault="st-key-form-falun-2025-01-calls"' in html_of(app)  # marks it


def test_what_is_odd_is_listed_after_what_is_wrong_so_that_both_are_mended_in_one_round(pages, falun_user):
    send(pages, user=FALUN, month=JANUARY.previous)
    app = open_form(pages, calls="12,5", care_plans="9999", sip_meetings="")

    errors = app.error[0].value
    assert errors.startswith("**2 fel och 1 värde att kontrollera i formuläret.")
    (warnings,) = tables(app)
    assert "12,5" in errors and "Genomförda SIP-möten" in errors and "Skrivna vårdplaner" not in errors
    assert "9\u00a0999" in warnings and f"Förra månaden: {MONTH['care_plans']}" in warnings
    assert "Cell" not in errors + warnings


def test_the_top_says_that_nothing_is_wrong_and_nothing_sent_with_the_way_to_send(pages, falun_user):
    send(pages, user=FALUN, month=JANUARY.previous)
    app = open_form(pages, care_plans="9999")

    status, question = app.warning
    assert status.value.startswith("**Inga fel. 1 värde att förklara. Inte inskickad än.**")
    assert "(#skicka-in)" in status.value
    assert [element.anchor for element in app.subheader if element.value == "Skicka in"] == ["skicka-in"]
    assert question.value.startswith("1 värde avviker från vad ni brukar ha. Stämmer det, skriv varför.")
    (effects,) = [expander for expander in app.expander if expander.label.startswith("Vad månaden gör")]
    assert not effects.proto.expanded

    app = press(app, "Skicka in")
    assert "[Skriv varför det avvikande värdet stämmer.](#st-key-note-falun-2025-01)" in app.error[0].value
    app.text_area(key="note falun 2025-01").set_value("Vi skrev i kapp alla planer.")
    app = press(app, "Skicka in")

    assert "Uppgifternas fingeravtryck (SHA-256): " in html_of(app)  # folded, open on paper


def test_the_same_values_again_are_said_to_be_sent_already(pages, falun_user):
    send(pages, user=FALUN)
    app = open_form(pages)

    assert any("Det finns inget att skicka." in element.value for element in app.info)
    assert "Skicka in" not in labels(app.button)


def test_a_correction_opens_the_form_and_folds_what_stays_as_it_was(pages, falun_user):
    send(pages, user=FALUN)
    app = open_app(pages, "falun", "submit")
    assert field(app, "calls").value == str(MONTH["calls"])

    field(app, "calls").set_value("201").run()
    app = press(app, "Kontrollera och förhandsgranska")

    changed, _, same = html_of(app).partition("Så här läste vi formuläret")[2].partition("<details")
    assert (
        "tidigare" in changed and "Inkomna telefonsamtal" in changed and "Skrivna vårdplaner" not in changed
    )
    assert "oförändrade eller tomma värden" in same and "Skrivna vårdplaner" in same


def test_the_boxes_that_a_correction_has_changed_stand_first_when_it_is_opened_again(pages, falun_user):
    send(pages, user=FALUN)
    drafts.save(pages, FALUN, clinic="falun", month=JANUARY, texts={"calls": "201"})

    app = open_app(pages, "falun", "submit")

    assert app.subheader[0].value == "Ändrat eller avvikande"
    assert app.text_input[0].label == "Inkomna telefonsamtal"
    app = field(app, "care_plans").set_value("47").run()
    assert app.text_input[1].label != "Skrivna vårdplaner"  # no box moves while one writes


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
