"""Datakwaliteit: the rules that find likely errors, merging what is the same; saved views."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

CHECKS = (
    "bestuur_naam", "school_indeling", "school_inactief", "partner_gelijk", "last_bedrag",
    "last_hoog",
)  # fmt: skip
KINDS = (
    "dupliceren", "sluiten", "heropenen", "vaststellen", "jaar_openen", "verwijderen",
    "importeren", "ongedaan", "wijzigen", "verplaatsen", "opnieuw",
)  # fmt: skip
ROLES = ("routebegeleider", "projectleider", "adviseur", "datamanager", "beheerder")
SUCCESSOR = "fk_samenwerkingspartner_opvolger_id_samenwerkingspartner"


def upgrade() -> None:
    _kinds((*KINDS, "samenvoegen"))
    # Not made again on SQLite: that would forget what hangs on the table.
    yes = sa.Column("actief", sa.Boolean(), nullable=False, server_default=sa.true())
    op.add_column("samenwerkingspartner", yes)
    op.execute(
        "ALTER TABLE samenwerkingspartner ADD COLUMN opvolger_id INTEGER"
        f" CONSTRAINT {SUCCESSOR} REFERENCES samenwerkingspartner (id)"
    )
    op.create_table(
        "kwaliteitsregel",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("naam", sa.String(length=120), nullable=False),
        sa.Column("controle", sa.String(length=40), nullable=False),
        sa.Column("uitleg", sa.Text(), nullable=False),
        sa.Column("keer_mediaan", sa.Integer(), nullable=True),
        sa.Column("actief", sa.Boolean(), nullable=False),
        *_stamps("kwaliteitsregel"),
        sa.CheckConstraint(
            f"controle IN ({', '.join(repr(check) for check in CHECKS)})",
            name=op.f("ck_kwaliteitsregel_controle"),
        ),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "weergave",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("naam", sa.String(length=80), nullable=False),
        sa.Column("lijst", sa.String(length=40), nullable=False),
        sa.Column("adres", sa.String(length=2000), nullable=True),
        sa.Column("gebruiker_id", sa.Integer(), nullable=True),
        sa.Column("voor_rol", sa.String(length=40), nullable=True),
        sa.Column("voor_partij_id", sa.Integer(), nullable=True),
        *_stamps("weergave"),
        sa.CheckConstraint(
            f"voor_rol IN ({', '.join(map(repr, ROLES))})", name=op.f("ck_weergave_rol")
        ),
        sa.CheckConstraint(
            "voor_rol IS NULL OR voor_partij_id IS NULL", name=op.f("ck_weergave_gedeeld")
        ),
        sa.ForeignKeyConstraint(
            ["gebruiker_id"], ["gebruiker.id"], name=op.f("fk_weergave_gebruiker_id_gebruiker")
        ),
        sa.ForeignKeyConstraint(
            ["voor_partij_id"],
            ["contractpartij.id"],
            name=op.f("fk_weergave_voor_partij_id_contractpartij"),
        ),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_weergave_gebruiker_id"), "weergave", ["gebruiker_id"])
    op.create_index("ix_weergave_lijst", "weergave", ["lijst", "naam", "id"])


def downgrade() -> None:
    op.drop_table("weergave")
    op.drop_table("kwaliteitsregel")
    for column in ("opvolger_id", "actief"):
        op.drop_column("samenwerkingspartner", column)
    op.execute("UPDATE bewerking SET soort = 'importeren' WHERE soort = 'samenvoegen'")
    _kinds(KINDS)


def _kinds(kinds: tuple[str, ...]) -> None:
    """The table of batches with these kinds."""
    check = op.f("ck_bewerking_bewerkingsoort")
    with op.batch_alter_table("bewerking", table_kwargs={"sqlite_autoincrement": True}) as batch:
        batch.drop_constraint(check, type_="check")
        listed = ", ".join(f"'{kind}'" for kind in kinds)
        batch.create_check_constraint(check, sa.text(f"soort IN ({listed})"))


def _stamps(table: str) -> tuple[Any, ...]:
    """What every row has: a version, and who made and changed it when."""
    people = ("aangemaakt_door_id", "gewijzigd_door_id")
    return (
        sa.Column("versie", sa.Integer(), nullable=False),
        sa.Column("aangemaakt_op", sa.DateTime(), nullable=False),
        sa.Column("aangemaakt_door_id", sa.Integer(), nullable=True),
        sa.Column("gewijzigd_op", sa.DateTime(), nullable=False),
        sa.Column("gewijzigd_door_id", sa.Integer(), nullable=True),
        *(
            sa.ForeignKeyConstraint(
                [column], ["gebruiker.id"], name=op.f(f"fk_{table}_{column}_gebruiker")
            )
            for column in people
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )
