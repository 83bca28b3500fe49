"""Judged writes: every change of a session, before it reaches the database.

In this order: class rights → the writer's place → parents found and locked → stored rows
read → row rights and scope → column rules and rules of the entity → stamps. After the
flush the stored rows are read again, compared with what was judged, and written to the
history.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from cmk_admin import policy
from cmk_admin.gate import column_rules, history
from cmk_admin.gate.errors import AroundTheGate, CodeNeeded, Gone, Locked, Refused
from cmk_admin.gate.locks import begin_write, lock_verantwoordingen
from cmk_admin.gate.rows import (
    as_stored,
    attach_relations,
    changed_columns,
    column_values,
    fill_defaults,
    fixed_columns,
    forget_changes,
    has_net_change,
    moved_from,
    number_many,
    parents_first,
    required_left,
    status_step,
    still_used,
    strangers,
)
from cmk_admin.policy import Verdict
from cmk_admin.rights import Handeling
from models.base import Entiteit, Fout, RegelFout, VanContractpartij, kolom_ui, nu
from models.contractpartij import Contractpartij
from models.verantwoording import OVERGANGEN, Status, Verantwoording

if TYPE_CHECKING:
    from cmk_admin.gate.session import GateSession


class Judgement:
    """The judgement of one flush."""

    def __init__(self, session: "GateSession") -> None:
        self.session = session
        self.actor = session.actor
        self.deleted = [obj for obj in session.deleted if isinstance(obj, Entiteit)]
        self.new = parents_first(session.new)
        self.changed = [obj for obj in parents_first(session.dirty) if has_net_change(obj)]
        self._new_ids = {id(obj) for obj in self.new}
        self._deleted_ids = {id(obj) for obj in self.deleted}
        self.changed = [obj for obj in self.changed if id(obj) not in self._deleted_ids]
        self.old: dict[history.Key, history.Row] = {}
        #: What was let through, by id(): the column values of each row.
        self.judged: dict[int, dict[str, Any]] = {}
        self.locked_by: dict[int, int | None] = {}
        self.left_by: dict[int, int] = {}
        self.titles: dict[int, str] = {}

    @property
    def empty(self) -> bool:
        return not (self.new or self.changed or self.deleted)

    def all(self) -> Iterator[Entiteit]:
        yield from self.new
        yield from self.changed
        yield from self.deleted

    def judge(self) -> None:
        """Let everything through or raise: Refused, Locked, CodeNeeded, RegelFout, Gone."""
        self._class_rights()
        connection = self.session.connection()
        begin_write(connection)
        for obj in self.new:
            fill_defaults(obj)
            if not obj.alleen_poort:
                attach_relations(self.session, obj)
                _fill_contractpartij(obj)
        for obj in self.changed:
            attach_relations(self.session, obj, only_changed=True)
        for obj in self.deleted:
            forget_changes(self.session, obj)
        self._lock(connection)
        with self.session.passage():
            self.old = history.stored_rows(connection, map(_key, (*self.changed, *self.deleted)))
        self._fixed()
        self._row_rights()
        self._rules()
        self._consequences()
        self._stamp()
        with self.session.passage():
            number_many(connection, self.new)
        self.titles = {id(obj): str(obj) for obj in self.all()}
        self.judged = {id(obj): column_values(obj) for obj in self.all()}

    def _class_rights(self) -> None:
        """Before any lock: what nobody with these roles may do at all."""
        asked = set()
        for obj in self.all():
            if obj.alleen_poort:
                if not self.session.internal:
                    raise AroundTheGate(f"{type(obj).__name__} schrijft alleen de poort zelf.")
                continue
            question = self._handeling(obj), type(obj)
            if question not in asked:
                self._require(policy.may(self.actor, *question))
                asked.add(question)
            if obj.verse_code and self.session.needs_code:
                raise CodeNeeded

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
            if parent is None or parent.id is None or obj.buiten_slot:
                continue
            parents[parent.id] = parent
            left = moved_from(obj, self.session.moving)
            if left is not None:
                parents[left] = self.session.get_one(Verantwoording, left)
                self.left_by[id(obj)] = left
            if obj is parent:
                exclusive = True
                if _steps(parent):
                    steps.add(parent.id)
        with self.session.passage():
            stored = lock_verantwoordingen(connection, parents, exclusive)
        for obj, number in self._under():
            if number not in stored:
                continue
            stepping = obj is parents[number] and number in steps
            if number in steps and not stepping and not obj.alleen_poort:
                raise RegelFout("Bewaar eerst de andere wijzigingen in deze verantwoording.")
            if stored[number] is not Status.OPEN and not stepping:
                raise Locked(policy.gesloten(parents[number], stored[number]), parents[number])

    def _under(self) -> Iterator[tuple[Entiteit, int]]:
        """Every row with the verantwoording above it; what moves also with the one it leaves."""
        for obj in self.all():
            if obj.buiten_slot:
                continue
            for number in (self.locked_by[id(obj)], self.left_by.get(id(obj))):
                if number is not None:
                    yield obj, number

    def _fixed(self) -> None:
        """Before the rights are asked: they were looked up by the place of the row."""
        broken: list[Fout] = []
        for obj in (*self.changed, *self.deleted):
            old = self.old.get(_key(obj))
            if old is None:
                how = "al" if id(obj) in self._deleted_ids else "intussen"
                raise Gone(f"{obj.woord.deze.capitalize()} is {how} verwijderd.")
            broken.extend(fixed_columns(obj, old, self.session.moving))
        if broken:
            raise RegelFout(*broken)

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
                if policy.has_condition(type(obj)):
                    stored = as_stored(self.session, obj, old)
                    self._require(policy.may(self.actor, handeling, stored))
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
        if isinstance(obj, Verantwoording) and _steps(obj):
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
                broken.extend(strangers(obj))
                broken.extend(obj.controleer())
        for obj in self.changed:
            if not broken:
                broken.extend(obj.controleer_wijziging(self.old[_key(obj)]))
        broken.extend(
            Fout("Een nieuwe verantwoording begint open.", "status")
            for obj in self.new
            if isinstance(obj, Verantwoording) and obj.status is not Status.OPEN
        )
        for obj in self.deleted:
            broken.extend(still_used(obj, self._deleted_ids))
        broken.extend(required_left(self.deleted))
        if broken:
            raise RegelFout(*broken)

    def _consequences(self) -> None:
        for obj in self.changed:
            for extra in obj.gevolgen(self.old[_key(obj)]):
                fill_defaults(extra)
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
            _fill_contractpartij(obj)

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


def _steps(obj: Verantwoording) -> bool:
    """Whether the status of a verantwoording changes in this flush."""
    was, now = status_step(obj)
    return was is not now


def _key(obj: Entiteit) -> history.Key:
    return type(obj), obj.id


def _plain_key(obj: Entiteit) -> tuple[str, int]:
    return type(obj).__name__, obj.id


def _fill_contractpartij(obj: Entiteit) -> None:
    """Whose a new row is follows from the row above it, which was filled before it."""
    if isinstance(obj, VanContractpartij) and obj.contractpartij_id is None:
        partij = policy.contractpartij_van(obj)
        if partij is not None:
            obj.contractpartij_id = partij


def _pending_lock(obj: Entiteit) -> int | None:
    parent = policy.verantwoording_van(obj)
    return parent.id if parent is not None else None


def _stored_partij(obj: Entiteit, row: Mapping[str, Any]) -> int | None:
    if isinstance(obj, Contractpartij):
        return int(row["id"])
    number: int | None = row.get("contractpartij_id")
    return number
