"""Dupliceren: copies of activities, seen before they are made (Handleiding 1.5, 2.2)."""

from collections.abc import Callable, Collection, Sequence
from typing import Any

from flask import request, url_for
from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import aliased, joinedload, selectinload
from wtforms.validators import NumberRange, Optional

from cmk_admin import database, formats, references
from cmk_admin.actions import Asked, Done, EntityAction, Preview, Question, Remark, fingerprint
from cmk_admin.entity_actions import CONFIRMED
from cmk_admin.forms import fields
from cmk_admin.forms.builder import EntityForm
from cmk_admin.gate import GateSession, Locked, bewerking
from cmk_admin.policy import gesloten
from cmk_admin.rights import Handeling
from models.activiteit import Activiteit, ActiviteitSchool
from models.base import Fout, RegelFout
from models.dupliceren import Wens, kopieen
from models.historie import Bewerking, BewerkingSoort
from models.lijsten import Sector
from models.project import Project
from models.school import School
from models.verantwoording import Status, Verantwoording
from views.acties.gedeeld import SHOWN, aantal_van, open_verantwoordingen

#: Copies of one step, and of one activity; rows that a preview shows, and schools it names.
MOST, MOST_EACH, ROWS, NAMED = 500, 50, 100, 5


class DupliceerForm(EntityForm):
    """Where the copies go, for whom, how many, and with or without amounts."""

    verantwoording_id = fields.ReferenceField(
        "In welke verantwoording?",
        description="Leeg: naast het origineel. In een ander jaar schuift de periode mee.",
    )
    scholen = fields.MultiReferenceField(
        "Eén kopie per school",
        description="Elke gekozen school krijgt een eigen kopie. Leeg: de scholen gaan mee.",
    )
    aantal = fields.IntegerField(
        "Aantal kopieën",
        description="Van elke activiteit; leeg telt als één.",
        validators=[Optional(), NumberRange(1, MOST_EACH, f"Kies 1 tot en met {MOST_EACH}.")],
    )
    zonder_bedragen = fields.CheckField("Bedragen leegmaken: de lasten gaan mee zonder bedrag")


class Dupliceren(EntityAction):
    """One or many activities, with scholen, lasten, partners and doelgroepen."""

    name, label, icon = "dupliceren", "Dupliceren", "copy"
    handeling = Handeling.DUPLICEREN
    submit_label = "Dupliceren"
    previews = True

    def make_form(self, rows: Sequence[Any]) -> EntityForm:
        partijen = {row.contractpartij_id for row in rows}
        asked = CONFIRMED in request.form
        form = DupliceerForm() if asked else DupliceerForm(None, data={"aantal": 1})
        field = form.verantwoording_id
        if any(row.verantwoording.status is not Status.OPEN for row in rows):
            field.description = "Dit jaar is gesloten: kies waar de kopie komt."
            field.validators = [fields.Filled()]
            field.flags.required = True
            if field.data is None:
                field.data = _latest_open(rows[0])
        fields.offer(field, lambda: open_verantwoordingen(partijen))
        field.widget_kind = "choice"
        fields.offer(form.scholen, _schools(rows))
        return form

    def question(self, asked: Asked) -> Question:
        namen = tuple(f"{row.naam} ({row.verantwoording})" for row in asked.rows[:SHOWN])
        meer = len(asked.rows) - len(namen)
        aantal = aantal_van(len(asked.rows), Activiteit)
        return Question(
            f"Je maakt een kopie van {aantal}, met scholen, lasten, doelgroepen en"
            " samenwerkingspartners. Betaaldatum, boekstuknummer en bijlage gaan niet mee.",
            namen + ((f"en nog {meer}",) if meer else ()),
        )

    def perform(self, session: GateSession, asked: Asked) -> Done:
        wens = _wens(session, asked)
        stap, made = dupliceer(session, [row.id for row in asked.rows], wens)
        url = url_for("verantwoordingen.activiteiten", id=made[0].verantwoording.id)
        words = stap.omschrijving
        remarks = (*_multiplied(asked.rows, made, wens), *_elsewhere(session, made))
        return Done(f"{words[0].upper()}{words[1:]}.", url, stap.id, _preview(made, remarks))


def dupliceer(
    session: GateSession, ids: Sequence[int], wens: Wens
) -> tuple[Bewerking, list[Activiteit]]:
    """The copies of these activities as one batch, without commit; raises Locked, RegelFout."""
    bronnen = _whole(session, ids)
    for bron in bronnen:
        naar = wens.naar or bron.verantwoording
        if naar.status is not Status.OPEN:
            raise Locked(gesloten(naar), naar)
    words = f"{aantal_van(len(bronnen), Activiteit)} gedupliceerd{_in_words(wens)}"
    partijen = {bron.contractpartij_id for bron in bronnen}
    partij = partijen.pop() if len(partijen) == 1 else None
    with bewerking(session, BewerkingSoort.DUPLICEREN, words, partij) as stap:
        made = [kopie for bron in bronnen for kopie in kopieen(bron, wens)]
        session.add_all(made)
    return stap, made


def _schools(rows: Sequence[Any]) -> Callable[[], list[tuple[int, str]]]:
    """Schools of the own werkgebied, and those that took part already; read once."""
    found: list[tuple[int, str]] = []
    partijen = sorted({row.contractpartij_id for row in rows})

    def offer() -> list[tuple[int, str]]:
        if not found:
            sectoren = {row.verantwoording.project.sector for row in rows}
            near = database.session().scalars(_near(partijen, [row.id for row in rows]))
            found.extend((school.id, _named(school, sectoren)) for school in near)
        return found

    return offer


def _named(school: School, sectoren: Collection[Sector]) -> str:
    """With its sector, where that is another than the projects'."""
    other = school.sector is not None and school.sector not in sectoren
    return f"{references.named(school)}{f' · andere sector: {school.sector}' if other else ''}"


def _near(partijen: Sequence[int], activiteiten: Sequence[int]) -> Select[Any]:
    joined = select(ActiviteitSchool.school_id).where(
        ActiviteitSchool.activiteit_id.in_(activiteiten)
    )
    region = School.nabij(partijen)
    chosen: ColumnElement[bool] = School.id.in_(joined)
    if region is not None:
        chosen = or_(chosen, region & School.actief)
    wanted = select(School).where(chosen).options(joinedload(School.sector))
    return references.ordered(wanted, School)


def _latest_open(bron: Activiteit) -> int | None:
    """The newest open year of the same project: where last year's activity is wanted."""
    return database.session().scalar(
        select(Verantwoording.id)
        .where(
            Verantwoording.project_id == bron.verantwoording.project_id,
            Verantwoording.status == Status.OPEN,
        )
        .order_by(Verantwoording.kalenderjaar.desc())
        .limit(1)
    )


def _wens(session: GateSession, asked: Asked) -> Wens:
    """What the form asks; raises RegelFout for what cannot be."""
    assert asked.form is not None
    data = asked.form.data
    naar = data["verantwoording_id"]
    doel = session.get(Verantwoording, naar) if naar else None
    if doel is not None and any(r.contractpartij_id != doel.contractpartij_id for r in asked.rows):
        raise RegelFout(Fout(fields.NOT_FOUND, "verantwoording_id"))
    ids = data["scholen"] or ()
    chosen = select(School).where(School.id.in_(ids))
    scholen = session.scalars(references.ordered(chosen, School)).all() if ids else ()
    wens = Wens(doel, scholen, data["aantal"] or 1, bool(data["zonder_bedragen"]))
    totaal = wens.totaal(len(asked.rows))
    if totaal > max(MOST, len(asked.rows)):
        text = f"Dit worden {formats.number(totaal)} kopieën; het kunnen er {MOST} tegelijk zijn."
        raise RegelFout(Fout(text, "aantal"))
    return wens


def _whole(session: GateSession, ids: Sequence[int]) -> Sequence[Activiteit]:
    """The originals with all that is copied along, in the order of choosing."""
    parts = [selectinload(getattr(Activiteit, name)) for name in Activiteit.delen]
    found = session.scalars(select(Activiteit).where(Activiteit.id.in_(ids)).options(*parts))
    by_id = {bron.id: bron for bron in found}
    return [by_id[id_] for id_ in ids]


def _in_words(wens: Wens) -> str:
    """What is more than one copy of each."""
    words = []
    if wens.scholen:
        words.append("voor 1 school" if len(wens.scholen) == 1 else
                     f"voor {len(wens.scholen)} scholen")  # fmt: skip
    if wens.aantal > 1:
        words.append(f"{wens.aantal} keer")
    return f" {', '.join(words)}" if words else ""


def _multiplied(
    bronnen: Sequence[Activiteit], made: Sequence[Activiteit], wens: Wens
) -> tuple[Remark, ...]:
    """Each copy takes all lasten along: what was spent once then counts several times."""
    before, after = _lasten(bronnen), _lasten(made)
    if not after or not (wens.scholen or wens.aantal > 1):
        return ()
    originals = "Het origineel" if len(bronnen) == 1 else f"De {len(bronnen)} originelen samen"
    copies = "De kopie" if len(made) == 1 else f"De {len(made)} kopieën samen"
    return (
        Remark(
            "Elke kopie krijgt de volledige lasten van het origineel. Gaat het om dezelfde kosten,"
            " verdeel ze dan over de kopieën of maak de bedragen leeg.",
            (f"{originals}: {formats.euro(before)}", f"{copies}: {formats.euro(after)}"),
            "zonder_bedragen",
            "Bedragen leegmaken",
        ),
    )


def _lasten(rows: Sequence[Activiteit]) -> int:
    return sum(last.bedrag or 0 for row in rows for last in row.lasten)


def _elsewhere(session: GateSession, made: Sequence[Activiteit]) -> tuple[Remark, ...]:
    """The schools of these copies that are of another sector than the project (Handleiding 2.1)."""
    of_school, of_project = aliased(Sector), aliased(Sector)
    found = session.execute(
        select(School.naam, of_school.naam, of_project.naam)
        .join(ActiviteitSchool, ActiviteitSchool.school_id == School.id)
        .join(ActiviteitSchool.activiteit)
        .join(Activiteit.verantwoording)
        .join(Verantwoording.project)
        .join(of_school, of_school.id == School.sector_id)
        .join(of_project, of_project.id == Project.sector_id)
        .where(Activiteit.id.in_([kopie.id for kopie in made]), of_school.id != of_project.id)
        .distinct()
        .order_by(School.naam)
    ).all()
    if not found:
        return ()
    lines = [
        f"{name} hoort bij {own}; het project is voor {wanted}." for name, own, wanted in found
    ]
    more = len(lines) - NAMED
    lines[NAMED:] = [f"En nog {more}."] if more > 0 else []
    words = "Een school hoort" if len(found) == 1 else f"{len(found)} scholen horen"
    return (Remark(f"{words} bij een andere sector dan het project.", tuple(lines)),)


def _preview(made: Sequence[Activiteit], remarks: tuple[Remark, ...]) -> Preview:
    """Every copy in one line, and what tells this outcome from any other."""
    return Preview(
        f"{aantal_van(len(made), Activiteit)}, lasten samen {formats.euro(_lasten(made))}",
        ("Activiteit", "Verantwoording", "Periode", "Scholen", "Lasten"),
        tuple(_line(kopie) for kopie in made[:ROWS]),
        2,
        max(0, len(made) - ROWS),
        fingerprint(made),
        remarks,
    )


def _line(kopie: Activiteit) -> tuple[str, ...]:
    """One copy as the preview shows it."""
    days = (kopie.startdatum, kopie.einddatum)
    amounts = [last.bedrag for last in kopie.lasten if last.bedrag is not None]
    return (
        kopie.naam,
        str(kopie.verantwoording),
        " t/m ".join(map(formats.day, days)),
        formats.number(len(kopie.scholen)),
        formats.euro(sum(amounts)) if amounts else "zonder bedrag" if kopie.lasten else "–",
    )
