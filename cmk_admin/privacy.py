"""Everything that the portal holds about one person (AVG, article 15).

Read off the models: a column that points at a person is found by itself. What is about the
person comes whole, of other rows only that their name stands there. What they did to rows that
are about others is counted: those rows may be out of their sight by now.
"""

import json
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import Any, BinaryIO

from flask import Response, send_file
from sqlalchemy import ColumnElement, String, Text, and_, cast, func, or_, select

from cmk_admin import attributes, excel, formats, history_view
from cmk_admin.actor import system
from cmk_admin.entity_pages import cell_text
from cmk_admin.gate import GateSession, acting_as
from cmk_admin.policy import ouder_van
from models.base import STEMPELS, Entiteit, entiteiten, kolom_ui
from models.concept import Concept
from models.gebruiker import Gebruiker, Lidmaatschap
from models.historie import Bewerking, Wijziging, WijzigingSoort
from models.privacy import Inzage
from models.techniek import Mail, Taak, Verzoek
from models.toegang import Herstelcode, Onderbreking, Toegangslink, Zitting
from models.verantwoording import OVERGANGEN, Status, Verantwoording
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
DONE, STEPS = "Wat je hebt gewijzigd", "Jaren gesloten of heropend"
#: Columns of what a person did that tell about others.
OF_OTHERS = {
    Bewerking: frozenset({"omschrijving", "contractpartij_id"}),
    Inzage: frozenset({"wat", "over_id"}),
}
LEFT_OUT = "Gaat over anderen"
#: Rows per part on a screen; rows that a download has in memory at once.
ON_SCREEN, TOGETHER = 20, 200
KEPT_SECRET = "Bewaard, versleuteld"  # noqa: S105 - what is said instead of it


@dataclass(frozen=True, slots=True)
class Part:
    """One table of what is held. more: rows that were left out here; a download has them."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    more: int = 0


@dataclass(frozen=True, slots=True)
class Source:
    """One table of what is held, its rows read as they are asked for, the newest first."""

    title: str
    columns: tuple[str, ...]
    total: int
    rows: Iterator[tuple[str, ...]]


def points_at_people(entity: type[Entiteit]) -> Iterator[str]:
    """Columns that hold the number of a person; who made a row and who changed it left out."""
    for column in entity.__table__.columns:
        targets = {key.column.table.name for key in column.foreign_keys}
        if column.name not in STEMPELS and Gebruiker.__tablename__ in targets:
            yield column.name


def held_about(gebruiker_id: int, most: int = ON_SCREEN) -> list[Part]:
    """All parts, for a screen; most: rows per part."""
    with acting_as(LOOKING_UP) as session:
        return [
            Part(
                source.title,
                source.columns,
                tuple(islice(source.rows, most)),
                max(0, source.total - most),
            )
            for source in _sources(session, gebruiker_id)
        ]


def _sources(session: GateSession, gebruiker_id: int) -> Iterator[Source]:
    """Every part in which there is something."""
    for entity in ABOUT:
        yield from _filled(_about(session, entity, gebruiker_id))
    yield from _filled(_steps(session, gebruiker_id))
    yield from _filled(_done(session, gebruiker_id))
    yield from _filled(_named(session, gebruiker_id))
    yield from _filled(_entered(session, gebruiker_id))


def _filled(source: Source) -> Iterator[Source]:
    if source.total:
        yield source


# --- about the person ---------------------------------------------------------------


def _about(session: GateSession, entity: type[Entiteit], gebruiker_id: int) -> Source:
    theirs = _is_theirs(entity, gebruiker_id)
    columns = [a for a in attributes.attributes_of(entity) if a.name not in UNTOLD]
    title = entity.woord.titel if entity is Gebruiker else entity.woord.titel_meervoud
    rows = (
        tuple(_text(column, row, gebruiker_id) for column in columns)
        for row in _in_turn(session, entity, theirs)
    )
    labels = tuple(column.label for column in columns)
    return Source(title, labels, _count(session, entity, theirs), rows)


def _is_theirs(entity: type[Any], gebruiker_id: int) -> ColumnElement[bool]:
    if entity is Gebruiker:
        return Gebruiker.id == gebruiker_id
    if entity is Wijziging:
        return _changes_about(gebruiker_id)
    return or_(*(getattr(entity, name) == gebruiker_id for name in points_at_people(entity)))


def _changes_about(gebruiker_id: int) -> ColumnElement[bool]:
    """Changes of their account and of their memberships, whoever made them."""
    own = select(Lidmaatschap.id).where(Lidmaatschap.gebruiker_id == gebruiker_id)
    return or_(
        and_(Wijziging.entiteit == "Gebruiker", Wijziging.rij_id == gebruiker_id),
        and_(Wijziging.entiteit == "Lidmaatschap", Wijziging.rij_id.in_(own)),
    )


def _count(session: GateSession, entity: type[Entiteit], which: ColumnElement[bool]) -> int:
    return session.scalar(select(func.count(entity.id)).where(which)) or 0


def _in_turn(session: GateSession, entity: type[Any], which: ColumnElement[bool]) -> Iterator[Any]:
    """The newest first, some hundreds at a time, however many there are."""
    wanted = select(entity).where(which).order_by(entity.id.desc()).limit(TOGETHER)
    found = session.scalars(wanted).unique().all()
    while found:
        yield from found
        found = session.scalars(wanted.where(entity.id < found[-1].id)).unique().all()


def _text(column: attributes.Attribute, row: Entiteit, gebruiker_id: int) -> str:
    if column.ui.geheim:
        return KEPT_SECRET if getattr(row, column.name) is not None else ""
    if column.name in OF_OTHERS.get(type(row), ()) and not _is_about(row, gebruiker_id):
        return LEFT_OUT if getattr(row, column.name) is not None else ""
    if isinstance(row, Wijziging) and column.name == "waarden":
        return _changes(row)
    return cell_text(column, row)


def _changes(row: Wijziging) -> str:
    """Old → new of each column, by its label; what points at another row by its number."""
    entity = history_view.entity_by_name(row.entiteit)
    labels = {a.name: a.label for a in attributes.attributes_of(entity)} if entity else {}
    return "; ".join(
        f"{labels.get(name, name)}: {' → '.join(map(_value, pair))}"
        for name, pair in row.waarden.items()
    )


def _value(value: object) -> str:
    if value is None:
        return "leeg"
    return formats.yes_no(value) if isinstance(value, bool) else str(value)


def _is_about(row: Any, gebruiker_id: int) -> bool:
    """A look at themselves, or at a list of no single person."""
    return isinstance(row, Inzage) and row.over_id in (None, gebruiker_id)


# --- what they did to other rows ----------------------------------------------------


def _done(session: GateSession, gebruiker_id: int) -> Source:
    """How often they made, changed or deleted which kind of row, by day; not which row."""
    # By the hour of the database: the Dutch day begins at another one in summer than in winter.
    hour = func.substr(cast(Wijziging.op, String), 1, len("2026-01-31 23"))
    of_an_hour = (
        select(hour, Wijziging.entiteit, Wijziging.soort, func.count(Wijziging.id))
        .where(Wijziging.door_id == gebruiker_id)
        .group_by(hour, Wijziging.entiteit, Wijziging.soort)
    )
    counts: Counter[tuple[date, str, WijzigingSoort]] = Counter()
    for text, entity, kind, count in session.execute(of_an_hour):
        moment = datetime.fromisoformat(f"{text}:00+00:00")
        counts[formats.day_of(moment), entity, kind] += count
    newest = sorted(counts, key=lambda group: (-group[0].toordinal(), group[1], group[2].value))
    rows = (
        (
            formats.day(group[0]),
            history_view.word_of(group[1]),
            group[2].label,
            formats.number(counts[group]),
        )
        for group in newest
    )
    return Source(DONE, ("Dag", "Soort", "Handeling", "Aantal"), len(newest), rows)


def _steps(session: GateSession, gebruiker_id: int) -> Source:
    """The years that they closed, reopened or approved: of these the year itself is told, as it
    is their signature under it."""
    theirs = and_(
        Wijziging.door_id == gebruiker_id,
        Wijziging.entiteit == Verantwoording.__name__,
        Wijziging.soort == WijzigingSoort.GEWIJZIGD,
        cast(Wijziging.waarden, Text).contains('"status"'),
    )
    rows = (
        (formats.moment(change.op), change.titel, _step_of(change))
        for change in _in_turn(session, Wijziging, theirs)
    )
    return Source(STEPS, ("Wanneer", "Wat", "Stap"), _count(session, Wijziging, theirs), rows)


def _step_of(change: Wijziging) -> str:
    before, after = map(Status, change.waarden["status"])
    step = OVERGANGEN.get((before, after))
    return step.label if step else after.label


def _named(session: GateSession, gebruiker_id: int) -> Source:
    places: list[tuple[type[Entiteit], str, ColumnElement[bool]]] = [
        (entity, name, getattr(entity, name) == gebruiker_id)
        for entity in entiteiten()
        if entity not in ABOUT
        for name in points_at_people(entity)
    ]
    total = sum(_count(session, entity, which) for entity, _, which in places)
    rows = (
        (entity.woord.titel, _called(row), _label(entity, name))
        for entity, name, which in places
        for row in _in_turn(session, entity, which)
    )
    return Source(NAMED, ("Soort", "Wat", "Als"), total, rows)


def _called(row: Entiteit) -> str:
    """What people call it, after what it is a part of: a picture of closing says of which year."""
    above = ouder_van(row)
    if above is None or str(row.ouder).removesuffix("_id") in row.label_relaties:
        return str(row)
    return f"{above} → {row}"


def _label(entity: type[Entiteit], name: str) -> str:
    ui = kolom_ui(entity.__table__.c[name])
    return ui.label if ui else name


def _entered(session: GateSession, gebruiker_id: int) -> Source:
    rows: list[tuple[str, ...]] = []
    for entity in entiteiten():
        counts = [
            _count(session, entity, column == gebruiker_id)
            for column in (entity.aangemaakt_door_id, entity.gewijzigd_door_id)
        ]
        if any(counts):
            rows.append((entity.woord.titel_meervoud, *map(formats.number, counts)))
    columns = ("Soort", "Aangemaakt", "Laatst gewijzigd")
    return Source(ENTERED, columns, len(rows), iter(rows))


# --- to take along ----------------------------------------------------------------


def as_json(gebruiker_id: int) -> Response:
    """For a machine: per part a list of rows by label."""
    return _download(gebruiker_id, _write_json, "json", "application/json")


def as_xlsx(gebruiker_id: int) -> Response:
    """For a person: a sheet per part."""
    return _download(gebruiker_id, _write_xlsx, "xlsx", excel.XLSX)


def _download(
    gebruiker_id: int,
    write: Callable[[Iterable[Source], BinaryIO], None],
    kind: str,
    media_type: str,
) -> Response:
    """Everything, by way of the disk: how much it is takes no memory."""
    file = tempfile.TemporaryFile()  # noqa: SIM115 - the response closes it
    with acting_as(LOOKING_UP) as session:
        write(_sources(session, gebruiker_id), file)
    file.seek(0)
    return send_file(file, media_type, as_attachment=True, download_name=f"{NAME}.{kind}")


def _write_json(sources: Iterable[Source], file: BinaryIO) -> None:
    between = "{\n"
    for source in sources:
        file.write(f"{between}{_json(source.title)}: [".encode())
        before = "\n  "
        for row in source.rows:
            told = dict(zip(source.columns, row, strict=True))
            file.write(f"{before}{_json(told)}".encode())
            before = ",\n  "
        file.write(b"\n]")
        between = ",\n"
    file.write(b"\n}\n")


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _write_xlsx(sources: Iterable[Source], file: BinaryIO) -> None:
    sheets = (
        excel.Sheet(
            source.title[:31], [excel.Column(label) for label in source.columns], source.rows
        )
        for source in sources
    )
    excel.write(sheets, file)
