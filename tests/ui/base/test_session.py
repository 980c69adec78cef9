"""What a page notes in its tab."""

from streamlit.testing.v1 import AppTest

from portal.ui.base import session


def test_what_was_stored_is_noted_although_a_second_click_has_ended_the_run():
    def page():
        import threading

        import pytest
        from streamlit.runtime.scriptrunner import StopException, get_script_run_ctx

        from portal.ui.base import session

        runner = threading.current_thread()

        def end():  # as Streamlit does it, wherever the run's own thread touches the session
            if threading.current_thread() is runner:
                raise StopException()

        safe_state = get_script_run_ctx().session_state
        go_on = safe_state._yield_callback
        object.__setattr__(safe_state, "_yield_callback", end)
        with pytest.raises(StopException):
            session.note_receipt("Tack!", "KVITTO", "")
        session.surely(lambda: session.note_receipt("Tack!", "KVITTO", ""))
        object.__setattr__(safe_state, "_yield_callback", go_on)

    app = AppTest.from_function(page).run()

    assert not app.exception
    assert app.session_state[session.RECEIPT] == "Tack!\nKVITTO"


def test_a_first_run_that_the_page_stops_is_a_first_run():
    """Rapportera stops before its preview: the first press there was called lost, although it was heard."""

    def page():
        import streamlit as st

        from portal.ui.base import session

        with session.run():
            st.stop()

    assert AppTest.from_function(page).run().session_state[session.BEGUN]


def test_a_first_run_that_the_browsers_next_message_ends_is_none():
    """Streamlit ends it as st.stop() would: the number sent with that message was overwritten, its press not heard."""

    def page():
        from streamlit.runtime.scriptrunner import StopException

        from portal.ui.base import session

        with session.run():
            raise StopException  # as it does wherever a page draws something

    assert session.BEGUN not in AppTest.from_function(page).run().session_state


def test_what_a_first_run_set_that_was_ended_by_what_the_browser_sent_after_it_gives_way_to_that():
    """The box was emptied: the browser came back without the number just typed, and sent it during the first run."""

    def page():
        from streamlit.proto.WidgetStates_pb2 import WidgetState, WidgetStates
        from streamlit.runtime.scriptrunner import RerunData, RerunException

        from portal.ui.base import session

        with session.run():
            is_first = not session.is_brought("box")
            session.follow_text("box", "")
            if is_first:
                typed = WidgetStates(widgets=[WidgetState(id="$$ID-0-box", string_value="811")])
                raise RerunException(RerunData(widget_states=typed))
            session.note_receipt(session.value_of("box"), "", "")

    assert AppTest.from_function(page).run().session_state[session.RECEIPT] == "811\n"
