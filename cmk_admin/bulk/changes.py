"""What a bulk edit can do to an attribute, and doing it to one row."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from cmk_admin import attributes, editing, history_view
from cmk_admin.actor import Actor
from cmk_admin.attributes import Attribute, Kind
from cmk_admin.gate import GateSession, Refused
from cmk_admin.gate.column_rules import FIRST_DAY, LAST_DAY, MAX_TEXT, OUTSIDE, broken_by
from cmk_admin.policy import Verdict, may, velden_van
from cmk_admin.rights import Handeling
from models.base import Entiteit, Fout, Keuze, RegelFout


class Hoe(Keuze):
    """What is done to the value that is there."""

    ZET = "zet", "Zet op"
    LEEG = "leeg", "Maak leeg"
    VERVANG = "vervang", "Zoek en vervang"
    PROCENT = "procent", "Verhoog met procenten"
    SCHUIF = "schuif", "Verschuif met dagen"
    ERBIJ = "erbij", "Voeg toe"
    ERAF = "eraf", "Haal weg"


_TEXT = (Hoe.ZET, Hoe.LEEG, Hoe.VERVANG)
_NUMBER = (Hoe.ZET, Hoe.LEEG, Hoe.PROCENT)
_PLAIN = (Hoe.ZET, Hoe.LEEG)
OFFERED: dict[Kind, tuple[Hoe, ...]] = {
    "text": _TEXT,
    "textarea": _TEXT,
    "email": _TEXT,
    "integer": _NUMBER,
    "money": _NUMBER,
    "hours": _NUMBER,
    "year": _PLAIN,
    "date": (Hoe.ZET, Hoe.LEEG, Hoe.SCHUIF),
    "choice": _PLAIN,
    "check": (Hoe.ZET,),
    "reference": _PLAIN,
    "multi": (Hoe.ERBIJ, Hoe.ERAF, Hoe.ZET, Hoe.LEEG),
}
#: Further than this no period of a subsidy moves.
MOST_DAYS = 4000


def offered(attribute: Attribute) -> tuple[Hoe, ...]:
    """What can be done to this attribute; what is required cannot be emptied."""
    ways = OFFERED.get(attribute.kind, ())
    return tuple(way for way in ways if not (way is Hoe.LEEG and attribute.required))


def changeable(entity: type[Entiteit], actor: Actor) -> tuple[Attribute, ...]:
    """The attributes that this person may change on some row."""
    allowed = velden_van(actor, entity)
    return tuple(
        attribute
        for attribute in attributes.in_form(entity)
        if not attribute.ui.vast
        and offered(attribute)
        and (allowed is None or attribute.name in allowed)
    )


@dataclass(frozen=True, slots=True)
class Change:
    """One thing done to one attribute. number: percents or days."""

    attribute: Attribute
    how: Hoe
    value: Any = None
    find: str = ""
    replace: str = ""
    number: Decimal = Decimal(0)

    @property
    def words(self) -> str:
        """What is done, for the name of the batch."""
        label, shown = self.attribute.label, history_view.show_value(self.attribute, self.value)
        return {
            Hoe.ZET: f"{label} wordt “{shown}”",
            Hoe.LEEG: f"{label} leeg",
            Hoe.VERVANG: f"{label}: “{self.find}” wordt “{self.replace}”",
            Hoe.PROCENT: f"{label} {self.number:+f}%".replace(".", ","),
            Hoe.SCHUIF: f"{label} {self.number:+f} dagen",
            Hoe.ERBIJ: f"{label}: {shown} erbij",
            Hoe.ERAF: f"{label}: {shown} eraf",
        }[self.how]

    def result(self, now: Any) -> Any:
        """The value that comes in the place of `now`; raises RegelFout."""
        if self.attribute.kind == "multi":
            return self._chosen(now)
        if self.how in (Hoe.ZET, Hoe.LEEG):
            return self.value
        if now is None:
            return None
        if self.how is Hoe.VERVANG:
            grown = len(now) + now.count(self.find) * (len(self.replace) - len(self.find))
            if grown > 2 * MAX_TEXT:  # twice: spaces at the ends still go
                raise RegelFout(Fout("Dit wordt te lang.", self.attribute.name))
            return now.replace(self.find, self.replace).strip() or None
        if self.how is Hoe.SCHUIF:
            return self._moved(now)
        return _rounded(self.attribute.kind, Decimal(now) * (100 + self.number) / 100)

    def why_not(self, now: Any) -> str:
        """Why the value that is there cannot be changed like this; empty when it can."""
        if self.how is Hoe.SCHUIF and now is None:
            return f"{self.attribute.label}: leeg."
        if self.how in (Hoe.VERVANG, Hoe.PROCENT) and now is None:
            return f"Heeft geen {_lowered(self.attribute.label)}."
        if self.how is Hoe.VERVANG and self.find not in now:
            capitals = self.find.casefold() in now.casefold()
            but = ", wel met andere hoofdletters" if capitals else ""
            return f"“{_in_line(self.find)}” komt er niet in voor{but}."
        return ""

    def _chosen(self, now: Sequence[int]) -> list[int]:
        given = [] if self.how is Hoe.LEEG else list(self.value)
        if self.how is Hoe.ERBIJ:
            given = [*now, *given]
        elif self.how is Hoe.ERAF:
            given = [id_ for id_ in now if id_ not in given]
        if self.attribute.required and not given:
            raise RegelFout(
                Fout(f"{self.attribute.label}: er blijft niets over, en dit is verplicht.")
            )
        return list(dict.fromkeys(given))

    def _moved(self, now: date) -> date:
        moved = now + timedelta(days=int(self.number))
        if not FIRST_DAY <= moved <= LAST_DAY:
            raise RegelFout(Fout(OUTSIDE, self.attribute.name))
        return moved


def _rounded(kind: str, value: Decimal) -> Any:
    """Cents and numbers are whole, hours have two decimals; half goes away from zero."""
    if kind == "hours":
        return value.quantize(Decimal("0.01"), ROUND_HALF_UP)
    return int(value.quantize(Decimal(1), ROUND_HALF_UP))


def apply(session: GateSession, row: Entiteit, changes: Sequence[Change]) -> None:
    """Change a row in memory; raises Refused or RegelFout, and then nothing of it is changed.

    What is asked here the gate asks again when it saves; asked here, it names the row.
    """
    verdict = may(session.actor, Handeling.WIJZIGEN, row)
    if not verdict:
        raise Refused(verdict)
    allowed = velden_van(session.actor, row)
    wanted = [(change, _wanted(change, row, allowed)) for change in changes]
    _something_to_do(row, changes)
    modified = False
    for change, value in wanted:
        name = change.attribute.name
        if change.attribute.kind != "multi" and getattr(row, name) != value:
            setattr(row, name, value)
            modified = True
    if modified:
        broken = list(broken_by(row)) or list(row.controleer())
        if broken:
            session.expire(row)
            raise RegelFout(*(_at_its_field(row, fout) for fout in broken))
    for change, value in wanted:
        if change.attribute.kind == "multi":
            editing.set_links(session, row, change.attribute, value)


def _something_to_do(row: Entiteit, changes: Sequence[Change]) -> None:
    """Raises RegelFout when none of the changes can do anything to this row, with the reasons."""
    reasons = [one.why_not(editing.current_value(row, one.attribute.name)) for one in changes]
    if reasons and all(reasons):
        raise RegelFout(*(Fout(reason) for reason in dict.fromkeys(reasons)))


def _wanted(change: Change, row: Entiteit, allowed: frozenset[str] | None) -> Any:
    name = change.attribute.name
    if allowed is not None and name not in allowed:
        raise Refused(Verdict(False, f"{change.attribute.label} kun je hier niet wijzigen."))
    return change.result(editing.current_value(row, name))


def _at_its_field(row: Entiteit, fout: Fout) -> Fout:
    """The sentence with the name of its field in front: here it stands at no field."""
    known = {attribute.name: attribute.label for attribute in attributes.attributes_of(type(row))}
    label = known.get(fout.veld or "")
    return Fout(f"{label}: {fout.tekst}" if label else fout.tekst, fout.veld)


def words_of(changes: Sequence[Change]) -> str:
    """All of it in one line, also when what is searched for is a line break."""
    return _in_line("; ".join(change.words for change in changes))


def _in_line(text: str) -> str:
    """In one line, as people can read it."""
    return "".join(c if c.isprintable() else " " for c in text)


def _lowered(label: str) -> str:
    """A label within a sentence; "BRIN-nummer" keeps its capitals."""
    return label if label[1:2].isupper() else f"{label[:1].lower()}{label[1:]}"
