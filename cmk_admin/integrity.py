"""A constraint of the database that refused, as a Dutch sentence at the field."""

from sqlalchemy import UniqueConstraint
from sqlalchemy.exc import IntegrityError

from models.base import Entiteit, Fout, entiteiten, kolom_ui, tabel_van

IN_USE = "Dit wordt nog ergens gebruikt en kan daarom niet weg."
BROKEN = "Dit past niet bij wat er al staat. Er is niets bewaard."


def translate(error: IntegrityError) -> Fout:
    """The sentence for a refused row; never the database's own words."""
    text = str(error.orig)
    name = getattr(getattr(error.orig, "diag", None), "constraint_name", None)
    for entity in entiteiten():
        for constraint in tabel_van(entity).constraints:
            if isinstance(constraint, UniqueConstraint) and _is(constraint, entity, name, text):
                return _sentence(entity, constraint)
    if "FOREIGN KEY" in text.upper():
        return Fout(IN_USE)
    return Fout(BROKEN)


def _is(constraint: UniqueConstraint, entity: type[Entiteit], name: str | None, text: str) -> bool:
    """PostgreSQL names the constraint, SQLite its columns."""
    if name is not None:
        return str(constraint.name) == name
    columns = ", ".join(f"{entity.__tablename__}.{column.name}" for column in constraint.columns)
    return text == f"UNIQUE constraint failed: {columns}"


def _sentence(entity: type[Entiteit], constraint: UniqueConstraint) -> Fout:
    if constraint.info:
        return Fout(constraint.info["melding"], constraint.info["veld"])
    column = list(constraint.columns)[-1]
    ui = kolom_ui(column)
    label = ui.label if ui else column.name
    return Fout(
        f"Er is al een {entity.woord.enkelvoud} met deze waarde voor {label}.",
        column.name,
    )
