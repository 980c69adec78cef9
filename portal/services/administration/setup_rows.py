"""One row of the workbook that a portal is set up from: handed to the service that its page uses."""

from collections.abc import Callable, Mapping
from typing import Any

from db.registry import clinics
from portal.domain.accounts.access import User
from portal.domain.insight.contract import Level
from portal.domain.registry.clinics import Clinic, Operator
from portal.domain.registry.municipalities import Municipality
from portal.domain.registry.names import code_of_name, plain_name
from portal.domain.reporting.grammar import question
from portal.domain.reporting.submissions import Days
from portal.domain.reporting.texts import storable
from portal.domain.sources.declared import POPULATION
from portal.domain.sources.facts import Fact
from portal.services.administration import calendar_days, clinic_register, regions, targets
from portal.services.administration.clinic_register import ClinicChanges
from portal.services.administration.targets import NewTarget
from portal.services.annual_report import texts
from portal.services.annual_report.texts import NewText
from portal.services.context import Portal
from portal.services.insight import contract, demands
from portal.services.insight.demands import DemandWish
from portal.services.refused import Refused
from portal.services.sources import published_figures, source_years
from portal.uploads.setup.columns import ONWARDS, YES, Values
from portal.uploads.setup.contract_sheets import DEMANDS, LEVELS
from portal.uploads.setup.sheets import (
    CLINICS,
    DAYS,
    MUNICIPALITIES,
    PEOPLE,
    PUBLISHED,
    REGION,
    SOURCES,
    TARGETS,
    TEXTS,
)


REASON = "Inläst ur arbetsboken som portalen sätts upp med"


def _region(portal: Portal, user: User, values: Values) -> None:
    calendar_days.set_first_month(portal, user, values["first_month"])
    if values["name"]:
        regions.set_name(portal, user, values["name"])


def _source(portal: Portal, user: User, values: Values) -> None:
    regions.set_supplier(portal, user, code=values["code"], name=values["name"])


def _municipality(portal: Portal, user: User, values: Values) -> None:
    if values["is_removed"] == YES:
        regions.remove_municipality(portal, user, values["code"])
        return
    municipality = Municipality(
        values["code"], plain_name(values["name"]), values["latitude"], values["longitude"]
    )
    regions.set_municipality(portal, user, municipality)


def _in_municipality(portal: Portal, values: Values) -> dict[str, Any]:
    """Return what a row says, with the municipality that it names; raises Refused."""
    names, text = portal.region.names, values["municipality_code"]
    code = code_of_name(text, {code: [name] for code, name in names.items()})
    if code is None:
        raise Refused(
            question(text, names.values()) or f"Här kan stå {', '.join(names.values())}.",
            about="municipality_code",
        )
    return {**values, "municipality_code": code, "municipality": names[code]}


def _clinic(portal: Portal, user: User, values: Values) -> None:
    values = _in_municipality(portal, values)
    with portal.reading(user) as scoped:
        is_new = clinics.find(scoped, code=values["code"]) is None
    particulars = {name: values[name] for name in ("name", "municipality_code", "provider", "opened")}
    particulars["operator"] = Operator(values["operator"])
    if is_new:
        names = {"report_name": values["name"], "municipality": values["municipality"]}
        clinic_register.add(portal, user, Clinic(code=values["code"], **names, **particulars))
    else:
        changes = ClinicChanges(**particulars)
        clinic_register.change(portal, user, changes, code=values["code"], reason=REASON)


def _days(portal: Portal, user: User, values: Values) -> None:
    days = Days(
        valid_from=values["valid_from"],
        deadline_day=values["deadline_day"],
        release_day=values["release_day"],
    )
    rules = calendar_days.list_rules(portal, user)
    same_start = (rule.days for rule in rules if rule.days.valid_from == days.valid_from)
    if next(same_start, None) == days:
        return
    calendar_days.set_days(
        portal,
        user,
        valid_from=values["valid_from"],
        deadline_day=days.deadline_day,
        release_day=days.release_day,
        reason=values["reason"],
    )


def _target(portal: Portal, user: User, values: Values) -> None:
    new_target = NewTarget(
        indicator=values["indicator"],
        value=values["value"],
        valid_from=values["valid_from"],
        text=values["text"] or "",
    )
    targets.set_target(portal, user, new_target, reason=values["reason"])


def _demand(portal: Portal, user: User, values: Values) -> None:
    if values["is_removed"] == YES:
        demands.remove_demand(portal, user, values["demand"])
        return
    wish = DemandWish(
        name=values["demand"],
        indicator=values["indicator"],
        rule=values["rule"] or "",
        source=values["source"] or "",
        valid_from=values["valid_from"],
    )
    try:
        demands.set_demand(portal, user, wish)
    except Refused as refused:
        raise Refused(str(refused), about="demand" if refused.about == "name" else refused.about) from refused


def _level(portal: Portal, user: User, values: Values) -> None:
    demand = _adjustable(portal, values["demand"])
    level = Level(
        met=values["met"],
        partly=values["partly"],
        valid_from=values["valid_from"],
        basis=storable(values["basis"]),
    )
    levels = (row.level for row in contract.list_levels(portal, user) if row.demand == demand)
    if next((entered for entered in levels if entered.valid_from == level.valid_from), None) != level:
        contract.set_level(portal, user, demand=demand, level=level)


def _adjustable(portal: Portal, text: str) -> str:
    """Return the code of the demand that a row names; raises Refused."""
    labels = {demand.code: [demand.label, demand.short] for demand in portal.demands.adjustable}
    code = code_of_name(text, labels)
    if code is None:
        names = [label for label, _ in labels.values()]
        raise Refused(question(text, names) or "Namnen står på sidan Avtalskrav.", about="demand")
    return code


def _people(portal: Portal, user: User, values: Values) -> None:
    values = _in_municipality(portal, values)
    counted = Fact(
        indicator=POPULATION.fields[0].indicator,
        year=values["year"],
        municipality=values["municipality_code"],
        value=values["children"],
        source=values["source"],
    )
    try:
        source_years.enter(portal, user, [counted], correction=REASON)
    except Refused as refused:
        raise Refused(str(refused), about="source" if refused.about == "source" else "children") from refused


def _published(portal: Portal, user: User, values: Values) -> None:
    published_figures.enter(portal, user, {name: text or "" for name, text in values.items()})


def _text(portal: Portal, user: User, values: Values) -> None:
    year, place = values["year"], values["place"]
    newest = next(iter(texts.list_versions(portal, user, year=year, section=place)), None)
    new = NewText(
        place=place,
        text=values["text"],
        base_version=newest.version if newest else 0,
        goes_on=values["goes_on"] == ONWARDS,
    )
    texts.write(portal, user, year, new)


CARRIED_OUT_BY: Mapping[str, Callable[[Portal, User, Values], None]] = {
    REGION.name: _region,
    MUNICIPALITIES.name: _municipality,
    SOURCES.name: _source,
    CLINICS.name: _clinic,
    DAYS.name: _days,
    TARGETS.name: _target,
    DEMANDS.name: _demand,
    LEVELS.name: _level,
    PEOPLE.name: _people,
    PUBLISHED.name: _published,
    TEXTS.name: _text,
}
