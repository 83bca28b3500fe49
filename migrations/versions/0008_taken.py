"""Large jobs: what was asked, what came of it, and until when that is kept."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0006"
branch_labels = None
depends_on = None

NAMES = (
    "soort", "opdracht", "pogingen", "adres", "bestand", "bestand_sleutel", "bestand_grootte",
    "verloopt_op",
)  # fmt: skip


def upgrade() -> None:
    # In place: making the table anew would lose its AUTOINCREMENT on SQLite. The rows so far
    # get the defaults.
    for column in (
        sa.Column("soort", sa.String(40), nullable=False, server_default=""),
        sa.Column("opdracht", sa.JSON(), nullable=False, server_default="{}"),
        sa.Column("pogingen", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("adres", sa.String(2000)),
        sa.Column("bestand", sa.String(200)),
        sa.Column("bestand_sleutel", sa.String(80)),
        sa.Column("bestand_grootte", sa.BigInteger()),
        sa.Column("verloopt_op", sa.DateTime()),
    ):
        op.add_column("taak", column)
    op.create_index(op.f("ix_taak_status"), "taak", ["status"])


def downgrade() -> None:
    op.drop_index(op.f("ix_taak_status"), table_name="taak")
    for name in NAMES:
        op.drop_column("taak", name)
