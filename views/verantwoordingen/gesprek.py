"""One question about a verantwoording: what was said on it, and what one does with it."""

from collections.abc import Callable

from flask import abort, flash, redirect, render_template, request, url_for
from sqlalchemy import select
from sqlalchemy.exc import InvalidRequestError
from sqlalchemy.orm import joinedload
from sqlalchemy.orm.exc import StaleDataError

from cmk_admin import database, editing, formats, history_view, mail, questions
from cmk_admin.entity_actions import OTHERWISE, SEEN, Otherwise, key_of_request
from cmk_admin.entity_forms import INVALID, STALE, new_key, read_key
from cmk_admin.forms import fields
from cmk_admin.forms.builder import EntityForm
from cmk_admin.gate import Refused, once
from cmk_admin.page import (
    Action,
    Chip,
    Crumb,
    FormError,
    PageHeader,
)
from cmk_admin.page_questions import About, Said
from cmk_admin.policy import may, right_on
from cmk_admin.rights import Handeling
from cmk_admin.routes import actor
from models.activiteit import Activiteit, Last
from models.base import RegelFout
from models.project import Project
from models.verantwoording import Verantwoording
from models.vraag import Kant, Reactie, Vraag
from views.verantwoordingen import schermen
from views.verantwoordingen.status import Page

LONGEST = 4000
MEANWHILE = "Iemand anders schreef op hetzelfde moment. Lees wat er nu staat en verstuur opnieuw."


class ReactionForm(EntityForm):
    """What one has to say to a question."""

    tekst = fields.TextAreaField("Je reactie", max_length=LONGEST, validators=[fields.Filled()])


def find(id_: int) -> Vraag:
    """The question with the way up to its contractpartij, or a 404 page."""
    way_up = joinedload(Vraag.verantwoording).joinedload(Verantwoording.project)
    found = database.session().scalar(
        select(Vraag).where(Vraag.id == id_).options(way_up.joinedload(Project.contractpartij))
    )
    return found or abort(404)


def name(id_: int | None, names: dict[int, str], otherwise: str) -> str:
    """Who wrote it, as far as this person may know."""
    return names.get(id_ or 0, "") or otherwise


def state(vraag: Vraag) -> Chip:
    """In words whose turn it is."""
    if not vraag.is_open:
        return Chip("beantwoord", "goed")
    if questions.ours_to_answer(actor(), vraag):
        return Chip("wacht op jullie antwoord", "let_op")
    return Chip("wacht op antwoord", "info")


def tab_crumb(verantwoording: Verantwoording) -> Crumb:
    """The way back to all questions of the year."""
    return Crumb("Vragen", url_for("verantwoordingen.vragen", id=verantwoording.id))


def send(
    form: EntityForm, work: Callable[[], str], page: Callable[[tuple[FormError, ...]], str]
) -> Page:
    """Show the form, or do `work` once per key; what was typed stays when that fails."""
    if request.method == "GET":
        form.sleutel.data = new_key()
        return page(())
    if not form.validate():
        return page(editing.all_errors(form)), INVALID
    session = database.session()
    try:
        answer = redirect(once(session, read_key(form), work))
    except RegelFout as refused:
        session.rollback()
        loose = editing.put_errors(form, refused.fouten)
        return page(editing.all_errors(form, loose)), INVALID
    except StaleDataError:
        session.rollback()
        form.sleutel.data = new_key()
        return page((FormError("", "", MEANWHILE),)), STALE
    mail.send_soon()
    return answer


# --- one question -----------------------------------------------------------------


def show(vraag: Vraag) -> Page:
    """What was asked and said; below it the form to go on."""
    form = ReactionForm()
    form.sleutel.data = new_key()
    return _page(vraag, form)


def react(vraag: Vraag) -> Page:
    """Say something on a question: the other side answers it, who asked opens it again."""
    verdict = right_on(actor(), Handeling.MAKEN, Reactie(contractpartij_id=vraag.contractpartij_id))
    if not verdict:
        raise Refused(verdict)
    form, side = ReactionForm(), questions.side_of(actor())
    to = questions.recipients(vraag, actor().gebruiker_id, side)

    def work() -> str:
        session = database.session()
        # Whether it is open must be what it is now: an answer may have come since it was read.
        try:
            session.refresh(vraag, ("stand", "versie"), with_for_update={"key_share": True})
        except InvalidRequestError:
            abort(404, "De vraag is intussen verwijderd.")
        said = vraag.reageer(form["tekst"].data, actor().gebruiker_id, side)
        session.add(said)
        session.flush()
        questions.post(session, vraag, said, to, actor().naam)
        flash("Je reactie is geplaatst.", "success")
        return url_for("verantwoordingen.vraag", id=vraag.id)

    return send(form, work, lambda errors: _page(vraag, form, errors))


def finish(vraag: Vraag) -> Page:
    """No answer is needed any more."""
    verdict = may(actor(), Handeling.AFRONDEN, vraag)
    if not verdict:
        raise Refused(verdict)
    vraag.rond_af()
    database.session().commit()
    flash("De vraag is afgerond.", "success")
    return redirect(url_for("verantwoordingen.vragen", id=vraag.verantwoording_id))


def remove(vraag: Vraag) -> Page:
    """Ask, saying what was said on it; then it goes, with that."""
    verdict = may(actor(), Handeling.VERWIJDEREN, vraag)
    if not verdict:
        raise Refused(verdict)
    if request.method == "GET":
        return _ask_removing(vraag)
    session, back = database.session(), vraag.verantwoording_id

    def work() -> str:
        # Nobody says anything on it meanwhile.
        session.refresh(vraag, ("versie", "reacties"), with_for_update=True)
        if request.form.get(SEEN) != str(len(vraag.reacties)):
            raise Otherwise
        session.delete(vraag)
        session.flush()
        flash("De vraag is verwijderd.", "success")
        return url_for("verantwoordingen.vragen", id=back)

    try:
        return redirect(once(session, key_of_request(), work))
    except Otherwise:
        session.rollback()
        return _ask_removing(vraag, OTHERWISE), STALE
    except RegelFout as refused:
        session.rollback()
        return _ask_removing(vraag, str(refused)), INVALID


def _ask_removing(vraag: Vraag, notice: str = "") -> str:
    here = url_for("verantwoordingen.vraag", id=vraag.id)
    said = len(vraag.reacties)
    goes = {0: "Er is niet op gereageerd.", 1: "De reactie erop verdwijnt ook."}
    return render_template(
        "admin/model/action.html",
        header=PageHeader(
            "Vraag verwijderen",
            schermen.crumbs(
                vraag.verantwoording, tab_crumb(vraag.verantwoording), Crumb("Vraag", here)
            ),
        ),
        intro=f"Je verwijdert de vraag “{vraag}”.",
        items=(
            goes.get(said, f"De {said} reacties erop verdwijnen ook."),
            "Aan de verantwoording verandert niets; wat er stond blijft in de geschiedenis.",
        ),
        action_url=url_for("verantwoordingen.vraag_verwijderen", id=vraag.id),
        cancel_url=here,
        submit_label="Verwijderen",
        danger=True,
        notice=notice,
        sleutel=new_key(),
        hidden=((SEEN, said),),
    )


def _page(vraag: Vraag, form: EntityForm, errors: tuple[FormError, ...] = ()) -> str:
    verantwoording = vraag.verantwoording
    may_write = right_on(
        actor(), Handeling.MAKEN, Reactie(contractpartij_id=vraag.contractpartij_id)
    )
    submit = "Antwoord" if questions.ours_to_answer(actor(), vraag) else "Reactie"
    return render_template(
        "verantwoordingen/vraag.html",
        header=PageHeader(
            str(vraag),
            schermen.crumbs(verantwoording, tab_crumb(verantwoording), Crumb("Vraag")),
            f"{verantwoording.project.titel} · {verantwoording.project.contractpartij}",
            (state(vraag),),
            _actions(vraag),
        ),
        about=about(vraag),
        said=_said(vraag),
        form=form if may_write else None,
        errors=errors,
        action_url=url_for("verantwoordingen.vraag_reageren", id=vraag.id),
        cancel_url=url_for("verantwoordingen.vragen", id=verantwoording.id),
        submit_label=f"{submit} versturen",
    )


def _actions(vraag: Vraag) -> tuple[Action, ...]:
    found = []
    if vraag.is_open and may(actor(), Handeling.AFRONDEN, vraag):
        done = url_for("verantwoordingen.vraag_afronden", id=vraag.id)
        found.append(Action("Afronden", done, "check", "post"))
    if may(actor(), Handeling.VERWIJDEREN, vraag):
        gone = url_for("verantwoordingen.vraag_verwijderen", id=vraag.id)
        found.append(Action("Verwijderen", gone, "trash", danger=True))
    return tuple(found)


def about(vraag: Vraag) -> About:
    """In words of then, with the way to it while it is there."""
    words = questions.about(vraag)
    session = database.session()
    if vraag.activiteit_id is None:
        return About(words, url_for("verantwoordingen.activiteiten", id=vraag.verantwoording_id))
    if session.scalar(select(Activiteit.id).where(Activiteit.id == vraag.activiteit_id)) is None:
        return About(f"{words} (verwijderd)")
    if vraag.last_id is None:
        return About(words, url_for("activiteiten.details", id=vraag.activiteit_id))
    money = url_for("activiteiten.financieel", id=vraag.activiteit_id)
    if session.scalar(select(Last.id).where(Last.id == vraag.last_id)) is None:
        return About(f"{words} (de last is verwijderd)", money)
    return About(words, money)


def _said(vraag: Vraag) -> list[Said]:
    reactions = database.session().scalars(
        select(Reactie).where(Reactie.vraag_id == vraag.id).order_by(Reactie.id)
    )
    everything: list[Vraag | Reactie] = [vraag, *reactions]
    names = history_view.names_of(one.van_id for one in everything)
    side = questions.side_of(actor())
    return [
        Said(
            name(one.van_id, names, one.kant.label),
            _side_label(one, vraag),
            formats.moment(one.aangemaakt_op),
            one.tekst,
            one.kant is side,
        )
        for one in everything
    ]


def _side_label(one: Vraag | Reactie, vraag: Vraag) -> str:
    if one.kant is Kant.CULTUUR_OOST:
        return one.kant.label
    return str(vraag.verantwoording.project.contractpartij)
