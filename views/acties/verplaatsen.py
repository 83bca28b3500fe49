"""Verplaatsen: activities to another open verantwoording, with everything in them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import request, url_for
from sqlalchemy import func, select

from cmk_admin import formats
from cmk_admin.actions import Asked, Done, EntityAction, Preview, Question, Remark
from cmk_admin.bulk import effects, picture, run
from cmk_admin.entity_actions import CONFIRMED
from cmk_admin.forms import fields
from cmk_admin.forms.builder import EntityForm
from cmk_admin.gate import GateSession, Refused, may_undo, moving
from cmk_admin.page_batch import LeftOut
from cmk_admin.policy import may
from cmk_admin.rights import Handeling
from models.activiteit import Activiteit, ActiviteitSchool, Last
from models.base import Fout, RegelFout
from models.historie import BewerkingSoort
from models.verantwoording import Status, Verantwoording
from views.acties.gedeeld import SHOWN, aantal_van, open_verantwoordingen

#: Rows that a preview shows, and names of those that stay.
ROWS, NAMED = 100, 5
ELSEWHERE = "Dit is van een andere contractpartij."
NOTHING = "Hier kan niets van je keuze naartoe."
THERE = "Dit staat al in deze verantwoording."


class VerplaatsForm(EntityForm):
    """Where the activities go."""

    verantwoording_id = fields.ReferenceField(
        "Naar welke verantwoording?",
        description="Een andere open verantwoording van dezelfde contractpartij. Wat van een andere"
        " contractpartij is, blijft waar het is.",
        validators=[fields.Filled()],
    )


@dataclass(frozen=True)
class Verhuizing(run.Task):
    """These activities to that verantwoording, each judged by itself."""

    naar: Verantwoording

    soort = BewerkingSoort.VERPLAATSEN
    done = "verplaatst"

    @property
    def what(self) -> tuple[str, ...]:
        return (f"naar {self.naar}",)

    def do(self, session: GateSession, row: Any) -> None:
        verdict = may(session.actor, Handeling.WIJZIGEN, row)
        if not verdict:
            raise Refused(verdict)
        row.verplaats(self.naar)


class Verplaatsen(EntityAction):
    """One or many activities to another open verantwoording, with everything in them."""

    name, label, icon = "verplaatsen", "Verplaatsen", "arrow-right"
    handeling = Handeling.WIJZIGEN
    submit_label = "Verplaatsen"
    previews = row_by_row = True

    def make_form(self, rows: Sequence[Any]) -> EntityForm:
        form = VerplaatsForm()
        choices = _targets(rows)
        field = form.verantwoording_id
        field.options = lambda: choices
        field.widget_kind = "choice"
        field.find = lambda ids: {i: naam for i, naam in choices if i in ids}
        if CONFIRMED not in request.form and len(choices) == 1:
            field.data = choices[0][0]
        return form

    def question(self, asked: Asked) -> Question:
        if not any(row.verantwoording.status is Status.OPEN for row in asked.rows):
            return Question("Wat je koos, staat vast in een gesloten jaar.", possible=False)
        if not _targets(asked.rows):
            return Question(
                "Er is geen andere open verantwoording van dezelfde contractpartij om naartoe te"
                " verplaatsen.",
                possible=False,
            )
        chosen = asked.form is not None and asked.form.verantwoording_id.data
        names = [f"{row.naam} ({row.verantwoording})" for row in asked.rows[:SHOWN]]
        if len(asked.rows) > SHOWN:
            names.append(f"en nog {len(asked.rows) - SHOWN}")
        return Question(
            f"Gekozen: {aantal_van(len(asked.rows), Activiteit)}. Wat je verplaatst, gaat met"
            " scholen, lasten, doelgroepen en samenwerkingspartners. De periode en de betaaldatums"
            " blijven zoals ze zijn.",
            () if chosen else tuple(names),
        )

    def perform(self, session: GateSession, asked: Asked) -> Done:
        naar = asked.form.verantwoording_id.data if asked.form else None
        doel = session.get(Verantwoording, naar) if naar else None
        if doel is None:
            raise RegelFout(Fout(fields.NOT_FOUND, "verantwoording_id"))
        stay = _stay(asked.rows, doel)
        going = [row for row in asked.rows if row.id not in {one.id for one, _ in stay}]
        lines = _lines(session, going)
        outside = _outside(going, doel)
        where = {row.id: str(row) for row in going}
        task = Verhuizing(Activiteit, tuple(where), doel, also=(doel.id,))
        with moving(session):
            outcome = run.carry_out(session, task)
        left = (*_told(stay), *picture.left_out(outcome))
        if not outcome.touched:
            why = " ".join((NOTHING, *(one.reason for one in left)))
            raise RegelFout(Fout(why, "verantwoording_id"))
        skipped = {one.row_id for one in outcome.skipped}
        moved = [id_ for id_ in where if id_ not in skipped]
        words = f"{aantal_van(outcome.touched, Activiteit)} verplaatst naar {doel}"
        over = len(asked.rows) - outcome.touched
        return Done(
            f"{words}{f', {formats.number(over)} overgeslagen' if over else ''}.",
            url_for("verantwoordingen.activiteiten", id=doel.id),
            outcome.stap.id if may_undo(session, outcome.stap) else None,
            Preview(
                f"{aantal_van(outcome.touched, Activiteit)}, naar {doel}",
                ("Activiteit", "Van", "Periode", "Scholen", "Lasten"),
                tuple(lines[id_] for id_ in moved[:ROWS]),
                2,
                max(0, len(moved) - ROWS),
                outcome.fingerprint,
                _remarks([where[id_] for id_ in moved if id_ in outside], doel),
                "Dit wordt verplaatst",
                left,
                effects.lines(outcome.effects),
            ),
        )


def _targets(rows: Sequence[Any]) -> list[tuple[int, str]]:
    """The open years of their contractpartijen, but for one that nothing could come to: what was
    chosen of its contractpartij and can go is there already."""
    here: dict[int, set[int]] = {}
    for row in (row for row in rows if row.verantwoording.status is Status.OPEN):
        here.setdefault(row.contractpartij_id, set()).add(row.verantwoording_id)
    useless = {next(iter(years)) for years in here.values() if len(years) == 1}
    return [(id_, naam) for id_, naam in open_verantwoordingen(here) if id_ not in useless]


def _stay(rows: Sequence[Any], doel: Verantwoording) -> list[tuple[Any, str]]:
    """The activities that cannot go there, or are there already, and why."""
    return [
        (row, THERE if row.verantwoording_id == doel.id else ELSEWHERE)
        for row in rows
        if row.verantwoording_id == doel.id or row.contractpartij_id != doel.contractpartij_id
    ]


def _told(stay: Sequence[tuple[Any, str]]) -> list[LeftOut]:
    found = []
    for reason in (ELSEWHERE, THERE):
        names = [row.naam for row, why in stay if why == reason]
        if names:
            found.append(LeftOut(reason, len(names), tuple(names[:NAMED])))
    return found


def _outside(rows: Sequence[Any], doel: Verantwoording) -> set[int]:
    """The activities whose period does not touch the year that they go to."""
    year = doel.kalenderjaar
    return {
        row.id
        for row in rows
        if (row.startdatum and row.startdatum.year > year)
        or (row.einddatum and row.einddatum.year < year)
    }


def _remarks(names: Sequence[str], doel: Verantwoording) -> tuple[Remark, ...]:
    if not names:
        return ()
    more = len(names) - NAMED
    one = len(names) == 1
    return (
        Remark(
            f"De periode van {'deze activiteit' if one else f'{len(names)} activiteiten'} ligt niet"
            f" in {doel.kalenderjaar} en schuift niet mee.",
            (*names[:NAMED], *((f"en nog {more}",) if more > 0 else ())),
        ),
    )


def _lines(session: GateSession, rows: Sequence[Any]) -> dict[int, tuple[str, ...]]:
    """Each activity as the preview shows it."""
    ids = [row.id for row in rows]
    lasten = _per(session, func.coalesce(func.sum(Last.bedrag), 0), Last.activiteit_id, ids)
    scholen = _per(session, func.count(), ActiviteitSchool.activiteit_id, ids)
    return {
        row.id: (
            row.naam,
            str(row.verantwoording),
            " t/m ".join(map(formats.day, (row.startdatum, row.einddatum))),
            formats.number(scholen.get(row.id, 0)),
            formats.euro(lasten.get(row.id, 0)),
        )
        for row in rows
    }


def _per(session: GateSession, what: Any, of: Any, ids: Sequence[int]) -> dict[int, int]:
    """A figure of each activity; one query."""
    found = session.execute(select(of, what).where(of.in_(ids)).group_by(of))
    return {id_: int(number or 0) for id_, number in found}
