"""Saving the forms of an activity: all or nothing, once, and never over someone else's change."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from flask import current_app
from itsdangerous import BadData, URLSafeSerializer
from sqlalchemy.orm.attributes import set_committed_value
from werkzeug.exceptions import BadRequest

from cmk_admin import editing, history_view
from cmk_admin.entity_forms import StaleForm
from cmk_admin.forms import fields
from cmk_admin.gate import GateSession, column_rules
from cmk_admin.page import Conflict, FormError
from cmk_admin.routes import actor
from models.activiteit import Activiteit, ActiviteitSchool, Last
from models.base import Entiteit, RegelFout
from models.verantwoording import Verantwoording
from views.activiteiten.formulier import ActivityForm
from views.activiteiten.rijen import RowForm, RowsField, SchoolField

#: Field with rows → the relationship and the entity that it fills.
RELATIONS: dict[str, type[Entiteit]] = {"scholen": ActiviteitSchool, "lasten": Last}

Pair = tuple[Entiteit, Any]


class StaleRows(StaleForm):
    """Someone else changed rows too; notes say what the conflicts can't."""

    def __init__(
        self, conflicts: tuple[Conflict, ...], by: str, notes: tuple[FormError, ...]
    ) -> None:
        super().__init__(conflicts, by)
        self.notes = notes


def insert(session: GateSession, verantwoording: Verantwoording, form: ActivityForm) -> Activiteit:
    """A new activity with its schools and lasten, in one go (Handleiding 2.2)."""
    activiteit = Activiteit(verantwoording=verantwoording)
    editing.fill(session, form, activiteit)
    pairs: list[Pair] = [(activiteit, form)]
    for field in form.row_fields:
        pairs.extend(_add(activiteit, field.name, row) for row in field.forms)
    check(pairs)
    session.add(activiteit)
    session.flush()
    return activiteit


def update(session: GateSession, activiteit: Activiteit, form: ActivityForm) -> None:
    """Put the fields of a part into the activity; raises StaleForm with both values."""
    base = read_base(activiteit, form)
    conflicts, by = editing.stale(session, form, activiteit, base)
    if conflicts:
        raise StaleForm(conflicts, by)
    editing.fill(session, form, activiteit)
    check([(activiteit, form)])
    session.flush()


def read_base(activiteit: Activiteit, form: ActivityForm) -> editing.Base:
    """What the form was made from; a 400 page when that is not ours."""
    try:
        return editing.read_token(form.versie_token.data or "", activiteit)
    except editing.BadToken:
        raise BadRequest from None


def check(pairs: Iterable[Pair]) -> None:
    """Hang what each row breaks on its own fields; raises RegelFout when anything is broken.

    The gate asks the same, but can't know which row of a form it came from.
    """
    loose: list[FormError] = []
    broken = False
    for row, form in pairs:
        fouten = list(column_rules.broken_by(row)) or list(row.controleer())
        broken = broken or bool(fouten)
        loose.extend(editing.put_errors(form, fouten))
    if broken:
        raise RegelFout(*(error.message for error in loose))


def rules_too(form: ActivityForm, verantwoording: Verantwoording, row: Activiteit | None) -> None:
    """A form with errors shows what else is wrong at once, in every part of it."""
    above = Activiteit()
    set_committed_value(above, "verantwoording", verantwoording)
    if not form.row_fields or row is None:
        editing.rules_too(form, Activiteit, row)
    for field in form.row_fields:
        for line in field.forms:
            editing.rules_too(line, RELATIONS[field.name], activiteit=above)


def _add(activiteit: Activiteit, name: str, form: RowForm) -> Pair:
    row = RELATIONS[name](**{field.short_name: field.data for field in form.typed()})
    getattr(activiteit, name).append(row)
    return row, form


# --- rows that exist --------------------------------------------------------------


def stored(activiteit: Activiteit, name: str) -> list[dict[str, Any]]:
    """The rows of a part as the form takes them."""
    columns = {
        "scholen": ("id", "school_id", "aantal_leerkrachten"),
        "lasten": (
            "id",
            "toelichting",
            "bedrag",
            "betaald_op",
            "kostensoort_id",
            "boekstuknummer",
            "leverancier",
        ),
    }[name]
    return [
        {column: getattr(row, column) for column in columns} for row in getattr(activiteit, name)
    ]


Texts = dict[str, str]


def _texts(form: RowForm) -> Texts:
    """What a row says, field by field, as plain text that can be compared and signed."""
    return {field.short_name: _text(field) for field in form.typed()}


def _text(field: Any) -> str:
    if field.data is None:
        return ""
    return str(field.text(field.data) if isinstance(field, fields.TypedField) else field.data)


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="rijen")


def rows_token(activiteit: Activiteit, field: RowsField) -> str:
    """The signed rows that a form of them starts from."""
    rows = {str(form.row_id): _texts(form) for form in field.forms if form.row_id is not None}
    return _signer().dumps([activiteit.id, field.name, rows])


def _read_rows(activiteit: Activiteit, field: RowsField, token: str) -> dict[int, Texts]:
    try:
        id_, name, rows = _signer().loads(token)
    except (BadData, ValueError):
        raise BadRequest from None
    if (id_, name) != (activiteit.id, field.name):
        raise BadRequest
    return {int(number): texts for number, texts in rows.items()}


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of one part in three states: when the form was made, as typed, as stored now."""

    activiteit: Activiteit
    mine: RowsField
    theirs: RowsField
    base: dict[int, Texts]

    @classmethod
    def of(cls, activiteit: Activiteit, mine: RowsField, theirs: RowsField, token: str) -> "Rows":
        rows = cls(activiteit, mine, theirs, _read_rows(activiteit, mine, token))
        if any(id_ not in rows.base for id_ in rows.typed):
            raise BadRequest
        return rows

    @property
    def typed(self) -> dict[int, RowForm]:
        return {form.row_id: form for form in self.mine.forms if form.row_id is not None}

    @property
    def now(self) -> dict[int, RowForm]:
        return {form.row_id: form for form in self.theirs.forms if form.row_id is not None}

    def choose(self, posted: Callable[[str], str | None]) -> None:
        """Carry out what a person chose on the page with both values."""
        for id_, form in self.typed.items():
            for field in form.typed():
                if posted(f"conflict-{field.id}") == "hun" and id_ in self.now:
                    take_over(field, self.now[id_][field.short_name])

    def merge(self) -> None:
        """Take in what others changed elsewhere; raises StaleRows where both changed the same."""
        conflicts, notes = list(self._both_changed()), list(self._gone_or_removed())
        if not conflicts and not notes:
            return
        for id_ in self.now.keys() - self.base.keys():
            self._show(id_)
        raise StaleRows(tuple(conflicts), self._by(), tuple(notes))

    def _show(self, id_: int) -> RowForm:
        """Add a stored row to the form as typed: what is not in it counts as taken away."""
        values = {field.short_name: field.data for field in self.now[id_].typed()}
        form = self.mine.add({"id": id_} | values)
        _pin(form)
        return form

    def _by(self) -> str:
        """Who changed the rows, when that was one person."""
        rows, now = self.rows(), self.now
        changed = {
            rows[id_].gewijzigd_door_id for id_ in now if _texts(now[id_]) != self.base.get(id_)
        }
        names = set(history_view.names_of(changed - {actor().gebruiker_id}).values())
        return names.pop() if len(names) == 1 else ""

    def rows(self) -> dict[int, Any]:
        return {row.id: row for row in getattr(self.activiteit, self.mine.name)}

    def _both_changed(self) -> Iterator[Conflict]:
        now = self.now
        for id_, form in self.typed.items():
            if id_ not in now:
                continue
            for field in form.typed():
                other = now[id_][field.short_name]
                before, mine, theirs = self.base[id_][field.short_name], _text(field), _text(other)
                if theirs in (before, mine):
                    continue
                if mine == before:
                    take_over(field, other)
                    continue
                label = f"{self._name(form)}: {field.label.text.lower()}"
                yield Conflict(label, field.id, mine, theirs, before)

    def _gone_or_removed(self) -> Iterator[FormError]:
        """Rows that one took away while the other changed them."""
        now, typed = self.now, self.typed
        for id_, form in typed.items():
            if id_ not in now:
                if _texts(form) == self.base[id_]:
                    self._drop(form)
                    continue
                form.id.data = ""
                if "school_id" in form:
                    _school(form).unpin()
                text = "is intussen door een ander verwijderd. Ze staat hier als nieuwe rij."
                yield FormError(form.typed()[-1].id, self._name(form), text)
        for id_, texts in self.base.items():
            if id_ in now and id_ not in typed and _texts(now[id_]) != texts:
                form = self._show(id_)
                text = "haalde je weg, maar een ander heeft haar intussen gewijzigd."
                yield FormError(form.typed()[-1].id, self._name(form), text)

    def _drop(self, form: RowForm) -> None:
        self.mine.entries = [entry for entry in self.mine.entries if entry.form is not form]

    def _name(self, form: RowForm) -> str:
        first = form.typed()[0]
        return str(first._value()) if hasattr(first, "pinned") else str(first.data or "Last")

    def apply(self, session: GateSession) -> None:
        """Put the rows as typed into the activity; rows that others added stay."""
        name, rows = self.mine.name, self.rows()
        typed = self.typed
        away = {id_: rows[id_] for id_ in self.base if id_ in rows and id_ not in typed}
        pairs: list[Pair] = []
        for form in self.mine.forms:
            row = rows.get(form.row_id or 0) or _same_school(away, form)
            if row is None:
                pairs.append(_add(self.activiteit, name, form))
                continue
            for field in form.typed():
                if getattr(row, field.short_name) != field.data:
                    setattr(row, field.short_name, field.data)
            pairs.append((row, form))
        for row in away.values():
            session.delete(row)
        check(pairs)
        session.flush()


def _same_school(away: dict[int, Any], form: RowForm) -> Any:
    """A school taken away and chosen anew in one go is the same row."""
    if "school_id" not in form:
        return None
    for id_, row in away.items():
        if row.school_id == form["school_id"].data:
            return away.pop(id_)
    return None


def _pin(form: RowForm) -> None:
    if "school_id" in form:
        _school(form).pin(form["school_id"].data)


def pin_schools(activiteit: Activiteit, field: RowsField) -> None:
    """The school of a stored row is fixed: another would be a hidden deletion."""
    if field.name != "scholen":
        return
    schools = {row.id: row.school_id for row in activiteit.scholen}
    for form in (entry.form for entry in field.entries):
        if form.row_id in schools:
            _school(form).pin(schools[form.row_id])


def _school(form: RowForm) -> SchoolField:
    field = form["school_id"]
    assert isinstance(field, SchoolField)
    return field


def take_over(field: Any, other: Any) -> None:
    """Let a field show the stored value."""
    field.data = other.data
    if isinstance(field, fields.TypedField):
        field.raw = None
