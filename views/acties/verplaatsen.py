"""Verplaatsen: activities to another open verantwoording, with everything in them."""

from collections.abc import Sequence
from typing import Any

from flask import url_for
from sqlalchemy import func, select

from cmk_admin import database, formats
from cmk_admin.actions import Asked, Done, EntityAction, Question
from cmk_admin.forms import fields
from cmk_admin.forms.builder import EntityForm
from cmk_admin.gate import GateSession, bewerking, may_undo, moving
from cmk_admin.rights import Handeling
from models.activiteit import Activiteit, Last
from models.base import Fout, RegelFout
from models.historie import BewerkingSoort
from models.verantwoording import Verantwoording
from views.acties.gedeeld import SHOWN, aantal_van, open_verantwoordingen


class VerplaatsForm(EntityForm):
    """Where the activities go."""

    verantwoording_id = fields.ReferenceField(
        "Naar welke verantwoording?",
        description="Een andere open verantwoording van dezelfde contractpartij.",
        validators=[fields.Filled()],
    )


class Verplaatsen(EntityAction):
    """One or many activities to another open verantwoording, with everything in them."""

    name, label, icon = "verplaatsen", "Verplaatsen", "arrow-right"
    handeling = Handeling.WIJZIGEN
    submit_label = "Verplaatsen"

    def make_form(self, rows: Sequence[Any]) -> EntityForm:
        partijen = {row.contractpartij_id for row in rows}
        form = VerplaatsForm()
        field = form.verantwoording_id
        field.options = lambda: open_verantwoordingen(partijen)
        field.widget_kind = "choice"
        field.find = lambda ids: {
            i: naam for i, naam in open_verantwoordingen(partijen) if i in ids
        }
        return form

    def question(self, asked: Asked) -> Question:
        lasten = _lasten_per(asked.rows)
        return Question(
            f"Je verplaatst {aantal_van(len(asked.rows), Activiteit)}, met scholen, lasten,"
            " doelgroepen en samenwerkingspartners. De periode en de betaaldatums blijven zoals"
            " ze zijn.",
            tuple(
                f"{row.naam} ({row.verantwoording}), lasten {formats.euro(lasten[row.id])}"
                for row in asked.rows[:SHOWN]
            )
            + ((f"en nog {len(asked.rows) - SHOWN}",) if len(asked.rows) > SHOWN else ()),
        )

    def perform(self, session: GateSession, asked: Asked) -> Done:
        doel = session.get(Verantwoording, asked.form.verantwoording_id.data if asked.form else 0)
        rijen = [row for row in asked.rows if row.verantwoording is not doel]
        if doel is None or any(row.contractpartij_id != doel.contractpartij_id for row in rijen):
            raise RegelFout(Fout(fields.NOT_FOUND, "verantwoording_id"))
        if not rijen:
            raise RegelFout(Fout("Dit staat al in deze verantwoording.", "verantwoording_id"))
        aantal = aantal_van(len(rijen), Activiteit)
        words = f"{aantal} verplaatst naar {doel}"
        partij = doel.contractpartij_id
        step = bewerking(session, BewerkingSoort.VERPLAATSEN, words, partij)
        with step as stap, moving(session):
            for row in rijen:
                row.verplaats(doel)
        back = stap.id if may_undo(session, stap) else None
        return Done(
            f"{words[0].upper()}{words[1:]}.",
            url_for("verantwoordingen.activiteiten", id=doel.id),
            back,
        )


def _lasten_per(rows: Sequence[Activiteit]) -> dict[int, int]:
    """The lasten of each activity, in cents; one query."""
    som = func.coalesce(func.sum(Last.bedrag), 0)
    chosen = Last.activiteit_id.in_([row.id for row in rows])
    found = database.session().execute(
        select(Last.activiteit_id, som).where(chosen).group_by(Last.activiteit_id)
    )
    return {row.id: 0 for row in rows} | {id_: int(bedrag or 0) for id_, bedrag in found}
