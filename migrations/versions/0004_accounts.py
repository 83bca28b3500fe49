"""Accounts: sessions and attempts in the database; a trigger that ends a person's sessions."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

#: What somebody may do, and how they prove who they are: a change ends their sessions.
WATCHED = ("actief", "cultuur_oost_rol", "wachtwoord_hash", "totp_geheim")
NEW_TABLES = ("herstelcode", "toegangslink", "poging", "zitting")
NEW_COLUMNS = {
    "gebruiker": ("totp_nieuw", "herstelcodes"),
    "mail": ("adres", "link_id", "volgende_op"),
}


def _table(name: str, *columns: Any) -> None:
    """A table of an entity: its own columns, and those that every entity has."""
    people = {
        f"fk_{name}_{column}_gebruiker": column
        for column in ("aangemaakt_door_id", "gewijzigd_door_id")
    }
    op.create_table(
        name,
        sa.Column("id", sa.Integer(), nullable=False),
        *columns,
        sa.Column("versie", sa.Integer(), nullable=False),
        sa.Column("aangemaakt_op", sa.DateTime(), nullable=False),
        sa.Column("aangemaakt_door_id", sa.Integer(), nullable=True),
        sa.Column("gewijzigd_op", sa.DateTime(), nullable=False),
        sa.Column("gewijzigd_door_id", sa.Integer(), nullable=True),
        *(
            sa.ForeignKeyConstraint([column], ["gebruiker.id"], name=key)
            for key, column in people.items()
        ),
        sa.PrimaryKeyConstraint("id", name=f"pk_{name}"),
        sqlite_autoincrement=True,
    )


def _person(table: str) -> "sa.Column[int]":
    key = sa.ForeignKey("gebruiker.id", name=f"fk_{table}_gebruiker_id_gebruiker")
    return sa.Column("gebruiker_id", sa.Integer(), key, nullable=False)


def upgrade() -> None:
    _table(
        "zitting",
        sa.Column("sleutel_hash", sa.String(64), nullable=False),
        _person("zitting"),
        sa.Column("begonnen_op", sa.DateTime(), nullable=False),
        sa.Column("gezien_op", sa.DateTime(), nullable=False),
        sa.Column("bevestigd_op", sa.DateTime(), nullable=False),
        sa.Column("browser", sa.String(80), nullable=False),
        sa.UniqueConstraint("sleutel_hash", name="uq_zitting_sleutel_hash"),
    )
    op.create_index("ix_zitting_gebruiker_id", "zitting", ["gebruiker_id"])
    _table(
        "poging",
        sa.Column("sleutel", sa.String(64), nullable=False),
        sa.Column("op", sa.DateTime(), nullable=False),
    )
    op.create_index("ix_poging_sleutel", "poging", ["sleutel"])
    op.create_index("ix_poging_op", "poging", ["op"])
    _table(
        "toegangslink",
        _person("toegangslink"),
        sa.Column(
            "soort",
            sa.Enum(
                "activatie",
                "wachtwoord",
                "email",
                name="linksoort",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("sleutel_hash", sa.String(64), nullable=False),
        sa.Column("zaad", sa.String(64), nullable=False),
        sa.Column("verloopt_op", sa.DateTime(), nullable=False),
        sa.Column("nieuw_email", sa.String(254), nullable=True),
        sa.UniqueConstraint("sleutel_hash", name="uq_toegangslink_sleutel_hash"),
    )
    op.create_index("ix_toegangslink_gebruiker_id", "toegangslink", ["gebruiker_id"])
    _table(
        "herstelcode",
        _person("herstelcode"),
        sa.Column("code_hash", sa.String(64), nullable=False),
        sa.UniqueConstraint(
            "gebruiker_id", "code_hash", name="uq_herstelcode_gebruiker_id_code_hash"
        ),
    )
    op.add_column("gebruiker", sa.Column("totp_nieuw", sa.LargeBinary(), nullable=True))
    op.add_column("gebruiker", sa.Column("herstelcodes", sa.LargeBinary(), nullable=True))
    op.add_column("mail", sa.Column("adres", sa.String(254), nullable=True))
    op.add_column("mail", sa.Column("volgende_op", sa.DateTime(), nullable=True))
    op.add_column("mail", sa.Column("link_id", sa.Integer(), nullable=True))
    _end_sessions()


def _end_sessions() -> None:
    """Triggers: whoever makes the change, and however, the sessions of that person go."""
    if op.get_bind().dialect.name == "sqlite":
        changed = " OR ".join(f"OLD.{column} IS NOT NEW.{column}" for column in WATCHED)
        op.execute(
            f"CREATE TRIGGER gebruiker_zittingen AFTER UPDATE ON gebruiker WHEN {changed}"
            " BEGIN DELETE FROM zitting WHERE gebruiker_id = NEW.id; END"
        )
        for event, row in (("INSERT", "NEW"), ("UPDATE", "NEW"), ("DELETE", "OLD")):
            op.execute(
                f"CREATE TRIGGER lidmaatschap_zittingen_{event.lower()} AFTER {event}"
                f" ON lidmaatschap BEGIN DELETE FROM zitting WHERE gebruiker_id ="
                f" {row}.gebruiker_id; END"
            )
        return
    changed = " OR ".join(f"OLD.{column} IS DISTINCT FROM NEW.{column}" for column in WATCHED)
    op.execute(
        "CREATE FUNCTION gebruiker_zittingen() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        " DELETE FROM zitting WHERE gebruiker_id = NEW.id; RETURN NULL; END $$"
    )
    op.execute(
        f"CREATE TRIGGER gebruiker_zittingen AFTER UPDATE ON gebruiker FOR EACH ROW"
        f" WHEN ({changed}) EXECUTE FUNCTION gebruiker_zittingen()"
    )
    op.execute(
        "CREATE FUNCTION lidmaatschap_zittingen() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        " IF TG_OP = 'DELETE' THEN DELETE FROM zitting WHERE gebruiker_id = OLD.gebruiker_id;"
        " ELSE DELETE FROM zitting WHERE gebruiker_id = NEW.gebruiker_id; END IF;"
        " RETURN NULL; END $$"
    )
    op.execute(
        "CREATE TRIGGER lidmaatschap_zittingen AFTER INSERT OR UPDATE OR DELETE ON lidmaatschap"
        " FOR EACH ROW EXECUTE FUNCTION lidmaatschap_zittingen()"
    )


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TRIGGER gebruiker_zittingen")
        for event in ("insert", "update", "delete"):
            op.execute(f"DROP TRIGGER lidmaatschap_zittingen_{event}")
    else:
        for table in ("gebruiker", "lidmaatschap"):
            op.execute(f"DROP TRIGGER {table}_zittingen ON {table}")
            op.execute(f"DROP FUNCTION {table}_zittingen()")
    for table, columns in NEW_COLUMNS.items():
        for column in columns:
            op.drop_column(table, column)
    for table in NEW_TABLES:
        op.drop_table(table)
