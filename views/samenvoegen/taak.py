"""Merging as a task: tried, seen and done as one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from cmk_admin import listing, references
from cmk_admin.bulk.run import Task
from cmk_admin.gate import GateSession, Heard, Refused, Skipped, Step, save_whole
from cmk_admin.policy import may
from cmk_admin.rights import Handeling
from models.historie import BewerkingSoort, Wijziging
from models.samenvoegen import Samenvoeging


@dataclass(frozen=True)
class Samenvoegen(Task):
    """The first of `ids` stays, the others go; all or nothing.

    waarden, leerkrachten: see `Samenvoeging`. naam: of the row that stays. van_anderen: in
    words, what it gets of the others.
    """

    waarden: Mapping[str, Any] = field(default_factory=dict)
    leerkrachten: Mapping[int, int | None] = field(default_factory=dict)
    naam: str = ""
    van_anderen: tuple[str, ...] = ()

    soort: ClassVar[BewerkingSoort] = BewerkingSoort.SAMENVOEGEN
    done: ClassVar[str] = "samengevoegd"
    spread: ClassVar[bool] = True

    @property
    def what(self) -> tuple[str, ...]:
        return (self.name, *self.van_anderen)

    @property
    def name(self) -> str:
        return f"“{self.naam}” blijft over"

    def save(self, session: GateSession, seen: dict[int, str], heard: Heard) -> list[Skipped]:
        rijen = {rij.id: rij for rij in listing.rows_with(self.entity, self.ids)}
        seen.update((id_, references.named(rij)) for id_, rij in rijen.items())
        if len(rijen) < len(self.ids):
            return []
        blijft, *weg = (rijen[id_] for id_ in self.ids)
        stap = Step(
            self.entity.__name__, blijft.id, str(blijft), lambda: self._doe(session, blijft, weg)
        )
        return save_whole(session, stap)

    def touched(self, rows: Sequence[Wijziging]) -> int:
        return len(self.ids) if rows else 0

    def _doe(self, session: GateSession, blijft: Any, weg: Sequence[Any]) -> None:
        for rij in (blijft, *weg):
            verdict = may(session.actor, Handeling.SAMENVOEGEN, rij)
            if not verdict:
                raise Refused(verdict)
        Samenvoeging(blijft, weg, self.waarden, self.leerkrachten).voer_uit(session)
