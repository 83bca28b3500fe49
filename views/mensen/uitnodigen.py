"""Inviting many at once, from a pasted list."""

import re
from collections.abc import Sequence

from flask import Blueprint, current_app, flash, redirect, render_template, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response

from cmk_admin import database, editing, mail
from cmk_admin.auth.fresh import fresh
from cmk_admin.auth.interrupted import kept
from cmk_admin.entity_actions import key_of_request
from cmk_admin.entity_forms import INVALID, new_key
from cmk_admin.forms import fields
from cmk_admin.forms.builder import EntityForm
from cmk_admin.gate import GateSession, once
from cmk_admin.page import Crumb, FormPage, PageHeader
from cmk_admin.rights import Handeling
from cmk_admin.routes import requires
from models.base import Fout, RegelFout
from models.contractpartij import Contractpartij
from models.gebruiker import CultuurOostRol, Gebruiker, Lidmaatschap, LidRol
from models.vouwen import volgens
from views.mensen.acties import invite_person

blueprint = Blueprint("uitnodigen", __name__, url_prefix="/beheer/mensen")

MOST_AT_ONCE = 200


class InviteForm(EntityForm):
    """A pasted list, and one role for all of them."""

    mensen = fields.TextAreaField(
        "Wie nodig je uit?",
        max_length=20_000,
        description="Een per regel: naam en e-mailadres, zoals Ank de Vries ank@voorbeeld.nl."
        " Plakken uit een spreadsheet mag ook.",
        validators=[fields.Filled()],
    )
    contractpartij_id = fields.ReferenceField(
        "Contractpartij", description="Voor mensen van een cultuurpunt."
    )
    rol = fields.ChoiceField("Rol daar", LidRol, empty="Geen")
    cultuur_oost_rol = fields.ChoiceField(
        "Of: rol bij Cultuur Oost",
        CultuurOostRol,
        empty="Geen",
        description="Geldt overal; laat de contractpartij dan leeg.",
    )


def _invite_form() -> InviteForm:
    form = InviteForm()
    parties = [
        (row.id, row.naam)
        for row in database.session().scalars(
            select(Contractpartij).order_by(volgens(Contractpartij, "naam"))
        )
    ]
    field = form.contractpartij_id
    field.options = lambda: parties
    field.widget_kind = "choice"
    field.find = lambda ids: {id_: naam for id_, naam in parties if id_ in ids}
    return form


@blueprint.route("/uitnodigen", methods=["GET", "POST"])
@requires(Handeling.MAKEN, Gebruiker)
@kept
@fresh
def invite() -> Response | str | tuple[str, int]:
    """Add people and invite them, all or none."""
    form = _invite_form()
    if not form.is_submitted():
        form.sleutel.data = new_key()
        return _invite_page(form)
    if not form.validate():
        return _invite_page(form), INVALID
    session = database.session()
    try:
        url = once(session, key_of_request(), lambda: _invite_all(session, form))
    except RegelFout as refused:
        session.rollback()
        return _invite_page(form, refused.fouten), INVALID
    mail.send_soon()
    return redirect(url)


def _invite_page(form: InviteForm, fouten: Sequence[Fout] = ()) -> str:
    loose = editing.put_errors(form, fouten)
    page = FormPage(
        header=PageHeader(
            "Mensen uitnodigen",
            crumbs=(
                Crumb("Beheer", url_for("beheer.index")),
                Crumb("Mensen", url_for("mensen.index")),
                Crumb("Mensen uitnodigen"),
            ),
        ),
        form=form,
        action_url=url_for("uitnodigen.invite"),
        cancel_url=url_for("mensen.index"),
        submit_label="Uitnodigen",
        errors=editing.all_errors(form, loose),
        intro="Wie er nog niet is, krijgt een account. Iedereen krijgt een mail met een link om het"
        " te activeren.",
    )
    return render_template("admin/model/form.html", page=page)


ADDRESS = re.compile(r"[^\s<>,;\"']+@[^\s<>,;\"']+\.[^\s<>,;\"']+")


def read_people(text: str) -> list[tuple[str, str]]:
    """Name and address per line; raises RegelFout that says which lines have none."""
    found: dict[str, str] = {}
    wrong = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        address = ADDRESS.search(line)
        if address is None:
            wrong.append(Fout(f"Regel {number} heeft geen e-mailadres: “{line[:60]}”.", "mensen"))
            continue
        naam = " ".join(re.sub(r"[<>,;\t\"]", " ", line.replace(address[0], " ")).split())
        email = address[0].lower()
        found[email] = naam or email.partition("@")[0].replace(".", " ").title()
    if len(found) > MOST_AT_ONCE:
        wrong.append(Fout(f"Nodig er hoogstens {MOST_AT_ONCE} tegelijk uit.", "mensen"))
    if wrong:
        raise RegelFout(*wrong)
    return [(naam, email) for email, naam in found.items()]


def _invite_all(session: GateSession, form: InviteForm) -> str:
    text = form.mensen.data or ""
    people = read_people(text)
    partij, rol, oost = form.contractpartij_id.data, form.rol.data, form.cultuur_oost_rol.data
    if (partij is None) != (rol is None):
        raise RegelFout(
            Fout("Kies een contractpartij en een rol daar, of geen van beide.", "contractpartij_id")
        )
    if partij is None and oost is None:
        raise RegelFout(Fout("Kies welke rol zij krijgen.", "contractpartij_id"))
    emails = [email for _, email in people]
    known = {
        row.email: row
        for row in session.scalars(select(Gebruiker).where(Gebruiker.email.in_(emails)))
    }
    _nobody_changes_role(session, text, known, form)
    invited = 0
    for naam, email in people:
        row = known.get(email) or _new(session, naam, email)
        if oost is not None:
            row.cultuur_oost_rol = oost
        session.flush()
        if partij is not None:
            _member(session, row, partij, rol)
        if row.totp_geheim is None:
            invite_person(session, row)
            invited += 1
    session.flush()
    already = len(people) - invited
    also = f" {already} had al een account en heeft deze rol nu ook." if already else ""
    flash(f"{invited} uitgenodigd.{also}", "success")
    return url_for("mensen.index")


def _nobody_changes_role(
    session: GateSession, text: str, known: dict[str, Gebruiker], form: InviteForm
) -> None:
    """Inviting gives a role and takes none away: raises RegelFout with the lines that would."""
    has = select(Lidmaatschap.gebruiker_id, Lidmaatschap.rol).where(
        Lidmaatschap.gebruiker_id.in_([row.id for row in known.values()]),
        Lidmaatschap.contractpartij_id == form.contractpartij_id.data,
        Lidmaatschap.actief,
    )
    there: dict[int, LidRol] = dict(session.execute(has).all())
    wrong = []
    for email, row in known.items():
        reason = _changes(row, there.get(row.id), form)
        if reason:
            line = f"Regel {_line_of(text, email)}: {email} {reason}"
            wrong.append(Fout(f"{line} Er is niemand uitgenodigd.", "mensen"))
    if wrong:
        raise RegelFout(*wrong)


def _changes(row: Gebruiker, there: LidRol | None, form: InviteForm) -> str:
    """Why this account is not simply given what is asked; empty when it is."""
    oost, rol = form.cultuur_oost_rol.data, form.rol.data
    if not row.actief:
        return "heeft een account dat niet actief is. Maak het eerst actief bij Mensen."
    if oost is not None and row.cultuur_oost_rol not in (None, oost):
        return (
            f"is al {row.cultuur_oost_rol.label.lower()} bij Cultuur Oost. Een andere rol geef je"
            " bij Mensen, met Wijzigen."
        )
    if there not in (None, rol):
        return (
            f"is daar al {there.label.lower()}. Een andere rol geef je bij Lidmaatschappen, met"
            " Wijzigen."
        )
    return ""


def _line_of(text: str, email: str) -> int:
    found = ((number, ADDRESS.search(line)) for number, line in enumerate(text.splitlines(), 1))
    return next(number for number, address in found if address and address[0].lower() == email)


def _new(session: GateSession, naam: str, email: str) -> Gebruiker:
    demo: bool = current_app.extensions["cmk_settings"].demo
    row = Gebruiker(naam=naam[:120], email=email, demo=demo)
    session.add(row)
    return row


def _member(session: GateSession, row: Gebruiker, partij: int, rol: LidRol) -> None:
    own = session.scalars(
        select(Lidmaatschap).where(
            Lidmaatschap.gebruiker_id == row.id, Lidmaatschap.contractpartij_id == partij
        )
    ).one_or_none()
    if own is None:
        session.add(Lidmaatschap(gebruiker_id=row.id, contractpartij_id=partij, rol=rol))
    else:
        own.rol, own.actief = rol, True
    session.flush()
