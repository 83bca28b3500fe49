"""Searching and ordering text: folded beside what was typed, kept in step by the database.

SQLite folds in triggers, in plain SQL: no function or collation of the portal, so that any
SQLite shell reads, checks and writes the file. PostgreSQL has a function and generated columns.
What folding is, says `models/vouwen.py`; this is what it was when this migration was released.
"""

import unicodedata

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

#: Table → the columns that its rows are found by.
SEARCHED = {
    "activiteit": ("naam",),
    "agenda_item": ("titel",),
    "algemeen_document": ("titel",),
    "baat": ("omschrijving",),
    "begrotingspost": ("naam",),
    "bewerking": ("omschrijving",),
    "bron": ("naam",),
    "contractpartij": ("naam", "plaats"),
    "document": ("titel",),
    "documentsoort": ("naam",),
    "doel": ("naam",),
    "doelgroep": ("naam",),
    "gebruiker": ("naam", "email"),
    "gemeente": ("code", "naam"),
    "inzage": ("wat",),
    "kostensoort": ("naam",),
    "kwaliteitsregel": ("naam",),
    "last": ("toelichting", "boekstuknummer", "leverancier"),
    "link": ("titel",),
    "mail": ("onderwerp",),
    "project": ("titel",),
    "samenwerkingspartner": ("naam", "contactpersoon", "email", "plaats"),
    "school": ("naam", "brin_nummer", "vestigingscode", "plaats"),
    "schoolbestuur": ("naam", "bevoegd_gezagnummer"),
    "sector": ("naam",),
    "taak": ("titel",),
    "veelgestelde_vraag": ("vraag", "antwoord"),
    "weergave": ("naam",),
    "wijziging": ("titel",),
}
#: Table → the orders of its lists that end in text.
ORDERED = {
    "activiteit": (("naam",), ("doel_id", "naam"), ("contractpartij_id", "naam")),
    "last": (("toelichting",), ("contractpartij_id", "toelichting")),
    "samenwerkingspartner": (("naam",), ("contractpartij_id", "naam")),
    "school": (("naam",),),
    "schoolbestuur": (("naam",),),
}
#: The same orders on the text as it was typed: what 0006 made.
BEFORE = [
    (table, columns)
    for table, orders in ORDERED.items()
    for columns in orders
    if (table, columns) != ("samenwerkingspartner", ("contractpartij_id", "naam"))
]
#: Tables whose rows have a rang: other lists are ordered by it.
RANKED = ("bron", "documentsoort", "doel", "doelgroep", "kostensoort", "sector")
APART = {
    "Æ": "æ", "Œ": "œ", "Ĳ": "ĳ", "ẞ": "ß", "Þ": "þ", "Ø": "o", "ø": "o", "Đ": "d", "đ": "d",
    "Ð": "d", "ð": "d", "Ł": "l", "ł": "l", "Ħ": "h", "ħ": "h", "ı": "i", "Ŋ": "n", "ŋ": "n",
    "Ŧ": "t", "ŧ": "t", "’": "'", "‘": "'",
}  # fmt: skip
DOUBLE = {"æ": "ae", "œ": "oe", "ĳ": "ij", "ß": "ss", "þ": "th"}
LETTERS = (range(0xC0, 0x250), range(0x370, 0x460), range(0x1E00, 0x1F00))
MARKS = "".join(map(chr, range(0x300, 0x370)))


def upgrade() -> None:
    for table, columns in BEFORE:
        op.drop_index(_index(table, columns), table_name=table)
    for table in RANKED:
        op.create_index(_index(table, ("rang",)), table, ["rang", "id"])
    if op.get_bind().dialect.name == "sqlite":
        _upgrade_sqlite()
    else:
        _upgrade_postgresql()
    for table, orders in ORDERED.items():
        for columns in orders:
            folded = (*columns[:-1], f"{columns[-1]}_vouw")
            op.execute(f"CREATE INDEX {_index(table, folded)} ON {table} ({', '.join(folded)}, id)")


def downgrade() -> None:
    for table, orders in ORDERED.items():
        for columns in orders:
            folded = (*columns[:-1], f"{columns[-1]}_vouw")
            op.execute(f"DROP INDEX {_index(table, folded)}")
    if op.get_bind().dialect.name == "sqlite":
        _downgrade_sqlite()
    for table in SEARCHED:
        for column in ("zoektekst", *_folded(table)):
            op.execute(f"ALTER TABLE {table} DROP COLUMN {column}")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION vouw(text)")
        op.execute("DROP EXTENSION pg_trgm")
    for table in RANKED:
        op.drop_index(_index(table, ("rang",)), table_name=table)
    for table, columns in BEFORE:
        op.create_index(_index(table, columns), table, [*columns, "id"])


def _index(table: str, columns: tuple[str, ...]) -> str:
    return op.f("_".join(("ix", table, *columns, "id")))


def _folded(table: str) -> list[str]:
    return sorted({f"{columns[-1]}_vouw" for columns in ORDERED.get(table, ())})


def _characters() -> tuple[str, str]:
    """Characters, and what each becomes at the same place; those beyond the end go."""
    pairs = {}
    for character in (chr(number) for span in LETTERS for number in span):
        parts = unicodedata.normalize("NFD", character)
        bare = "".join(part for part in parts if not unicodedata.combining(part)).lower()
        bare = APART.get(bare, bare)
        if len(bare) == 1 and bare != character:
            pairs[character] = bare
    pairs |= APART
    return "".join(pairs) + MARKS, "".join(pairs.values())


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def _doubled(folded: str) -> str:
    for letter, two in DOUBLE.items():
        folded = f"replace({folded}, '{letter}', '{two}')"
    return folded


def _found_by(columns: tuple[str, ...], row: str, end: str) -> str:
    """The columns one after another, each with an end behind it."""
    return " || ".join(f"coalesce({row}{column}, '') || {end}" for column in columns)


def _downgrade_sqlite() -> None:
    for table in SEARCHED:
        for name in ("nieuw", "anders", "tekst", "weg"):
            op.execute(f"DROP TRIGGER {table}_zoek_{name}")
        op.execute(f"DROP TABLE {table}_zoekterm")
        op.execute(f"DROP TABLE {table}_zoek")
    op.execute("DROP VIEW vouwtekens")


# --- SQLite -------------------------------------------------------------------


def _upgrade_sqlite() -> None:
    van, naar = _characters()
    # Driver SQL: the characters hold no parameters.
    bind = op.get_bind()
    bind.exec_driver_sql(
        f"CREATE VIEW vouwtekens (van, naar) AS SELECT {_text(van)}, {_text(naar)}"
    )
    for table, columns in SEARCHED.items():
        search_sqlite(table, columns)


def search_sqlite(table: str, columns: tuple[str, ...]) -> None:
    """Let rows of a table be found by these columns; also for tables of later migrations."""
    bind = op.get_bind()
    for column in ("zoektekst", *_folded(table)):
        bind.exec_driver_sql(f"ALTER TABLE {table} ADD COLUMN {column} TEXT")
    bind.exec_driver_sql(
        f"CREATE VIRTUAL TABLE {table}_zoek USING fts5(zoektekst, content='{table}',"
        " content_rowid='id', columnsize=0, tokenize='trigram case_sensitive 1')"
    )
    bind.exec_driver_sql(
        f"CREATE VIRTUAL TABLE {table}_zoekterm USING fts5vocab('{table}_zoek', 'instance')"
    )
    _fill(table, columns)
    _triggers(table, columns)


def _fold(text: str) -> str:
    """SQL that folds: what is ASCII at once, the rest character by character."""
    return f"""(WITH RECURSIVE zoek(tekst) AS (SELECT {text}),
        plek(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM plek, zoek WHERE i < length(tekst))
        SELECT CASE WHEN length(tekst) = length(CAST(tekst AS BLOB)) THEN lower(tekst) ELSE (
            SELECT {_doubled("group_concat(nieuw, '')")} FROM (
                SELECT CASE WHEN instr(van, teken) THEN substr(naar, instr(van, teken), 1)
                    ELSE lower(teken) END AS nieuw
                FROM (SELECT substr(tekst, i, 1) AS teken FROM plek), vouwtekens))
            END FROM zoek)"""


def _values(table: str, columns: tuple[str, ...], row: str) -> str:
    """SQL that sets what the database keeps itself."""
    end = "char(10, 10)"
    values = {"zoektekst": _fold(_found_by(columns, row, end))}
    for column in _folded(table):
        values[column] = _fold(f"{row}{column.removesuffix('_vouw')}")
    return ", ".join(f"{column} = {value}" for column, value in values.items())


def _fill(table: str, columns: tuple[str, ...]) -> None:
    """The rows that are there, also those the closed lock keeps (0002): no trigger sees this."""
    bind = op.get_bind()
    triggers = bind.exec_driver_sql(
        f"SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = '{table}'"
    ).fetchall()
    for name, _ in triggers:
        bind.exec_driver_sql(f"DROP TRIGGER {name}")
    bind.exec_driver_sql(f"UPDATE {table} SET {_values(table, columns, f'{table}.')}")
    bind.exec_driver_sql(f"INSERT INTO {table}_zoek ({table}_zoek) VALUES ('rebuild')")
    for _, sql in triggers:
        bind.exec_driver_sql(sql)


def _triggers(table: str, columns: tuple[str, ...]) -> None:
    """From the typed columns to the folded ones, and from there to the index of three letters."""
    watched = dict.fromkeys((*columns, *(name.removesuffix("_vouw") for name in _folded(table))))
    put = f"INSERT INTO {table}_zoek (rowid, zoektekst)"
    take = (
        f"INSERT INTO {table}_zoek ({table}_zoek, rowid, zoektekst)"
        " SELECT 'delete', OLD.id, OLD.zoektekst WHERE OLD.zoektekst IS NOT NULL;"
    )
    keep = f"UPDATE {table} SET {_values(table, columns, 'NEW.')} WHERE id = NEW.id;"
    there = f"{put} SELECT NEW.id, NEW.zoektekst WHERE NEW.zoektekst IS NOT NULL;"
    for name, event, action in (
        # A row that was copied brings its text along: it stands in the index before it changes.
        ("nieuw", "INSERT", f"{there} {keep}"),
        ("anders", f"UPDATE OF {', '.join(watched)}", keep),
        ("tekst", "UPDATE OF zoektekst", f"{take} {there}"),
        ("weg", "DELETE", take),
    ):
        op.get_bind().exec_driver_sql(
            f"CREATE TRIGGER {table}_zoek_{name} AFTER {event} ON {table} BEGIN {action} END"
        )


# --- PostgreSQL ---------------------------------------------------------------


def _upgrade_postgresql() -> None:
    van, naar = _characters()
    bind = op.get_bind()
    bind.exec_driver_sql("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    folded = _doubled(f"translate($1, {_text(van)}, {_text(naar)})")
    bind.exec_driver_sql(
        "CREATE FUNCTION vouw(text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE"
        f' AS $$ SELECT lower({folded} COLLATE "C") $$'
    )
    for table, columns in SEARCHED.items():
        search_postgresql(table, columns)


def search_postgresql(table: str, columns: tuple[str, ...]) -> None:
    """Let rows of a table be found by these columns; also for tables of later migrations."""
    values = {"zoektekst": _found_by(columns, "", r"E'\n\n'")}
    values |= {name: name.removesuffix("_vouw") for name in _folded(table)}
    added = ", ".join(
        f'ADD COLUMN {name} text COLLATE "C" GENERATED ALWAYS AS (vouw({value})) STORED'
        for name, value in values.items()
    )
    bind = op.get_bind()
    bind.exec_driver_sql(f"ALTER TABLE {table} {added}")
    bind.exec_driver_sql(
        f"CREATE INDEX ix_{table}_zoektekst ON {table} USING gin (zoektekst gin_trgm_ops)"
    )
