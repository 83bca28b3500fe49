"""Questions: what Cultuur Oost and a cultuurpunt ask each other about a year."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

PEOPLE = ("van_id", "aangemaakt_door_id", "gewijzigd_door_id")


def upgrade() -> None:
    op.create_table(
        "vraag",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("verantwoording_id", sa.Integer(), nullable=False),
        sa.Column("activiteit_id", sa.Integer(), nullable=True),
        sa.Column("last_id", sa.Integer(), nullable=True),
        sa.Column("onderwerp", sa.String(length=300), nullable=True),
        sa.Column("tekst", sa.Text(), nullable=False),
        sa.Column("kant", _choice("kant", "cultuur_oost", "cultuurpunt"), nullable=False),
        sa.Column("van_id", sa.Integer(), nullable=True),
        sa.Column("stand", _choice("vraagstand", "open", "beantwoord"), nullable=False),
        *_stamps(),
        sa.ForeignKeyConstraint(
            ["verantwoording_id", "contractpartij_id"],
            ["verantwoording.id", "verantwoording.contractpartij_id"],
            name=op.f("fk_vraag_verantwoording_id_contractpartij_id_verantwoording"),
        ),
        *_references("vraag"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vraag")),
        sa.UniqueConstraint("id", "contractpartij_id", name=op.f("uq_vraag_id_contractpartij_id")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_vraag_stand", "vraag", ["stand", "verantwoording_id"])
    for name in ("verantwoording_id", "contractpartij_id", "van_id"):
        op.create_index(op.f(f"ix_vraag_{name}"), "vraag", [name])
    op.create_table(
        "reactie",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("vraag_id", sa.Integer(), nullable=False),
        sa.Column("tekst", sa.Text(), nullable=False),
        sa.Column("kant", _choice("kant", "cultuur_oost", "cultuurpunt"), nullable=False),
        sa.Column("van_id", sa.Integer(), nullable=True),
        *_stamps(),
        sa.ForeignKeyConstraint(
            ["vraag_id", "contractpartij_id"],
            ["vraag.id", "vraag.contractpartij_id"],
            name=op.f("fk_reactie_vraag_id_contractpartij_id_vraag"),
        ),
        *_references("reactie"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reactie")),
        sqlite_autoincrement=True,
    )
    for name in ("vraag_id", "contractpartij_id", "van_id"):
        op.create_index(op.f(f"ix_reactie_{name}"), "reactie", [name])


def _choice(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def _stamps() -> tuple[sa.Column[object], ...]:
    return (
        sa.Column("contractpartij_id", sa.Integer(), nullable=False),
        sa.Column("versie", sa.Integer(), nullable=False),
        sa.Column("aangemaakt_op", sa.DateTime(), nullable=False),
        sa.Column("aangemaakt_door_id", sa.Integer(), nullable=True),
        sa.Column("gewijzigd_op", sa.DateTime(), nullable=False),
        sa.Column("gewijzigd_door_id", sa.Integer(), nullable=True),
    )


def _references(table: str) -> tuple[sa.ForeignKeyConstraint, ...]:
    people = (
        sa.ForeignKeyConstraint([name], ["gebruiker.id"], name=op.f(f"fk_{table}_{name}_gebruiker"))
        for name in PEOPLE
    )
    return (
        *people,
        sa.ForeignKeyConstraint(
            ["contractpartij_id"],
            ["contractpartij.id"],
            name=op.f(f"fk_{table}_contractpartij_id_contractpartij"),
        ),
    )


def downgrade() -> None:
    op.drop_table("reactie")
    op.drop_table("vraag")
