"""How long things stay (AVG, article 5): what is over time, and cleaning it up in one step.

The periods are rows that a beheerder changes (Beheer → Bewaartermijnen). Nothing goes by itself:
somebody looks first, and what they saw is what goes.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, select

from cmk_admin import erasure, mail, tasks
from cmk_admin.actor import Actor, system
from cmk_admin.gate import GateSession, acting_as, forget, in_turn
from models.base import Entiteit
from models.gebruiker import Gebruiker
from models.privacy import Bewaarsoort, Bewaartermijn, Inzage
from models.techniek import Mail, MailStatus, Taak, Verzoek
from models.toegang import Toegangslink

LOOKING = system("bewaartermijnen")
#: Rows that are shown by name; the rest is counted.
SHOWN = 20


class ChangedSinceError(Exception):
    """What would go now is not what was seen."""


@dataclass(frozen=True, slots=True)
class Due:
    """What is over time of one kind. rows: (what, since when) of the oldest; total: of all;
    mark: differs when it is another period, or other rows."""

    soort: Bewaarsoort
    maanden: int
    before: datetime
    total: int
    rows: tuple[tuple[str, datetime], ...]
    mark: str


@dataclass(frozen=True, slots=True)
class _Kind:
    """Which rows are meant, since when they count, and what becomes of them."""

    entity: type[Entiteit]
    since: Any
    which: Callable[[datetime], ColumnElement[bool]]
    remove: Callable[[GateSession, datetime], None]


def preview(moment: datetime) -> list[Due]:
    """What is over time at `moment`, of every kind; nothing changes."""
    with acting_as(LOOKING) as session:
        return _due(session, moment)


def fingerprint(due: list[Due]) -> str:
    """Differs when other rows would go, or after another period."""
    return sha256("|".join(each.mark for each in due).encode()).hexdigest()


def clean_up(by: Actor, moment: datetime, seen: str | None = None) -> list[Due]:
    """All that is over time, in one transaction; what went.

    seen: the fingerprint of what somebody agreed to; raises ChangedSinceError when it is not
    that any more. Accounts get a pseudonym and stand in the history; each period remembers when
    and how many.
    """
    who = f", door gebruiker {by.gebruiker_id}" if by.gebruiker_id else ""
    with acting_as(system(f"bewaartermijnen{who}")) as session:
        in_turn(session, "bewaartermijnen")
        due = _due(session, moment)
        if seen is not None and fingerprint(due) != seen:
            raise ChangedSinceError
        periods = {row.soort: row for row in session.scalars(select(Bewaartermijn))}
        for each in due:
            if each.total:
                KINDS[each.soort].remove(session, each.before)
                row = periods[each.soort]
                row.opgeruimd_op, row.opgeruimd = moment, each.total
        session.commit()
        mail.forget_files(session)
    if any(each.soort is Bewaarsoort.TAAK and each.total for each in due):
        tasks.sweep(moment)
    if any(each.soort is Bewaarsoort.MAIL and each.total for each in due):
        mail.sweep_files()
    return due


def _due(session: GateSession, moment: datetime) -> list[Due]:
    periods = session.scalars(select(Bewaartermijn).order_by(Bewaartermijn.id))
    return [_due_of(session, row.soort, row.maanden, moment) for row in periods.all()]


def _due_of(session: GateSession, soort: Bewaarsoort, months: int, moment: datetime) -> Due:
    # Whole days: what is over time does not change while somebody looks at it.
    today = moment.replace(hour=0, minute=0, second=0, microsecond=0)
    kind, before = KINDS[soort], months_before(today, months)
    which = kind.which(before)
    ids = session.scalars(select(kind.entity.id).where(which).order_by(kind.entity.id)).all()
    oldest = select(kind.entity).where(which).order_by(kind.since, kind.entity.id).limit(SHOWN)
    rows = tuple(
        (_name(row), getattr(row, kind.since.key)) for row in session.scalars(oldest).unique()
    )
    return Due(soort, months, before, len(ids), rows, f"{soort} {months} {ids}")


def _name(row: Entiteit) -> str:
    if isinstance(row, Gebruiker):
        return f"{row.naam} ({row.email})"
    if isinstance(row, Mail):
        return f"{row.onderwerp}, aan {row.ontvanger}"
    if isinstance(row, Inzage):
        return f"{row}, door {row.gebruiker}"
    if isinstance(row, Taak):
        return f"{row}, van {row.gebruiker or 'niemand'}"
    return f"Formulier {row.id}"


def months_before(moment: datetime, months: int) -> datetime:
    """The same day of an earlier month; its last day where it has no such day."""
    year, month = divmod(moment.year * 12 + moment.month - 1 - months, 12)
    for day in range(moment.day, 27, -1):
        try:
            return moment.replace(year=year, month=month + 1, day=day)
        except ValueError:
            continue
    return moment.replace(year=year, month=month + 1)


# --- of each kind -----------------------------------------------------------------


def _left(before: datetime) -> ColumnElement[bool]:
    """Not active, and nothing about them changed since; who was erased already is left out."""
    return and_(
        ~Gebruiker.actief,
        Gebruiker.gewijzigd_op < before,
        Gebruiker.email.not_like(f"%{erasure.NOWHERE}"),
    )


def _never_came(before: datetime) -> ColumnElement[bool]:
    """Invited or only added, and never inside; a beheerder is nobody to go unasked."""
    invited_since = exists().where(
        Toegangslink.gebruiker_id == Gebruiker.id, Toegangslink.verloopt_op >= before
    )
    return and_(
        Gebruiker.actief,
        Gebruiker.totp_geheim.is_(None),
        Gebruiker.laatst_ingelogd_op.is_(None),
        Gebruiker.cultuur_oost_rol.is_(None),
        Gebruiker.gewijzigd_op < before,
        ~invited_since,
    )


def _erase(which: Callable[[datetime], ColumnElement[bool]]) -> Callable[..., None]:
    def remove(session: GateSession, before: datetime) -> None:
        for row in session.scalars(select(Gebruiker).where(which(before))).all():
            erasure.pseudonymise(session, row)

    return remove


def _old(entity: type[Entiteit], since: Any, **stays: Any) -> _Kind:
    """Rows that go without a trace once they are older; stays: column → value that is kept."""

    def old(before: datetime) -> ColumnElement[bool]:
        return and_(since < before, *(getattr(entity, name) != no for name, no in stays.items()))

    def remove(session: GateSession, before: datetime) -> None:
        other = {name: ("!=", no) for name, no in stays.items()}
        forget(session, entity, {since.key: ("<", before), **other})

    return _Kind(entity, since, old, remove)


KINDS: dict[Bewaarsoort, _Kind] = {
    Bewaarsoort.ACCOUNT: _Kind(Gebruiker, Gebruiker.gewijzigd_op, _left, _erase(_left)),
    Bewaarsoort.UITNODIGING: _Kind(
        Gebruiker, Gebruiker.gewijzigd_op, _never_came, _erase(_never_came)
    ),
    Bewaarsoort.MAIL: _old(Mail, Mail.aangemaakt_op, status=MailStatus.WACHT),
    Bewaarsoort.INZAGE: _old(Inzage, Inzage.op),
    Bewaarsoort.FORMULIER: _old(Verzoek, Verzoek.aangemaakt_op),
    Bewaarsoort.TAAK: _old(Taak, Taak.aangemaakt_op),
}
