"""Actions on people: inviting, withdrawing, resetting, handing over."""

from collections.abc import Sequence
from typing import Any

from flask import after_this_request, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response

from cmk_admin import database, formats, mail, on_record
from cmk_admin.actions import Asked, Done, EntityAction, Question
from cmk_admin.auth import activation, clock, letters
from cmk_admin.forms import fields
from cmk_admin.forms.builder import EntityForm
from cmk_admin.gate import GateSession
from cmk_admin.rights import Handeling
from models.base import RegelFout
from models.gebruiker import Gebruiker, Lidmaatschap, LidRol
from models.toegang import Toegangslink
from models.vouwen import volgens


def mail_after_this() -> None:
    """The worker looks as soon as this is stored."""

    @after_this_request
    def send(response: Response) -> Response:
        mail.send_soon()
        return response


def _names(rows: Sequence[Gebruiker]) -> tuple[str, ...]:
    return tuple(f"{row.naam} ({row.email})" for row in rows)


class Uitnodigen(EntityAction):
    """Mail somebody the link of Handleiding 1.1; again makes the earlier one worthless."""

    name, label, icon = "uitnodigen", "Uitnodigen", "mail"
    handeling = Handeling.WIJZIGEN
    submit_label = "Uitnodigen"

    def question(self, asked: Asked) -> Question:
        return Question(
            "Zij krijgen een mail met een link om hun account te activeren. De link werkt een week."
            " Een eerdere uitnodiging werkt dan niet meer.",
            _names(asked.rows),
        )

    def perform(self, session: GateSession, asked: Asked) -> Done:
        for row in asked.rows:
            invite_person(session, row)
        mail_after_this()
        return Done(f"{formats.number(len(asked.rows))} uitgenodigd.", url_for("mensen.index"))


def invite_person(session: GateSession, row: Gebruiker) -> None:
    """Raises RegelFout for who is inside already, or may not come in."""
    if not row.actief:
        raise RegelFout(f"{row.naam} is niet actief. Maak het account eerst actief.")
    if row.totp_geheim is not None:
        raise RegelFout(f"{row.naam} heeft het account al geactiveerd.")
    letters.invite(session, row, clock.now())


class Intrekken(EntityAction):
    """An invitation that should not have been sent."""

    name, label, icon = "intrekken", "Uitnodiging intrekken", "x"
    handeling = Handeling.WIJZIGEN
    submit_label = "Intrekken"

    def question(self, asked: Asked) -> Question:
        return Question("De link in hun mail werkt dan niet meer.", _names(asked.rows))

    def perform(self, session: GateSession, asked: Asked) -> Done:
        ids = [row.id for row in asked.rows]
        links = session.scalars(select(Toegangslink).where(Toegangslink.gebruiker_id.in_(ids)))
        with session.own_work():
            for link in links:
                session.delete(link)
            session.flush()
        return Done("De uitnodiging is ingetrokken.", url_for("mensen.index"))


class TweedeStap(EntityAction):
    """Somebody lost their phone and their recovery codes."""

    name, label, icon = "tweede_stap", "Tweede stap resetten", "key"
    handeling = Handeling.WIJZIGEN
    submit_label = "Resetten"
    danger = True
    bulk = False

    def question(self, asked: Asked) -> Question:
        return Question(
            "Zij worden overal uitgelogd en krijgen een mail met een link. Daarmee kiezen zij een"
            " wachtwoord en koppelen zij hun app opnieuw. Weet je zeker dat de vraag van henzelf"
            " komt? Bel hen even.",
            _names(asked.rows),
        )

    def perform(self, session: GateSession, asked: Asked) -> Done:
        for row in asked.rows:
            activation.clear_factor(session, row, clock.now())
        mail_after_this()
        return Done("De tweede stap is gereset. De mail is onderweg.", url_for("mensen.index"))


class OverdraagForm(EntityForm):
    """Who takes over."""

    opvolger_id = fields.ReferenceField(
        "Wie neemt het over?",
        description="Krijgt dezelfde rol bij dezelfde contractpartijen.",
        validators=[fields.Filled()],
    )


class Overdragen(EntityAction):
    """A leaver's memberships go to another; the leaver can't log in any more."""

    name, label, icon = "overdragen", "Overdragen", "users"
    handeling = Handeling.WIJZIGEN
    submit_label = "Overdragen en deactiveren"
    bulk = False

    def make_form(self, rows: Sequence[Any]) -> EntityForm:
        others = [
            (row.id, f"{row.naam} ({row.email})")
            for row in database.session().scalars(
                select(Gebruiker)
                .where(Gebruiker.actief, Gebruiker.id.not_in([row.id for row in rows]))
                .order_by(volgens(Gebruiker, "naam"))
            )
        ]
        form = OverdraagForm()
        form.opvolger_id.options = lambda: others
        form.opvolger_id.widget_kind = "choice"
        form.opvolger_id.find = lambda ids: {id_: name for id_, name in others if id_ in ids}
        return form

    def question(self, asked: Asked) -> Question:
        on_record.saw("Mensen")
        return Question(
            f"De opvolger krijgt de rollen van {', '.join(_names(asked.rows))}. Wie"
            " overdraagt kan niet meer inloggen; wat die heeft gedaan, blijft bewaard.",
            tuple(
                f"{lid.rol.label} bij {lid.contractpartij}"
                for row in asked.rows
                for lid in row.lidmaatschappen
                if lid.actief
            )
            or ("Geen rollen bij een contractpartij",),
        )

    def perform(self, session: GateSession, asked: Asked) -> Done:
        assert asked.form is not None
        successor = session.get_one(Gebruiker, asked.form.opvolger_id.data)
        has = {lid.contractpartij_id: lid for lid in successor.lidmaatschappen}
        for row in asked.rows:
            for lid in row.lidmaatschappen:
                if lid.actief:
                    _give(session, successor, has.get(lid.contractpartij_id), lid)
                    lid.actief = False
            row.actief = False
        session.flush()
        return Done(f"Overgedragen aan {successor}.", url_for("mensen.index"))


def _give(
    session: GateSession, to: Gebruiker, own: Lidmaatschap | None, given: Lidmaatschap
) -> None:
    """The higher of both roles, where the successor had one there already."""
    if own is None:
        session.add(
            Lidmaatschap(
                gebruiker_id=to.id, contractpartij_id=given.contractpartij_id, rol=given.rol
            )
        )
    else:
        if given.rol is LidRol.PROJECTLEIDER or not own.actief:
            own.rol = given.rol
        own.actief = True
