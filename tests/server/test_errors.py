"""What a visitor sees when the program fails, and what a badly set up server refuses."""

from dataclasses import replace

import pytest
from streamlit import config

from portal import server as portal_server
from portal.bench.client import StreamlitClient
from portal.domain.accounts.access import AccessDenied
from portal.settings import Settings, SettingsFault
from tests.server.conftest import start_server, stop_server


SECRET = "19121212-1212 postgresql://portal:hemligt@db/portal"
FAILING = f"""
import streamlit as st

st.title("Före")
raise RuntimeError("{SECRET}")
"""


@pytest.mark.asvs("16.3.4", "16.5.1")
@pytest.mark.security
def test_a_fault_shows_an_id_and_the_log_has_the_rest(database, tmp_path):
    script, log_file = tmp_path / "failing.py", tmp_path / "log.txt"
    script.write_text(FAILING, encoding="utf-8")
    with log_file.open("w") as log:
        process, url = start_server(database.url, script=script, log=log)
    with StreamlitClient(url) as tab:
        run = tab.run("")
    stop_server(process)

    assert run.holds("felkod")
    for text in (SECRET, "RuntimeError", "Traceback", "failing.py, line"):
        assert not run.holds(text)
    assert str(tmp_path) not in str(run.elements)  # Streamlit's new_session tells the script's path
    shown = next(element.alert.body for element in run.elements if element.WhichOneof("type") == "alert")
    error_id = shown.split("**")[1]
    assert f"page error {error_id}" in log_file.read_text()
    assert SECRET in log_file.read_text()


def test_a_refusal_from_a_service_is_shown_in_its_own_words(monkeypatch):
    shown = []
    monkeypatch.setattr(portal_server.st, "warning", shown.append)

    assert portal_server.show_error(AccessDenied("Du har inte tillgång till den mottagningen."))

    assert shown == ["Du har inte tillgång till den mottagningen."]


@pytest.mark.asvs("13.4.2")
@pytest.mark.security
def test_the_hardened_options_are_in_force(monkeypatch):
    options = portal_server.hardened_options(Settings(base_url="https://portal.example.se"))

    assert options["server.trustedUserHeaders"] == {"x-portal-user": "username", "x-portal-sid": "sid"}
    assert options["server.maxUploadSize"] == 10
    assert "portal.example.se" in options["server.allowedHosts"]
    assert len(options["server.cookieSecret"]) > 32


@pytest.mark.asvs("13.4.2")
@pytest.mark.security
def test_an_option_streamlit_did_not_take_stops_the_server(monkeypatch):
    monkeypatch.setattr(config, "get_option", lambda name: "full")

    with pytest.raises(SettingsFault, match="client.showErrorDetails"):
        portal_server.check_options({"client.showErrorDetails": "none"})


@pytest.mark.asvs("15.2.3")
@pytest.mark.security
def test_the_demo_is_served_on_this_machine_only(portal):
    demo = replace(portal, is_demo=True)
    portal_server.check_deployment(demo, Settings())  # the control

    with pytest.raises(SettingsFault, match=r"0\.0\.0\.0"):
        portal_server.serve("0.0.0.0", 1, Settings(), demo)
    with pytest.raises(SettingsFault, match="portal.example.se"):  # through a proxy
        portal_server.serve("127.0.0.1", 1, Settings(base_url="https://portal.example.se"), demo)


@pytest.mark.asvs("13.3.1")
@pytest.mark.security
def test_production_needs_a_secret(portal, monkeypatch):
    monkeypatch.setenv("PORTAL_DEMO", "1")  # no variable's word against the database's

    with pytest.raises(SettingsFault, match="PORTAL_SECRET_KEY"):
        portal_server.serve("127.0.0.1", 1, Settings(secret_key="kort"), portal)
