"""An e-mail address is one account's, and one's own counts once a mailed link has confirmed it."""

import sqlalchemy as sa
from alembic import op


revision = "0011"
down_revision = "0010"

IS_GIVEN = sa.text("email <> ''")
KINDS = "kind IN ('invitation', 'password', 'address')"


def upgrade() -> None:
    # No constraint on account itself: SQLite can't add one to a table that others point at.
    op.add_column("account", sa.Column("email_wanted", sa.String(), server_default="", nullable=False))
    _keep_each_address_once()
    op.create_index(
        "account_email_once",
        "account",
        ["email"],
        unique=True,
        sqlite_where=IS_GIVEN,
        postgresql_where=IS_GIVEN,
    )
    with op.batch_alter_table("account_link") as links:
        links.drop_constraint("account_link_kind", type_="check")
        links.create_check_constraint("account_link_kind", KINDS)


def _keep_each_address_once() -> None:
    """What several accounts have counts for the only one that is open, or for none: they have to confirm it."""
    op.execute("UPDATE account SET email = lower(email)")
    active = "SELECT email FROM account WHERE is_active AND email <> ''"
    several = "SELECT email FROM account WHERE email <> '' GROUP BY email HAVING count(*) > 1"
    wanted = "UPDATE account SET email_wanted = email, email = ''"
    op.execute(f"{wanted} WHERE NOT is_active AND email IN ({active})")
    op.execute(f"{wanted} WHERE email IN ({several})")
