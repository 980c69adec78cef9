"""The parts of Administration: the register of clinics, targets, the last day and the release day."""

from datetime import date

import streamlit as st

from portal.domain.accounts.access import RegionUser, User
from portal.domain.registry.clinics import Clinic, ClosedKind, Operator
from portal.domain.registry.indicators import INDICATORS, INDICATORS_BY_CODE, Indicator
from portal.domain.registry.months import Month, latest_whole_month, months_between
from portal.domain.reporting.grammar import GrammarFault, parse_amount
from portal.domain.reporting.texts import LONGEST_REASON, plain
from portal.services.administration import calendar_days, clinic_register, targets
from portal.services.administration.clinic_register import ClinicChanges
from portal.services.administration.targets import NewTarget, TargetLine
from portal.services.refused import Refused
from portal.ui.base import formats, markup, refusals, session
from portal.ui.base.context import portal
from portal.ui.base.faults import at_fields
from portal.ui.base.markup import TableCell
from portal.ui.page import asking
from portal.ui.page.acting import acting, chosen_day


MOST_ROWS = 50
MONTHS_EACH_WAY = 24
READ_ONLY = "Du kan läsa. Regionens administratör ändrar."
CHANGE, CLOSE, MERGE, REOPEN, ADD = "Ändra uppgifter", "Stäng", "Slå ihop", "Öppna igen", "Lägg till en ny"


def _months() -> dict[str, str]:
    """Return the months one may choose, newest first, with their names."""
    running = Month.of(portal().clock.today)
    first = min(portal().calendar.first_month, running.plus(-MONTHS_EACH_WAY))
    return {str(month): month.label for month in months_between(first, running.plus(MONTHS_EACH_WAY))[::-1]}


def _choose_month(label: str, key: str, *, chosen: Month | None, empty: str = "") -> None:
    months = _months()
    options = [*([""] if empty else []), *months]
    preselected = str(chosen) if chosen else ("" if empty else str(latest_whole_month(portal().clock.today)))
    st.selectbox(
        label,
        options,
        index=options.index(preselected) if preselected in options else 0,
        format_func=lambda month: months.get(month, empty),
        key=key,
    )


# --- clinics ---


def show_clinics(user: RegionUser) -> None:
    """List the clinics; the administrator adds, changes, closes and merges them."""
    clinics = clinic_register.list_clinics(portal(), user)
    names = {clinic.code: clinic.name for clinic in clinics}
    rows = [_clinic_row(clinic, names) for clinic in clinics]
    headings = ("Mottagning", "Läge", "Vårdgivare", "Kommun")
    st.html(
        markup.table(headings, rows, caption=f"{len(clinics)} mottagningar. En stängd behåller sin historik.")
    )
    if not user.is_administrator:
        st.caption(READ_ONLY)
        return
    with st.expander("Lägg till, ändra, stäng eller slå ihop", icon=":material/edit:"):
        action = st.selectbox("Vad vill du göra?", [CHANGE, CLOSE, MERGE, REOPEN, ADD], key="register-what")
        if action == ADD:
            _show_add(clinics)
        else:
            _show_change(user, action, clinics)


def _clinic_row(clinic: Clinic, names: dict[str, str]) -> markup.TableRow:
    return markup.row(
        TableCell(clinic.name, small=clinic.code),
        _state(clinic, names),
        TableCell(clinic.provider, small=clinic.operator.label),
        clinic.municipality,
    )


def _state(clinic: Clinic, names: dict[str, str]) -> TableCell:
    """Say whether the clinic is open, since when, and of one that closes how."""
    running = Month.of(portal().clock.today)
    if clinic.closed:
        word = "■ stängd efter" if clinic.closed < running else "◐ stänger efter"
        return TableCell(
            f"{word} {clinic.closed.label}",
            small=clinic.why_closed(names.get(clinic.successor, clinic.successor)),
        )
    if not clinic.opened:
        return TableCell("● öppen")
    word = "● öppen sedan" if clinic.is_open(running) else "○ öppnar"
    return TableCell(f"{word} {clinic.opened.label}")


def _show_change(user: RegionUser, action: str, clinics: list[Clinic]) -> None:
    """Choose one clinic and carry the action out; closing and merging ask first."""
    selectable_clinics = [
        clinic for clinic in clinics if action == CHANGE or bool(clinic.closed) is (action == REOPEN)
    ]
    if not selectable_clinics:
        st.text("Ingen mottagning är stängd." if action == REOPEN else "Alla mottagningar är stängda.")
        return
    by_code = {clinic.code: clinic for clinic in selectable_clinics}
    code = st.selectbox(
        "Mottagning", list(by_code), format_func=lambda code: by_code[code].name, key=f"register-{action}"
    )
    name = f"register-{action}-{code}"
    if _is_form_sent(action, name, by_code[code], clinics):
        with refusals.said_here(reason=f"{name}-why"):
            clinic_register.check_reason(session.value_of(f"{name}-why"))
            asking.ask(
                _closing_question(user, by_code[code], name, clinics), _save_clinic, action, code, name
            )


def _is_form_sent(action: str, name: str, clinic: Clinic, clinics: list[Clinic]) -> bool:
    """Draw what an action asks for; tells whether it was sent and is to be asked about before it is done."""
    is_asked = action in (CLOSE, MERGE)
    with st.form(name, border=False):
        if action == CHANGE:
            _show_details(name, clinic, clinics)
        elif is_asked:
            _choose_month("Sista månad den är öppen", f"{name}-last", chosen=None)
            _show_how(action, name, clinics, clinic.code)
        st.text_input("Varför?", key=f"{name}-why", max_chars=LONGEST_REASON)
        act = None if is_asked else _save_clinic
        return st.form_submit_button(action, on_click=act, args=(action, clinic.code, name)) and is_asked


def _show_how(action: str, name: str, clinics: list[Clinic], code: str) -> None:
    if action == CLOSE:
        kinds = [kind.value for kind in ClosedKind if kind is not ClosedKind.MERGED]
        st.selectbox("Skäl", kinds, format_func=lambda kind: ClosedKind(kind).label, key=f"{name}-kind")
        return
    successors = {clinic.code: clinic.name for clinic in clinics if clinic.code != code and not clinic.closed}
    st.selectbox("Går upp i", list(successors), format_func=lambda code: successors[code], key=f"{name}-into")


def _closing_question(user: User, clinic: Clinic, form: str, clinics: list[Clinic]) -> asking.Question:
    """Say what follows on a closing or, with a successor, a merger; and which months the clinic has not sent."""
    into = session.value_of(f"{form}-into")
    successor = next((plain(listed.name) for listed in clinics if listed.code == into), "")
    last = Month.parse(session.value_of(f"{form}-last"))
    unsent = clinic_register.unsent_months(portal(), user, code=clinic.code, last_month=last)
    clinic_name = plain(clinic.name)
    consequences = [
        f"{clinic_name} rapporterar till och med {last.label}, inget därefter.",
        "Det som är inskickat står kvar och räknas som förut.",
    ]
    if successor:
        consequences.append(f"{successor} tar över från {last.next.label}.")
    months = ", ".join(month.label for month in unsent)
    return asking.Question(
        title=f"Slå ihop {clinic_name} med {successor}?" if successor else f"Stänga {clinic_name}?",
        consequences=(*consequences, f"Blev det fel: *{REOPEN}*."),
        missing=(f"**Inte inskickat:** {months}",) if months else (),
        button=f"Slå ihop {clinic_name} med {successor}" if successor else f"Stäng {clinic_name}",
    )


def _choose_provider(name: str, clinic: Clinic | None, clinics: list[Clinic]) -> None:
    """Choose a provider that exists, or write a new one."""
    providers = sorted({listed.provider for listed in clinics})
    st.selectbox(
        "Vårdgivare",
        providers,
        index=providers.index(clinic.provider) if clinic else None,
        placeholder="Välj, eller skriv en ny",
        accept_new_options=True,
        key=f"{name}-provider",
    )


def _show_details(name: str, clinic: Clinic | None, clinics: list[Clinic]) -> None:
    """Draw what is known about a clinic, to change or to fill in."""
    left_column, right_column = st.columns(2)
    with left_column:
        st.text_input("Namn", value=clinic.name if clinic else "", key=f"{name}-name", max_chars=80)
        _choose_provider(name, clinic, clinics)
        operators = [operator.value for operator in Operator]
        st.selectbox(
            "Regi",
            operators,
            index=operators.index(clinic.operator.value) if clinic else 1,
            format_func=lambda operator: Operator(operator).label,
            key=f"{name}-operator",
        )
    with right_column:
        municipalities = portal().region.names
        codes = list(municipalities)
        st.selectbox(
            "Kommun",
            codes,
            index=codes.index(clinic.municipality_code)
            if clinic and clinic.municipality_code in codes
            else 0,
            format_func=lambda code: municipalities[code],
            key=f"{name}-municipality",
        )
        opened = clinic.opened if clinic else None
        # A first month that is known can be moved, not forgotten.
        _choose_month("Första månad", f"{name}-opened", chosen=opened, empty="" if opened else "inte angiven")


def _show_add(clinics: list[Clinic]) -> None:
    name = "register-ny"
    with st.form(name, border=False):
        st.text_input("Kod (som falun-capio)", key=f"{name}-code", max_chars=40)
        _show_details(name, None, clinics)
        st.form_submit_button("Lägg till", on_click=_add_clinic, args=(name,))


@acting
def _add_clinic(user: User, name: str) -> None:
    value_of = session.value_of
    municipality = value_of(f"{name}-municipality")
    opened = value_of(f"{name}-opened")
    clinic = Clinic(
        code=value_of(f"{name}-code").strip(),
        name=value_of(f"{name}-name").strip(),
        report_name=value_of(f"{name}-name").strip(),
        municipality_code=municipality,
        municipality=portal().region.names.get(municipality, ""),
        operator=Operator(value_of(f"{name}-operator")),
        provider=value_of(f"{name}-provider").strip(),
        opened=Month.parse(opened) if opened else None,
    )
    with at_fields(code=f"{name}-code", name=f"{name}-name", provider=f"{name}-provider"):
        clinic_register.add(portal(), user, clinic)
    session.forget_texts(name)
    session.note_message(f"{plain(clinic.name)} är tillagd. Lägg till ett konto så att de kan rapportera.")


@acting
def _save_clinic(user: User, action: str, code: str, name: str) -> None:
    value_of, why = session.value_of, session.value_of(f"{name}-why")
    with at_fields(
        reason=f"{name}-why", name=f"{name}-name", provider=f"{name}-provider", opened=f"{name}-opened"
    ):
        if action == CHANGE:
            _change_clinic(user, code, name, why)
        elif action == REOPEN:
            clinic_register.reopen(portal(), user, code=code, reason=why)
        elif action == MERGE:
            last = Month.parse(value_of(f"{name}-last"))
            into = value_of(f"{name}-into")
            clinic_register.merge(portal(), user, code=code, into=into, last_month=last, reason=why)
        else:
            last = Month.parse(value_of(f"{name}-last"))
            kind = ClosedKind(value_of(f"{name}-kind"))
            clinic_register.close(portal(), user, code=code, last_month=last, reason=why, kind=kind)
    session.forget_texts(name)
    session.note_message("Sparat.")


def _change_clinic(user: User, code: str, name: str, why: str) -> None:
    value_of = session.value_of
    opened = value_of(f"{name}-opened")
    clinic_register.change(
        portal(),
        user,
        ClinicChanges(
            name=value_of(f"{name}-name").strip(),
            municipality_code=value_of(f"{name}-municipality"),
            operator=Operator(value_of(f"{name}-operator")),
            provider=value_of(f"{name}-provider").strip(),
            opened=Month.parse(opened) if opened else None,
        ),
        code=code,
        reason=why,
    )


# --- targets ---


def show_targets(user: RegionUser) -> None:
    """List the targets and their changes; the administrator sets them."""
    lines = targets.list_targets(portal(), user)
    rows = [_target_row(line) for line in lines]
    headings = ("Indikator", "Mål i dag", "Gäller från", "Kommande")
    st.html(markup.table(headings, rows, caption="Sidorna visar målet som gällde månaden som visas"))
    if user.is_administrator:
        _show_set_target()
    else:
        st.caption(READ_ONLY)
    _list_target_changes(lines)


def _list_target_changes(lines: list[TargetLine]) -> None:
    changes = [(line, change) for line in lines for change in line.changes]
    if not changes:
        return
    rows = [
        markup.row(
            line.indicator.label,
            change.text,
            formats.day_and_year(change.valid_from),
            change.reason,
            TableCell(
                change.entered_by, small=formats.moment(change.entered_at) if change.entered_at else ""
            ),
        )
        for line, change in changes[:MOST_ROWS]
    ]
    headings = ("Indikator", "Mål", "Gäller från", "Varför", "Av")
    st.html(markup.table(headings, rows, caption="Ändrade mål"))


def _target_row(line: TargetLine) -> markup.TableRow:
    now, coming = line.now, line.coming
    return markup.row(
        TableCell(line.indicator.label, small=line.indicator.requirement),
        now.text if now else "–",
        formats.day_and_year(now.valid_from) if now else "–",
        TableCell(coming.text, small=f"från {formats.day_and_year(coming.valid_from)}") if coming else "–",
    )


def _show_set_target() -> None:
    with st.expander("Sätt ett mål", icon=":material/flag:"), st.form("target", border=False):
        left_column, right_column = st.columns(2)
        codes = [indicator.code for indicator in INDICATORS]
        left_column.selectbox(
            "Indikator",
            codes,
            format_func=lambda code: INDICATORS_BY_CODE[code].label,
            key="target-indicator",
        )
        right_column.text_input(
            "Nivå i indikatorns enhet (tomt: inget mål)", key="target-value", max_chars=20
        )
        left_column.date_input(
            "Gäller från",
            value=portal().clock.today.replace(day=1),
            min_value=targets.EARLIEST,
            max_value=date(portal().clock.today.year + targets.YEARS_AHEAD, 12, 31),
            format="YYYY-MM-DD",
            key="target-from",
        )
        right_column.text_input("I ord (om du vill)", key="target-text", max_chars=targets.LONGEST_TEXT)
        st.text_input("Varför?", key="target-why", max_chars=LONGEST_REASON)
        st.form_submit_button("Sätt målet", on_click=_set_target)


@acting
def _set_target(user: User) -> None:
    value_of = session.value_of
    indicator = INDICATORS_BY_CODE[value_of("target-indicator")]
    with at_fields(value="target-value", text="target-text", reason="target-why"):
        target = targets.set_target(
            portal(),
            user,
            NewTarget(
                indicator=indicator.code,
                value=_level(value_of("target-value").strip(), indicator),
                valid_from=chosen_day("target-from"),
                text=value_of("target-text"),
            ),
            reason=value_of("target-why"),
        )
    for key in ("target-value", "target-text", "target-why"):
        session.put_text(key, "")
    session.note_message(f"Målet {target.text} gäller från {formats.day_and_year(target.valid_from)}.")


def _level(text: str, indicator: Indicator) -> float | None:
    """Read a level in the indicator's unit, or None of nothing; raises Refused with how to write it."""
    try:
        return parse_amount(text, decimals=2, unit=indicator.unit) if text else None
    except GrammarFault as fault:
        raise Refused(f"Nivå: {fault.hint}", about="value") from fault


# --- the last day and the release day ---


def show_days(user: RegionUser) -> None:
    """Say which days are the last day and the release day; the administrator changes them."""
    running = portal().calendar.days(latest_whole_month(portal().clock.today))
    st.markdown(
        f"Mottagningarnas sista dag är den **{running.deadline_day}:e** i månaden efter. Regionens värden släpps "
        f"den **{running.release_day}:e**."
    )
    if user.is_administrator:
        _show_set_days()
    else:
        st.caption(READ_ONLY)
    _list_day_rules(user)


def _list_day_rules(user: RegionUser) -> None:
    rows = [
        markup.row(
            TableCell(f"från {rule.days.valid_from.label}" if rule.days.valid_from else ""),
            f"den {rule.days.deadline_day}:e",
            f"den {rule.days.release_day}:e",
            rule.reason,
            TableCell(rule.entered_by, small=formats.moment(rule.entered_at)),
        )
        for rule in calendar_days.list_rules(portal(), user)[:MOST_ROWS]
    ]
    if rows:
        headings = ("Månader", "Sista dag", "Regionens värden", "Varför", "Av")
        st.html(markup.table(headings, rows, caption="Ändrade dagar, senast införda först"))


def _show_set_days() -> None:
    with st.expander("Ändra dagarna", icon=":material/event:"), st.form("days", border=False):
        months = {str(month): month.label for month in calendar_days.months_to_set(portal())}
        left_column, middle_column, right_column = st.columns(3)
        left_column.selectbox(
            "Från och med", list(months), format_func=lambda month: months[month], key="days-from"
        )
        choices = list(range(calendar_days.FIRST_DAY, calendar_days.LAST_DAY + 1))
        running = portal().calendar.days(Month.of(portal().clock.today))
        middle_column.selectbox("Sista dag", choices, index=running.deadline_day - 1, key="days-deadline")
        right_column.selectbox(
            "Regionens värden släpps", choices, index=running.release_day - 1, key="days-release"
        )
        st.text_input("Varför?", key="days-why", max_chars=LONGEST_REASON)
        st.form_submit_button("Spara dagarna", on_click=_set_days)


@acting
def _set_days(user: User) -> None:
    value_of = session.value_of
    with at_fields(reason="days-why", deadline_day="days-deadline", valid_from="days-from"):
        rule = calendar_days.set_days(
            portal(),
            user,
            valid_from=Month.parse(value_of("days-from")),
            deadline_day=int(value_of("days-deadline")),
            release_day=int(value_of("days-release")),
            reason=value_of("days-why"),
        )
    if rule.days.valid_from:
        session.note_message(f"Dagarna gäller från {rule.days.valid_from.label}.")
