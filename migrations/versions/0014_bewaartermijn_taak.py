"""Retention knows one more kind: large jobs, with the file that they made."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

KINDS = ("account", "uitnodiging", "mail", "inzage", "formulier")
CHECK = "ck_bewaartermijn_bewaarsoort"


def upgrade() -> None:
    _kinds((*KINDS, "taak"))


def downgrade() -> None:
    op.execute("DELETE FROM bewaartermijn WHERE soort = 'taak'")
    _kinds(KINDS)


def _kinds(kinds: tuple[str, ...]) -> None:
    """The table of periods with these kinds; SQLite remakes it."""
    with op.batch_alter_table(
        "bewaartermijn", table_kwargs={"sqlite_autoincrement": True}
    ) as batch:
        batch.drop_constraint(op.f(CHECK), type_="check")
        listed = ", ".join(f"'{kind}'" for kind in kinds)
        batch.create_check_constraint(op.f(CHECK), sa.text(f"soort IN ({listed})"))
