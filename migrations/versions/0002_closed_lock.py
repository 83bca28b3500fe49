"""Closed lock: a trigger behind the gate, so that nothing changes under a closed verantwoording."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

MESSAGE = "verantwoording is gesloten"
PARTS = ("activiteit_school", "last", "activiteit_doelgroep", "activiteit_partner")
#: Columns that change together with the status; the rest of a closed row is fixed.
FIXED = ("project_id", "contractpartij_id", "kalenderjaar", "werkwijze", "uiterste_datum")


def _closed(kind: str, row: str) -> str:
    """SQL that is true when the verantwoording above `row` is not open."""
    if kind == "activiteit":
        return (
            f"EXISTS (SELECT 1 FROM verantwoording v WHERE v.id = {row}.verantwoording_id"
            " AND v.status <> 'open')"
        )
    return (
        "EXISTS (SELECT 1 FROM activiteit a JOIN verantwoording v ON v.id = a.verantwoording_id"
        f" WHERE a.id = {row}.activiteit_id AND v.status <> 'open')"
    )


def _changed() -> str:
    """SQL that is true when a closed verantwoording changes more than its status."""
    different = " OR ".join(f"NEW.{column} IS DISTINCT FROM OLD.{column}" for column in FIXED)
    return f"OLD.status <> 'open' AND (NEW.status = OLD.status OR {different})"


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        _upgrade_sqlite()
    else:
        _upgrade_postgresql()


def _upgrade_sqlite() -> None:
    stop = f"SELECT RAISE(ABORT, '{MESSAGE}');"
    for table in ("activiteit", *PARTS):
        for event, rows in (("INSERT", ["NEW"]), ("UPDATE", ["OLD", "NEW"]), ("DELETE", ["OLD"])):
            when = " OR ".join(_closed(table, row) for row in rows)
            op.execute(
                f"CREATE TRIGGER {table}_slot_{event.lower()} BEFORE {event} ON {table}"
                f" WHEN {when} BEGIN {stop} END"
            )
    changed = _changed().replace("IS DISTINCT FROM", "IS NOT")
    op.execute(
        "CREATE TRIGGER verantwoording_slot_update BEFORE UPDATE ON verantwoording"
        f" WHEN {changed} BEGIN {stop} END"
    )
    op.execute(
        "CREATE TRIGGER verantwoording_slot_delete BEFORE DELETE ON verantwoording"
        f" WHEN OLD.status <> 'open' BEGIN {stop} END"
    )


def _upgrade_postgresql() -> None:
    stop = f"RAISE EXCEPTION '{MESSAGE}' USING ERRCODE = 'CMK01';"
    for table in ("activiteit", *PARTS):
        op.execute(
            f"CREATE FUNCTION {table}_slot() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
            f" IF TG_OP <> 'INSERT' THEN IF {_closed(table, 'OLD')} THEN {stop} END IF; END IF;"
            f" IF TG_OP <> 'DELETE' THEN IF {_closed(table, 'NEW')} THEN {stop} END IF; END IF;"
            " IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END $$"
        )
        op.execute(
            f"CREATE TRIGGER {table}_slot BEFORE INSERT OR UPDATE OR DELETE ON {table}"
            f" FOR EACH ROW EXECUTE FUNCTION {table}_slot()"
        )
    op.execute(
        "CREATE FUNCTION verantwoording_slot() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        f" IF TG_OP = 'DELETE' THEN IF OLD.status <> 'open' THEN {stop} END IF; RETURN OLD;"
        f" END IF; IF {_changed()} THEN {stop} END IF; RETURN NEW; END $$"
    )
    op.execute(
        "CREATE TRIGGER verantwoording_slot BEFORE UPDATE OR DELETE ON verantwoording"
        " FOR EACH ROW EXECUTE FUNCTION verantwoording_slot()"
    )


def downgrade() -> None:
    tables = ("activiteit", *PARTS, "verantwoording")
    if op.get_bind().dialect.name == "sqlite":
        for table in tables:
            for event in ("insert", "update", "delete"):
                op.execute(f"DROP TRIGGER IF EXISTS {table}_slot_{event}")
        return
    for table in tables:
        op.execute(f"DROP TRIGGER {table}_slot ON {table}")
        op.execute(f"DROP FUNCTION {table}_slot()")
