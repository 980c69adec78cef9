"""What the tables of pages and documents print of clinics' figures, table by table."""

import re
from collections.abc import Iterable

from lxml import html

from portal.domain.insight.contract import Verdict
from portal.domain.insight.queue import DAYS, PHASES, SHARES, TO_CLEAR, WAITING, WINDOW
from portal.domain.registry.indicators import INDICATORS, PATIENTS
from portal.domain.registry.measures import MEASURES
from portal.domain.registry.rounding import half_up
from tests.pages.printing.ledger import (
    BY_CODE,
    CASES,
    FIGURE,
    MONTHS,
    REGION,
    Cell,
    Key,
    Ledger,
    Table,
    plain,
)


# `30,5 % (7 av 9 mottagningar)` says of how many clinics a figure is, no cases.
SHARE = re.compile(r"(\d+(?:,\d)?) %(?: \(|: | )(\d[\d ]*) av (\d[\d ]*)(?![\d ]| ?mottagning)")
VERDICT = re.compile("|".join(re.escape(f"{verdict.symbol} {verdict.label}") for verdict in Verdict))
POSITIONS = ("sämre", "bättre", "högre", "lägre", "i nivå", "kan inte jämföras")
RATE = re.compile(r"(\d[\d ]*(?:,\d+)?) per 100")
MEASURES_BY_LABEL = {measure.label: measure.code for measure in MEASURES}
BY_LABEL = {indicator.label: indicator for indicator in INDICATORS}
OF_PLACES = (PATIENTS, *SHARES, *WAITING, TO_CLEAR[1])  # the columns of Kommuner
VERSION = re.compile(r"(\w+ \d{4}), version ")  # the heading over a submission
CLINICS_ALONE = {
    "Avesta": "avesta",
    "Hedemora": "hedemora-kiron",
    "Mora": "mora",
    "Dalarna": REGION,
}  # in their municipality
WITHIN = f"Av de startade inom {DAYS} dagar, {WINDOW} mån"
JOINING = f"Nya i kön per månad, {WINDOW} mån"
INDICATORS_OF_QUEUES = {
    phase.label: {
        "Väntar": phase.waiting,
        "Startade i månaden": phase.started,
        "Så länge tar kön": phase.to_clear,
    }
    for phase in PHASES
}


def overview(ledger: Ledger, tables: Iterable[Table], clinic: str, place: str) -> None:
    """Översikt: the month, the one before, the year before and what is released of the region."""
    for table in tables:
        if table.headings[:1] != ("Indikator",):
            continue
        for row in table.rows:
            code = BY_LABEL[row[0].text].code
            for heading, cell in list(zip(table.headings, row, strict=True))[1:4]:
                key = Key("value", code, clinic, str(MONTHS[heading]))
                ledger.figure(key, cell.text, place)
                ledger.found_in(CASES, Key("cases", code, clinic, key.period), cell.small, place)
                ledger.found_in(RATE, Key("rate", code, clinic, key.period), cell.small, place)
            released = row[table.headings.index("Regionen")]
            if not released.small.startswith("i "):  # an older month's
                ledger.figure(
                    Key("released", code, REGION, str(MONTHS[table.headings[1]])), released.text, place
                )


def contract(ledger: Ledger, tables: Iterable[Table], clinic: str, year: int, place: str) -> None:
    """The contract's demands of a year: one clinic's, or every clinic's beside each other."""
    for table in tables:
        if table.headings[:2] == ("Krav", "Läge"):
            for row in table.rows:
                ledger.found_in(VERDICT, Key("verdict", row[0].text, clinic, str(year)), row[1].text, place)
        if "".join(table.headings[1:2]).startswith("Första besök"):
            for row in table.rows:
                for heading, cell in zip(table.headings[1:], row[1:], strict=True):
                    demand = heading.partition("minst")[0].strip()
                    key = Key("verdict", demand, ledger.clinic(row[0].text), str(year))
                    ledger.found_in(VERDICT, key, cell.text, place)


def movements(ledger: Ledger, tables: Iterable[Table], place: str) -> None:
    """Månaden: the figures that moved, of the month and the one before."""
    for table in tables:
        if table.headings[:2] != ("Mottagning", "Indikator"):
            continue
        for row in table.rows:
            clinic, code = ledger.clinic(row[0].text), BY_LABEL[row[1].text].code
            for heading, cell in zip(table.headings[2:4], row[2:4], strict=True):
                if row[1].small:
                    note_rate(ledger, Key("rate", code, clinic, str(MONTHS[heading])), cell.text, place)
                else:
                    ledger.figure(Key("value", code, clinic, str(MONTHS[heading])), cell.text, place)


def queues(ledger: Ledger, tables: Iterable[Table], clinic: str, place: str) -> None:
    """The queues of one clinic or of the region, or of each clinic in one queue."""
    for table in tables:
        if table.headings[1:2] != ("Väntar",):
            continue
        month = next(MONTHS[name] for name in MONTHS if re.search(rf"\b{name}\b", table.caption))
        named = next(
            (label for label in INDICATORS_OF_QUEUES if table.caption.startswith(f"{label} per")), ""
        )
        for row in table.rows:
            owner = ledger.clinic(row[0].text) if named else clinic
            for heading, code in INDICATORS_OF_QUEUES[named or row[0].text].items():
                cell = row[table.headings.index(heading)]
                ledger.figure(Key("value", code, owner, str(month)), cell.text, place)
            joining = row[table.headings.index(JOINING)]
            ledger.figure(Key("joining", named or row[0].text, owner, str(month)), joining.text, place)
            within = row[table.headings.index(WITHIN)]
            ledger.figure(Key("within", named or row[0].text, owner, str(month)), within.text, place)
            ledger.found_in(
                CASES, Key("within cases", named or row[0].text, owner, str(month)), within.small, place
            )


def queue_months(ledger: Ledger, tables: Iterable[Table], place: str) -> None:
    """Köer, Månaderna i siffror: the region's months, those that every clinic has answered."""
    for table in tables:
        if table.headings[:2] != ("Månad", f"{PHASES[0].label}: väntar"):
            continue
        codes = [code for phase in PHASES for code in (phase.waiting, phase.started)]
        for row in table.rows:
            for code, cell in zip(codes, row[1:], strict=True):
                if "har svarat" not in cell.text:
                    ledger.figure(Key("value", code, REGION, str(MONTHS[row[0].text])), cell.text, place)


def indicator(ledger: Ledger, tables: Iterable[Table], code: str, clinic: str, place: str) -> None:
    """Indikator: each month's own figure and its cases."""
    for table in tables:
        if table.headings[:2] != ("Månad", "Mottagningen"):
            continue
        for row in table.rows:
            period = str(MONTHS[row[0].text])
            ledger.figure(Key("value", code, clinic, period), row[1].text, place)
            ledger.found_in(CASES, Key("cases", code, clinic, period), row[2].text, place)
            ledger.found_in(RATE, Key("rate", code, clinic, period), row[2].text, place)
            if plain(row[3].text) != "–":
                ledger.put(Key("limits", code, clinic, period), row[3].text, place)
            if plain(row[4].text) != "Inte släppt":
                ledger.figure(Key("released", code, REGION, period), row[4].text, place)


def comparison(
    ledger: Ledger, tables: Iterable[Table], code: str, periods: tuple[str, str], place: str
) -> None:
    """Mottagningar: each clinic's figure, its cases, the year before and the change."""
    for table in tables:
        if table.headings[:3] != ("Mottagning", "Regi", "Värde"):
            continue
        for row in table.rows:
            clinic = ledger.clinic(row[0].text)
            ledger.figure(Key("value", code, clinic, periods[0]), row[2].text, place)
            if table.headings[3] == "Underlag":
                ledger.found_in(CASES, Key("cases", code, clinic, periods[0]), row[3].text, place)
            else:
                note_rate(ledger, Key("rate", code, clinic, periods[0]), row[3].text, place)
            ledger.figure(Key("value", code, clinic, periods[1]), row[4].text, place)
            if row[4].small:
                ledger.put(Key("change", code, clinic, periods[0]), row[4].small, place)
            if clinic != REGION:
                _place(ledger, code, clinic, periods[0], row[5].text, place)


def _place(ledger: Ledger, code: str, clinic: str, period: str, text: str, place: str) -> None:
    """Where a clinic lies beside the region, in words after a sign."""
    if words := plain(text)[2:].lower():
        ledger.put(Key("position", code, clinic, period), _position(words), place)


def funnel(ledger: Ledger, tables: Iterable[Table], code: str, period: str, place: str) -> None:
    """Mottagningar, Tratt: each clinic's share, its cases and its place in the funnel."""
    for table in tables:
        if table.headings[-1:] != ("I tratten",):
            continue
        for row in table.rows:
            clinic = ledger.clinic(row[0].text)
            ledger.figure(Key("value", code, clinic, period), row[1].text, place)
            ledger.found_in(CASES, Key("cases", code, clinic, period), row[2].text, place)
            if words := plain(row[3].text)[2:].lower():
                ledger.put(Key("funnel", code, clinic, period), words.split(" –")[0], place)


def _position(words: str) -> str:
    return next(position for position in POSITIONS if words.startswith(position))


def neighbours(ledger: Ledger, tables: Iterable[Table], period: str, place: str) -> None:
    """Mottagningar, Är det verkligt?: the other two clocks of a clinic that stands out."""
    for table in tables:
        if table.headings[:2] != ("Mottagning", "Åt samma håll"):
            continue
        for cell in (cell for row in table.rows for cell in row[2:]):
            if match := re.fullmatch(r"/indikator\?mottagning=([\w-]+)&indikator=(\w+)", cell.href):
                clinic, code = match.groups()
                ledger.figure(Key("value", code, clinic, period), cell.text, place)
                ledger.found_in(CASES, Key("cases", code, clinic, period), cell.small, place)


def months(ledger: Ledger, tables: Iterable[Table], code: str, place: str) -> None:
    """Mottagningar, Över tid: every clinic's months, per 100 patients where the caption says so."""
    for table in tables:
        if table.headings[:1] != ("Mottagning",) or table.headings[1] not in MONTHS:
            continue
        for row in table.rows:
            for heading, cell in zip(table.headings[1:], row[1:], strict=True):
                clinic, period = ledger.clinic(row[0].text), str(MONTHS[heading])
                if BY_CODE[code].is_rate:
                    note_rate(ledger, Key("rate", code, clinic, period), cell.text.rstrip("▼▲◆ "), place)
                else:
                    ledger.figure(Key("value", code, clinic, period), cell.text, place)


def places(ledger: Ledger, tables: Iterable[Table], period: str, place: str) -> None:
    """Mottagningar, Kommuner: a municipality with one clinic is that clinic; the county's queues are the region's."""
    for table in tables:
        if table.headings[:2] == ("Kommun", "Mottagningar"):
            for row in table.rows:
                if clinic := CLINICS_ALONE.get(row[0].text):
                    _of_place(ledger, row, clinic, period, place)


def _of_place(ledger: Ledger, row: tuple[Cell, ...], clinic: str, period: str, place: str) -> None:
    for code, cell in zip(OF_PLACES, row[2:], strict=False):
        ledger.found_in(CASES, Key("cases", code, clinic, period), cell.small, place)
        if clinic != REGION or not BY_CODE[code].is_share:  # the county's are pooled, whatever the headline
            ledger.figure(Key("value", code, clinic, period), cell.text, place)


def release(ledger: Ledger, tables: Iterable[Table], month: str, place: str, *, is_whole: bool) -> None:
    """Läget: what the clinics read of the region now; where all are in, what a release gives is the region's."""
    for table in tables:
        if table.headings[:1] != ("Indikator",) or "Efter släppet" not in table.headings:
            continue
        planned, outcome = (table.headings.index(name) for name in ("Efter släppet", "Utfall"))
        for row in table.rows:
            code = BY_LABEL[row[0].text].code
            if "Mottagningarna ser nu" in table.headings:
                _if_any(ledger, Key("released", code, REGION, month), row[1].text, place)
            # A rate is released with one decimal, whatever it is.
            if is_whole and not BY_CODE[code].is_rate and "behålls" not in row[outcome].text:
                _if_any(ledger, Key("value", code, REGION, month), row[planned].text, place)


def _if_any(ledger: Ledger, key: Key, text: str, place: str) -> None:
    if FIGURE.match(plain(text)):
        ledger.figure(key, text, place)


def economy(ledger: Ledger, tables: Iterable[Table], year: int, place: str) -> None:
    """Regionens källor, volume against cost: what was done and who waits, two years."""
    for table in tables:
        if table.headings[0] not in ("Volym", "Väntande"):
            continue
        for row in table.rows:
            code = BY_LABEL[row[0].text].code
            ledger.figure(Key("value", code, REGION, str(year)), row[1].text, place)
            ledger.figure(Key("value", code, REGION, str(year - 1)), row[2].text, place)
            if plain(row[4].text) != "–":
                ledger.put(Key("change", code, REGION, str(year)), row[4].text, place)


def submission(
    ledger: Ledger, tables: Iterable[Table], words: Iterable[str], clinic: str, place: str
) -> None:
    """Inlämningar: the month's measures beside the month before and the year before."""
    month = next((MONTHS[match[1].lower()] for text in words if (match := VERSION.match(text))), None)
    for table in tables if month else ():
        if table.headings[:2] != ("Mått", "Skickat"):
            continue
        for row in table.rows:
            measure = MEASURES_BY_LABEL[row[0].text]
            for period, cell in zip((month, month.previous, month.year_before), row[1:4], strict=True):
                if FIGURE.fullmatch(plain(cell.text)):
                    ledger.put(Key("measure", measure, clinic, str(period)), cell.text, place)


def tiles(ledger: Ledger, bodies: Iterable[str], clinic: str, period: str, place: str) -> None:
    """Tiles, large and small: an indicator's month in large figures, its rate, and what is released."""
    bodies = list(bodies)
    heading = next(filter(None, (re.search(r"Regionens värden: (\w+ \d{4})", body) for body in bodies)), None)
    for body in bodies:
        for tile in html.fragment_fromstring(body, create_parent="div").iterfind(
            ".//a[@class='portal-tile']"
        ):
            code = re.search(r"indikator=(\w+)", tile.get("href"))[1]
            ledger.figure(Key("value", code, clinic, period), tile.find(".//b").text_content(), place)
            rate = tile.findtext(".//span[@class='rate']") or ""
            ledger.found_in(RATE, Key("rate", code, clinic, period), rate, place)
            released = tile.findtext("span[@class='region']").removeprefix("Regionen")
            if heading:  # the month's own, or an older one's
                key = Key("released", code, REGION, str(MONTHS[heading[1]]))
                ledger.figure(key, released.lstrip(": "), place)


def wrong_shares(texts: Iterable[str]) -> list[str]:
    """Return where a percentage is not that of the cases named with it: `80 % (2 400 av 3 000)`."""
    wrong = []
    for percent, over, under in (match for text in texts for match in SHARE.findall(plain(text))):
        cases, of = (int(count.replace(" ", "")) for count in (over, under))
        printed = float(percent.replace(",", "."))
        if of and half_up(100 * cases / of, 1 if "," in percent else 0) != printed:
            wrong.append(f"{percent} % ({over} av {under})")
    return wrong


def matrix(ledger: Ledger, tables: Iterable[Table], period: str, place: str) -> None:
    """Mottagningar, all indicators: each clinic's figure, or its rate where the heading says so."""
    for table in tables:
        if table.headings[:2] != ("Mottagning", "Telefontillgänglighet ↑"):
            continue
        for row in table.rows:
            clinic = ledger.clinic(row[0].text)
            for heading, cell in zip(table.headings[1:], row[1:], strict=True):
                label, figure = heading[:-2].removesuffix(" per 100"), cell.text.rstrip("▲▼↑↓ ")
                code = BY_LABEL[label].code
                if label != heading[:-2]:
                    note_rate(ledger, Key("rate", code, clinic, period), figure, place)
                else:
                    ledger.figure(Key("value", code, clinic, period), figure, place)
                    ledger.found_in(CASES, Key("cases", code, clinic, period), cell.small, place)
                if cell.small:
                    words = plain(cell.small).split(", ")[1]
                    ledger.put(Key("position", code, clinic, period), _position(words), place)


def note_rate(ledger: Ledger, key: Key, text: str, place: str) -> None:
    if FIGURE.match(plain(text)):
        ledger.put(key, f"{plain(text)} per 100", place)


def report(ledger: Ledger, tables: Iterable[Table], year: int, place: str) -> None:
    """The annual report: every clinic and indicator of the year and the one before."""
    for table in tables:
        _headline_figures(ledger, table, year, place)
        _per_clinic(ledger, table, year, place)
        _by_queue(ledger, table, year, place)


def _headline_figures(ledger: Ledger, table: Table, year: int, place: str) -> None:
    if table.headings[:2] != ("Indikator", "Kapitel"):
        return
    for row in table.rows:
        code = BY_LABEL[row[0].text].code
        ledger.figure(Key("value", code, REGION, str(year)), row[2].text, place)
        ledger.figure(Key("value", code, REGION, str(year - 1)), row[3].text, place)
        if plain(row[4].text) != "–":
            ledger.put(Key("change", code, REGION, str(year)), row[4].text, place)


def _per_clinic(ledger: Ledger, table: Table, year: int, place: str) -> None:
    match = re.search(r"(?:^|\. )([^.]+) per mottagning \(", table.caption)
    if not match or match[1] not in BY_LABEL:
        return
    code = BY_LABEL[match[1]].code
    for row in table.rows:
        clinic = ledger.clinic(row[0].text)
        ledger.figure(Key("value", code, clinic, str(year)), row[1].text, place)
        ledger.figure(Key("value", code, clinic, str(year - 1)), row[2].text, place)
        if plain(row[3].text) != "–":
            ledger.put(Key("change", code, clinic, str(year)), row[3].text, place)
        if table.headings[4].startswith("Per 100"):
            note_rate(ledger, Key("rate", code, clinic, str(year)), row[4].text, place)
        else:
            ledger.found_in(CASES, Key("cases", code, clinic, str(year)), row[4].text, place)


def _by_queue(ledger: Ledger, table: Table, year: int, place: str) -> None:
    """Tables with a clinic in each row and an indicator in each column."""
    if table.headings[0] != "Mottagning" or not all(label in BY_LABEL for label in table.headings[1:]):
        return
    for row in table.rows:
        owner, earlier = re.subn(r" (\d{4})$", "", row[0].text)
        period = row[0].text[-4:] if earlier else str(year)
        for label, cell in zip(table.headings[1:], row[1:], strict=True):
            ledger.figure(Key("value", BY_LABEL[label].code, ledger.clinic(owner), period), cell.text, place)
