"""Drafts: what somebody is typing and has not saved yet."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "concept",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("gebruiker_id", sa.Integer(), nullable=False),
        sa.Column("formulier", sa.String(length=200), nullable=False),
        sa.Column("inhoud", sa.JSON(), nullable=False),
        sa.Column("stand", sa.String(length=32), nullable=False),
        sa.Column("op", sa.DateTime(), nullable=False),
        sa.Column("versie", sa.Integer(), nullable=False),
        sa.Column("aangemaakt_op", sa.DateTime(), nullable=False),
        sa.Column("aangemaakt_door_id", sa.Integer(), nullable=True),
        sa.Column("gewijzigd_op", sa.DateTime(), nullable=False),
        sa.Column("gewijzigd_door_id", sa.Integer(), nullable=True),
        *(
            sa.ForeignKeyConstraint(
                [name], ["gebruiker.id"], name=op.f(f"fk_concept_{name}_gebruiker")
            )
            for name in ("gebruiker_id", "aangemaakt_door_id", "gewijzigd_door_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_concept")),
        sa.UniqueConstraint(
            "gebruiker_id", "formulier", name=op.f("uq_concept_gebruiker_id_formulier")
        ),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_concept_op"), "concept", ["op"])


def downgrade() -> None:
    op.drop_table("concept")
