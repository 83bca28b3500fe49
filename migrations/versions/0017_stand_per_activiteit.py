"""Stand per activity: what decides whether it is complete, beside what reports add up (0013).

Each row of activiteit_school and last counts by what is in OLD and NEW, in the triggers' own
transaction, as 0013 has it for reports; on PostgreSQL in the place of that transaction. An activity
that moves takes its counts along, one that goes takes them with it.
"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

SUMS = ("som", "som_2", "som_3", "som_4")
#: Table → the kind of count; its four sums, {r} is the row; the columns that they are made of.
COUNTED = {
    "activiteit_school": (
        "scholen",
        (
            "coalesce({r}.aantal_leerkrachten, 0)",
            "CASE WHEN {r}.aantal_leerkrachten IS NULL THEN 1 ELSE 0 END",
            "CASE WHEN {r}.aantal_leerkrachten = 0 THEN 1 ELSE 0 END",
            "0",
        ),
        "activiteit_id, aantal_leerkrachten",
    ),
    "last": (
        "lasten",
        (
            "coalesce({r}.bedrag, 0)",
            "CASE WHEN {r}.bedrag IS NULL OR trim({r}.toelichting) = '' THEN 1 ELSE 0 END",
            "CASE WHEN {r}.bedrag = 0 THEN 1 ELSE 0 END",
            "CASE WHEN {r}.betaald_op IS NULL THEN 1 ELSE 0 END",
        ),
        "activiteit_id, bedrag, toelichting, betaald_op",
    ),
}
KINDS = "('scholen', 'lasten')"
#: The place of this transaction, as the functions of 0013 and of here call it.
PLACE = "plaats"


def upgrade() -> None:
    dialect = op.get_bind().dialect.name
    if dialect == "postgresql":
        # What is written between the count and the triggers would be in neither.
        _run("LOCK TABLE activiteit, activiteit_school, last IN SHARE ROW EXCLUSIVE MODE")
    for column in SUMS[2:]:
        added = sa.Column(column, sa.BigInteger(), server_default="0", nullable=False)
        op.add_column("stand", added)
    for table in COUNTED:
        _run(_all(table, "a", f"FROM {table} r JOIN activiteit a ON a.id = r.activiteit_id", "0"))
    if dialect == "sqlite":
        _upgrade_sqlite()
    else:
        _upgrade_postgresql()


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for table in COUNTED:
            for event in ("nieuw", "anders", "weg"):
                _run(f"DROP TRIGGER {table}_telling_{event}")
        for event in ("nieuw", "verplaatst", "weg"):
            _run(f"DROP TRIGGER activiteit_telling_{event}")
    else:
        for table in ("activiteit", *COUNTED):
            _run(f"DROP TRIGGER {table}_telling ON {table}")
            _run(f"DROP FUNCTION {table}_telling()")
    _run(f"DELETE FROM stand WHERE soort IN {KINDS}")
    for column in SUMS[2:]:
        _run(f"ALTER TABLE stand DROP COLUMN {column}")


def _run(statement: str) -> None:
    op.get_bind().exec_driver_sql(statement)


def _insert(table: str, owner: str, counts: str, place: str) -> str:
    """owner: the row of the activity."""
    return (
        "INSERT INTO stand"
        f" (verantwoording_id, contractpartij_id, soort, sleutel, vak, aantal, {', '.join(SUMS)})"
        f" SELECT {owner}.verantwoording_id, {owner}.contractpartij_id, '{COUNTED[table][0]}',"
        f" {owner}.id, {place}, {counts}"
    )


def _add_up() -> str:
    sums = ", ".join(f"{name} = stand.{name} + excluded.{name}" for name in ("aantal", *SUMS))
    return f"ON CONFLICT (verantwoording_id, soort, sleutel, vak) DO UPDATE SET {sums};"


def _one(table: str, row: str, place: str) -> str:
    """One row that came (NEW) or went (OLD)."""
    sign = "-" if row == "OLD" else ""
    counts = ", ".join(f"{sign}({value.format(r=row)})" for value in ("1", *COUNTED[table][1]))
    above = f"FROM activiteit a WHERE a.id = {row}.activiteit_id"
    return f"{_insert(table, 'a', counts, place)} {above} {_add_up()}"


def _all(table: str, owner: str, rows: str, place: str) -> str:
    """The rows `r` of activities."""
    counts = ", ".join(f"sum({value.format(r='r')})" for value in ("1", *COUNTED[table][1]))
    return f"{_insert(table, owner, counts, place)} {rows} GROUP BY 1, 2, 4"


def _gone(row: str) -> str:
    """The counts of an activity, from where it was."""
    return (
        f"DELETE FROM stand WHERE verantwoording_id = {row}.verantwoording_id"
        f" AND soort IN {KINDS} AND sleutel = {row}.id;"
    )


def _parts(place: str) -> str:
    """All parts of an activity that came."""
    return " ".join(
        f"{_all(table, 'NEW', f'FROM {table} r WHERE r.activiteit_id = NEW.id', place)};"
        for table in COUNTED
    )


# --- SQLite -------------------------------------------------------------------


def _upgrade_sqlite() -> None:
    for table, (_kind, _sums, watched) in COUNTED.items():
        came, went = _one(table, "NEW", "0"), _one(table, "OLD", "0")
        _on(table, "nieuw", "INSERT", came)
        _on(table, "anders", f"UPDATE OF {watched}", f"{went} {came}")
        _on(table, "weg", "DELETE", went)
    # With foreign keys off, as in a plain shell, parts may be there without their activity.
    came, went = f"{_gone('NEW')} {_parts('0')}", _gone("OLD")
    _on("activiteit", "nieuw", "INSERT", came)
    _on("activiteit", "weg", "DELETE", went)
    _on("activiteit", "verplaatst", "UPDATE OF id, verantwoording_id", f"{went} {came}")


def _on(table: str, name: str, event: str, action: str) -> None:
    _run(f"CREATE TRIGGER {table}_telling_{name} AFTER {event} ON {table} BEGIN {action} END")


# --- PostgreSQL ---------------------------------------------------------------


def _upgrade_postgresql() -> None:
    for table, (_kind, _sums, watched) in COUNTED.items():
        _function(
            table,
            f"IF TG_OP <> 'INSERT' THEN {_held('OLD')} {_one(table, 'OLD', PLACE)} END IF;"
            f" IF TG_OP <> 'DELETE' THEN {_held('NEW')} {_one(table, 'NEW', PLACE)} END IF;",
        )
        _trigger(table, f"INSERT OR DELETE OR UPDATE OF {watched}")
    # Who moves or removes an activity waited for whoever was at work on its parts (0013).
    _function(
        "activiteit",
        f"IF TG_OP = 'DELETE' THEN {_gone('OLD')}"
        " ELSIF OLD.verantwoording_id <> NEW.verantwoording_id"
        f" THEN {_gone('OLD')} {_parts(PLACE)} END IF;",
    )
    _trigger("activiteit", "DELETE OR UPDATE OF verantwoording_id")


def _held(row: str) -> str:
    """The activity above a part stays where it is until the part is stored."""
    return f"PERFORM 1 FROM activiteit WHERE id = {row}.activiteit_id FOR KEY SHARE;"


def _function(table: str, body: str) -> None:
    _run(
        f"CREATE FUNCTION {table}_telling() RETURNS trigger LANGUAGE plpgsql AS $$"
        f" DECLARE {PLACE} integer := stand_vak(); BEGIN {body} RETURN NULL; END $$"
    )


def _trigger(table: str, event: str) -> None:
    _run(
        f"CREATE TRIGGER {table}_telling AFTER {event} ON {table}"
        f" FOR EACH ROW EXECUTE FUNCTION {table}_telling()"
    )
