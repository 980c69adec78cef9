"""The parts of Läs in historik: the file, what it would change, the choice, progress, the outcome."""

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from portal.domain.accounts.access import User
from portal.domain.reporting.problems import Problem, count_values
from portal.services.reporting import history
from portal.services.reporting.history import HistoryMonth, HistoryPlan, Mode, Summary
from portal.ui.base import formats, markup, refusals, session
from portal.ui.base.context import portal
from portal.ui.base.markup import TableCell, numeric
from portal.ui.login import auth


MOST_REASONS = 50
MODE_HELP = {
    Mode.MONTHS: "Varje mottagnings månad sparas för sig. Månader med fel hoppas över.",
    Mode.ALL: "Ett enda fel i filen, och ingenting sparas.",
}


@dataclass(frozen=True, slots=True)
class HistoryFile:
    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Choice:
    mode: Mode
    note: str


def show_introduction() -> None:
    st.markdown(
        "Läs in många mottagningar och månader på en gång: äldre siffror, eller ett uttag ur BILD. "
        "Filen är en *lång fil* med rubrikerna `mottagning;period;mått;värde` och, om du vill, `skäl`. "
        "Inget sparas förrän du har sett vad som ändras och trycker på *Läs in*."
    )
    st.caption(
        "Högst 10 MB här, Excel högst 8 MB. Större filer, upp till 64 MB, läser driften in med kommandot portal import. "
        "Det du läser in granskas av någon annan hos regionen."
    )


def ask_for_file() -> HistoryFile | None:
    uploaded_file = st.file_uploader("Lång fil (CSV eller Excel)", key=session.uploader_key("history-file"))
    if uploaded_file is None:
        refusals.say_lost_file()
        return None
    return HistoryFile(uploaded_file.name, uploaded_file.getvalue())


def read_file(user: User, file: HistoryFile) -> HistoryPlan:
    with st.spinner("Läser och kontrollerar filen …"):
        return history.plan(portal(), user, name=file.name, content=file.content)


def show_plan(plan: HistoryPlan) -> None:
    """Show what reading the file in would do: in one line, as clinics × months, and what is wrong."""
    for notice in plan.parsed.notices:
        st.info(notice, icon=":material/info:")
    if plan.parts:
        st.subheader("Det här står i filen", anchor=False)
        st.markdown(_headline(plan))
        st.html(_table(plan))
        st.caption("Siffran säger hur många värden det gäller.")
    _show_reasons(plan)


def _headline(plan: HistoryPlan) -> str:
    new_count = sum(part.changed == part.unchanged == 0 for part in plan.to_store)
    return (
        f"**{formats.plural(len(plan.parts), 'månad', 'månader')}** från "
        f"{formats.plural(len({part.clinic.code for part in plan.parts}), 'mottagning', 'mottagningar')}: "
        f"{formats.plural(new_count, 'ny', 'nya')}, "
        f"{formats.plural(len(plan.to_store) - new_count, 'ändrad', 'ändrade')}, "
        f"{formats.plural(len(plan.unchanged), 'oförändrad', 'oförändrade')}, "
        f"{len(plan.rejected)} med fel."
    )


def _table(plan: HistoryPlan) -> str:
    months = sorted({part.month for part in plan.parts}, reverse=True)
    by_key = {part.key: part for part in plan.parts}
    clinics = {part.clinic.code: part.clinic for part in plan.parts}
    rows = [
        markup.TableRow(
            (TableCell(clinic.name), *(_cell(by_key.get((clinic.code, month))) for month in months))
        )
        for clinic in clinics.values()
    ]
    return markup.table(
        ("Mottagning", *(month.short for month in months)),
        rows,
        caption="Mottagningar och månader i filen, nyaste månaden till vänster",
        cards=False,
        css="grid",
    )


def _cell(part: HistoryMonth | None) -> TableCell:
    if part is None:
        return TableCell("", css="center")
    if part.errors:
        return TableCell(f"{len(part.errors)} fel", css="center worse")
    if not part.is_to_store:
        return TableCell("oförändrad", css="center")
    word = "ändrad" if part.changed or part.unchanged else "ny"
    warned = "! avviker" if part.warnings else ""
    return TableCell(f"{word} {part.new + part.changed}", css="center", small=warned)


def _show_reasons(plan: HistoryPlan) -> None:
    errors = [problem for part in plan.rejected for problem in part.errors]
    unplaced = [problem for problem in plan.loose if problem.blocks]
    if not errors and not unplaced:
        return
    st.error(_what_is_wrong(plan, unplaced), icon=":material/error:")
    problems = [*unplaced, *errors]
    st.html(
        markup.table(
            ("Var", "Det stod", "Vad är fel och hur rättar man"),
            [_reason(problem) for problem in problems[:MOST_REASONS]],
            caption="Fel i filen",
        )
    )
    if len(problems) > MOST_REASONS:
        st.caption(f"De första {MOST_REASONS} av {formats.number(len(problems))} visas.")


def _what_is_wrong(plan: HistoryPlan, unplaced: Sequence[Problem]) -> str:
    if not plan.parts:
        return "Filen kan inte läsas in. Inget är sparat."
    parts = []
    if plan.rejected:
        parts.append(
            f"{formats.plural(len(plan.rejected), 'månad har fel', 'månader har fel')} och läses inte in."
        )
    if unplaced:
        parts.append(
            f"{formats.plural(len(unplaced), 'fel', 'fel')} går inte att koppla till en mottagnings månad: "
            "de raderna läses inte in."
        )
    return " ".join(parts)


def _reason(problem: Problem) -> markup.TableRow:
    where = f"rad {problem.place.row}" if problem.place.row else "Filen"
    if problem.clinic and problem.month and not problem.place.row:
        where = problem.month.label
    return markup.row(TableCell(where), problem.read if problem.read is not None else "–", problem.advice)


def choose(plan: HistoryPlan) -> Choice | None:
    """Ask how, and for the note that warnings need; None until the button is pressed.

    A form, so that the file is not read again in between. The form's name holds the plan's fingerprint:
    when somebody else has sent a month since, the press doesn't count and the new plan is shown.
    """
    if not plan.to_store:
        if plan.parts and not plan.rejected:
            st.success("Allt i filen finns redan i portalen. Det finns inget att läsa in.")
        return None
    with st.form(f"history-{plan.fingerprint}", border=True):
        modes = [Mode.MONTHS, Mode.ALL] if plan.is_faultless else [Mode.MONTHS]
        mode = st.radio(
            "Hur ska filen läsas in?",
            modes,
            format_func=lambda mode: mode.label,
            captions=[MODE_HELP[mode] for mode in modes],
        )
        if not plan.is_faultless:
            st.caption("Allt eller inget kan väljas när filen är utan fel.")
        note = ""
        if plan.warnings:
            _show_warnings(plan)
            note = st.text_area(
                "Varför stämmer de? En förklaring för hela filen.",
                max_chars=500,
                key=f"history-note-{plan.fingerprint}",
            )
        label = f"Läs in {formats.plural(len(plan.to_store), 'månad', 'månader')}"
        pressed = st.form_submit_button(label, type="primary")
    return Choice(mode, note) if pressed else None


def _show_warnings(plan: HistoryPlan) -> None:
    st.warning(
        f"{formats.plural(count_values(plan.warnings), 'värde', 'värden')} avviker från vad mottagningarna brukar ha.",
        icon=":material/warning:",
    )
    with st.expander("Vilka värden?"):
        st.text("\n".join(problem.message for problem in plan.warnings[:MOST_REASONS]))


def read_in(user: User, plan: HistoryPlan, choice: Choice) -> None:
    """Store the months under a progress bar. Once begun it is carried through: no second click ends it or begins it anew."""
    auth.still_user()
    progress_bar = st.progress(0.0, text="Läser in …")

    def show(saved_count: int, total: int) -> None:
        progress_bar.progress(
            saved_count / total if total else 1.0, text=f"{saved_count} av {total} månader sparade"
        )

    def run() -> None:
        summary = history.run(portal(), user, plan, mode=choice.mode, note=choice.note, on_progress=show)
        session.note_summary(_parts(summary))
        session.start_next_upload()

    with refusals.said_here(note=f"history-note-{plan.fingerprint}"):
        session.surely(run)
        st.rerun()
    progress_bar.empty()


def _parts(summary: Summary) -> dict[str, str]:
    """Return what came of the file, as it is shown."""
    rejected_rows = [
        markup.row(TableCell(clinic.name), month.label, reason)
        for clinic, month, reason in summary.rejected[:MOST_REASONS]
    ]
    stored_rows = [
        markup.row(TableCell(clinic), month.label, numeric(str(version)))
        for clinic, month, version in summary.stored[:MOST_REASONS]
    ]
    rejected = markup.table(("Mottagning", "Månad", "Därför"), rejected_rows, caption="Inte inlästa")
    return {
        "sentence": _sentence(summary),
        "rejected": rejected if rejected_rows else "",
        "stored": markup.table(("Mottagning", "Månad", "Version"), stored_rows, caption="Inlästa månader"),
    }


def _sentence(summary: Summary) -> str:
    return (
        f"{formats.plural(len(summary.stored), 'månad inläst', 'månader inlästa')}: {formats.number(summary.new)} nya och "
        f"{formats.number(summary.changed)} ändrade värden. "
        f"{formats.plural(summary.unchanged_months, 'månad var oförändrad', 'månader var oförändrade')}. Nästa steg: någon "
        "annan hos regionen granskar dem på sidan Granska."
    )


def show_summary() -> None:
    """Show what came of the file that was read in last, until another page is opened."""
    parts = session.summary()
    if not parts:
        return
    st.success(parts["sentence"], icon=":material/check_circle:")
    if parts["rejected"]:
        st.html(parts["rejected"])
    with st.expander("Vad som lästes in"):
        st.html(parts["stored"])
