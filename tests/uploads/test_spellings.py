"""However a person, Excel or LibreOffice writes a value: the same values as the clean file, or the right cell."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.domain.registry.measures import MEASURES_BY_CODE
from portal.domain.registry.values import Answer, MissingReason
from portal.domain.reporting.grammar import GrammarFault
from portal.uploads import xlsx_child
from portal.uploads.tables import to_answer
from tests.uploads.files import CLINICS, JANUARY, make_blankett, parse_csv, parse_here


pytestmark = pytest.mark.upload

COUNTS = {"calls": 1248, "care_plans": 37, "contacts": 12_345, "sip_meetings": 0}
REASONS = {"video_contacts": MissingReason.NOT_MEASURED}
CLEAN = {code: Answer(count) for code, count in COUNTS.items()} | {
    code: Answer(reason=reason) for code, reason in REASONS.items()
}


def answers(parsed):
    return {entry.measure: entry.answer for entry in parsed.entries if (entry.clinic, entry.month) == HERE}


HERE = ("falun", JANUARY)

# --- what is read ---

SIGNS = st.sampled_from(("", "\u200b", "\ufeff", "\u00ad", "\u200e", "\u2060"))
ENDS = st.sampled_from(("", " ", "\u00a0", "\u202f", "  ", "\t", " \t"))
CASES = st.sampled_from((str, str.upper, str.title, str.swapcase))
FORMS = st.sampled_from(("NFC", "NFD", "NFKD"))


@st.composite
def words(draw, names):
    """One of the names in any case, form and width of its spaces, with signs that nobody sees."""
    text = draw(CASES)(draw(st.sampled_from(names)))
    text = unicodedata.normalize(draw(FORMS), text).replace(" ", draw(st.sampled_from((" ", "\u00a0", "  "))))
    at = draw(st.integers(1, len(text)))
    return draw(ENDS) + text[:at] + draw(SIGNS) + text[at:] + draw(ENDS)


@st.composite
def counts(draw, count):
    space = draw(st.sampled_from(("", " ", "\u00a0", "\u202f", "\u2009")))
    return draw(st.sampled_from(("", " ", "\u00a0"))) + f"{count:,}".replace(",", space) + draw(ENDS)


@st.composite
def months(draw):
    text = draw(st.sampled_from(("2025-01", "202501", "jan-25", "Jan 2025", "JANUARI 2025", "2025-01-01")))
    return text.replace(" ", draw(st.sampled_from((" ", "\u00a0")))) + draw(ENDS)


@st.composite
def rows(draw, code):
    """The measure's row as Excel saves it: the delimiters of its empty last cells may be left out."""
    answer = CLEAN[code]
    value = "" if answer.reason else draw(counts(answer.value))
    reason = draw(words([answer.reason.label])) if answer.reason else ""
    measure = draw(words([code, MEASURES_BY_CODE[code].label]))
    row = ";".join([draw(words(["falun", "BUP Falun"])), draw(months()), measure, value, reason])
    return row.removesuffix(";") if draw(st.booleans()) else row


@given(st.data())
@settings(max_examples=60)
def test_every_accepted_spelling_gives_the_same_values(data):
    lines = [
        "Mottagning;PERIOD;ma\u030att;värde\u200b;skäl",
        *(data.draw(rows(code)) for code in CLEAN),
        ";;;;",
        "",
    ]
    parsed = parse_csv(data.draw(st.sampled_from(("\n", "\r\n"))).join(lines))

    assert parsed.problems == ()
    assert answers(parsed) == CLEAN


# --- one slip of the hand, anywhere ---

SLIPS = " \u00a0\u200b\ufeff\t\n\r;,.-–'\"%+=xÅé\u0301\u0430１٣\\#/"


@given(st.integers(0, 3), st.sampled_from(SLIPS), st.data())
@settings(max_examples=300)
def test_one_slip_gives_the_same_values_or_names_its_row(column, slip, data):
    cells = ["falun", "2025-01", "calls", "1248"]
    at = data.draw(st.integers(0, len(cells[column])))
    cells[column] = cells[column][:at] + slip + cells[column][at:]
    parsed = parse_csv(
        f"mottagning;period;mått;värde\nfalun;2025-01;care_plans;37\n{';'.join(cells)}\nfalun;2025-01;contacts;5\n"
    )

    if not parsed.problems:
        assert answers(parsed) == {"care_plans": Answer(37), "calls": Answer(1248), "contacts": Answer(5)}
    for problem in parsed.problems:
        assert problem.place.row in ((3, 4) if slip in "\r\n" else (3,)), problem
        assert problem.place.cell in (None, f"{'ABCD'[column]}{problem.place.row}") or slip in "\r\n;", (
            problem
        )


# --- kinds of cells ---

NUMBERS = st.one_of(
    st.integers(-(10**9), 10**9),
    st.floats(allow_nan=True, allow_infinity=True),
    st.builds(lambda n, part: n + part, st.integers(0, 10**6), st.sampled_from((1e-10, -1e-10, 1e-13, 0.1))),
)


@given(NUMBERS)
def test_a_number_is_the_count_that_excel_shows_or_is_refused(number):
    text, mark = xlsx_child._cell(number, "n")
    try:
        count = to_answer(text).value
    except GrammarFault:
        return

    assert mark is None
    assert count == float(f"{number:.15g}")


KINDS = [
    (1248, Answer(1248)),
    (1248.0, Answer(1248)),
    (1247.9999999999998, Answer(1248)),
    (0.1 * 3 * 10, Answer(3)),
    ("1 248", Answer(1248)),
    ("1248\n", Answer(1248)),
    ("1248 \r\n", Answer(1248)),
    ("mäts inte\n", Answer(reason=MissingReason.NOT_MEASURED)),
    (" \n", None),
]


@pytest.mark.parametrize(("value", "answer"), KINDS)
def test_a_cells_value_is_read_whatever_kind_it_is(value, answer):
    parsed = parse_here(make_blankett(edit=lambda _, sheet: sheet.__setitem__("F23", value)))

    assert parsed.problems == ()
    assert answers(parsed)["calls"] == answer


@pytest.mark.parametrize("name", ["falun", "FALUN", "BUP Falun", " bup  falun ", "Falun\u200b"])
def test_the_own_clinic_is_read_by_code_or_name(name):
    parsed = parse_here(make_blankett(edit=lambda _, sheet: sheet.__setitem__("C2", name)))

    assert parsed.problems == ()
    assert {entry.clinic for entry in parsed.entries} == set(CLINICS)
