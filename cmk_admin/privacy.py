"""Everything that the portal holds about one person (AVG, article 15).

Read off the models: a column that points at a person is found by itself. What is about the
person comes whole, of other rows only that their name stands there.
"""

import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from flask import Response
from sqlalchemy import ColumnElement, and_, func, or_, select

from cmk_admin import attributes, excel, exports, formats
from cmk_admin.actor import system
from cmk_admin.entity_pages import cell_text
from cmk_admin.gate import GateSession, acting_as
from models.base import STEMPELS, Entiteit, entiteiten, kolom_ui
from models.concept import Concept
from models.gebruiker import Gebruiker, Lidmaatschap
from models.historie import Bewerking, Wijziging
from models.privacy import Inzage
from models.techniek import Mail, Taak, Verzoek
from models.toegang import Herstelcode, Onderbreking, Toegangslink, Zitting
from models.vraag import Reactie, Vraag
from models.weergave import Weergave

NAME = "persoonlijke-data-cmk-portaal"
LOOKING_UP = system("persoonlijke data")
#: About the person, so shown whole; in this order.
ABOUT: tuple[type[Entiteit], ...] = (
    Gebruiker,
    Lidmaatschap,
    Zitting,
    Toegangslink,
    Herstelcode,
    Onderbreking,
    Inzage,
    Mail,
    Taak,
    Verzoek,
    Concept,
    Weergave,
    Vraag,
    Reactie,
    Bewerking,
    Wijziging,
)
#: Of every row: who made it stands under ENTERED, the rest is bookkeeping.
UNTOLD = STEMPELS - {"aangemaakt_op"}
NAMED, ENTERED = "Waar je naam bij staat", "Wat je hebt ingevoerd"
KEPT_SECRET = "Bewaard, versleuteld"  # noqa: S105 - what is said instead of it


@dataclass(frozen=True, slots=True)
class Part:
    """One table of what is held. more: rows that were left out here; a download has them."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    more: int = 0


def points_at_people(entity: type[Entiteit]) -> Iterator[str]:
    """Columns that hold the number of a person; who made a row and who changed it left out."""
    for column in entity.__table__.columns:
        targets = {key.column.table.name for key in column.foreign_keys}
        if column.name not in STEMPELS and Gebruiker.__tablename__ in targets:
            yield column.name


def held_about(gebruiker_id: int, most: int | None = None) -> list[Part]:
    """All parts; most: rows per part."""
    with acting_as(LOOKING_UP) as session:
        parts = [_about(session, entity, gebruiker_id, most) for entity in ABOUT]
        parts += [_named(session, gebruiker_id), _entered(session, gebruiker_id)]
    return [part for part in parts if part.rows]


def _is_theirs(entity: type[Any], gebruiker_id: int) -> ColumnElement[bool]:
    if entity is Gebruiker:
        return Gebruiker.id == gebruiker_id
    if entity is Wijziging:
        of_them = and_(Wijziging.entiteit == "Gebruiker", Wijziging.rij_id == gebruiker_id)
        return or_(Wijziging.door_id == gebruiker_id, of_them)
    return or_(*(getattr(entity, name) == gebruiker_id for name in points_at_people(entity)))


def _about(
    session: GateSession, entity: type[Entiteit], gebruiker_id: int, most: int | None
) -> Part:
    theirs = _is_theirs(entity, gebruiker_id)
    wanted = select(entity).where(theirs).order_by(entity.id.desc()).limit(most)
    columns = [a for a in attributes.attributes_of(entity) if a.name not in UNTOLD]
    rows = tuple(
        tuple(_text(column, row) for column in columns) for row in session.scalars(wanted).unique()
    )
    total = session.scalar(select(func.count(entity.id)).where(theirs)) or 0
    title = entity.woord.titel if entity is Gebruiker else entity.woord.titel_meervoud
    return Part(title, tuple(column.label for column in columns), rows, total - len(rows))


def _text(column: attributes.Attribute, row: Entiteit) -> str:
    if column.ui.geheim:
        return KEPT_SECRET if getattr(row, column.name) is not None else ""
    return cell_text(column, row)


def _named(session: GateSession, gebruiker_id: int) -> Part:
    rows: list[tuple[str, ...]] = []
    for entity in entiteiten():
        for name in points_at_people(entity) if entity not in ABOUT else ():
            ui = kolom_ui(entity.__table__.c[name])
            column: Any = getattr(entity, name)
            found = session.scalars(select(entity).where(column == gebruiker_id)).unique()
            label = ui.label if ui else name
            rows.extend((entity.woord.titel, str(row), label) for row in found)
    return Part(NAMED, ("Soort", "Wat", "Als"), tuple(rows))


def _entered(session: GateSession, gebruiker_id: int) -> Part:
    rows = []
    for entity in entiteiten():
        counts = [
            session.scalar(select(func.count(entity.id)).where(column == gebruiker_id)) or 0
            for column in (entity.aangemaakt_door_id, entity.gewijzigd_door_id)
        ]
        if any(counts):
            rows.append((entity.woord.titel_meervoud, *map(formats.number, counts)))
    return Part(ENTERED, ("Soort", "Aangemaakt", "Laatst gewijzigd"), tuple(rows))


# --- to take along ----------------------------------------------------------------


def as_json(parts: list[Part]) -> Response:
    """For a machine: per part a list of rows by label."""
    found = {
        part.title: [dict(zip(part.columns, row, strict=True)) for row in part.rows]
        for part in parts
    }
    text = json.dumps(found, ensure_ascii=False, indent=2)
    return exports.download(text.encode(), f"{NAME}.json", "application/json")


def as_xlsx(parts: list[Part]) -> Response:
    """For a person: a sheet per part."""
    file = io.BytesIO()
    sheets = (
        excel.Sheet(part.title[:31], [excel.Column(label) for label in part.columns], part.rows)
        for part in parts
    )
    excel.write(sheets, file)
    return exports.download(file.getvalue(), f"{NAME}.xlsx", excel.XLSX)
