"""What the database knows about the installation it belongs to. No clinic's data."""

from collections.abc import Sequence

from sqlalchemy import delete, insert, inspect, select, update

from db.scoping import ScopedConnection, table


setting = table("setting")

REPORT_TAKES_TWO = "report_takes_two"  # "yes" where one person freezes the report and another publishes it
CLINICS_NEED_SECOND_FACTOR = "clinics_need_second_factor"  # "yes" where the administrator asks it of clinics
DEMO_BEGUN = "demo_begun"  # "yes" from before the first row of a demo: only such a database becomes one
DEMO_DAY = "demo_day"  # the day on which the demo's calendar stands; its presence marks a demo
FIRST_MONTH = "first_month"  # the first that clinics report, where the region has set one
REGION_NAME = "region_name"  # where it is not the one whose facts come with the portal
SUPPLIERS = "region_suppliers"  # who gives a source's figures, as JSON by its code
MUNICIPALITIES = "region_municipalities"  # as JSON: code, name, latitude and longitude of each
BORDERS = "region_borders"  # the municipalities' shapes, as GeoJSON
DEMANDS = (
    "contract_demands"  # the region's own, as JSON; where it is not set, those that come with the portal hold
)
ENTRY_START = "entry_start"  # the first month in which the region counted what came to En väg in
LOGO = "region_logo"  # the region's picture, as a data: address
AUDIT_YEARS = "audit_years"  # how long events are kept
# The condition under which what comes with the portal, about its first region, is this region's.
COMES_WITH_FACTS = ~select(setting.c.name).where(setting.c.name == REGION_NAME).exists()


def find(scoped: ScopedConnection, *, name: str) -> str | None:
    """Return a setting, or None; a database that has no tables yet has none."""
    if not inspect(scoped.connection).has_table(setting.name):
        return None
    return scoped.connection.execute(select(setting.c.value).where(setting.c.name == name)).scalar()


def find_all(scoped: ScopedConnection, *, names: Sequence[str]) -> dict[str, str]:
    """Return those of the settings that are set; a database that has no tables yet has none."""
    if not inspect(scoped.connection).has_table(setting.name):
        return {}
    query = select(setting.c.name, setting.c.value).where(setting.c.name.in_(names))
    return {row.name: row.value for row in scoped.connection.execute(query)}


def find_entry_start(scoped: ScopedConnection) -> str | None:
    """Return the month in which En väg in began, or None: in one query, for pages."""
    return scoped.connection.execute(select(setting.c.value).where(setting.c.name == ENTRY_START)).scalar()


def holds_data(scoped: ScopedConnection) -> bool:
    """Tell whether anybody has put a clinic or an account here."""
    existing = inspect(scoped.connection)
    return any(
        existing.has_table(name) and scoped.connection.execute(select(table(name)).limit(1)).first()
        for name in ("clinic", "account")
    )


def add(scoped: ScopedConnection, *, name: str, value: str) -> None:
    scoped.check_every_clinic()
    scoped.connection.execute(insert(setting).values(name=name, value=value))


def remove(scoped: ScopedConnection, *, name: str) -> None:
    scoped.check_every_clinic()
    scoped.connection.execute(delete(setting).where(setting.c.name == name))


def put(scoped: ScopedConnection, *, name: str, value: str) -> None:
    """Set a setting, whether or not it was set before."""
    scoped.check_every_clinic()
    changed = scoped.connection.execute(update(setting).where(setting.c.name == name).values(value=value))
    if not changed.rowcount:
        add(scoped, name=name, value=value)
