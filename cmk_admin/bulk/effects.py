"""What a step means for the verantwoordingen that its rows hang under."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for
from sqlalchemy import select

from cmk_admin import formats, references, selection
from cmk_admin.gate import GateSession
from cmk_admin.page import Change
from cmk_admin.page_batch import EffectLine
from models.activiteit import Activiteit
from models.base import Entiteit
from models.rapportages import Cijfers, cijfers_van
from models.verantwoording import Status, Verantwoording

#: Entities that hang under a verantwoording by this column.
BELOW = ("verantwoording_id", "activiteit_id")


@dataclass(frozen=True, slots=True)
class Effect:
    """The figures of one verantwoording, before and after."""

    verantwoording_id: int
    label: str
    before: Cijfers
    after: Cijfers


class Watched:
    """The figures before; ask `effects()` for what became of them.

    also: verantwoordingen that rows come to hang under.
    """

    def __init__(
        self,
        session: GateSession,
        entity: type[Entiteit],
        ids: Sequence[int],
        also: Sequence[int] = (),
    ) -> None:
        self._session = session
        self._accounts = _above(session, entity, ids, also)
        self._before = cijfers_van(session, self._accounts)

    def effects(self) -> tuple[Effect, ...]:
        """Where closing, lasten or schools come out differently."""
        after = cijfers_van(self._session, self._accounts)
        return tuple(
            Effect(row.id, str(row), self._before[row.id], after[row.id])
            for row in self._accounts
            if _weighs(self._before[row.id]) != _weighs(after[row.id])
        )


def _above(
    session: GateSession, entity: type[Any], ids: Sequence[int], also: Sequence[int]
) -> Sequence[Verantwoording]:
    """The open verantwoordingen that these rows hang under, and these others."""
    if entity.ouder == "verantwoording_id":
        above = select(entity.verantwoording_id)
    elif entity.ouder == "activiteit_id":
        above = select(Activiteit.verantwoording_id).join(entity.activiteit)
    else:
        return ()
    found = set(also)
    for part in selection.in_parts(ids):
        found.update(session.scalars(above.where(entity.id.in_(part)).distinct()))
    statement = select(Verantwoording).where(
        Verantwoording.id.in_(sorted(found)), Verantwoording.status == Status.OPEN
    )
    ordered = references.labelled(statement.order_by(Verantwoording.id), Verantwoording)
    return session.scalars(ordered).all()


def _weighs(figures: Cijfers) -> Cijfers:
    """The figures that a preview speaks of; hours and such have their own pages."""
    return Cijfers(besteed=figures.besteed, scholen=figures.scholen, compleet=figures.compleet)


def lines(effects: Sequence[Effect]) -> tuple[EffectLine, ...]:
    """As people read them."""
    return tuple(map(_line, effects))


def _line(effect: Effect) -> EffectLine:
    before, after = effect.before, effect.after
    pairs = (
        ("Lasten", formats.euro(before.besteed), formats.euro(after.besteed)),
        ("Bereikte scholen", formats.number(before.scholen), formats.number(after.scholen)),
        ("Complete activiteiten", _complete(before), _complete(after)),
    )
    return EffectLine(
        effect.label,
        url_for("verantwoordingen.activiteiten", id=effect.verantwoording_id),
        tuple(Change(label, old, new) for label, old, new in pairs if old != new),
    )


def _complete(figures: Cijfers) -> str:
    """With what closing still needs (Handleiding 2.4)."""
    number = formats.number(figures.compleet or 0)
    if figures.nog_nodig:
        return f"{number} (nog {figures.nog_nodig} nodig om te sluiten)"
    return number
