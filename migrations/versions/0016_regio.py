"""The region of a report is read from one index of the schools.

It begins with the column of the index that it replaces, which is then of no more use.
"""

from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

#: By gemeente and sector which vestigingen are active, and of which bestuur each is.
COLUMNS = ("gemeente_id", "sector_id", "actief", "schoolbestuur_id")


def upgrade() -> None:
    op.create_index("ix_school_rapport", "school", COLUMNS)
    op.drop_index("ix_school_gemeente_id", table_name="school")


def downgrade() -> None:
    op.create_index("ix_school_gemeente_id", "school", ["gemeente_id"])
    op.drop_index("ix_school_rapport", table_name="school")
