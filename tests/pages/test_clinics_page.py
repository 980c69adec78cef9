"""Mottagningar: the clinics beside each other, since last year, in a funnel, over time and on the map."""

import json

from portal.domain.registry.months import Month


FIRST_VISITS = {"indikator": "first_visit_within_30d", "period": "2024"}
EVIDENCE = "evidence-{}-2024-01-2024-12"


def tiles_of(page):
    """Return what stands in each tile of numbers: its label, its value."""
    tiles = page.html.findall(".//div[@class='portal-tile']")
    return {tile.findtext("span[@class='head']"): tile.find(".//b").text_content() for tile in tiles}


def test_all_clinics_stand_beside_each_other_with_both_averages_named(open_page):
    page = open_page("region", "clinics", indikator="calls_answered_same_day")

    page.choose("Period", 2024)

    assert "medeltal per mottagning" in page.text
    assert "Sammanslaget" in page.text
    assert "Kiron Care BUP Hedemora" in page.text
    assert "offentlig regi" in page.text


def test_a_month_can_be_compared_too(open_page):
    page = open_page("region", "clinics", indikator="care_plans")

    page.choose("Period", Month(2024, 12))

    assert "Regionen december 2024, summa" in page.text
    assert "per 100 patienter" in page.text


def lines_of(page):
    """Return the names at the lines that stand over all clinics, from the chart's specification."""
    spec = json.loads(page.app.get("vega_lite_chart")[0].proto.spec)
    named = [layer for layer in spec["layer"] if layer["mark"]["type"] == "text" and "data" in layer]
    return [layer["data"]["values"][0]["text"].replace("\u00a0", " ") for layer in named]


def test_a_month_stands_beside_the_countrys_and_a_year_does_not(open_page):
    page = open_page("region", "clinics", indikator="first_visit_within_30d", period="2024-12")

    assert lines_of(page)[0] == "Landet 65 %"
    assert "**Landet:** Exempeldata: påhittat. Landets och andra regioners andelar" in page.text
    page.choose("Period", 2024)
    assert [line.split()[0] for line in lines_of(page)] == ["Regionen", "Mål"]
    assert "**Landet:**" not in page.text
    page.choose("Indikator", "care_plans")
    page.choose("Period", Month(2024, 12))
    assert "Landet" not in page.text  # nobody publishes it


def test_who_differs_from_the_region_by_more_than_chance_is_named_over_the_chart(open_page):
    page = open_page("region", "clinics", **FIRST_VISITS)

    assert tiles_of(page) == {
        "Regionen 2024, sammanslaget": "80\u00a0%",
        "Tydligt bättre än regionen": "▲ Capio BUP Falun och Kiron Care BUP Hedemora",
        "Tydligt sämre än regionen": "▼ JeWe BUP Borlänge",
    }
    rows = page.chart_rows()
    assert [row["clinic"] for row in rows][:2] == ["BUP Avesta", "JeWe BUP Borlänge"]  # the report's order
    assert {row["clinic"] for row in rows if row["position"] != "level"} == {
        "Capio BUP Falun",
        "Kiron Care BUP Hedemora",
        "JeWe BUP Borlänge",
    }
    assert all((row["from"] <= 80 <= row["to"]) == (row["position"] == "level") for row in rows)
    assert [row["detail_text"] for row in rows if row["few"]] == ["7 av 7 · få fall", "2 av 2 · få fall"]


def test_a_mean_of_clinics_does_not_stand_beside_the_cases_of_the_pooled_share(open_page):
    page = open_page("region", "clinics", indikator="calls_answered_same_day", period="2024")

    tile = page.html.find(".//div[@class='portal-tile']")
    assert tile.text_content().replace("\u00a0", " ") == (
        "Regionen 2024, medeltal per mottagning88 %sammanslaget 85 % · 2023: 92 %"
    )


def test_the_funnel_stands_around_all_cases_together_whatever_the_headline(open_page):
    page = open_page("region", "clinics", visa="tratt", indikator="calls_answered_same_day", period="2024")

    assert tiles_of(page)["Regionen 2024, sammanslaget"] == "85\u00a0%"


def test_few_cases_are_said_of_shares_alone(open_page):
    """Months to clear rest on the starts of a month, which are always few."""
    page = open_page("region", "clinics", indikator="months_to_clear_investigation", period="2024")

    assert not any(row["few"] for row in page.chart_rows())
    assert "få fall" not in page.text


def test_the_funnel_names_only_those_outside_it(open_page):
    page = open_page("region", "clinics", visa="tratt", **FIRST_VISITS)

    points = [row for row in page.chart_rows() if row["kind"] == "clinic"]
    assert len(points) == 11
    outside = {row["clinic"] for row in points if row["place"] != "inom tratten"}
    assert {row["label"] for row in points} - {""} == outside
    assert "▲ Långt över – bättre" in page.text
    positions = {row["clinic"]: row["position"] for row in points}
    assert (positions["Capio BUP Falun"], positions["JeWe BUP Borlänge"]) == ("better", "worse")
    assert "Ingen rangordning" in page.text


def test_what_is_no_share_has_no_funnel_and_says_where_there_is_one(open_page):
    page = open_page("region", "clinics", visa="tratt", indikator="care_plans", period="2024")

    assert "Tratten finns för andelar" in page.app.info[0].value


def test_last_year_and_this_are_an_arrow_that_can_be_sorted_by(open_page):
    page = open_page("region", "clinics", visa="andring", ordning="upp", **FIRST_VISITS)

    rows = page.chart_rows()
    changes = [row["by"] for row in rows if row["by"] is not None]
    assert changes == sorted(changes, reverse=True)
    assert [row["clinic"] for row in rows][-2:] == ["Moment BUP Borlänge", "Psykiatripartners BUP Ludvika"]
    (mora,) = [row for row in rows if row["clinic"] == "BUP Mora"]
    assert (mora["value_text"], mora["detail_text"]) == ("+12", "69\u00a0% → 81\u00a0%")
    assert tiles_of(page)["Tydligt sämre än 2023"] == "Ingen"


def test_a_mean_that_a_handful_of_cases_moves_says_whose(open_page):
    treatment = open_page("region", "clinics", indikator="treatment_within_30d", period="2024").text
    calls = open_page("region", "clinics", indikator="calls_answered_same_day", period="2024").text

    assert "Medeltalet dras ned av mottagningar med färre än 10 fall: Moment BUP Borlänge" in treatment
    assert "Medeltalet" not in calls


def test_over_dispersion_widens_the_funnel(open_page):
    page = open_page("region", "clinics", visa="tratt", indikator="calls_answered_same_day", period="2024")
    strict = sum(row.get("place") == "inom tratten" for row in page.chart_rows())

    page.app.checkbox[0].check().run()

    assert sum(row.get("place") == "inom tratten" for row in page.chart_rows()) > strict


def test_public_and_private_like_for_like_and_who_moves_the_region_stand_beneath(open_page):
    text = open_page("region", "clinics", visa="andring", indikator="active_patients", period="2024").text

    assert "Regionen utan den" in text
    # DOMAIN 1.3: of the nine clinics of December 2024 seven had a value in December 2023
    assert "de 7 mottagningar som har värde både 2023 och 2024: 5 569 → **5 982**" in text
    shares = open_page("region", "clinics", indikator="first_visit_within_30d", period="2024").text
    assert "offentlig regi **" in shares
    assert "privat regi **" in shares


def test_old_clinics_new_ones_and_the_neighbours_of_each_opening_stand_beneath_the_patients(open_page):
    page = open_page("region", "clinics", visa="andring", indikator="active_patients", period="2024")
    page.unfold("openings-active_patients")

    assert "Av ökningen 5 569 → 7 317 (+1 748) står 7 mottagningar" in page.text
    # the report's patients of Psykiatripartners BUP Falun, 756 and 1 435, and of Mora, 788 and 579
    largest = "Psykiatripartners BUP Falun +679 (+90 %), BUP Mora −209 (−27 %)"
    assert f"för **+413 (24 %)**: mest {largest}; 2 nya i siffrorna för **+1 335 (76 %)**, JeWe" in page.text
    assert "Båda öppnade 2023 men har sitt första värde i siffrorna efter december 2023." in page.text
    moved = [tiles_of(page)[f"{way} mest på ett år"].replace("\u00a0", " ") for way in ("Ökar", "Minskar")]
    assert moved == largest.split(", ")
    assert "ingen annan i Hedemora; närmast Avesta" in page.text
    assert "Var enskilda patienter tar vägen vet portalen inte" in page.text
    assert "nämner en mottagning som gick i konkurs 2024, utan namn" in page.text

    page.choose("Grupp", "Mora")

    assert "Ingen av mottagningarna öppnade eller stängde från januari 2023 till december 2024." in page.text


def test_the_openings_stand_beneath_queues_and_nowhere_else(open_page):
    def has_openings(indicator):
        page = open_page("region", "clinics", visa="andring", indikator=indicator, period="2024-12")
        return "Gamla eller nya?" in page.unfold(f"openings-{indicator}").text

    assert has_openings("waiting_investigation")
    assert not has_openings("care_plans")


def test_a_clinic_that_owes_a_month_is_not_told_as_closed(open_page):
    page = open_page("region", "clinics", visa="andring", indikator="active_patients", period="2025-01")
    text = page.unfold("openings-active_patients").text

    assert "som saknar värde nu för" in text
    assert "BUP Mora (ej rapporterat). De som inte har rapporterat gör summan för låg." in text


def test_every_municipality_stands_there_and_who_has_the_longest_way(open_page):
    page = open_page("region", "clinics", visa="kommuner", period="2024")

    assert tiles_of(page) == {
        "Länet 2024": "80\u00a0%",
        "Kommuner utan mottagning": "9 av 15",
        "Längst till en mottagning har": "Malung-Sälen och Vansbro",
    }
    assert "Sämst" not in page.text  # no verdict on the town that has a clinic
    # the report: Mora 788 and 579 patients, the county 5 569 and 7 317
    assert "Patienterna minskar mest i Mora:** 788 → 579 (−26,5 %) på ett år; länet +31,4 %." in page.text
    assert "minst 10 fall): första besök Ludvika" in page.text
    names = ("Älvdalen", "Orsa", "Rättvik", "Malung-Sälen", "Smedjebacken", "Länet")
    assert all(f'scope="row">{name}</th>' in page.text for name in names)
    assert page.text.count("ingen mottagning</") + page.text.count("ingen mottagning<span") == 9
    assert "närmaste: 13 km till Mora" in page.text
    assert "befolkning saknas för 2024" in page.text
    assert "2 400 av 3 000" in page.text


def test_the_map_says_in_words_what_it_colours(open_page):
    def alt(**choices):
        page = open_page("region", "clinics", visa="kommuner", period="2024", **choices)
        (chart,) = page.app.get("vega_lite_chart")
        return chart.proto.alt.replace("\u00a0", " ")

    assert "Första besök inom 30 dagar. Mora 81 %; Falun 82 %; Borlänge 77 %" in alt()
    assert "Aktuella patienter. Mora 579; Falun 3 023;" in alt(matt="active_patients")
    assert "Malung-Sälen 58 km" in alt(matt="vag")


def test_an_incomplete_month_is_said_to_be_so_by_municipality_too(open_page):
    page = open_page("region", "clinics", visa="kommuner", period="2025-01")

    assert "mottagningar har värden för januari 2025: jämför med försiktighet." in page.app.warning[0].value
    assert "kan inte jämföras med året före" in page.text
    assert "har inte rapporterat: Mora, Falun och Ludvika." in page.text


def test_a_small_chart_with_a_mark_leads_to_what_may_explain_it_and_others_to_the_months(open_page):
    page = open_page("region", "clinics", visa="tid", indikator="first_visit_within_30d").html

    addresses = [link.get("href") for link in page.iter("a") if "/indikator?" in link.get("href")]
    months = "/indikator?mottagning={}&indikator=first_visit_within_30d"
    assert f"{months.format('borlange')}#varfor" in addresses
    assert months.format("avesta") in addresses


def test_openings_are_marked_over_time(open_page):
    text = open_page("region", "clinics", visa="tid", indikator="active_patients").text

    assert "En annan mottagning i kommunen öppnade eller stängde" in text
    assert "486 i dec 24" in text
    assert text.count("Psykiatripartners BUP Ludvika öppnade december 2024.</figcaption>") == 1
    shares = open_page("region", "clinics", visa="tid", indikator="care_plans").text
    assert "öppnade eller stängde" not in shares


def test_a_value_leads_to_the_submission_behind_it(open_page):
    text = open_page("region", "clinics", indikator="care_plans", period="2024-12").text

    assert "/inlamningar?mottagning=mora&manad=2024-12" in text
    assert "/oversikt?mottagning=mora" in text


def test_a_group_shows_its_clinics_and_the_whole_regions_figure(open_page):
    page = open_page("region", "clinics", indikator="first_visit_within_30d", period="2024")

    page.choose("Grupp", "Falun")

    assert {row["clinic"] for row in page.chart_rows()} == {
        "BUP Falun",
        "Capio BUP Falun",
        "Psykiatripartners BUP Falun",
    }
    assert "2 400 av 3 000" in page.text
    assert "BUP Mora" not in page.text


def test_all_clinics_over_time_stand_on_one_scale_with_their_table(open_page):
    text = open_page("region", "clinics", visa="tid", indikator="treatment_within_30d").text

    assert text.count('<img src="data:image/svg+xml') == 11
    assert "Alla har samma skala: procent" in text
    assert "ej startad" in text
    assert "/inlamningar?mottagning=avesta&manad=2024-06" in text


def test_over_time_the_country_is_a_third_line_with_where_it_was_read_and_a_row_of_the_table(open_page):
    page = open_page("region", "clinics", visa="tid", indikator="treatment_within_30d")

    assert "——</b> Landet" in page.text
    assert "**Landet:** Exempeldata: påhittat. Landets" in page.text
    (row,) = [row for row in page.html.iter("tr") if row.findtext("th") == "Landet"]
    assert [cell.text_content().replace("\u00a0", " ") for cell in row.iter("td")][-2:] == ["34 %", "–"]
    others = open_page("region", "clinics", visa="tid", indikator="care_plans").text
    assert "Landet" not in others


def test_all_clinics_on_all_indicators_say_it_in_words_beside_the_colour(open_page):
    page = open_page("region", "clinics", visa="alla", period="2024")

    cells = [cell.partition("</td>")[0] for cell in page.text.split("<td")[1:]]
    coloured = [cell for cell in cells if "is-worse" in cell or "is-better" in cell]
    assert len(coloured) > 5
    assert all(("sämre" in cell) == ("is-worse" in cell) == ("▼" in cell) for cell in coloured)
    assert all(("bättre" in cell) == ("is-better" in cell) == ("▲" in cell) for cell in coloured)
    assert "patienter saknas" in page.text


def test_what_lies_behind_a_value_and_whether_an_outlier_is_real_can_be_read(open_page):
    text = (
        open_page("region", "clinics", **FIRST_VISITS).unfold(EVIDENCE.format("first_visit_within_30d")).text
    )

    assert "12 av 12 månader · inget brott" in text
    assert "3 varningar bekräftade" in text
    assert "av 12 månader över regionen" in text
    for value, cases in (("80 %", "2 400 av 3 000"), ("25 %", "250 av 1 000"), ("34 %", "357 av 1 050")):
        assert value in text
        assert cases in text
    assert "Kontrollera först" in text
    assert "Fråga vad klockan startas av" in text
    assert "olika klockor" in text
    assert "Inget brott i serien" in text
    assert "nytt journalsystem" in text


def test_an_indicator_without_a_clock_is_asked_how_it_is_counted(open_page):
    page = open_page("region", "clinics", indikator="calls_answered_same_day", period="2024")
    text = page.unfold(EVIDENCE.format("calls_answered_same_day")).text

    assert "Fråga hur det räknas" in text
    assert "klockor" not in text
