"""Privacy: who saw personal data, how long things are kept, and forms that outlive a session."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

KINDS = ("account", "uitnodiging", "mail", "inzage", "formulier")
NEW_TABLES = ("onderbreking", "bewaartermijn", "inzage")


def _table(name: str, *columns: Any) -> None:
    """A table of an entity: its own columns, and those that every entity has."""
    op.create_table(
        name,
        sa.Column("id", sa.Integer(), nullable=False),
        *columns,
        sa.Column("versie", sa.Integer(), nullable=False),
        sa.Column("aangemaakt_op", sa.DateTime(), nullable=False),
        _person(name, "aangemaakt_door_id", nullable=True),
        sa.Column("gewijzigd_op", sa.DateTime(), nullable=False),
        _person(name, "gewijzigd_door_id", nullable=True),
        sa.PrimaryKeyConstraint("id", name=f"pk_{name}"),
        sqlite_autoincrement=True,
    )


def _person(table: str, column: str, nullable: bool = False) -> "sa.Column[int]":
    key = sa.ForeignKey("gebruiker.id", name=f"fk_{table}_{column}_gebruiker")
    return sa.Column(column, sa.Integer(), key, nullable=nullable)


def _choice(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def upgrade() -> None:
    _table(
        "inzage",
        sa.Column("op", sa.DateTime(), nullable=False),
        _person("inzage", "gebruiker_id"),
        sa.Column("soort", _choice("inzagesoort", "bekeken", "gedownload"), nullable=False),
        sa.Column("wat", sa.String(200), nullable=False),
        _person("inzage", "over_id", nullable=True),
    )
    for column in ("op", "gebruiker_id", "over_id"):
        op.create_index(f"ix_inzage_{column}", "inzage", [column])
    _table(
        "bewaartermijn",
        sa.Column("soort", _choice("bewaarsoort", *KINDS), nullable=False),
        sa.Column("maanden", sa.Integer(), nullable=False),
        sa.Column("opgeruimd_op", sa.DateTime(), nullable=True),
        sa.Column("opgeruimd", sa.Integer(), nullable=True),
        sa.UniqueConstraint("soort", name="uq_bewaartermijn_soort"),
        sa.CheckConstraint("maanden BETWEEN 1 AND 120", name=op.f("ck_bewaartermijn_maanden")),
    )
    _table(
        "onderbreking",
        sa.Column("sleutel_hash", sa.String(64), nullable=False),
        _person("onderbreking", "gebruiker_id"),
        sa.Column("op", sa.DateTime(), nullable=False),
        sa.Column("verzegeld", sa.LargeBinary(), nullable=False),
        sa.UniqueConstraint("sleutel_hash", name="uq_onderbreking_sleutel_hash"),
    )
    op.create_index("ix_onderbreking_op", "onderbreking", ["op"])
    op.add_column("toegangslink", sa.Column("adres", sa.String(254), nullable=True))


def downgrade() -> None:
    op.drop_column("toegangslink", "adres")
    for table in NEW_TABLES:
        op.drop_table(table)
