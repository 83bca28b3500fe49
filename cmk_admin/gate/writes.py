"""Judged writes: every change of a session, before it reaches the database.

In this order: class rights → the writer's place → parents found and locked → stored rows
read → row rights and scope → column rules and rules of the entity → stamps. After the
flush the stored rows are read again, compared with what was judged, and written to the
history.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from sqlalchemy import inspect
from sqlalchemy.orm import RelationshipDirection, attributes

from cmk_admin import policy
from cmk_admin.gate import column_rules, history
from cmk_admin.gate.errors import AroundTheGate, Gone, Locked, Refused
from cmk_admin.gate.locks import begin_write, lock_verantwoordingen
from cmk_admin.policy import Handeling, Verdict
from models.base import STEMPELS, Entiteit, Fout, RegelFout, VanContractpartij, kolom_ui, nu
from models.contractpartij import Contractpartij
from models.verantwoording import OVERGANGEN, Status, Verantwoording

if TYPE_CHECKING:
    from cmk_admin.gate.session import GateSession

NOT_FOUND = "Deze keuze bestaat niet (meer), of is niet van jullie."


class Judgement:
    """The judgement of one flush."""

    def __init__(self, session: "GateSession") -> None:
        self.session = session
        self.actor = session.actor
        self.deleted = [obj for obj in session.deleted if isinstance(obj, Entiteit)]
        self.new = _parents_first(session.new)
        # A collection that grew is no change of its owner: its column values stay.
        self.changed = [
            obj
            for obj in _parents_first(session.dirty)
            if session.is_modified(obj, include_collections=False)
        ]
        self._new_ids = {id(obj) for obj in self.new}
        self._deleted_ids = {id(obj) for obj in self.deleted}
        self.changed = [obj for obj in self.changed if id(obj) not in self._deleted_ids]
        self.old: dict[history.Key, history.Row] = {}
        self.judged: set[int] = set()
        self.locked_by: dict[int, int | None] = {}
        self.titles: dict[int, str] = {}

    @property
    def empty(self) -> bool:
        return not (self.new or self.changed or self.deleted)

    def all(self) -> Iterator[Entiteit]:
        yield from self.new
        yield from self.changed
        yield from self.deleted

    def judge(self) -> None:
        """Let everything through or raise: Refused, Locked, RegelFout, Gone."""
        self._class_rights()
        connection = self.session.connection()
        begin_write(connection)
        for obj in self.new:
            _fill_defaults(obj)
            if not obj.alleen_poort:
                attach_relations(self.session, obj)
        for obj in self.changed:
            attach_relations(self.session, obj, only_changed=True)
        self._lock(connection)
        with self.session.passage():
            self.old = history.stored_rows(connection, map(_key, (*self.changed, *self.deleted)))
        self._row_rights()
        self._rules()
        self._consequences()
        self._stamp()
        self.titles = {id(obj): str(obj) for obj in self.all()}
        self.judged = {id(obj) for obj in self.all()}

    def _class_rights(self) -> None:
        """Before any lock: what nobody with these roles may do at all."""
        for obj in self.all():
            if obj.alleen_poort:
                if not self.session.internal:
                    raise AroundTheGate(f"{type(obj).__name__} schrijft alleen de poort zelf.")
                continue
            self._require(policy.may(self.actor, self._handeling(obj), type(obj)))

    def _handeling(self, obj: Entiteit) -> Handeling:
        """The right that saving `obj` asks for."""
        if id(obj) in self._new_ids:
            return Handeling.MAKEN
        if id(obj) in self._deleted_ids:
            if _plain_key(obj) in self.session.undoing:
                return Handeling.ZIEN
            return Handeling.VERWIJDEREN
        if isinstance(obj, Verantwoording):
            step = status_step(obj)
            if step in OVERGANGEN:
                return policy.stap_handeling(OVERGANGEN[step])
        return Handeling.WIJZIGEN

    def _lock(self, connection: Any) -> None:
        """Lock every verantwoording concerned; whoever writes under a closed one stops here."""
        parents: dict[int, Verantwoording] = {}
        exclusive = False
        steps = set()
        for obj in self.all():
            parent = policy.verantwoording_van(obj)
            self.locked_by[id(obj)] = parent.id if parent is not None else None
            if parent is None or parent.id is None:
                continue
            parents[parent.id] = parent
            if obj is parent:
                exclusive = True
                if status_step(parent)[0] is not status_step(parent)[1]:
                    steps.add(parent.id)
        with self.session.passage():
            stored = lock_verantwoordingen(connection, parents, exclusive)
        for obj in self.all():
            number = self.locked_by[id(obj)]
            if number is None or number not in stored:
                continue
            stepping = obj is parents[number] and number in steps
            if number in steps and not stepping and not obj.alleen_poort:
                raise RegelFout("Bewaar eerst de andere wijzigingen in deze verantwoording.")
            if stored[number] is not Status.OPEN and not stepping:
                raise Locked(policy.gesloten(parents[number], stored[number]), parents[number])

    def _row_rights(self) -> None:
        for obj in self.all():
            if obj.alleen_poort or self.actor.is_system:
                continue
            partijen = {policy.contractpartij_van(obj)}
            old = self.old.get(_key(obj)) if id(obj) not in self._new_ids else None
            if old is not None:
                partijen.add(_stored_partij(obj, old))
            self._scope(obj, partijen)
            handeling = self._handeling(obj)
            if handeling in policy.STATUS_STAPPEN:
                # The row already shows its new status: ask for the right, not the state.
                self._require(policy.right_on(self.actor, handeling, obj))
            else:
                self._require(policy.may(self.actor, handeling, obj))
            if old is not None and id(obj) not in self._deleted_ids:
                self._fields(obj)

    def _scope(self, obj: Entiteit, partijen: Iterable[int | None]) -> None:
        owned = isinstance(obj, (VanContractpartij, Contractpartij))
        for partij in partijen:
            if owned and partij is None and self.actor.cultuur_oost_rol is None:
                self._require(policy.niet_van_jullie(obj))
            if not self.actor.rollen_bij(partij):
                self._require(policy.niet_van_jullie(obj))

    def _fields(self, obj: Entiteit) -> None:
        allowed = policy.velden_van(self.actor, obj)
        if allowed is None:
            return
        if isinstance(obj, Verantwoording):
            allowed |= Verantwoording.BIJ_STATUS
        for name in changed_columns(obj):
            if name not in allowed:
                ui = kolom_ui(obj.__table__.c[name])
                label = ui.label if ui else name
                raise Refused(Verdict(False, f"{label} kun je hier niet wijzigen."))
        if (
            isinstance(obj, Verantwoording)
            and "werkwijze" in changed_columns(obj)
            and obj.heeft_activiteiten()
        ):
            raise RegelFout(
                Fout(
                    "De werkwijze ligt vast zodra er een activiteit is; een beheerder kan haar"
                    " nog wijzigen.",
                    "werkwijze",
                )
            )

    def _rules(self) -> None:
        broken: list[Fout] = []
        for obj in (*self.new, *self.changed):
            broken.extend(column_rules.broken_by(obj))
            if not broken:
                broken.extend(obj.controleer())
        for obj in self.changed:
            old = self.old.get(_key(obj))
            if old is None:
                raise Gone(f"{obj.woord.deze.capitalize()} is intussen verwijderd.")
            broken.extend(_fixed_columns(obj, old))
            if not broken:
                broken.extend(obj.controleer_wijziging(old))
        for obj in self.new:
            if isinstance(obj, Verantwoording) and obj.status is not Status.OPEN:
                broken.append(Fout("Een nieuwe verantwoording begint open.", "status"))
        for obj in self.deleted:
            if _key(obj) not in self.old:
                raise Gone(f"{obj.woord.deze.capitalize()} is al verwijderd.")
        if broken:
            raise RegelFout(*broken)

    def _consequences(self) -> None:
        for obj in self.changed:
            for extra in obj.gevolgen(self.old[_key(obj)]):
                _fill_defaults(extra)
                self.session.add(extra)
                self.locked_by[id(extra)] = self.locked_by.get(id(obj))
                self.new.append(extra)
                self._new_ids.add(id(extra))

    def _stamp(self) -> None:
        moment, who = nu(), self.actor.gebruiker_id
        for obj in (*self.new, *self.changed):
            obj.gewijzigd_op, obj.gewijzigd_door_id = moment, who
        for obj in self.new:
            obj.aangemaakt_op, obj.aangemaakt_door_id = moment, who
            partij = policy.contractpartij_van(obj)
            if isinstance(obj, VanContractpartij) and partij is not None:
                obj.contractpartij_id = partij

    def _require(self, verdict: Verdict) -> None:
        if not verdict:
            raise Refused(verdict)

    def verify_and_record(self) -> None:
        """After the flush: what is stored is what was judged; then the history."""
        connection = self.session.connection()
        with self.session.passage():
            stored = history.stored_rows(connection, map(_key, (*self.new, *self.changed)))
        rows = []
        for obj in self.all():
            # Technical rows and history itself have no history.
            if obj.alleen_poort and type(obj).__name__ != "Momentopname":
                continue
            old = self.old.get(_key(obj)) if id(obj) not in self._new_ids else None
            new = stored.get(_key(obj))
            self._verify(obj, new)
            verantwoording = obj.id if isinstance(obj, Verantwoording) else self.locked_by[id(obj)]
            row = history.record(
                self.actor,
                self.session.bewerking_id,
                obj,
                self.titles[id(obj)],
                verantwoording or _pending_lock(obj),
                old,
                new,
            )
            if row is not None:
                rows.append(row)
        history.write(connection, rows)

    def _verify(self, obj: Entiteit, stored: Mapping[str, Any] | None) -> None:
        """A hook that ran after the judgement may have moved the row elsewhere."""
        if stored is None:
            return
        partij = _stored_partij(obj, stored)
        if partij is not None and not self.actor.is_system and not self.actor.rollen_bij(partij):
            raise Refused(policy.niet_van_jullie(obj))
        parent = policy.ouder_van(obj)
        if parent is not None and obj.ouder and stored[obj.ouder] != parent.id:
            raise AroundTheGate(f"{type(obj).__name__} kreeg na de keuring een andere ouder.")


def _key(obj: Entiteit) -> history.Key:
    return type(obj), obj.id


def _plain_key(obj: Entiteit) -> tuple[str, int]:
    return type(obj).__name__, obj.id


def _pending_lock(obj: Entiteit) -> int | None:
    parent = policy.verantwoording_van(obj)
    return parent.id if parent is not None else None


def _stored_partij(obj: Entiteit, row: Mapping[str, Any]) -> int | None:
    if isinstance(obj, Contractpartij):
        return int(row["id"])
    number: int | None = row.get("contractpartij_id")
    return number


def _depth(entity: type[Entiteit]) -> int:
    depth = 0
    while entity.ouder is not None:
        relation = inspect(entity).relationships[entity.ouder.removesuffix("_id")]
        entity, depth = relation.mapper.class_, depth + 1
    return depth


def _parents_first(objects: Iterable[object]) -> list[Entiteit]:
    found = [obj for obj in objects if isinstance(obj, Entiteit)]
    return sorted(found, key=lambda obj: _depth(type(obj)))


def changed_columns(obj: Entiteit) -> set[str]:
    """Columns with a net change, also through their relation; stamps left out."""
    state = inspect(obj)
    names = {
        attribute.key
        for attribute in state.mapper.column_attrs
        if attribute.key not in STEMPELS and state.attrs[attribute.key].history.has_changes()
    }
    return names | {
        f"{relation.key}_id"
        for relation in state.mapper.relationships
        if relation.direction is RelationshipDirection.MANYTOONE
        and state.attrs[relation.key].history.has_changes()
    }


def effective(obj: Entiteit, name: str) -> Any:
    """The value a column will have once saved: a relation given as object goes first."""
    relation = name.removesuffix("_id")
    state = inspect(obj)
    if relation != name and relation in state.mapper.relationships:
        past = state.attrs[relation].history
        if past.has_changes():
            return past.added[0].id if past.added and past.added[0] is not None else None
    return getattr(obj, name)


def _fill_defaults(obj: Entiteit) -> None:
    """Defaults are filled before the rules are asked, not while saving."""
    for column in obj.__table__.columns:
        default = column.default
        if default is not None and default.is_scalar and getattr(obj, column.name) is None:
            setattr(obj, column.name, default.arg)


def status_step(obj: Verantwoording) -> tuple[Status, Status]:
    """Stored and new status of a verantwoording in this flush."""
    past = inspect(obj).attrs.status.history
    now = obj.status or Status.OPEN
    return (past.deleted[0] if past.deleted else now, now)


def _fixed_columns(obj: Entiteit, old: Mapping[str, Any]) -> Iterator[Fout]:
    for column in obj.__table__.columns:
        ui = kolom_ui(column)
        if ui is not None and ui.vast and effective(obj, column.name) != old[column.name]:
            yield Fout(f"{ui.label} ligt vast en kan niet in een ander worden gewijzigd.", column.name)


def attach_relations(
    session: "GateSession", obj: Entiteit, only_changed: bool = False
) -> None:
    """Look every referred row up with the actor's own eyes: what they cannot see, they
    cannot point at. Afterwards rules can follow relations of unsaved rows."""
    state = inspect(obj)
    for relation in state.mapper.relationships:
        if relation.direction is not RelationshipDirection.MANYTOONE:
            continue
        key = f"{relation.key}_id"
        number = getattr(obj, key, None)
        given = obj.__dict__.get(relation.key)
        if state.attrs[relation.key].history.has_changes() and given is not None:
            continue
        if number is None or (only_changed and not state.attrs[key].history.has_changes()):
            continue
        if given is not None and given.id == number:
            continue
        target = session.get(relation.mapper.class_, number)
        if target is None:
            raise RegelFout(Fout(NOT_FOUND, key))
        attributes.set_committed_value(obj, relation.key, target)
