"""The indexes that a report is counted from hold all that it adds up.

They begin with the column of the index that they replace, which is then of no more use.

Revision ID: 0005
Revises: 0004
Create Date: 2026-11-22
"""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

#: Table → the index there was, its column, and what the new one holds behind that.
INDEXES = {
    "activiteit": (
        "ix_activiteit_verantwoording_id",
        "verantwoording_id",
        ("doel_id", "aantal_activiteiten", "duur_eenheid", "duur"),
    ),
    "activiteit_school": (
        "ix_activiteit_school_activiteit_id",
        "activiteit_id",
        ("school_id", "aantal_leerkrachten"),
    ),
    "last": ("ix_last_activiteit_id", "activiteit_id", ("betaald_op", "bedrag")),
}


def upgrade() -> None:
    for table, (name, first, more) in INDEXES.items():
        op.create_index(f"ix_{table}_rapport", table, [first, *more])
        op.drop_index(name, table_name=table)


def downgrade() -> None:
    for table, (name, first, _) in INDEXES.items():
        op.create_index(name, table, [first])
        op.drop_index(f"ix_{table}_rapport", table_name=table)
