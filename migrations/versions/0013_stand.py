"""Stand: the counts behind reports, kept in step with the rows by triggers (models/stand.py).

Each row of activiteit, last and activiteit_school counts by what is in OLD and NEW, so that what
a statement does to the counts never depends on who gave it or in which order. SQLite has one
writer. On PostgreSQL transactions count in places of their own (`vak`), and an activity that
moves to another verantwoording waits for who is at work on its parts, and they for it.
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

TIMES = "CASE {r}.duur_eenheid WHEN 'totaal' THEN 1 ELSE coalesce({r}.aantal_activiteiten, 1) END"
#: Table → what its rows are counted as, by what, and the two sums; {r} is the row.
COUNTED = {
    "activiteit": (
        "doel",
        "{r}.doel_id",
        "coalesce({r}.aantal_activiteiten, 1)",
        f"CAST({{r}}.duur AS bigint) * {TIMES}",
    ),
    "last": (
        "kwartaal",
        "coalesce(({month} + 2) / 3, 0)",
        "coalesce({r}.bedrag, 0)",
        "CASE WHEN {r}.bedrag IS NULL THEN 1 ELSE 0 END",
    ),
    "activiteit_school": ("school", "{r}.school_id", "coalesce({r}.aantal_leerkrachten, 0)", "0"),
}
MONTH = {
    "sqlite": "CAST(strftime('%m', {r}.betaald_op) AS integer)",
    "postgresql": "CAST(extract(month FROM {r}.betaald_op) AS integer)",
}
#: Table → the columns that say where and how a row counts.
WATCHED = {
    "activiteit": "id, verantwoording_id, doel_id, aantal_activiteiten, duur, duur_eenheid",
    "last": "activiteit_id, bedrag, betaald_op",
    "activiteit_school": "activiteit_id, school_id, aantal_leerkrachten",
}
PARTS = ("last", "activiteit_school")
ADD_UP = (
    "ON CONFLICT (verantwoording_id, soort, sleutel, vak) DO UPDATE SET"
    " aantal = stand.aantal + excluded.aantal, som = stand.som + excluded.som,"
    " som_2 = stand.som_2 + excluded.som_2;"
)
#: Places to count in on PostgreSQL, and the name of their locks.
PLACES, LOCK = 32, 20013
#: The place of this transaction, as the functions call it.
PLACE = "plaats"


def upgrade() -> None:
    dialect = op.get_bind().dialect.name
    if dialect == "postgresql":
        # What is written between the count and the triggers would be in neither.
        _run(f"LOCK TABLE {', '.join(COUNTED)} IN SHARE ROW EXCLUSIVE MODE")
    _table()
    for table in COUNTED:
        above = "r.id" if table == "activiteit" else "r.activiteit_id"
        rows = f"FROM {table} r JOIN activiteit a ON a.id = {above}"
        filled = _sum(table, dialect, "a", rows).replace(PLACE, "0")
        _run(f"{filled} GROUP BY 1, 2, 4")
    if dialect == "sqlite":
        _upgrade_sqlite()
    else:
        _upgrade_postgresql()


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for table in COUNTED:
            for event in ("nieuw", "anders", "weg"):
                _run(f"DROP TRIGGER {table}_stand_{event}")
        _run("DROP TRIGGER activiteit_stand_verplaatst")
    else:
        for name in (*COUNTED, "activiteit_verplaatst"):
            _run(f"DROP TRIGGER {name}_stand ON {name.removesuffix('_verplaatst')}")
            _run(f"DROP FUNCTION {name}_stand()")
        _run("DROP FUNCTION stand_vak()")
    op.drop_table("stand")


def _table() -> None:
    op.create_table(
        "stand",
        sa.Column("verantwoording_id", sa.Integer(), nullable=False),
        sa.Column("soort", sa.String(length=8), nullable=False),
        sa.Column("sleutel", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("vak", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("contractpartij_id", sa.Integer(), nullable=False),
        sa.Column("aantal", sa.BigInteger(), nullable=False),
        sa.Column("som", sa.BigInteger(), nullable=False),
        sa.Column("som_2", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["verantwoording_id", "contractpartij_id"],
            ["verantwoording.id", "verantwoording.contractpartij_id"],
            name=op.f("fk_stand_verantwoording_id_contractpartij_id_verantwoording"),
            onupdate="CASCADE",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "verantwoording_id", "soort", "sleutel", "vak", name=op.f("pk_stand")
        ),
        sqlite_with_rowid=False,
    )


def _run(statement: str) -> None:
    op.get_bind().exec_driver_sql(statement)


def _values(table: str, dialect: str, row: str) -> list[str]:
    """What a row counts as: the sort in quotes, its key and its two sums."""
    soort, *rest = COUNTED[table]
    month = MONTH[dialect].format(r=row)
    return [f"'{soort}'", *(value.format(r=row, month=month) for value in rest)]


def _insert(dialect: str, owner: str, soort: str, key: str, counts: str) -> str:
    """owner: the row that has the verantwoording."""
    place = "0" if dialect == "sqlite" else PLACE
    return (
        "INSERT INTO stand"
        " (verantwoording_id, contractpartij_id, soort, sleutel, vak, aantal, som, som_2)"
        f" SELECT {owner}.verantwoording_id, {owner}.contractpartij_id, {soort}, {key}, {place},"
        f" {counts}"
    )


def _sum(table: str, dialect: str, owner: str, rows: str, sign: str = "") -> str:
    """Many rows `r`, added up by their key."""
    soort, key, first, second = _values(table, dialect, "r")
    counts = f"{sign}count(*), {sign}sum({first}), {sign}sum({second}) {rows}"
    return _insert(dialect, owner, soort, key, counts)


def _one(table: str, dialect: str, row: str) -> str:
    """One row that came (NEW) or went (OLD)."""
    sign = "-" if row == "OLD" else ""
    soort, key, first, second = _values(table, dialect, row)
    counts = f"{sign}1, {sign}({first}), {sign}({second})"
    if table == "activiteit":
        return f"{_insert(dialect, row, soort, key, counts)} WHERE true {ADD_UP}"
    above = f"FROM activiteit a WHERE a.id = {row}.activiteit_id"
    return f"{_insert(dialect, 'a', soort, key, counts)} {above} {ADD_UP}"


def _parts(dialect: str, row: str) -> str:
    """All parts of an activity that came or went."""
    sign = "-" if row == "OLD" else ""
    return " ".join(
        f"{_sum(table, dialect, row, f'FROM {table} r WHERE r.activiteit_id = {row}.id', sign)}"
        f" GROUP BY {_values(table, dialect, 'r')[1]} {ADD_UP}"
        for table in PARTS
    )


# --- SQLite -------------------------------------------------------------------


def _upgrade_sqlite() -> None:
    for table in COUNTED:
        came, went = _one(table, "sqlite", "NEW"), _one(table, "sqlite", "OLD")
        _on(table, "anders", f"UPDATE OF {WATCHED[table]}", f"{went} {came}")
        if table == "activiteit":
            # With foreign keys off, as in a plain shell, parts may be there without it.
            came, went = f"{came} {_parts('sqlite', 'NEW')}", f"{went} {_parts('sqlite', 'OLD')}"
        _on(table, "nieuw", "INSERT", came)
        _on(table, "weg", "DELETE", went)
    _on(
        "activiteit",
        "verplaatst",
        "UPDATE OF id, verantwoording_id",
        f"{_parts('sqlite', 'OLD')} {_parts('sqlite', 'NEW')}",
    )


def _on(table: str, name: str, event: str, action: str) -> None:
    _run(f"CREATE TRIGGER {table}_stand_{name} AFTER {event} ON {table} BEGIN {action} END")


# --- PostgreSQL ---------------------------------------------------------------


def _upgrade_postgresql() -> None:
    _run(
        "CREATE FUNCTION stand_vak() RETURNS integer LANGUAGE plpgsql AS $$ BEGIN"
        f" FOR {PLACE} IN 0..{PLACES - 1} LOOP"
        f" IF pg_try_advisory_xact_lock({LOCK}, {PLACE}) THEN RETURN {PLACE}; END IF; END LOOP;"
        " RETURN 0; END $$"
    )
    for table in COUNTED:
        came, went = _one(table, "postgresql", "NEW"), _one(table, "postgresql", "OLD")
        if table == "activiteit":
            moved = (
                "IF TG_OP = 'UPDATE' AND OLD.verantwoording_id <> NEW.verantwoording_id THEN"
                f" {_parts('postgresql', 'OLD')} {_parts('postgresql', 'NEW')} END IF;"
            )
        else:
            moved = ""
            came, went = f"{_held('NEW')} {came}", f"{_held('OLD')} {went}"
        _run(
            f"CREATE FUNCTION {table}_stand() RETURNS trigger LANGUAGE plpgsql AS $$"
            f" DECLARE {PLACE} integer := stand_vak(); BEGIN"
            f" IF TG_OP <> 'INSERT' THEN {went} END IF;"
            f" IF TG_OP <> 'DELETE' THEN {came} END IF; {moved} RETURN NULL; END $$"
        )
        _run(
            f"CREATE TRIGGER {table}_stand AFTER INSERT OR DELETE OR UPDATE OF {WATCHED[table]}"
            f" ON {table} FOR EACH ROW EXECUTE FUNCTION {table}_stand()"
        )
    _run(
        "CREATE FUNCTION activiteit_verplaatst_stand() RETURNS trigger LANGUAGE plpgsql AS $$"
        " BEGIN PERFORM 1 FROM activiteit WHERE id = OLD.id FOR UPDATE; RETURN NEW; END $$"
    )
    _run(
        "CREATE TRIGGER activiteit_verplaatst_stand BEFORE UPDATE OF verantwoording_id"
        " ON activiteit FOR EACH ROW EXECUTE FUNCTION activiteit_verplaatst_stand()"
    )


def _held(row: str) -> str:
    """The activity above a part stays where it is until the part is stored."""
    return f"PERFORM 1 FROM activiteit WHERE id = {row}.activiteit_id FOR KEY SHARE;"
