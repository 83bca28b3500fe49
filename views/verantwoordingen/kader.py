"""Activiteiten klaarzetten: what one begins with in a werkwijze, seen first (Handleiding 3)."""

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from flask import redirect, render_template, request, url_for
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import joinedload
from werkzeug.wrappers import Response
from wtforms.validators import Optional

from cmk_admin import attributes, database, editing, formats, integrity, references
from cmk_admin.actions import Done, Preview, Remark, fingerprint
from cmk_admin.entity_actions import OTHERWISE, SEEN, STEP, Otherwise, flash_done
from cmk_admin.entity_forms import INVALID, STALE, new_key, read_key
from cmk_admin.forms import fields
from cmk_admin.forms.builder import EntityForm, make_field
from cmk_admin.gate import GateSession, Locked, Refused, bewerking, hold, once
from cmk_admin.page import Action, Crumb, Empty, FormError, PageHeader
from cmk_admin.policy import gesloten, right_on
from cmk_admin.rights import Handeling
from cmk_admin.routes import actor, row_address
from models import kader
from models.activiteit import Activiteit, ActiviteitSchool
from models.base import Fout, RegelFout
from models.historie import Bewerking, BewerkingSoort
from models.project import Begrotingspost
from models.school import School
from models.verantwoording import Status, Verantwoording, Werkwijze
from views.verantwoordingen import schermen, werkwijzen

Page = str | Response | tuple[str, int]

#: The name of the buttons that choose several at once.
PICK = "kiezen"
#: Activities of one step; names of what there is already that are shown.
MOST, NAMED = 500, 12
ALL_THERE = "Van alles wat je koos is er al een activiteit."
TOO_MANY = "Dit worden {} activiteiten; het kunnen er {} tegelijk zijn."


@dataclass(frozen=True, slots=True)
class Own:
    """An activity of one school. url: where it is."""

    name: str
    url: str


@dataclass(frozen=True, slots=True)
class Source:
    """What the activities are made of: the field that chooses, and its rows.

    own: school → the activity that is its own already, under whatever name.
    """

    field: str
    rows: Sequence[Any]
    own: Mapping[int, Own] = dataclasses.field(default_factory=dict)

    def chosen(self, form: EntityForm) -> list[Any]:
        """In the order in which they are offered."""
        ids = set(form[self.field].data)
        return [row for row in self.rows if row.id in ids]


@dataclass(frozen=True, slots=True)
class Pick:
    """A button that chooses several at once: its value, what it says, what it chooses."""

    value: str
    label: str
    ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Frame:
    """What is asked: the activities still to make, and the names of those that are there."""

    todo: tuple[kader.Vak, ...]
    there: tuple[str, ...]


def page(verantwoording: Verantwoording) -> Page:
    """Ask what to lay down, show it, and make exactly that; raises Refused, Locked."""
    _require(verantwoording)
    is_get, source = request.method == "GET", _source(verantwoording)
    if is_get or isinstance(source, Empty):
        _require_open(verantwoording)
    if isinstance(source, Empty):
        shown = _page(verantwoording, empty=source)
        return shown if is_get else (shown, INVALID)
    asked = Asking(verantwoording, source, _form(verantwoording, source))
    if PICK in request.form:
        return asked.picked(request.form[PICK])
    return asked.page() if is_get else asked.answer()


def _require(verantwoording: Verantwoording) -> None:
    row = Activiteit(contractpartij_id=verantwoording.contractpartij_id)
    verdict = right_on(actor(), Handeling.MAKEN, row)
    if not verdict:
        raise Refused(verdict)


def _require_open(verantwoording: Verantwoording) -> None:
    if verantwoording.status is not Status.OPEN:
        raise Locked(gesloten(verantwoording), verantwoording)


# --- what can be chosen -------------------------------------------------------------


def _source(verantwoording: Verantwoording) -> Source | Empty:
    """The rows to choose from, or why there is nothing to lay down."""
    method, session = verantwoording.werkwijze, database.session()
    if method is None:
        url = url_for("verantwoordingen.wijzigen", id=verantwoording.id)
        return Empty(
            "Kies eerst de werkwijze",
            "Wat je klaarzet, hangt af van de werkwijze van dit jaar.",
            Action("Werkwijze kiezen", url) if schermen.may_change(verantwoording) else None,
        )
    if method not in kader.MET_KADER:
        return Empty(
            "Hier valt vooraf niets klaar te zetten",
            werkwijzen.UITLEG[method].hoe,
            schermen.new_action(verantwoording),
        )
    if method is Werkwijze.A:
        near = references.ordered(kader.scholen_van(verantwoording), School)
        schools = session.scalars(near).all()
        if not schools:
            return schermen.nothing_yet(verantwoording)
        return Source("scholen", schools, _own(session, verantwoording))
    budget = references.ordered(kader.posten_van(verantwoording), Begrotingspost)
    posts = kader.onderdelen(session.scalars(budget.options(joinedload(Begrotingspost.doel))))
    return Source("posten", posts) if posts else schermen.nothing_yet(verantwoording)


def _own(session: GateSession, verantwoording: Verantwoording) -> dict[int, Own]:
    rows = session.execute(kader.eigen_activiteiten(verantwoording))
    return {school: Own(name, row_address("activiteiten.details", id_))
            for school, id_, name in rows}  # fmt: skip


# --- the form -----------------------------------------------------------------------


def _form(verantwoording: Verantwoording, source: Source) -> EntityForm:
    """What is chosen, and what of an activity cannot be known from it."""
    members: dict[str, Any] = {source.field: _chooser(source)}
    members["doelgroepen"] = make_field(attributes.attribute(Activiteit, "doelgroepen"))
    without = [row for row in source.rows if getattr(row, "doel_id", None) is None]
    if without:
        members["doel_id"] = make_field(attributes.attribute(Activiteit, "doel_id"))
    data = {"posten": [row.id for row in source.rows]} if source.field == "posten" else {}
    form: EntityForm = type("KaderForm", (EntityForm,), members)(data=data)
    fields.offer(form[source.field], lambda: [(row.id, _label(row, source)) for row in source.rows])
    form[source.field].wide = True
    form["doelgroepen"].description = "Van alle activiteiten; daarna pas je ze per activiteit aan."
    if source.field == "posten" and "doel_id" in form:
        _only_where_missing(form["doel_id"], form, source)
    return form


def _label(row: School | kader.Onderdeel, source: Source) -> str:
    if not isinstance(row, School):
        return row.naam
    own = source.own.get(row.id)
    return f"{references.named(row)}{f' · heeft al: {own.name}' if own else ''}"


def _chooser(source: Source) -> Any:
    if source.field == "scholen":
        return fields.MultiReferenceField(
            "Scholen",
            description="Wie dit jaar meedoet: met een activiteit telt een school als bereikt.",
            validators=[fields.Filled()],
        )
    return fields.MultiReferenceField("Begrotingsposten", validators=[fields.Filled()])


def _only_where_missing(field: Any, form: EntityForm, source: Source) -> None:
    """The begroting gives the CMK-doel; asked is that of the posts that have none."""
    names = [row.naam for row in source.rows if row.doel_id is None]
    field.description = f"Van {', '.join(names)}: in de begroting staat daar geen CMK-doel bij."
    chosen = source.chosen(form) if form[source.field].data else []
    if all(row.doel_id is not None for row in chosen):
        field.validators = [Optional()]
        field.flags.required = False


# --- asking, showing, making ----------------------------------------------------------


class Asking:
    """One request for the frame of a verantwoording."""

    def __init__(self, verantwoording: Verantwoording, source: Source, form: EntityForm) -> None:
        self.verantwoording, self.source, self.form = verantwoording, source, form
        self.session = database.session()
        self.there: tuple[str, ...] = ()

    def answer(self) -> Page:
        """Show what would be made, or make it when that is what was seen."""
        if self.verantwoording.status is Status.OPEN and not self.form.validate():
            return self.page(), INVALID
        try:
            if STEP in request.form:
                return self.page(preview=self._tried())
            return redirect(once(self.session, read_key(self.form), self._work))
        except Otherwise:
            self.session.rollback()
            return self._otherwise()
        except (RegelFout, IntegrityError) as error:
            self.session.rollback()
            return self.page(self._broken(error)), INVALID
        except Locked as closed:
            # Closed while this was asked: what was chosen is not lost.
            self.session.rollback()
            reason = f"{closed.reason} {closed.help}".strip()
            return self.page((FormError("", "", reason),)), STALE

    def picked(self, value: str) -> str:
        """The same page with these chosen; nothing is judged yet."""
        for pick in self._picks():
            if pick.value == value:
                self.form[self.source.field].data = list(pick.ids)
        return self.page()

    def _picks(self) -> tuple[Pick, ...]:
        """A begroting is all chosen to begin with; schools may be many, and those that have
        an activity of their own are left out."""
        if self.source.field != "scholen":
            return ()
        own = self.source.own
        every = tuple(school.id for school in self.source.rows if school.id not in own)
        before = set(self.session.scalars(kader.scholen_vorig_jaar(self.verantwoording)))
        again = tuple(id_ for id_ in every if id_ in before)
        which = " zonder eigen activiteit" if own else ""
        picks = [Pick("alle", f"Alle {formats.number(len(every))}{which} kiezen", every)]
        if again and again != every:
            number = formats.number(len(again))
            last = self.verantwoording.kalenderjaar - 1
            picks.append(Pick("vorig", f"Die van {last} kiezen ({number})", again))
        chosen = set(self.form[self.source.field].data or ())
        if chosen:
            picks.append(Pick("geen", "Niets kiezen", ()))
        return tuple(pick for pick in picks if set(pick.ids) != chosen)

    def _work(self) -> str:
        """Nobody else adds activities meanwhile: what is there already is known for sure."""
        hold(self.session, self.verantwoording)
        stap, made = self._make()
        if fingerprint(made) != request.form.get(SEEN, ""):
            raise Otherwise
        told = f"{_counted(len(made))} klaargezet."
        flash_done(Done(told, bewerking_id=stap.id))
        return url_for("verantwoordingen.activiteiten", id=self.verantwoording.id)

    def _otherwise(self) -> Page:
        try:
            return self.page(preview=self._tried(), notice=OTHERWISE), STALE
        except (RegelFout, IntegrityError) as error:
            return self.page(self._broken(error)), STALE

    def _tried(self) -> Preview:
        """What it makes, after which it was never made."""
        try:
            _, made = self._make()
            return replace(_preview(made), remarks=self._twice(made))
        finally:
            self.session.rollback()

    def _twice(self, made: Sequence[Activiteit]) -> tuple[Remark, ...]:
        """Who chooses a school that has its own activity, knows so before it is made."""
        again = [row.naam for row in made for joined in row.scholen
                 if joined.school_id in self.source.own]  # fmt: skip
        if not again:
            return ()
        words = (
            "Een school heeft al een eigen activiteit, en krijgt er een bij."
            if len(again) == 1
            else f"{len(again)} scholen hebben al een eigen activiteit, en krijgen er een bij."
        )
        few, more = again[:NAMED], len(again) - NAMED
        return (Remark(words, (*few, *((f"en nog {more}",) if more > 0 else ()))),)

    def _make(self) -> tuple[Bewerking, list[Activiteit]]:
        """The activities as one batch, without commit; raises Locked, RegelFout."""
        year = self.verantwoording
        _require_open(year)
        frame = _frame(self.session, year, self.source, self.form)
        self.there = frame.there
        if not frame.todo:
            raise RegelFout(Fout(ALL_THERE, self.source.field))
        if len(frame.todo) > MOST:
            text = TOO_MANY.format(formats.number(len(frame.todo)), MOST)
            raise RegelFout(Fout(text, self.source.field))
        goal = self.form["doel_id"].data if "doel_id" in self.form else None
        groups = self.form["doelgroepen"].data
        words = f"{_counted(len(frame.todo))} klaargezet"
        with bewerking(
            self.session, BewerkingSoort.KLAARZETTEN, words, year.contractpartij_id
        ) as stap:
            made = list(kader.activiteiten(year, frame.todo, goal, groups))
            self.session.add_all(made)
        return stap, made

    def _broken(self, error: RegelFout | IntegrityError) -> tuple[FormError, ...]:
        fouten = error.fouten if isinstance(error, RegelFout) else (integrity.translate(error),)
        return editing.put_errors(self.form, fouten)

    def page(
        self,
        loose: tuple[FormError, ...] = (),
        preview: Preview | None = None,
        notice: str = "",
    ) -> str:
        """loose: errors that have no field."""
        self.form.sleutel.data = new_key()
        return _page(
            self.verantwoording,
            form=self.form,
            errors=editing.all_errors(self.form, loose),
            preview=preview,
            notice=notice,
            there=self.there,
            named=NAMED,
            picks=self._picks(),
            pick=PICK,
            own=[
                (row.naam, self.source.own[row.id])
                for row in self.source.rows
                if row.id in self.source.own
            ],
        )


def _frame(session: GateSession, year: Verantwoording, source: Source, form: EntityForm) -> Frame:
    """What is there already stays as it is, so that a frame can be completed."""
    chosen, there = source.chosen(form), kader.bestaand(_names(session, year))
    assert year.werkwijze is not None
    if source.field == "scholen":
        names = kader.schoolnamen(source.rows)
        every = kader.per_school(year.kalenderjaar, chosen, names)
    else:
        every = kader.PER_POST[year.werkwijze](year.kalenderjaar, chosen)
    return Frame(
        tuple(vak for vak in every if not vak.is_er(there)),
        tuple(vak.naam for vak in every if vak.is_er(there)),
    )


def _names(session: GateSession, year: Verantwoording) -> list[tuple[str, int, int | None]]:
    """The activities of the year by name, each with its CMK-doel and its schools."""
    rows = session.execute(
        select(Activiteit.naam, Activiteit.doel_id, ActiviteitSchool.school_id)
        .outerjoin(Activiteit.scholen)
        .where(Activiteit.verantwoording_id == year.id)
    )
    return [(row.naam, row.doel_id, row.school_id) for row in rows]


def _preview(made: Sequence[Activiteit]) -> Preview:
    lines = tuple(
        (row.naam, str(row.doel), f"{row.startdatum:%d-%m} t/m {row.einddatum:%d-%m}")
        for row in made
    )
    columns = ("Activiteit", "CMK-doel", f"Periode in {made[0].startdatum.year}")
    return Preview(_counted(len(made)), columns, lines, 1, 0, fingerprint(made))


def _counted(number: int) -> str:
    word = Activiteit.woord.enkelvoud if number == 1 else Activiteit.woord.meervoud
    return f"{formats.number(number)} {word}"


def _page(verantwoording: Verantwoording, **content: Any) -> str:
    method = verantwoording.werkwijze
    return render_template(
        "verantwoordingen/kader.html",
        header=PageHeader(
            "Activiteiten klaarzetten",
            schermen.crumbs(verantwoording, Crumb("Activiteiten klaarzetten")),
            f"{verantwoording.project.titel} · {verantwoording.kalenderjaar}",
        ),
        method=werkwijzen.UITLEG[method] if method else None,
        action_url=request.path,
        cancel_url=url_for("verantwoordingen.activiteiten", id=verantwoording.id),
        **content,
    )
