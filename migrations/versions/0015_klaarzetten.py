"""Batches know one more kind: the activities that a werkwijze begins with, laid down at once."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

KINDS = (
    "dupliceren", "sluiten", "heropenen", "vaststellen", "jaar_openen", "verwijderen",
    "importeren", "ongedaan", "wijzigen", "verplaatsen", "opnieuw", "samenvoegen",
)  # fmt: skip
CHECK = "ck_bewerking_bewerkingsoort"


def upgrade() -> None:
    _kinds((*KINDS, "klaarzetten"))


def downgrade() -> None:
    op.execute("UPDATE bewerking SET soort = 'dupliceren' WHERE soort = 'klaarzetten'")
    _kinds(KINDS)


def _kinds(kinds: tuple[str, ...]) -> None:
    """The table of batches with these kinds. SQLite remakes it and forgets its triggers: those
    that keep what it is searched by (0011). Its rows keep their numbers, so the index still fits.
    """
    bind = op.get_bind()
    triggers: list[str] = []
    highest = None
    if bind.dialect.name == "sqlite":
        given = "SELECT seq FROM sqlite_sequence WHERE name = 'bewerking'"
        highest = bind.exec_driver_sql(given).scalar()
        of_table = "SELECT sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'bewerking'"
        triggers = list(bind.exec_driver_sql(of_table).scalars())
    with op.batch_alter_table("bewerking", table_kwargs={"sqlite_autoincrement": True}) as batch:
        batch.drop_constraint(op.f(CHECK), type_="check")
        listed = ", ".join(f"'{kind}'" for kind in kinds)
        batch.create_check_constraint(op.f(CHECK), sa.text(f"soort IN ({listed})"))
    if highest is not None:
        # Numbers once given are never given again, also of rows that are gone.
        bind.exec_driver_sql("DELETE FROM sqlite_sequence WHERE name = 'bewerking'")
        bind.exec_driver_sql("INSERT INTO sqlite_sequence VALUES ('bewerking', ?)", (highest,))
    for trigger in triggers:
        bind.exec_driver_sql(trigger)
