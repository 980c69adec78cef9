"""A plugin for pytest: adds an invented indicator, check and source to the declarations as somebody would.

Each is written into the text of the one file that declares its kind, before anything imports it: what the
tests of test_invented.py then meet knows of them from there alone. `python -m pytest -p tests.invented`.
"""

import sys
from importlib.machinery import PathFinder, SourceFileLoader


MEASURES = """
    Measure(
        code="group_sessions",
        label="Gruppbehandlingar",
        kind=FLOW,
        unit="tillfällen",
        definition="Påhittade gruppbehandlingar under månaden",
        required=False,
    ),
    Measure(
        code="group_sessions_online",
        label="Gruppbehandlingar, varav på nätet",
        kind=FLOW,
        unit="tillfällen",
        definition="Påhittade gruppbehandlingar på nätet",
        required=False,
        not_above="group_sessions",
    ),"""
INDICATOR = """
    Indicator(
        code="group_sessions_online_share",
        chapter="4.5.5",
        label="Andel gruppbehandlingar på nätet",
        kind=Kind.PERCENT,
        numerator="group_sessions_online",
        denominator="group_sessions",
        headline=Headline.POOLED,
        better=Better.HIGHER,
        figure=9,
        opening="Under {year} skedde {value} av gruppbehandlingarna på nätet",
        unit="procent",
        definition="Gruppbehandlingar på nätet, av alla gruppbehandlingar",
    ),"""
CHECK = """
    Check(
        code="group.many",
        severity=Severity.WARNING,
        text="{where}: {label} är {value} i {month}: fler än dagarna. Kontrollera talet.",
        explanation="Påhittad kontroll: gruppbehandlingar är sällan fler än dagarna.",
        find=lambda case: (
            [Finding(measure="group_sessions", facts={"value": case.values["group_sessions"]})]
            if case.values.get("group_sessions", 0) > 31
            else []
        ),
    ),"""
SOURCE = """INVENTED = Source(
    code="elevhalsan",
    label="Elevhälsan",
    supplier="Kommunernas elevhälsa",
    definition="Påhittade remisser från elevhälsan.",
    period=Period.YEAR,
    chapter="4.1.1",
    fields=(
        Field(
            code="elevhalsan_remisser",
            label="Remisser från elevhälsan",
            unit="remisser",
            definition="Påhittade remisser under året",
            indicator="school_referrals",
        ),
    ),
)

"""

# Module → (the text where its list begins, what stands there instead).
ADDITIONS = {
    "portal.domain.registry.measures": [("MEASURES: tuple[Measure, ...] = (", "{0}" + MEASURES)],
    "portal.domain.registry.indicators": [("INDICATORS: tuple[Indicator, ...] = (", "{0}" + INDICATOR)],
    "portal.domain.reporting.checks": [("ANSWER_CHECKS = (", "{0}" + CHECK)],
    "portal.domain.sources.declared": [("SOURCES = (", SOURCE + "{0}INVENTED, ")],
}


class _Adding(SourceFileLoader):
    def get_code(self, fullname):
        text = self.get_source(fullname)
        for beginning, replacement in ADDITIONS[fullname]:
            assert text.count(f"\n{beginning}") == 1, beginning
            text = text.replace(beginning, replacement.replace("{0}", beginning))
        return compile(text, self.path, "exec")


class _Finder:
    @staticmethod
    def find_spec(name, path=None, target=None):
        if name not in ADDITIONS:
            return None
        spec = PathFinder.find_spec(name, path, target)
        spec.loader = _Adding(name, spec.origin)
        return spec


assert not ADDITIONS.keys() & sys.modules.keys(), "too late: the declarations are imported"
sys.meta_path.insert(0, _Finder)
