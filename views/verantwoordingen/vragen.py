"""Questions about a verantwoording: the list, asking one, and one with what was said on it."""

from collections.abc import Callable
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload
from sqlalchemy.orm.exc import StaleDataError

from cmk_admin import database, editing, formats, history_view, mail, questions
from cmk_admin.entity_forms import INVALID, STALE, new_key, read_key
from cmk_admin.forms import fields
from cmk_admin.forms.builder import EntityForm
from cmk_admin.gate import Refused, once
from cmk_admin.page import (
    Action,
    Cell,
    Chip,
    Column,
    Crumb,
    Empty,
    FormError,
    ListPage,
    PageHeader,
    Pager,
    Row,
)
from cmk_admin.page_questions import About, Said
from cmk_admin.policy import may, right_on
from cmk_admin.rights import Handeling
from cmk_admin.routes import actor
from models.activiteit import Activiteit, Last
from models.base import RegelFout
from models.project import Project
from models.verantwoording import Verantwoording
from models.vraag import Kant, Reactie, Vraag, VraagStand
from views.verantwoordingen import schermen
from views.verantwoordingen.status import Page

LONGEST = 4000
MEANWHILE = "Iemand anders schreef op hetzelfde moment. Lees wat er nu staat en verstuur opnieuw."


class QuestionForm(EntityForm):
    """A question in words."""

    tekst = fields.TextAreaField("Je vraag", max_length=LONGEST, validators=[fields.Filled()])


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


# --- all of a year ----------------------------------------------------------------


def index(verantwoording: Verantwoording) -> str:
    """The questions about this year, what waits for an answer first."""
    session = database.session()
    counted = select(func.count(Reactie.id)).where(Reactie.vraag_id == Vraag.id).scalar_subquery()
    found = session.execute(
        select(Vraag, counted)
        .where(Vraag.verantwoording_id == verantwoording.id)
        .order_by(Vraag.stand != VraagStand.OPEN, Vraag.id.desc())
    ).all()
    names = history_view.names_of(vraag.van_id for vraag, _ in found)
    rows = tuple(_row(vraag, number, names) for vraag, number in found)
    return render_template(
        "verantwoordingen/vragen.html",
        header=schermen.header(verantwoording, "vragen"),
        page=ListPage(
            COLUMNS,
            rows,
            Pager(1 if rows else 0, len(rows), len(rows), formats.number(len(rows))),
            _empty(verantwoording),
        ),
    )


COLUMNS = (
    Column("vraag", "Vraag"),
    Column("over", "Gaat over"),
    Column("stand", "Stand"),
    Column("van", "Gesteld door", optional=True),
    Column("reacties", "Reacties", numeric=True, optional=True),
)


def _row(vraag: Vraag, number: int, names: dict[int, str]) -> Row:
    who = f"{_name(vraag.van_id, names, vraag.kant.label)}, {formats.moment(vraag.aangemaakt_op)}"
    state = _state(vraag)
    return Row(
        vraag.id,
        str(vraag),
        (
            Cell(str(vraag), url=url_for("verantwoordingen.vraag", id=vraag.id), note=who),
            Cell(questions.about(vraag)),
            Cell(state.label, "chip", tone=state.tone),
            Cell(who),
            Cell(formats.number(number), "getal"),
        ),
    )


def _name(id_: int | None, names: dict[int, str], otherwise: str) -> str:
    return names.get(id_ or 0, "") or otherwise


def _state(vraag: Vraag) -> Chip:
    """In words whose turn it is."""
    if not vraag.is_open:
        return Chip("beantwoord", "goed")
    if questions.ours_to_answer(actor(), vraag):
        return Chip("wacht op jullie antwoord", "let_op")
    return Chip("wacht op antwoord", "info")


def _empty(verantwoording: Verantwoording) -> Empty:
    if not schermen.may_ask(verantwoording):
        return Empty("Nog geen vragen")
    ask = Action("Stel een vraag", schermen.ask_url(verantwoording), primary=True)
    return Empty("Nog geen vragen", f"Stel een vraag aan {_other_side()}.", ask)


def _other_side() -> str:
    return "het cultuurpunt" if actor().cultuur_oost_rol is not None else "je adviseur"


# --- asking -----------------------------------------------------------------------


def ask(verantwoording: Verantwoording) -> Page:
    """A new question; the address says what it is about."""
    if not schermen.may_ask(verantwoording):
        raise Refused(right_on(actor(), Handeling.MAKEN, _new(verantwoording, None)))
    vraag = _new(verantwoording, _subject(verantwoording))
    form = QuestionForm()
    to = questions.recipients(vraag, actor().gebruiker_id, questions.side_of(actor()))

    def page(errors: tuple[FormError, ...] = ()) -> str:
        return _ask_page(verantwoording, vraag, form, _told(to), errors)

    def work() -> str:
        session = database.session()
        vraag.tekst = form["tekst"].data
        session.add(vraag)
        session.flush()
        questions.post(session, vraag, vraag, to, actor().naam)
        flash("Je vraag is gesteld.", "success")
        return url_for("verantwoordingen.vraag", id=vraag.id)

    return _send(form, work, page)


def _new(verantwoording: Verantwoording, about: Activiteit | Last | None) -> Vraag:
    vraag = Vraag.over(verantwoording, about)
    vraag.contractpartij_id = verantwoording.contractpartij_id
    vraag.van_id, vraag.kant = actor().gebruiker_id, questions.side_of(actor())
    return vraag


def _subject(verantwoording: Verantwoording) -> Activiteit | Last | None:
    """The activity or the last of this year that the address names; 404 for another's."""
    number = request.args.get("activiteit", type=int)
    last = request.args.get("last", type=int)
    here = Activiteit.verantwoording_id == verantwoording.id
    wanted: Any
    if last is not None:
        wanted = select(Last).join(Last.activiteit).where(Last.id == last, here)
        wanted = wanted.options(joinedload(Last.activiteit))
    elif number is not None:
        wanted = select(Activiteit).where(Activiteit.id == number, here)
    else:
        return None
    found: Activiteit | Last | None = database.session().scalar(wanted)
    return found or abort(404)


def _told(to: list[questions.Recipient]) -> str:
    """To whom the mail goes; names of a cultuurpunt's people are for who knows them already."""
    if not to:
        return (
            "Niemand krijgt mail: er is geen actief account. De vraag staat wel op het dashboard."
        )
    if actor().cultuur_oost_rol is None:
        return f"{', '.join(name for _, name in to)} krijgt hierover mail."
    people = "1 persoon" if len(to) == 1 else f"{len(to)} mensen"
    return f"{people} van het cultuurpunt {'krijgt' if len(to) == 1 else 'krijgen'} hierover mail."


def _ask_page(
    verantwoording: Verantwoording,
    vraag: Vraag,
    form: EntityForm,
    told: str,
    errors: tuple[FormError, ...],
) -> str:
    form["tekst"].description = told
    return render_template(
        "verantwoordingen/vraag_stellen.html",
        header=PageHeader(
            "Stel een vraag",
            schermen.crumbs(verantwoording, _tab_crumb(verantwoording), Crumb("Stel een vraag")),
            f"Over {questions.about(vraag)}, {verantwoording.kalenderjaar}",
        ),
        form=form,
        errors=errors,
        action_url=request.full_path.removesuffix("?"),
        cancel_url=_back(vraag, verantwoording),
    )


def _back(vraag: Vraag, verantwoording: Verantwoording) -> str:
    """Where the question came from."""
    where = _about(vraag).url
    return where or url_for("verantwoordingen.vragen", id=verantwoording.id)


def _tab_crumb(verantwoording: Verantwoording) -> Crumb:
    return Crumb("Vragen", url_for("verantwoordingen.vragen", id=verantwoording.id))


def _send(
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
        session.refresh(vraag, ("stand", "versie"), with_for_update={"key_share": True})
        said = vraag.reageer(form["tekst"].data, actor().gebruiker_id, side)
        session.add(said)
        session.flush()
        questions.post(session, vraag, said, to, actor().naam)
        flash("Je reactie is geplaatst.", "success")
        return url_for("verantwoordingen.vraag", id=vraag.id)

    return _send(form, work, lambda errors: _page(vraag, form, errors))


def finish(vraag: Vraag) -> Page:
    """No answer is needed any more."""
    verdict = may(actor(), Handeling.AFRONDEN, vraag)
    if not verdict:
        raise Refused(verdict)
    vraag.rond_af()
    database.session().commit()
    flash("De vraag is afgerond.", "success")
    return redirect(url_for("verantwoordingen.vragen", id=vraag.verantwoording_id))


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
            schermen.crumbs(verantwoording, _tab_crumb(verantwoording), Crumb("Vraag")),
            f"{verantwoording.project.titel} · {verantwoording.project.contractpartij}",
            (_state(vraag),),
            _actions(vraag),
        ),
        about=_about(vraag),
        said=_said(vraag),
        form=form if may_write else None,
        errors=errors,
        action_url=url_for("verantwoordingen.vraag_reageren", id=vraag.id),
        cancel_url=url_for("verantwoordingen.vragen", id=verantwoording.id),
        submit_label=f"{submit} versturen",
    )


def _actions(vraag: Vraag) -> tuple[Action, ...]:
    if not vraag.is_open or not may(actor(), Handeling.AFRONDEN, vraag):
        return ()
    url = url_for("verantwoordingen.vraag_afronden", id=vraag.id)
    return (Action("Afronden", url, "check", "post"),)


def _about(vraag: Vraag) -> About:
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
            _name(one.van_id, names, one.kant.label),
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
