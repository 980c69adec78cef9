"""Random years held against the report's rules: `python -m tests.services.annual_report.random_years 500 DEMO.db`.

A year's sums are invented without a database: clinics that open, close or send nothing, measures that lack, zeros, one
case. The report is built of each, and `contradictions` says where a sentence says something else than what stands
beside it, or speaks of what is missing.
"""

import random
import re
import sys
import time
from dataclasses import replace

from portal import formats
from portal.demo import build
from portal.domain.annual_report import canonical
from portal.domain.annual_report.content import OWN_VALUE, Origin
from portal.domain.registry.annual import Totals
from portal.domain.registry.indicators import INDICATORS, PATIENTS, Kind
from portal.domain.registry.measures import MEASURES
from portal.domain.registry.months import Month
from portal.domain.registry.rounding import half_up
from portal.domain.registry.values import Answer, MissingReason, Ratio
from portal.domain.sources.facts import Fact
from portal.services.annual_report import building
from portal.services.annual_report.live import material
from portal.services.insight import benchmarks
from tests.conftest import open_demo


YEAR = 2024
LARGEST = (0, 1, 4, 12, 90, 700, 12_000)
NUMBER = re.compile(r"[+−]?\d+(?:\u00a0\d{3})*(?:,\d+)?")
ENDS = re.compile(
    r"(.+) 2024.*?: från (\d+)\u00a0% \((.+?)\) till (\d+)\u00a0% \((.+?)\), av mottagningar med minst 10 fall\."
)
CHANGE = re.compile(r"en (?:liten |tydlig )?(ökning|minskning) (?:jämfört med|från)")
DATED = re.compile(r"\b20\d\d\b|30 dagar|2017:372|minst 10 fall")
BOUND = {measure.code: measure.not_above for measure in MEASURES if measure.not_above}


def invented(base, seed):
    """Return the year's material with random figures in the place of its own."""
    chance = random.Random(seed)
    last = Month(YEAR, chance.choice((1, 3, 11, 12, 12, 12)))
    register = [opened_or_closed(clinic, chance) for clinic in base.year.clinics]
    own, before = (
        {
            clinic.code: totals(chance, months)
            for clinic in register
            if chance.random() < 0.9 and was_open(clinic, year)
        }
        for year, months in ((YEAR, last.number), (YEAR - 1, 12))
    )
    facts = region_facts(chance)
    reading = benchmarks._Reading(
        year=YEAR,
        last=last,
        register=register,
        totals=own,
        totals_before=before if chance.random() < 0.85 else {},
        published=[],
        facts={fact.key: fact for fact in facts},
    )
    monthly = {key: value for key, value in base.monthly.items() if chance.random() < 0.7}
    return replace(base, year=reading.year_of_all(), monthly=monthly)


def opened_or_closed(clinic, chance):
    opened = chance.choice((None, None, None, Month(YEAR - 1, 6), Month(YEAR, chance.randint(1, 12))))
    closed = chance.choice((None, None, None, None, Month(YEAR, chance.randint(6, 12))))
    return replace(
        clinic, opened=opened, closed=closed if not opened or not closed or closed > opened else None
    )


def was_open(clinic, year):
    return clinic.opened is None or clinic.opened.year <= year


def totals(chance, months):
    """Return one clinic's year: what it lacks, lacks in all that is made of it."""
    lacking = {measure.code for measure in MEASURES if chance.random() < 0.12}
    counts = {}
    for measure in MEASURES:
        most = counts.get(BOUND.get(measure.code, ""), chance.choice(LARGEST))
        counts[measure.code] = chance.randint(0, most)
    given = {code: count for code, count in counts.items() if code not in lacking}
    pairs = {
        (indicator.numerator, indicator.denominator): Ratio(
            min(given[indicator.numerator], given[indicator.denominator]), given[indicator.denominator]
        )
        for indicator in INDICATORS
        if indicator.kind is Kind.PERCENT and {indicator.numerator, indicator.denominator} <= set(given)
    }
    return Totals(
        flows={code: (count, months) for code, count in given.items()},
        last={code: Answer(count) for code, count in given.items()},
        pairs=pairs,
        reasons=dict.fromkeys(lacking, MissingReason.NOT_REPORTED),
    )


def region_facts(chance):
    parts = ("", "operator:private", "sex:flickor", "sex:pojkar", "age:0-9", "problem:Kommunikation")
    rows = [("patient_board_cases", part) for part in parts]
    rows += [
        ("synergi_cases", ""),
        ("medicine_unit_visits", "contacted"),
        ("medicine_unit_visits", "visited"),
    ]
    rows += [("npe_index", f"dimension:{name}") for name in ("Tillgänglighet", "Helhetsintryck")]
    return [
        Fact(indicator=code, year=year, breakdown=part, value=chance.randint(0, 40), source="Påhittad")
        for code, part in rows
        for year in (YEAR, YEAR - 1, YEAR - 2)
        if chance.random() < 0.6
    ]


def contradictions(report):
    """Return what is wrong in a report, a line each."""
    wrong = []
    for section in report.sections:
        beside = numbers_beside(section, report)
        for sentence in section.generated:
            wrong += [f"{section.number}: {fault}: {sentence}" for fault in faults(sentence, beside)]
    return [*wrong, *missing_told(report), *wrong_ends(report)]


def wrong_ends(report):
    """Return the sentences that give a clinic another share than its own, or call another lowest or highest."""
    clinics = {
        (point.label, point.part_label): (point.value, point.denominator)
        for _, point in report.points
        if point.basis == OWN_VALUE and point.period == str(report.year) and point.value is not None
    }
    wrong = []
    for sentence in (text for section in report.sections for text in section.generated):
        if ends := ENDS.match(sentence):
            label, low, lowest, high, highest = ends.groups()
            of_all = [value for (name, _), (value, cases) in clinics.items() if name == label and cases >= 10]
            own = [clinics[label, name][0] for name in (lowest, highest)]
            if own != [min(of_all), max(of_all)] or [half_up(each) for each in own] != [
                float(low),
                float(high),
            ]:
                wrong.append(f"4.6: other ends: {sentence}")
    return wrong


def faults(sentence, beside):
    """Yield what a sentence says that nothing beside it does."""
    undated = DATED.sub("", sentence)
    unknown = [figure for figure in NUMBER.findall(undated) if figure.lstrip("+−") not in beside]
    if unknown:
        yield f"{unknown} stand nowhere beside"
    if match := CHANGE.search(undated):
        first, _, last = undated.partition(match[0])
        now, before = value(NUMBER.findall(first)[-1]), value(NUMBER.findall(last)[0])
        if now != before and (match[1] == "ökning") is not (now > before):
            yield f"{match[1]} from {before} to {now}"


def value(text):
    return float(text.replace("\u00a0", "").replace("−", "-").replace("+", "").replace(",", "."))


def numbers_beside(section, report):
    """Return every number of the tables and figures that stand with a sentence, as printed; without signs."""
    chapters = (section.chapter, *["4.5"] * (section.number == "4.6"))  # which sums up the clinics of 4.5
    sections = [each for each in report.sections if not section.number or each.chapter in chapters]
    texts = [
        cell.text for each in sections for table in each.tables for row in table.rows for cell in row.cells
    ]
    points = [point for each in sections for point in each.points]
    clinics = max((len(table.rows) for each in report.sections for table in each.tables), default=0)
    amounts = [a for p in points for a in (p.value, p.numerator, p.denominator) if a is not None]
    return {
        *(figure.lstrip("+−") for text in texts for figure in NUMBER.findall(DATED.sub("", text))),
        *(formats.number(amount, digits) for amount in amounts for digits in (0, 1)),
        *(str(count) for count in range(clinics + 1)),
        *(formats.number(abs(amount), digits) for amount in derived(points) for digits in (0, 1)),
    }


def derived(points):
    """Yield what sentences reckon of the figures beside them: changes, sums of operators, clinics with one year alone."""
    values = {(p.indicator, p.part, p.basis, p.period): p.value for p in points if p.value is not None}
    for (indicator, part, basis, period), now in values.items():
        before = values.get((indicator, part, basis, str(int(period) - 1)))
        if before is not None:
            yield now - before
            yield half_up(now) - half_up(before)
            yield 100 * (now - before) / before if before else 0.0
    for period in map(str, (YEAR, YEAR - 1)):
        of = {
            part: now for (code, part, _, when), now in values.items() if (code, when) == (PATIENTS, period)
        }
        operators = [of.get(f"operator:{operator}", 0.0) for operator in ("public", "private")]
        yield sum(operators)
        yield 100 * operators[1] / (sum(operators) or 1)
        other = str(2 * YEAR - 1 - int(period))
        alone = [
            now
            for (code, part, basis, when), now in values.items()
            if (code, when, basis) == (PATIENTS, period, OWN_VALUE)
            and (code, part, basis, other) not in values
        ]
        yield sum(alone)


def missing_told(report):
    """Return the indicators of which the region has no figure and of which a sentence gives one."""
    told = " ".join(sentence for section in report.sections for sentence in section.generated)
    first = {}
    for _, point in report.points:
        if not point.part and point.period == str(report.year) and point.origin is not Origin.PUBLISHED:
            first.setdefault(point.indicator, point)
    openings = {
        indicator.code: re.escape(indicator.opening)
        .replace(r"\{year\}", ".{4,30}?")
        .replace(r"\{value\}", r"\d")
        for indicator in INDICATORS
        if indicator.opening
    }
    return [
        f"{code} is missing and told"
        for code, point in first.items()
        if point.value is None and code in openings and re.search(openings[code], told)
    ]


def check(base, seed):
    """Build one random year and return what is wrong with it; what cannot be frozen is wrong too."""
    report = building.build(invented(base, seed))
    assert canonical.load(type(report), canonical.dump(report)) == report
    return contradictions(report)


def main(count, database):
    portal = open_demo(database)
    base, began = material(portal, build.REVIEWER, YEAR), time.process_time()
    wrong = [(seed, fault) for seed in range(count) for fault in check(base, seed)]
    print(
        f"{count} random years in {time.process_time() - began:.1f} s of processor time: {len(wrong)} faults"
    )
    print(*(f"{seed}: {fault}" for seed, fault in wrong[:40]), sep="\n")


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
