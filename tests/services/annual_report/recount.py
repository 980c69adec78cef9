"""A year's figures counted from the stored rows by another way than the product's, and each sentence against them."""

import re
import sqlite3
from collections import Counter, defaultdict

from portal.demo.build import REVIEWER
from portal.domain.registry.indicators import INDICATORS
from portal.domain.registry.months import Month
from portal.services.annual_report.live import live


FIRST_CASES = 10  # a share of fewer is no extreme
NUMBER = r"([+−]?\d[\d ]*(?:,\d+)?)"


def number(text):
    return float(text.replace(" ", "").replace("−", "-").replace("+", "").replace(",", "."))


SHARES = ("percent", "stock_percent")


def half_up(value, digits=0):
    scale = 10**digits
    return (int(abs(value) * scale + 0.5 + 1e-9) / scale) * (1 if value >= 0 else -1)


class Rows:
    """What is stored, read without the product's own queries."""

    def __init__(self, portal):
        connection = sqlite3.connect(portal.database.engine.url.database)
        self.values = defaultdict(dict)  # (clinic, month) → measure → value
        query = """SELECT clinic_code, month, measure, value FROM submission JOIN submission_value
                   USING (clinic_code) WHERE submission_id = submission.id AND is_current"""
        for clinic, month, measure, value in connection.execute(query):
            self.values[clinic, month][measure] = value
        self.clinics = {
            row[0]: dict(zip(("name", "operator", "opened", "closed"), row[1:], strict=True))
            for row in connection.execute("SELECT code, name, operator, opened, closed FROM clinic")
        }
        facts = "SELECT indicator, year, breakdown, value FROM region_fact WHERE clinic_code = '' AND month = '' ORDER BY version"
        self.facts = {(code, year, part): value for code, year, part, value in connection.execute(facts)}
        senders = """SELECT clinic_code, month FROM submission JOIN account ON username = sent_by
                     WHERE version = 1 AND role <> 'clinic'"""
        self.read_in = set(connection.execute(senders))
        plans = """SELECT state, starts, until FROM action_plan_version AS newest WHERE is_in_report AND version =
                   (SELECT max(version) FROM action_plan_version WHERE plan_id = newest.plan_id)"""
        self.plans = list(connection.execute(plans))
        connection.close()

    def months(self, year):
        sent = sorted(month for _, month in self.values if month.startswith(str(year)))
        return [f"{year}-{number:02}" for number in range(1, int(sent[-1][5:]) + 1)] if sent else []

    def open_in(self, year):
        return {
            code
            for code, clinic in self.clinics.items()
            if (clinic["opened"] or "0") <= f"{year}-12" and (clinic["closed"] or "9") >= f"{year}-01"
        }

    def summed(self, clinic, year, measure, beside=None):
        """Return a clinic's sum over the months that have the measure, and the other one too."""
        counts = [
            sent[measure]
            for month in self.months(year)
            if (sent := self.values.get((clinic, month), {})).get(measure) is not None
            and (beside is None or sent.get(beside) is not None)
        ]
        return (sum(counts), len(counts)) if counts else (None, 0)

    def last(self, clinic, year, measure):
        months = self.months(year)
        return self.values.get((clinic, months[-1]), {}).get(measure) if months else None


class Year:
    """One indicator's year by another way than the product's."""

    def __init__(self, rows, indicator, year):
        self.rows, self.indicator, self.year = rows, indicator, year

    def of(self, clinic):
        """Return a clinic's (value, numerator, denominator)."""
        over, under = self.indicator.numerator, self.indicator.denominator
        match self.indicator.kind:
            case "stock":
                return (self.rows.last(clinic, self.year, over), None, None)
            case "count":
                return (self.rows.summed(clinic, self.year, over)[0], None, None)
            case "percent":
                above, _ = self.rows.summed(clinic, self.year, over, under)
                beneath, _ = self.rows.summed(clinic, self.year, under, over)
                return (100 * above / beneath if beneath else None, above, beneath)
            case "stock_percent":
                part, whole = (self.rows.last(clinic, self.year, measure) for measure in (over, under))
                if part is None or not whole:
                    return (None, None, None)
                counted = whole - part if self.indicator.counts_rest else part
                return (100 * counted / whole, counted, whole)
            case "quotient":
                waiting = self.rows.last(clinic, self.year, over)
                started, months = self.rows.summed(clinic, self.year, under)
                value = waiting * months / started if waiting is not None and started else None
                return (value, waiting, started)

    @property
    def clinics(self):
        return {clinic: self.of(clinic) for clinic in sorted(self.rows.clinics)}

    @property
    def behind(self):
        return [clinic for clinic, (value, *_) in self.clinics.items() if value is not None]

    @property
    def months_to_clear(self):
        """All who wait at the end, over the starts of the year per month, whoever has closed counted in those."""
        last = (self.rows.months(self.year) or [f"{self.year}-12"])[-1]
        waiting, started = 0, 0
        for clinic, (_, waits, starts) in self.clinics.items():
            has_closed = (self.rows.clinics[clinic]["closed"] or "9") < last
            if starts is not None and (waits is not None or has_closed):
                waiting, started = waiting + (waits or 0), started + starts
        return waiting * int(last[5:]) / started if started else None

    @property
    def pooled(self):
        pairs = [
            (above, beneath)
            for _, above, beneath in self.clinics.values()
            if above is not None and beneath is not None
        ]
        return (
            (sum(above for above, _ in pairs), sum(beneath for _, beneath in pairs))
            if pairs
            else (None, None)
        )

    @property
    def mean(self):
        values = [value for value, *_ in self.clinics.values() if value is not None]
        return sum(values) / len(values) if values else None

    @property
    def region(self):
        if not self.indicator.from_clinics:
            return self.rows.facts.get((self.indicator.code, self.year, ""))
        values = [value for value, *_ in self.clinics.values() if value is not None]
        if self.indicator.kind in ("stock", "count"):
            entered = self.rows.facts.get((self.indicator.entered_as, self.year, ""))
            return sum(values) if values else entered
        if self.indicator.kind == "quotient":
            return self.months_to_clear
        if self.indicator.headline == "mean_of_clinics":
            return self.mean
        above, beneath = self.pooled
        return 100 * above / beneath if beneath else None

    @property
    def printed(self):
        digits = 1 if self.indicator.kind in ("quotient", "index") else 0
        return None if self.region is None else half_up(self.region, digits)


class Report:
    """One year's report, and a check for every shape of sentence in it."""

    def __init__(self, portal, year):
        self.year, self.rows = year, Rows(portal)
        self.report = live(portal, REVIEWER, year)
        self.is_over = self.report.last_month.endswith("12")
        self.checks = [
            (re.compile(rf"^{shape}$"), check)
            for shape, check in (
                (
                    rf"Under {year} var {NUMBER} mottagningar öppna\. Av dem drevs {NUMBER} i privat regi\.",
                    self.open,
                ),
                (rf"Under {year} startade {NUMBER} ny.* mottagning(?:ar)?: (.+)\.", self.opened),
                (r"(.+) stängde efter (.+?)(?:: .+)?\.", self.closed),
                (rf"Summan gäller {NUMBER} av {NUMBER} mottagningar\.", self.some),
                (
                    rf"Sammanslaget {NUMBER} % \({NUMBER} av {NUMBER}\), medeltal per mottagning {NUMBER} % \((?:{NUMBER} av )?{NUMBER} mottagningar\)\.",
                    self.bases,
                ),
                (
                    rf"Alla mottagningar: från {NUMBER} till {NUMBER}(?: \({NUMBER} %\))? mellan \d{{4}} och .+\.",
                    self.all,
                ),
                (
                    rf"De {NUMBER} mottagningar som har värde båda åren: från {NUMBER} till {NUMBER}(?: \({NUMBER} %\))?\.",
                    self.same,
                ),
                (
                    rf"Mottagningar utan värde för (.+) hade {NUMBER} patienter vid slutet av (.+)\.",
                    self.one_year,
                ),
                (
                    rf"Vid slutet av (.+) var {NUMBER} av {NUMBER} aktuella patienter på privata mottagningar \({NUMBER} %\)\.",
                    self.private,
                ),
                (
                    rf"(.+) {year}(?: till och med .+)?: från {NUMBER} % \((.+)\) till {NUMBER} % \((.+)\), av mottagningar med minst 10 fall\.",
                    self.spread,
                ),
                (rf"Nationell Patientenkät {year}: (.+)\.", self.enquiry),
                (rf"(.+): för {year} finns inget värde \((.+)\)\.", self.nothing),
                (
                    rf"Läkemedelsenheten har under {year} kontaktat {NUMBER} mottagningar .+ Av dessa har {NUMBER} tagit emot besök\.",
                    self.medicine,
                ),
                (rf"Av ärendena {year} gällde {NUMBER} privata aktörer\.", self.private_cases),
                (r"(Huvudproblem|Kön|Ålder): (.+)\.", self.parts),
                (
                    r"(.+): ((?:\d+ (?:uppfyllt|delvis uppfyllt|inte uppfyllt|kan inte bedömas)(?:, )?)+)\.",
                    self.verdicts,
                ),
                (
                    rf"Av {NUMBER} månader att rapportera för {year} har {NUMBER} kommit in, {NUMBER} i tid(?:; {NUMBER} har regionen läst in i efterhand)?\. {NUMBER} har rättats i efterhand\.",
                    self.months_sent,
                ),
                (r"\d+ åtgärdsplan(?:er)?: (.+)\.", self.plan_states),
                (
                    r"(Ingen tydlig förändring än|Bättre än före|Sämre än före|Ändrat mot före): (.+)\.",
                    self.plan_outcomes,
                ),
                (r"Inga brott i serierna är inlagda för de två åren\.", lambda _: True),
            )
        ]

    def sentences(self):
        return [(section, sentence) for section in self.report.sections for sentence in section.generated]

    def check(self, section, sentence):
        self.section = section
        plain = sentence.replace("\u00a0", " ")
        for shape, check in self.checks:
            if match := shape.match(plain):
                return check(match.groups())
        return self.figure(plain)

    def indicator_year(self, code, year=None):
        indicator = next(each for each in INDICATORS if each.code == code)
        return Year(self.rows, indicator, year or self.year)

    # Chapter 3

    def open(self, groups):
        clinics = self.rows.open_in(self.year)
        private = [clinic for clinic in clinics if self.rows.clinics[clinic]["operator"] == "private"]
        return [len(clinics), len(private)] == list(map(number, groups))

    def opened(self, groups):
        names = [
            c["name"] for c in self.rows.clinics.values() if (c["opened"] or "").startswith(str(self.year))
        ]
        return number(groups[0]) == len(names) and all(name in groups[1] for name in names)

    def closed(self, groups):
        (clinic,) = [clinic for clinic in self.rows.clinics.values() if clinic["name"] == groups[0]]
        return Month.parse(clinic["closed"]).label == groups[1] and clinic["closed"].startswith(
            str(self.year)
        )

    def all(self, groups):
        now, before = (
            self.indicator_year("active_patients"),
            self.indicator_year("active_patients", self.year - 1),
        )
        return self._moved(before.region, now.region, groups)

    def same(self, groups):
        now, before = (
            self.indicator_year("active_patients"),
            self.indicator_year("active_patients", self.year - 1),
        )
        both = sorted(set(now.behind) & set(before.behind))
        sums = [sum(year.of(clinic)[0] for clinic in both) for year in (before, now)]
        return number(groups[0]) == len(both) and self._moved(*sums, groups[1:])

    def _moved(self, before, now, groups):
        percent = half_up(100 * (now - before) / before, 1)
        return [before, now, percent] == list(map(number, groups))

    def one_year(self, groups):
        missing, count, own = groups
        years = {text: int(text[-4:]) for text in (missing, own)}
        has = self.indicator_year("active_patients", years[own])
        lacks = self.indicator_year("active_patients", years[missing])
        return number(count) == sum(has.of(clinic)[0] for clinic in set(has.behind) - set(lacks.behind))

    def private(self, groups):
        when, private, all_of_them, share = groups
        year = self.indicator_year("active_patients", int(when[-4:]))
        of_private = sum(
            year.of(clinic)[0] for clinic in year.behind if self.rows.clinics[clinic]["operator"] == "private"
        )
        expected = [of_private, year.region, half_up(100 * of_private / year.region)]
        return expected == list(map(number, (private, all_of_them, share)))

    # Figures

    def some(self, groups):
        behind, of_all = map(number, groups)
        year = self._last_figure
        last = self.rows.months(self.year)[-1]
        is_stock = year.indicator.kind == "stock"
        due = [
            clinic
            for clinic, row in self.rows.clinics.items()
            if (row["opened"] or "0") <= last
            and (row["closed"] or "9") >= (last if is_stock else f"{self.year}-01")
        ]
        return behind == len(year.behind) < of_all == len({*due, *year.behind})

    def bases(self, groups):
        pooled, above, beneath, mean, some, clinics = groups
        year = self._last_figure
        expected = [half_up(100 * year.pooled[0] / year.pooled[1], 1), *year.pooled, half_up(year.mean, 1)]
        behind = number(some or clinics)
        return expected == list(map(number, (pooled, above, beneath, mean))) and behind == len(year.behind)

    def figure(self, sentence):
        """The year's figure and its change: the indicator is the one of the chapter whose opening it has."""
        for indicator in INDICATORS:
            opening = indicator.opening or f"{indicator.label} {{year}}: {{value}}"
            shape = (
                re.escape(opening).replace(r"\{year\}", r"(.+?)").replace(r"\{value\}", rf"{NUMBER}(?: %)?")
            )
            if match := re.match(rf"^{shape}(?: [a-zåäö]+)?(\.|, )(.*)$", sentence):
                when, printed, _, rest = match.groups()
                self._last_figure = year = Year(self.rows, indicator, self.year)
                return (
                    number(printed) == year.printed
                    and self._is_when(indicator, when)
                    and self._change(year, rest)
                )
        raise AssertionError(f"no check for: {sentence}")

    def _is_when(self, indicator, when):
        last = Month.parse(self.report.last_month)
        if self.is_over or not indicator.from_clinics:
            return when == str(self.year)
        return when == (
            last.label
            if indicator.kind in ("stock", "stock_percent")
            else f"{self.year} till och med {last.name}"
        )

    def _change(self, year, rest):
        before = Year(self.rows, year.indicator, self.year - 1)
        if not rest:
            is_part = not self.is_over and year.indicator.kind == "count" and year.indicator.from_clinics
            return is_part or before.region is None
        if rest.startswith(("För ", " För ")):
            return before.region is None
        if match := re.match(rf"mot {NUMBER} under {self.year - 1}\.$", rest):
            return number(match[1]) == before.printed
        if match := re.match(rf"i nivå med {NUMBER}(?: %)? (?:under|vid slutet av) {self.year - 1}\.$", rest):
            return number(match[1]) == before.printed and half_up(self._moved_by(year, before)) == 0
        match = re.match(
            rf"(?:vilket är )?en (liten |tydlig )?(ökning|minskning) (?:jämfört med|från) {NUMBER}(?: %)? "
            rf"(?:under|vid slutet av) {self.year - 1}(?: \({NUMBER} (?:%|procentenhet(?:er)?)\))?\.$",
            rest,
        )
        assert match, rest
        size, word, earlier, printed = match.groups()
        moved = self._moved_by(year, before)
        small, large = (5, 20) if year.indicator.kind in SHARES else (5, 50)
        expected = "liten " if abs(moved) < small else "tydlig " if abs(moved) >= large else None
        is_said = (size, word) == (expected, "ökning" if moved > 0 else "minskning")
        is_sized = printed is None or number(printed) == half_up(moved)  # the summary says no size
        return is_said and number(earlier) == before.printed and is_sized

    def _moved_by(self, year, before):
        if year.indicator.kind in SHARES:
            return year.printed - before.printed
        return 100 * (year.region - before.region) / before.region

    def nothing(self, groups):
        (indicator,) = [each for each in INDICATORS if each.label == groups[0]]
        return Year(self.rows, indicator, self.year).region is None

    def spread(self, groups):
        label, low, lowest, high, highest = groups
        (indicator,) = [each for each in INDICATORS if each.label == label]
        year = Year(self.rows, indicator, self.year)
        shares = {
            self.rows.clinics[clinic]["name"]: value
            for clinic, (value, _, beneath) in year.clinics.items()
            if value is not None and beneath >= FIRST_CASES
        }
        ends = min(shares.values()), max(shares.values())
        return [number(low), number(high)] == list(map(half_up, ends)) and (
            (shares[lowest], shares[highest]) == ends
        )

    # The region's own, and what stands in a table beside

    def enquiry(self, groups):
        """Each dimension, beside the enquiry before: they go out in even years."""
        named = re.findall(rf"([^,(]+) {NUMBER}(?: \({NUMBER} år (\d{{4}})\))?(?:, |$)", groups[0])
        before = self.year - 2 if self.year % 2 == 0 else self.year - 1
        indices = {
            (year, part.partition(":")[2]): value
            for (code, year, part), value in self.rows.facts.items()
            if code == "npe_index" and part
        }
        return {name for name, *_ in named} == {name for year, name in indices if year == self.year} and all(
            number(now) == indices[self.year, name]
            and (not year or (int(year), number(earlier)) == (before, indices[before, name]))
            for name, now, earlier, year in named
        )

    def medicine(self, groups):
        parts = [
            self.rows.facts["medicine_unit_visits", self.year, part] for part in ("contacted", "visited")
        ]
        return parts == list(map(number, groups))

    def private_cases(self, groups):
        return self.rows.facts["patient_board_cases", self.year, "operator:private"] == number(groups[0])

    def parts(self, groups):
        division = {"Huvudproblem": "problem", "Kön": "sex", "Ålder": "age"}[groups[0]]
        named = {name: number(count) for name, count in re.findall(r"([^,(]+) \((\d+)\)", groups[1])}
        stored = {
            part.partition(":")[2].replace("-", "–"): value
            for (code, year, part), value in self.rows.facts.items()
            if (code, year) == ("patient_board_cases", self.year) and part.startswith(f"{division}:")
        }
        return {name.strip(): count for name, count in named.items()} == stored

    def verdicts(self, groups):
        counts = [int(count) for count in re.findall(r"\d+", groups[1])]
        return sum(counts) == len(self.rows.open_in(self.year))

    def plan_states(self, groups):
        words = {"planned": "planerad", "going": "pågår", "done": "klar", "stopped": "avbruten"}
        of_year = [
            words[state]
            for state, starts, until in self.rows.plans
            if starts[:4] <= str(self.year) <= until[:4]
        ]
        counted = [part.split(" ") for part in groups[0].split(", ")]
        return Counter(of_year) == {label: int(count) for count, label in counted}

    def plan_outcomes(self, groups):
        """Hold those named against the table's column."""
        (table,) = self.section.tables
        effects = [(row.cells[0].text, row.cells[-1].text) for row in table.rows]
        names = [name for name, effect in effects if effect.endswith(groups[0].lower())]
        return names == [part.partition(" (")[0] for part in re.split(r", | och ", groups[1])]

    def months_sent(self, groups):
        due = [
            (clinic, month)
            for clinic, row in self.rows.clinics.items()
            for month in self.rows.months(self.year)
            if (row["opened"] or "0") <= month <= (row["closed"] or "9")
        ]
        sent = [key for key in due if key in self.rows.values]
        read_in = [key for key in sent if key in self.rows.read_in]
        return [len(due), len(sent), len(read_in)] == [number(groups[place] or "0") for place in (0, 1, 3)]
