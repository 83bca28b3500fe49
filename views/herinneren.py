"""A reminder by mail to the cultuurpunten that Cultuur Oost chose on its dashboard."""

from collections import defaultdict
from collections.abc import Sequence

from flask import Blueprint, Flask, abort, flash, redirect, render_template, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import joinedload
from werkzeug.wrappers import Response

from cmk_admin import database, formats, mail, selection
from cmk_admin.actor import system
from cmk_admin.auth.interrupted import kept
from cmk_admin.entity_actions import key_of_request
from cmk_admin.entity_forms import INVALID, new_key
from cmk_admin.forms import fields
from cmk_admin.forms.builder import EntityForm
from cmk_admin.gate import GateSession, acting_as, once
from cmk_admin.page import Crumb, PageHeader
from cmk_admin.rights import Handeling
from cmk_admin.routes import requires
from models.gebruiker import Gebruiker, Lidmaatschap, LidRol
from models.project import Project
from models.verantwoording import Status, Verantwoording

blueprint = Blueprint("herinneren", __name__)
MOST = 500
CONFIRMED = "bevestigd"
TEXT = (
    "De verantwoording staat nog open. Wil je nakijken wat er nog ontbreekt, en haar sluiten als"
    " zij klaar is? Op het dashboard van het CMK Portaal zie je wat er nog nodig is."
)
NOBODY = "geen actieve projectleider of routebegeleider: krijgt geen mail"


class ReminderForm(EntityForm):
    """What the mail says; the greeting and which year it is about stand around it."""

    tekst = fields.TextAreaField("Tekst van de mail", max_length=2000, validators=[fields.Filled()])


def register(app: Flask) -> None:
    """Add the reminder to `app`."""
    app.register_blueprint(blueprint)


@blueprint.post("/herinneren")
@requires(Handeling.ZIEN, "Rechten")
@kept
def vragen() -> str | Response | tuple[str, int]:
    """Show who gets which mail and ask once; then put them in the outbox."""
    rows = _chosen()
    if not rows:
        flash("Kies eerst een of meer open verantwoordingen.", "warning")
        return redirect(url_for("dashboard.index"))
    confirmed = CONFIRMED in request.form
    form = ReminderForm() if confirmed else ReminderForm(None, data={"tekst": TEXT})
    people = _people(rows)
    if not confirmed:
        return _page(rows, form, people)
    if not form.validate():
        return _page(rows, form, people), INVALID
    session = database.session()
    return redirect(
        once(session, key_of_request(), lambda: _post(session, rows, people, form["tekst"].data))
    )


def _chosen() -> Sequence[Verantwoording]:
    """The open verantwoordingen that were ticked, as far as this person has them in view."""
    try:
        ids = selection.read(Verantwoording, request.form, MOST)
    except ValueError:
        abort(404)
    return (
        database.session()
        .scalars(
            select(Verantwoording)
            .where(Verantwoording.id.in_(ids), Verantwoording.status == Status.OPEN)
            .options(joinedload(Verantwoording.project).joinedload(Project.contractpartij))
            .order_by(Verantwoording.kalenderjaar, Verantwoording.id)
        )
        .all()
    )


def _people(rows: Sequence[Verantwoording]) -> dict[int, list[tuple[int, str]]]:
    """Per contractpartij who gets the mail: its projectleiders, or else its routebegeleiders.

    Read by the portal itself: accounts of a cultuurpunt are out of an adviseur's view, so the
    page tells how many they are and not who.
    """
    wanted = {row.contractpartij_id for row in rows}
    found: dict[int, dict[LidRol, list[tuple[int, str]]]] = defaultdict(lambda: defaultdict(list))
    with acting_as(system("herinnering")) as session:
        members = session.execute(
            select(Lidmaatschap.contractpartij_id, Lidmaatschap.rol, Gebruiker.id, Gebruiker.naam)
            .join(Lidmaatschap.gebruiker)
            .where(
                Lidmaatschap.contractpartij_id.in_(wanted), Lidmaatschap.actief, Gebruiker.actief
            )
            .order_by(Gebruiker.id)
        )
        for partij, rol, person, naam in members:
            found[partij][rol].append((person, naam))
    return {
        partij: roles.get(LidRol.PROJECTLEIDER) or roles[LidRol.ROUTEBEGELEIDER]
        for partij, roles in found.items()
    }


def _page(
    rows: Sequence[Verantwoording], form: EntityForm, people: dict[int, list[tuple[int, str]]]
) -> str:
    title = "Herinnering sturen"
    return render_template(
        "admin/model/action.html",
        header=PageHeader(title, (Crumb("Dashboard", url_for("dashboard.index")), Crumb(title))),
        intro=f"Deze mail gaat over {_count(len(rows))}. Iedereen krijgt per verantwoording een"
        " mail, met de eigen naam en het project erin.",
        items=[f"{row}: {_told(people.get(row.contractpartij_id, ()))}" for row in rows],
        form=form,
        action_url=url_for("herinneren.vragen"),
        cancel_url=url_for("dashboard.index"),
        submit_label="Herinnering sturen",
        ids=[row.id for row in rows],
        sleutel=new_key(),
        hidden=((CONFIRMED, "1"),),
    )


def _count(number: int) -> str:
    word = Verantwoording.woord
    return f"{number} {word.enkelvoud if number == 1 else word.meervoud}"


def _told(people: Sequence[tuple[int, str]]) -> str:
    if not people:
        return NOBODY
    return "aan 1 persoon" if len(people) == 1 else f"aan {len(people)} mensen"


def _post(
    session: GateSession,
    rows: Sequence[Verantwoording],
    people: dict[int, list[tuple[int, str]]],
    text: str,
) -> str:
    """One mail per person and verantwoording, all in the transaction that stores the key."""
    sent = 0
    for row in rows:
        last_day = row.uiterste_datum
        until = f"\n\nSluiten kan tot en met {formats.long_day(last_day)}." if last_day else ""
        for person, naam in people.get(row.contractpartij_id, ()):
            subject = f"Herinnering: verantwoording {row.kalenderjaar} van {row.project}"
            mail.post(
                session,
                person,
                subject[:200],
                f"Dag {naam},\n\nDit gaat over de verantwoording {row.kalenderjaar} van"
                f" {row.project}.\n\n{text}{until}\n",
            )
            sent += 1
    flash(
        f"{sent} {'mail staat' if sent == 1 else 'mails staan'} klaar om te versturen.", "success"
    )
    return url_for("dashboard.index")
