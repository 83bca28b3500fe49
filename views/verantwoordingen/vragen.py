"""Questions about a verantwoording: the list, and asking one."""

from typing import Any

from flask import abort, flash, render_template, request, url_for
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from cmk_admin import database, formats, history_view, questions
from cmk_admin.forms import fields
from cmk_admin.forms.builder import EntityForm
from cmk_admin.gate import Refused
from cmk_admin.page import (
    Action,
    Cell,
    Column,
    Crumb,
    Empty,
    FormError,
    ListPage,
    PageHeader,
    Pager,
    Row,
)
from cmk_admin.policy import right_on
from cmk_admin.rights import Handeling
from cmk_admin.routes import actor
from models.activiteit import Activiteit, Last
from models.verantwoording import Verantwoording
from models.vraag import Reactie, Vraag, VraagStand
from views.verantwoordingen import gesprek, schermen
from views.verantwoordingen.status import Page


class QuestionForm(EntityForm):
    """A question in words."""

    tekst = fields.TextAreaField(
        "Je vraag", max_length=gesprek.LONGEST, validators=[fields.Filled()]
    )


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
    asked_by = gesprek.name(vraag.van_id, names, vraag.kant.label)
    who = f"{asked_by}, {formats.moment(vraag.aangemaakt_op)}"
    state = gesprek.state(vraag)
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

    return gesprek.send(form, work, page)


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
            schermen.crumbs(
                verantwoording, gesprek.tab_crumb(verantwoording), Crumb("Stel een vraag")
            ),
            f"Over {questions.about(vraag)}, {verantwoording.kalenderjaar}",
        ),
        form=form,
        errors=errors,
        action_url=request.full_path.removesuffix("?"),
        cancel_url=_back(vraag, verantwoording),
    )


def _back(vraag: Vraag, verantwoording: Verantwoording) -> str:
    """Where the question came from."""
    where = gesprek.about(vraag).url
    return where or url_for("verantwoordingen.vragen", id=verantwoording.id)
