"""A membership can end while the account stays: who leaves one cultuurpunt may work at another."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # In place: making the table anew would lose its AUTOINCREMENT on SQLite.
    op.add_column(
        "lidmaatschap", sa.Column("actief", sa.Boolean(), nullable=False, server_default=sa.true())
    )


def downgrade() -> None:
    op.drop_column("lidmaatschap", "actief")
