"""The actions on activities and verantwoordingen: Dupliceren, sluiten, heropenen, vaststellen."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from flask import url_for
from sqlalchemy import func, select
from wtforms.validators import Length

from cmk_admin import database, formats
from cmk_admin.actions import Asked, Done, EntityAction, Question
from cmk_admin.forms import fields
from cmk_admin.forms.builder import EntityForm
from cmk_admin.gate import GateSession, Locked, bewerking, may_undo, moving
from cmk_admin.page import CheckItem
from cmk_admin.policy import Handeling, gesloten, right_on
from cmk_admin.routes import actor
from models.activiteit import Activiteit, Last
from models.base import Fout, RegelFout
from models.compleet import Stand, stand_van
from models.historie import BewerkingSoort
from models.verantwoording import MINIMAAL_COMPLEET, Status, Verantwoording

#: Rows that a question names.
SHOWN = 20


class DupliceerForm(EntityForm):
    """Where the copies go; empty is beside the original."""

    verantwoording_id = fields.ReferenceField(
        "In welke verantwoording?",
        description="Leeg: naast het origineel. In een ander jaar schuift de periode mee.",
    )


class Dupliceren(EntityAction):
    """One or many activities, with scholen, lasten, partners and doelgroepen."""

    name, label, icon, tried = "dupliceren", "Dupliceren", "copy", True
    handeling = Handeling.DUPLICEREN
    submit_label = "Dupliceren"

    def make_form(self, rows: Sequence[Any]) -> EntityForm:
        partijen = {row.contractpartij_id for row in rows}
        form = DupliceerForm()
        field = form.verantwoording_id
        if any(row.verantwoording.status is not Status.OPEN for row in rows):
            field.description = "Dit jaar is gesloten: kies waar de kopie komt."
            field.validators = [fields.Filled()]
            field.flags.required = True
            if not form.is_submitted() or field.data is None:
                field.data = _latest_open(rows[0])
        field.options = lambda: _open_verantwoordingen(partijen)
        field.widget_kind = "choice"
        field.find = lambda ids: {
            i: naam for i, naam in _open_verantwoordingen(partijen) if i in ids
        }
        return form

    def question(self, asked: Asked) -> Question:
        namen = tuple(f"{row.naam} ({row.verantwoording})" for row in asked.rows[:20])
        meer = len(asked.rows) - len(namen)
        aantal = _aantal(len(asked.rows), Activiteit)
        return Question(
            f"Je maakt een kopie van {aantal}, met scholen, lasten, doelgroepen en"
            " samenwerkingspartners. Betaaldatum, boekstuknummer en bijlage gaan niet mee.",
            namen + ((f"en nog {meer}",) if meer else ()),
        )

    def perform(self, session: GateSession, asked: Asked) -> Done:
        doel_id = asked.form.verantwoording_id.data if asked.form else None
        doel = session.get(Verantwoording, doel_id) if doel_id else None
        naar = [doel or row.verantwoording for row in asked.rows]
        for verantwoording in naar:
            if verantwoording.status is not Status.OPEN:
                raise Locked(gesloten(verantwoording), verantwoording)
        for row in asked.rows:
            if doel is not None and doel.contractpartij_id != row.contractpartij_id:
                raise RegelFout(Fout(fields.NOT_FOUND, "verantwoording_id"))
        aantal = _aantal(len(asked.rows), Activiteit)
        partijen = {row.contractpartij_id for row in asked.rows}
        with bewerking(
            session,
            BewerkingSoort.DUPLICEREN,
            f"{aantal} gedupliceerd",
            partijen.pop() if len(partijen) == 1 else None,
        ) as stap:
            session.add_all([row.dupliceer(doel) for row in asked.rows])
        url = url_for("verantwoordingen.activiteiten", id=naar[0].id)
        return Done(f"{aantal[0].upper()}{aantal[1:]} gedupliceerd.", url, stap.id)


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
        field.options = lambda: _open_verantwoordingen(partijen)
        field.widget_kind = "choice"
        field.find = lambda ids: {
            i: naam for i, naam in _open_verantwoordingen(partijen) if i in ids
        }
        return form

    def question(self, asked: Asked) -> Question:
        lasten = _lasten_per(asked.rows)
        return Question(
            f"Je verplaatst {_aantal(len(asked.rows), Activiteit)}, met scholen, lasten,"
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
        aantal = _aantal(len(rijen), Activiteit)
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


def _open_verantwoordingen(partijen: Iterable[int]) -> list[tuple[int, str]]:
    rijen = database.session().scalars(
        select(Verantwoording)
        .where(
            Verantwoording.contractpartij_id.in_(sorted(partijen)),
            Verantwoording.status == Status.OPEN,
        )
        .order_by(Verantwoording.kalenderjaar.desc(), Verantwoording.id)
    )
    return [(rij.id, str(rij)) for rij in rijen]


def _aantal(aantal: int, klasse: type[Activiteit] | type[Verantwoording]) -> str:
    return f"{aantal} {klasse.woord.enkelvoud if aantal == 1 else klasse.woord.meervoud}"


#: What a verantwoording lacks, each with the link that mends it.
Gaps = Callable[[Verantwoording, Sequence[Stand], bool], Iterable[CheckItem]]


class Sluiten(EntityAction):
    """Close a verantwoording (Handleiding 2.4).

    gaps: the checklist of the page of a verantwoording.
    """

    name, label, icon = "sluiten", "Verantwoording sluiten", "lock"
    handeling = Handeling.SLUITEN
    submit_label = "Sluiten"

    def __init__(self, gaps: Gaps) -> None:
        self.gaps = gaps

    def question(self, asked: Asked) -> Question:
        standen = {v: stand_van(database.session(), v.id) for v in asked.rows}
        tekort = {
            v: s for v, s in standen.items() if sum(x.compleet for x in s) < MINIMAAL_COMPLEET
        }
        if tekort:
            return Question(
                f"Er zijn minimaal {MINIMAAL_COMPLEET} activiteiten nodig waarvan scholen en"
                " lasten volledig zijn ingevuld. Dit ontbreekt nog:",
                missing=tuple((str(v), self._gemist(v, s)) for v, s in tekort.items()),
                possible=False,
            )
        return Question(
            "Na het sluiten kan niemand meer iets wijzigen. Dit wordt vastgelegd:",
            tuple(
                f"{v}: {len(s)} activiteiten, lasten {formats.euro(sum(x.bedrag for x in s))}"
                for v, s in standen.items()
            ),
        )

    def _gemist(
        self, verantwoording: Verantwoording, standen: list[Stand]
    ) -> tuple[CheckItem, ...]:
        bij = Activiteit(contractpartij_id=verantwoording.contractpartij_id)
        may_mend = bool(right_on(actor(), Handeling.WIJZIGEN, bij))
        gevonden = tuple(self.gaps(verantwoording, standen, may_mend))
        te_weinig = MINIMAAL_COMPLEET - len(standen)
        if te_weinig > 0:
            gevonden += (CheckItem("ontbreekt", f"Voer nog {te_weinig} activiteit(en) in."),)
        return gevonden

    def perform(self, session: GateSession, asked: Asked) -> Done:
        for verantwoording in asked.rows:
            with bewerking(
                session,
                BewerkingSoort.SLUITEN,
                f"{verantwoording} gesloten",
                verantwoording.contractpartij_id,
            ):
                verantwoording.sluit(session.actor.gebruiker_id)
        return Done(f"{_aantal(len(asked.rows), Verantwoording).capitalize()} gesloten.")


class RedenForm(EntityForm):
    reden = fields.TextAreaField(
        "Reden",
        max_length=400,
        description="De adviseur krijgt hierover bericht.",
        validators=[fields.Filled(), Length(max=400)],
    )


class Heropenen(EntityAction):
    """Open a closed verantwoording again, for a reason."""

    name, label, icon, bulk = "heropenen", "Heropenen", "unlock", False
    handeling = Handeling.HEROPENEN
    submit_label = "Heropenen"

    def make_form(self, rows: Sequence[Any]) -> EntityForm:
        form = RedenForm()
        if any(row.project.contractpartij.adviseur_id is None for row in rows):
            form.reden.description = ""
        return form

    def question(self, asked: Asked) -> Question:
        return Question(
            "De verantwoording gaat weer open en kan dan weer gewijzigd worden. Wat bij het"
            " sluiten is vastgelegd blijft bewaard.",
            tuple(map(str, asked.rows)),
        )

    def perform(self, session: GateSession, asked: Asked) -> Done:
        reden = asked.form.reden.data if asked.form else ""
        for verantwoording in asked.rows:
            with bewerking(
                session,
                BewerkingSoort.HEROPENEN,
                f"{verantwoording} heropend: {reden}",
                verantwoording.contractpartij_id,
            ):
                verantwoording.heropen(reden)
        return Done("De verantwoording staat weer open.")


class Vaststellen(EntityAction):
    """Cultuur Oost approves a closed verantwoording."""

    name, label, icon = "vaststellen", "Vaststellen", "check"
    handeling = Handeling.VASTSTELLEN
    submit_label = "Vaststellen"

    def question(self, asked: Asked) -> Question:
        return Question(
            "Na het vaststellen kan alleen een beheerder nog heropenen.",
            tuple(map(str, asked.rows)),
        )

    def perform(self, session: GateSession, asked: Asked) -> Done:
        for verantwoording in asked.rows:
            with bewerking(
                session,
                BewerkingSoort.VASTSTELLEN,
                f"{verantwoording} vastgesteld",
                verantwoording.contractpartij_id,
            ):
                verantwoording.stel_vast()
        return Done(f"{_aantal(len(asked.rows), Verantwoording).capitalize()} vastgesteld.")
