"""What the region has published elsewhere: entered with its source, held against the portal's figures."""

import pytest

from db.sources import facts
from portal.domain.accounts.access import OPERATOR
from portal.domain.sources import published
from portal.services.annual_report.live import live
from portal.services.refused import Refused
from portal.services.sources import published_figures
from tests.conftest import audit_actions


ROW = {
    "uppgift": "Skrivna vårdplaner",
    "period": "2024",
    "värde": "5 400",
    "källa": "Verksamhetsberättelsen",
    "utgiven": "2025",
    "sida": "sidan 7",
}


def care_plans(portal, year=2024):
    of_year = published_figures.comparisons(portal, OPERATOR, year)
    return [
        each for each in of_year if (each.printed.indicator, each.printed.period) == ("care_plans", str(year))
    ]


def csv(*rows):
    return "\n".join(";".join(row.values()) for row in ({key: key for key in ROW}, *rows)).encode()


# One figure


def test_what_came_with_the_portal_stands_beside_its_own_figures(demo):
    comparisons = published_figures.comparisons(demo, OPERATOR, 2024)

    assert len(comparisons) == 22
    assert not any(each.beside.differs for each in comparisons)


def test_a_figure_is_entered_with_source_year_and_place_and_the_difference_is_seen(own_demo):
    published_figures.enter(own_demo, OPERATOR, ROW)

    (entered,) = care_plans(own_demo)

    assert (entered.printed.source, entered.printed.issued, entered.printed.provenance) == (
        *("Verksamhetsberättelsen", "2025", "sidan 7"),
    )
    assert (entered.printed.value, entered.beside.computed, entered.beside.difference) == (5400, 5397, -3)
    assert entered.beside.differs
    assert audit_actions(own_demo)[0] == ("kommandorad", "published.entered", "2024 care_plans")


def test_a_figure_is_changed_and_withdrawn_in_versions(own_demo):
    for value in ("5 400", "5 400", "5 397"):  # a second click is no version
        published_figures.enter(own_demo, OPERATOR, {**ROW, "värde": value})
    assert [(each.printed.value, each.printed.version) for each in care_plans(own_demo)] == [(5397, 2)]

    published_figures.withdraw(own_demo, OPERATOR, ("2024", "care_plans", ""))

    assert care_plans(own_demo) == []
    with pytest.raises(Refused):
        published_figures.withdraw(own_demo, OPERATOR, ("2024", "care_plans", ""))


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"uppgift": "Vårdplaner skrivna"}, "Uppgift: uppgiften är okänd"),
        ({"period": "24"}, "Period: skriv perioden som"),
        ({"period": "2024-13"}, "Period: skriv perioden som"),
        ({"period": "2024-11..2024-01"}, "Period: skriv perioden som"),
        ({"värde": "många"}, "Värde: "),
        ({"källa": " "}, "Källa: Skriv var siffran är publicerad"),
        ({"utgiven": ""}, "Utgiven: skriv året"),
        ({"sida": "x" * 201}, "Sida: texten är längre"),
        ({"källa": "Journal 20120307-2384"}, "personnummer"),
    ],
)
def test_a_figure_without_source_or_with_something_else_wrong_is_refused(own_demo, wrong, message):
    with pytest.raises(Refused, match=message):
        published_figures.enter(own_demo, OPERATOR, {**ROW, **wrong})

    assert care_plans(own_demo)[0].printed.source == "000_f0e29728e9599efc.txt"


@pytest.mark.parametrize("period", ["2024", "2024-11", "2024-01..2024-11"])
def test_a_year_a_month_and_a_run_of_months_are_periods(period):
    figure, faults = published.read_row({**ROW, "period": period})

    assert (figure.period, faults) == (period, [])


def test_both_databases_keep_every_version(portal, region_user):
    for value in ("5 400", "5 397"):
        published_figures.enter(portal, region_user, {**ROW, "värde": value})
    published_figures.withdraw(portal, region_user, ("2024", "care_plans", ""))

    with portal.reading(region_user) as scoped:
        assert facts.published_versions(scoped)["2024", "care_plans", ""] == 3
        assert ("2024", "care_plans", "") not in {figure.key for figure in facts.list_published(scoped)}


# A file


def test_a_file_is_read_twice_and_enters_what_it_changes(own_demo):
    content = csv(ROW, {**ROW, "uppgift": "synergi_cases", "värde": "193", "källa": "Synergi"})
    upload = published_figures.preview(own_demo, OPERATOR, name="tal.csv", content=content)
    assert ([each.indicator for each in upload.new], upload.problems) == (["care_plans", "synergi_cases"], ())
    assert care_plans(own_demo)[0].printed.version == 0

    assert published_figures.commit(own_demo, OPERATOR, name="tal.csv", content=content) == 2
    assert published_figures.commit(own_demo, OPERATOR, name="tal.csv", content=content) == 0


def test_the_template_is_a_file_that_changes_nothing(own_demo):
    published_figures.enter(own_demo, OPERATOR, ROW)
    content = published_figures.template_csv(own_demo, OPERATOR, 2024)

    upload = published_figures.preview(own_demo, OPERATOR, name="mall.csv", content=content)

    assert content.decode("utf-8-sig").count("Skrivna vårdplaner") == 1
    assert (upload.problems, upload.new) == ((), ())


def test_a_file_with_one_wrong_row_enters_nothing(own_demo):
    content = csv(ROW, {**ROW, "period": "i fjol"}, ROW)
    upload = published_figures.preview(own_demo, OPERATOR, name="tal.csv", content=content)

    assert [problem.code for problem in upload.problems] == ["published.period", "value.duplicate"]
    with pytest.raises(Refused):
        published_figures.commit(own_demo, OPERATOR, name="tal.csv", content=content)
    assert care_plans(own_demo)[0].printed.version == 0


# The report


def test_the_report_has_them_in_one_table_of_the_appendix(demo):
    report = live(demo, OPERATOR, 2024)
    places = [
        (section.number, table.caption)
        for section in report.sections
        for table in section.tables
        if "ublicera" in table.caption
    ]

    assert places == [("Bilaga 2", "Publicerade tal bredvid portalens")]
