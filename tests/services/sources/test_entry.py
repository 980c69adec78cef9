"""En väg in: entered by month and municipality, summed over the months there are, told in the report of its years."""

import pytest

from db.scoping import OutOfScope
from db.sources import facts
from portal.domain.accounts.access import OPERATOR, scope_of
from portal.domain.registry.months import Month
from portal.domain.sources.declared import ENTRY, REFERRALS
from portal.domain.sources.facts import Fact
from portal.domain.sources.year import SourceState
from portal.services.annual_report.live import live
from portal.services.refused import Refused
from portal.services.sources import entry_months, source_files, source_forms, source_years
from portal.services.sources.source_years import EntryNote
from portal.ui.review import status_view
from portal.ui.words import entry_words
from tests.services.region import CONTROLLER, user_of


# An invented autumn: what came in, went on and waits; the last line's municipality is no one of the region's.
HEADINGS = "uppgift;kommun;period;värde\n"
AUTUMN = [
    "Mottagna remisser;;{};40",
    "Mottagna förfrågningar;;{};30",
    "Hänvisade till första linjen;;{};25",
    "Hänvisade till BUP;;{};30",
    "Hänvisade till annan;;{};10",
    "Väntar på bedömning;;{};15",
    "Mottagna remisser;Falun;{};20",
    "Mottagna remisser;Mora;{};12",
    "Mottagna remisser;Borlänge;{};7",
    "Mottagna remisser;Vansbro;{};1",
]
MONTHS = ("2024-10", "2024-11", "2024-12")


def read_in(portal, *more, months=MONTHS, referrals=40):
    lines = [line.format(month) for month in months for line in (*AUTUMN, *more)]
    lines = [line.replace(";40", f";{referrals}") for line in lines]
    return source_files.commit(
        portal,
        CONTROLLER,
        ENTRY,
        name="envag.csv",
        content=(HEADINGS + "\n".join(lines)).encode(),
        note=EntryNote(provenance="Utdrag ur En väg in"),
    )


def entry_of(portal, year=2024):
    return source_years.year(portal, CONTROLLER, year).of("envag")


def chapter_of(portal, year):
    sections = live(portal, OPERATOR, year).sections
    return next((section for section in sections if section.number == "4.7.1"), None)


def cells_of(table):
    return {row.cells[0].text: [cell.text for cell in row.cells[1:]] for row in table.rows}


def test_a_year_is_the_sum_of_the_months_there_are_and_a_snapshot_its_newest(portal):
    read_in(portal)

    entry = entry_of(portal)
    came, waiting = entry.of("envag_remisser"), entry.of("envag_bedoms")
    assert (came.value, came.months) == (120, 3)
    assert (waiting.value, waiting.fact.month) == (15, Month(2024, 12))
    assert {figure.municipality: figure.value for figure in entry.figures if figure.municipality} == {
        "2080": 60, "2062": 36, "2081": 21, "2021": 3,
    }  # fmt: skip
    assert (entry.state, entry.remarks) == (SourceState.FILLED, ())


def test_nobody_has_to_enter_it_and_no_years_before_it_lack(portal):
    assert (entry_of(portal).state, entry_of(portal).is_to_do) == (SourceState.EMPTY, False)


def test_the_template_takes_every_municipalitys_months_and_holds_what_is_entered(portal):
    read_in(portal)

    again = source_files.template_csv(portal, CONTROLLER, ENTRY, 2024)
    upload = source_files.preview(portal, CONTROLLER, ENTRY, name="mall.csv", content=again)

    assert upload.problems == ()
    assert {change.kind for change in upload.changes} == {"unchanged"}
    assert len(upload.changes) == len(MONTHS) * len(AUTUMN)
    assert "Mottagna remisser;Vansbro;2024-12;ärenden;1;;" in again.decode("utf-8-sig")


def test_the_form_is_of_the_region_or_of_one_municipality(portal):
    read_in(portal)

    def texts(place):
        boxes = source_forms.boxes(portal, CONTROLLER, ENTRY, year=2024, month="2024-12", place=place)
        return [(box.label, box.text) for box in boxes][:2]

    assert texts("") == [("Mottagna remisser", "40"), ("Mottagna förfrågningar", "30")]
    assert texts("2062") == [("Mottagna remisser – Mora", "12"), ("Mottagna förfrågningar – Mora", "")]


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"municipality": "0180"}, "ingen av regionens"),
        ({"value": -1}, "Tillåtet är 0 till"),
        ({"clinic": "falun"}, "hela regionen eller kommun"),
        ({"year": 2025, "month": Month(2025, 12)}, "har inte varit än"),
    ],
)
def test_what_cannot_be_is_refused(portal, wrong, words):
    details = {"year": 2024, "month": Month(2024, 12), "value": 4, "source": "Rapport"}

    with pytest.raises(Refused, match=words):
        source_years.enter(portal, CONTROLLER, [Fact(**{"indicator": REFERRALS, **details, **wrong})])


def test_the_report_has_its_chapter_in_the_years_with_figures_and_tells_nobody_of_few(own_demo):
    assert chapter_of(own_demo, 2024) is None

    read_in(own_demo, "Fick hjälp i första linjen;;{};9", months=(*MONTHS, "2024-08"))

    chapter = chapter_of(own_demo, 2024)
    assert chapter.title == "En väg in"
    span = "under augusti–december 2024 (4 månader)"
    assert chapter.generated == (
        f"Till En väg in kom 160 remisser och 120 förfrågningar {span}.",
        f"Vidare hänvisades 100 till första linjen, 120 till BUP och 40 till någon annan {span}.",
        f"Första linjen började hjälpa 36 barn och unga {span}.",
        "Sista december 2024 väntade 15 ärenden på bedömning.",
    )
    places, months = map(cells_of, chapter.tables)
    assert places["Hela regionen"] == ["160", "120", "100", "120", "40", "15", "36"]
    assert {name: places[name][0] for name in ("Falun", "Mora", "Borlänge", "Vansbro")} == {
        "Falun": "80", "Mora": "48", "Borlänge": "visas inte", "Vansbro": "visas inte",
    }  # fmt: skip
    assert list(months) == ["augusti 2024", "oktober 2024", "november 2024", "december 2024"]
    assert [chart.series for chart in chapter.charts] == [("Kom in", "Till BUP", "Till första linjen")]
    referrals = {point.part: point.value for point in chapter.points if point.indicator == REFERRALS}
    assert referrals["2021"] is referrals["2081"] is None
    assert chapter_of(own_demo, 2023) is None


def test_the_regions_tile_says_the_newest_months_errands_and_how_many_went_to_bup(portal):
    assert entry_months.newest(portal, CONTROLLER) is None

    read_in(portal, months=MONTHS[:2])
    read_in(portal, months=MONTHS[2:], referrals=52)

    tile = entry_words.tile(entry_months.newest(portal, CONTROLLER))
    assert (tile.label, tile.value) == ("Kom till En väg in, december 2024", "82 ärenden")
    assert (tile.region, tile.aim) == ("+12 mot november", "Vidare till BUP: 46\u00a0% (30 av 65)")
    assert tile.line.own == (*[None] * 21, 70, 70, 82)
    assert tile.line.text == "Kom till En väg in: 70 i oktober 2024, 82 i december 2024."
    assert tile.href == "/kallor?kalla=envag&ar=2024"


def start_for_mora(portal):
    with portal.database.reading(scope_of(user_of("mora"))) as scoped:
        return entry_months.start(scoped)


def test_a_clinic_reads_the_month_it_began_and_no_figure_of_it(portal):
    assert start_for_mora(portal) is None

    read_in(portal)

    assert start_for_mora(portal) == Month(2024, 10)
    with portal.database.reading(scope_of(user_of("mora"))) as scoped:
        assert facts.list_of_clinics(scoped, indicators=ENTRY.indicators, years=[2024]) == []
        with pytest.raises(OutOfScope):
            facts.list_of_region(scoped, indicators=ENTRY.indicators)


def test_the_month_it_began_follows_what_is_entered_and_corrected(portal):
    read_in(portal, months=MONTHS[1:])
    read_in(portal, months=MONTHS[:1])
    assert start_for_mora(portal) == Month(2024, 10)

    without = [
        Fact(indicator=indicator, year=2024, month=Month(2024, 10), value=0, source="Rapport")
        for indicator in ENTRY.indicators[:2]
    ]
    source_years.enter(portal, CONTROLLER, without, correction="Den öppnade i november")

    assert start_for_mora(portal) == Month(2024, 11)


def test_of_municipalities_alone_the_region_has_no_tile(portal):
    """Whether they are all of the region's nobody has said, and of few children nothing is shown."""
    few = [
        Fact(
            indicator=REFERRALS,
            year=2024,
            month=Month(2024, 12),
            municipality=place,
            value=2,
            source="Rapport",
        )
        for place in ("2062", "2080")
    ]
    source_years.enter(portal, CONTROLLER, few)

    assert entry_months.newest(portal, CONTROLLER) is None


def test_laget_shows_the_tile_where_there_are_figures_also_before_the_first_release(portal, monkeypatch):
    drawn = []
    monkeypatch.setattr(status_view.st, "html", drawn.append)

    status_view.show_region((), entry_months.newest(portal, CONTROLLER))
    assert drawn == []

    read_in(portal)
    status_view.show_region((), entry_months.newest(portal, CONTROLLER))
    assert len(drawn) == 1 and "70 ärenden" in drawn[0] and "oförändrat mot november" in drawn[0]
