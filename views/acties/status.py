"""The actions on verantwoordingen in a list: sluiten, heropenen, vaststellen (Handleiding 2.4)."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from wtforms.validators import Length

from cmk_admin import database, formats
from cmk_admin.actions import Asked, Done, EntityAction, Question
from cmk_admin.forms import fields
from cmk_admin.forms.builder import EntityForm
from cmk_admin.gate import GateSession, bewerking
from cmk_admin.page import CheckItem
from cmk_admin.policy import right_on
from cmk_admin.rights import Handeling
from cmk_admin.routes import actor
from models.activiteit import Activiteit
from models.historie import BewerkingSoort
from models.jaarstand import Jaar, Jaarstand
from models.verantwoording import MINIMAAL_COMPLEET, Verantwoording
from views.acties.gedeeld import aantal_van

#: What a verantwoording lacks, each with the link that mends it.
Gaps = Callable[[Verantwoording, Jaarstand, bool], Iterable[CheckItem]]


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
        session = database.session()
        geteld = {v: Jaar(v.id, v.kalenderjaar).geteld(session) for v in asked.rows}
        tekort = {v: stand for v, stand in geteld.items() if stand.compleet < MINIMAAL_COMPLEET}
        if tekort:
            return Question(
                f"Er zijn minimaal {MINIMAAL_COMPLEET} activiteiten nodig waarvan scholen en"
                " lasten volledig zijn ingevuld. Dit ontbreekt nog:",
                missing=tuple((str(v), self._gemist(v, stand)) for v, stand in tekort.items()),
                possible=False,
            )
        return Question(
            "Na het sluiten kan niemand meer iets wijzigen. Dit wordt vastgelegd:",
            tuple(
                f"{v}: {stand.alle} activiteiten, lasten {formats.euro(stand.bedrag)}"
                for v, stand in geteld.items()
            ),
        )

    def _gemist(self, verantwoording: Verantwoording, geteld: Jaarstand) -> tuple[CheckItem, ...]:
        bij = Activiteit(contractpartij_id=verantwoording.contractpartij_id)
        may_mend = bool(right_on(actor(), Handeling.WIJZIGEN, bij))
        gevonden = tuple(self.gaps(verantwoording, geteld, may_mend))
        te_weinig = MINIMAAL_COMPLEET - geteld.alle
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
        return Done(f"{aantal_van(len(asked.rows), Verantwoording).capitalize()} gesloten.")


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
        return Done(f"{aantal_van(len(asked.rows), Verantwoording).capitalize()} vastgesteld.")
