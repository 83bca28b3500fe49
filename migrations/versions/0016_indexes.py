"""The region of a report is read from one index of the schools, and the activities of one
contractpartij with one CMK-doel from one of theirs.

The first begins with the column of the index that it replaces, which is then of no more use.
"""

from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

#: By gemeente and sector which vestigingen are active, and of which bestuur each is.
REGION = ("gemeente_id", "sector_id", "actief", "schoolbestuur_id")
#: By the name of migration 0011, in which activities stand in a list.
OF_A_DOEL = "ix_activiteit_contractpartij_id_doel_id_naam_vouw_id"


def upgrade() -> None:
    op.create_index("ix_school_rapport", "school", REGION)
    op.drop_index("ix_school_gemeente_id", table_name="school")
    op.execute(
        f"CREATE INDEX {OF_A_DOEL} ON activiteit (contractpartij_id, doel_id, naam_vouw, id)"
    )


def downgrade() -> None:
    op.execute(f"DROP INDEX {OF_A_DOEL}")
    op.create_index("ix_school_gemeente_id", "school", ["gemeente_id"])
    op.drop_index("ix_school_rapport", table_name="school")
