"""Lists at scale: kinds of batches, how many changes each holds, and the orders of lists."""

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa
from alembic import op
from alembic.operations import BatchOperations

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

OLD = (
    "dupliceren", "sluiten", "heropenen", "vaststellen", "jaar_openen", "verwijderen",
    "importeren", "ongedaan",
)  # fmt: skip
NEW = ("wijzigen", "verplaatsen", "opnieuw")


#: The orders that lists are shown in; the id decides between equals.
ORDERS = (
    ("activiteit", "naam"),
    ("activiteit", "startdatum"),
    ("activiteit", "doel_id", "naam"),
    ("activiteit", "contractpartij_id", "naam"),
    ("activiteit", "contractpartij_id", "startdatum"),
    ("activiteit_school", "contractpartij_id"),
    ("last", "toelichting"),
    ("last", "contractpartij_id"),
    ("last", "contractpartij_id", "toelichting"),
    ("samenwerkingspartner", "naam"),
    ("school", "naam"),
    ("schoolbestuur", "naam"),
)


def upgrade() -> None:
    for table, *columns in ORDERS:
        op.create_index(_index(table, columns), table, [*columns, "id"])
    count = sa.Column("aantal", sa.Integer(), nullable=False, server_default="0")
    op.add_column("bewerking", count)
    op.execute(
        "UPDATE bewerking SET aantal ="
        " (SELECT count(*) FROM wijziging w WHERE w.bewerking_id = bewerking.id)"
    )
    with _remade((*OLD, *NEW)) as batch:
        batch.alter_column("aantal", server_default=None)


def downgrade() -> None:
    for table, *columns in ORDERS:
        op.drop_index(_index(table, columns), table_name=table)
    op.execute(f"UPDATE bewerking SET soort = 'importeren' WHERE soort IN ({_list(NEW)})")
    with _remade(OLD) as batch:
        batch.drop_column("aantal")


@contextmanager
def _remade(kinds: tuple[str, ...]) -> Iterator[BatchOperations]:
    """The table of batches with other kinds; SQLite remakes it, and forgets what is not said."""
    check = op.f("ck_bewerking_bewerkingsoort")
    with op.batch_alter_table("bewerking", table_kwargs={"sqlite_autoincrement": True}) as batch:
        yield batch
        batch.drop_constraint(check, type_="check")
        batch.create_check_constraint(check, sa.text(f"soort IN ({_list(kinds)})"))


def _index(table: str, columns: list[str]) -> str:
    return op.f("_".join(("ix", table, *columns, "id")))


def _list(kinds: tuple[str, ...]) -> str:
    return ", ".join(f"'{kind}'" for kind in kinds)
