"""What the database knows about the installation it belongs to. No clinic's data."""

from sqlalchemy import insert, inspect, select, update

from db.scoping import ScopedConnection, table


setting = table("setting")

REPORT_TAKES_TWO = "report_takes_two"  # "yes" where one person freezes the report and another publishes it
CLINICS_NEED_SECOND_FACTOR = "clinics_need_second_factor"  # "yes" where the administrator asks it of clinics
DEMO_BEGUN = "demo_begun"  # "yes" from before the first row of a demo: only such a database becomes one
DEMO_DAY = "demo_day"  # the day on which the demo's calendar stands; its presence marks a demo
FIRST_MONTH = "first_month"  # the first that clinics report, where the region has set one
AUDIT_YEARS = "audit_years"  # how long events are kept


def find(scoped: ScopedConnection, *, name: str) -> str | None:
    """Return a setting, or None; a database that has no tables yet has none."""
    if not inspect(scoped.connection).has_table(setting.name):
        return None
    return scoped.connection.execute(select(setting.c.value).where(setting.c.name == name)).scalar()


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


def put(scoped: ScopedConnection, *, name: str, value: str) -> None:
    """Set a setting, whether or not it was set before."""
    scoped.check_every_clinic()
    changed = scoped.connection.execute(update(setting).where(setting.c.name == name).values(value=value))
    if not changed.rowcount:
        add(scoped, name=name, value=value)
