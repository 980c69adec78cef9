"""Fields in the region's texts: numbers that follow the figures, such as `{first_visit_within_30d.2024}`.

`{år}` and `{förra}` are the report's year and the one before it, also in a figure's name: `{sip_meetings.år}`. A part
comes third: `{active_patients.år.mora}`. `{meningar}` stands for the sentences made from the figures. A paragraph with a
figure that there is none of, or that is hidden, is left out: a text says no more than the tables do.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from portal.domain.annual_report.content import Origin, ReportPoint, Section
from portal.domain.annual_report.wording import is_list_line
from portal.domain.registry.months import SWEDISH_MONTHS, enquiry_until


FIELD = re.compile(r"\{([^{}\n]*)\}")
THIS_YEAR, YEAR_BEFORE, ENQUIRY, ENQUIRY_BEFORE = "år", "förra", "enkät", "enkät före"
SENTENCES = "meningar"
MOST_NEAR = 3
A_YEAR = re.compile(r"(\w+ )?\b(20\d\d)\b(?!:\d)")


@dataclass(frozen=True, kw_only=True, slots=True)
class FieldValues:
    """What the fields of a year's texts stand for. `say` gives a figure in the words of the report."""

    year: int
    points: Mapping[str, ReportPoint]
    say: Callable[[ReportPoint], str]

    @property
    def words(self) -> dict[str, str]:
        enquiry = enquiry_until(self.year)
        return {
            THIS_YEAR: str(self.year),
            YEAR_BEFORE: str(self.year - 1),
            ENQUIRY: str(enquiry),
            ENQUIRY_BEFORE: str(enquiry_until(enquiry - 1)),
        }

    def has(self, name: str) -> bool:
        return name == SENTENCES or name in self.words or self._name(name) in self.points

    def text_of(self, name: str) -> str | None:
        """Return what stands for a field; None for a figure that there is none of, or that is hidden."""
        if name in self.words:
            return self.words[name]
        point = self.points.get(self._name(name))
        return None if point is None or point.value is None else self.say(point)

    def near(self, name: str) -> list[str]:
        """Return the fields that are called much the same, the region's own figures first."""
        code, _, rest = self._name(name).partition(".")
        of_region = [point for point in self.points if point.count(".") == 1]
        codes = list(dict.fromkeys(point.partition(".")[0] for point in of_region))
        near_codes = get_close_matches(code, codes, MOST_NEAR, cutoff=0.5)
        period = rest.partition(".")[0]
        same_period = [f"{near}.{period}" for near in near_codes if f"{near}.{period}" in self.points]
        candidates = [*self.words, SENTENCES, *self.points]
        return same_period or get_close_matches(self._name(name), candidates, MOST_NEAR, cutoff=0.5)

    def _name(self, name: str) -> str:
        """Return a figure's name with the year in numbers."""
        code, _, rest = name.strip().partition(".")
        period, separator, part = rest.partition(".")
        period = self.words.get(period, period) if period in (THIS_YEAR, YEAR_BEFORE) else period
        return f"{code}.{period or self.year}{separator}{part}"


def points_by_name(sections: list[Section]) -> dict[str, ReportPoint]:
    """Return the portal's own figures by the names that fields have; the region's headline stands first."""
    points: dict[str, ReportPoint] = {}
    for section in sections:
        for point in section.points:
            if point.origin is not Origin.PUBLISHED and point.period.isdecimal():
                part = f".{point.part}" if point.part else ""
                points.setdefault(f"{point.indicator}.{point.period}{part}", point)
    return points


def faults(text: str, values: FieldValues) -> list[str]:
    """Say what is wrong with a text's fields, one sentence each; none: it can be stored."""
    wrong = [_unknown(name, values) for name in dict.fromkeys(FIELD.findall(text)) if not values.has(name)]
    if set("{}") & set(FIELD.sub("", text)):
        wrong.append("En klammer står ensam. Ett fält börjar med { och slutar med }.")
    return wrong


def _unknown(name: str, values: FieldValues) -> str:
    near = [f"{{{field}}}" for field in values.near(name)]
    sentence = f"Fältet {{{name}}} finns inte."
    return f"{sentence} Menade du {' eller '.join(near)}?" if near else sentence


def years_named(text: str, year: int) -> list[str]:
    """Return the years about this one that a text names outright: in another year it would be false.

    A date (`1 februari 2022`) and a law's number (`2017:372`) are not about the year.
    """
    named = [
        match[2]
        for match in A_YEAR.finditer(FIELD.sub("", text))
        if (match[1] or "").strip() not in SWEDISH_MONTHS and abs(int(match[2]) - year) <= 1
    ]
    return list(dict.fromkeys(named))


def fill(text: str, values: FieldValues, sentences: tuple[str, ...] = ()) -> str:
    """Return a text with its fields filled in; what has a figure that is missing is left out."""
    paragraphs = (_filled(paragraph, values, sentences) for paragraph in re.split(r"\n\s*\n", text))
    return "\n\n".join(paragraph for paragraph in paragraphs if paragraph)


def left_out(text: str, values: FieldValues) -> list[str]:
    """Return the fields whose paragraphs are left out, for whoever writes the text."""
    names = dict.fromkeys(FIELD.findall(text))
    return [name for name in names if name != SENTENCES and values.text_of(name) is None]


def _filled(paragraph: str, values: FieldValues, sentences: tuple[str, ...]) -> str:
    if paragraph.strip() == f"{{{SENTENCES}}}":
        return "\n\n".join(sentences)
    units = (_unit(lines, values, sentences) for lines in _units(paragraph))
    return "\n".join(unit for unit in units if unit)


def _units(paragraph: str) -> Iterator[str]:
    """Yield a list's items each for itself, and other lines together."""
    unit: list[str] = []
    for line in paragraph.split("\n"):
        if is_list_line(line) and unit:
            yield "\n".join(unit)
            unit = []
        unit.append(line)
    yield "\n".join(unit)


def _unit(text: str, values: FieldValues, sentences: tuple[str, ...]) -> str:
    if left_out(text, values):
        return ""
    in_a_row = text.replace(f"{{{SENTENCES}}}", " ".join(sentences))
    return FIELD.sub(lambda match: values.text_of(match[1]) or "", in_a_row)
