"""How often somebody may try: counted in the database, exact over processes and restarts.

An attempt is written down before it is made, with the turn of its key held, so that of any
number at once no more are made than are allowed. Who succeeds is not counted.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address, ip_network

from flask import request
from sqlalchemy import select

from cmk_admin.actor import system
from cmk_admin.auth import clock
from cmk_admin.auth.sealing import mark
from cmk_admin.gate import GateSession, acting_as, forget, in_turn, with_retry
from models.toegang import Poging

COUNTING = system("pogingen")
SPAN = timedelta(minutes=15)
PER_ACCOUNT, PER_ADDRESS, WRONG_CODES = 10, 100, 10
#: What failed longer ago than this is of no use to anyone.
KEPT = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `most` failures in `within`; `lock`: then none for SPAN, else until one is older."""

    key: str
    most: int
    within: timedelta = SPAN
    lock: bool = False

    def free_at(self, failures: list[datetime]) -> datetime | None:
        """When the next attempt may be made, given the failures so far; None: now."""
        if len(failures) < self.most:
            return None
        return failures[-1] + SPAN if self.lock else failures[-self.most] + self.within


class TooManyError(RuntimeError):
    """No more attempts for now; `minutes` from now there may be one."""

    def __init__(self, wait: timedelta) -> None:
        self.minutes = max(1, -(-int(wait.total_seconds()) // 60))
        unit = "minuut" if self.minutes == 1 else "minuten"
        super().__init__(
            f"Er is te vaak iets verkeerds ingevuld. Probeer het over {self.minutes} {unit} weer."
        )


def per_account(email: str) -> Limit:
    """By what was typed: whether there is such an account makes no difference."""
    return Limit(f"account {email.strip().lower()}", PER_ACCOUNT)


def per_factor(gebruiker_id: int) -> Limit:
    """Ten wrong codes since the last right one lock the factor for a quarter of an hour."""
    return Limit(f"code {gebruiker_id}", WRONG_CODES, KEPT, lock=True)


def per_address() -> Limit:
    """Where the request comes from; an IPv6 network is one address, as anybody has millions."""
    return Limit(f"adres {_network(request.remote_addr or '')}", PER_ADDRESS)


def _network(text: str) -> str:
    try:
        address = ip_address(text)
    except ValueError:
        return text
    if isinstance(address, IPv6Address) and address.ipv4_mapped is None:
        return str(ip_network((address, 64), strict=False))
    return text


@dataclass
class Attempt:
    """One attempt under way."""

    limits: tuple[Limit, ...]
    rows: tuple[int, ...]
    right: bool = False


@contextmanager
def attempt(*limits: Limit) -> Iterator[Attempt]:
    """Count what happens inside as a failure, unless it sets `right`; raises TooManyError.

    The address of the request is a limit as well. After a right one the failures of the other
    limits are forgotten; those of the address stay, as it may belong to many.
    """
    address = per_address()
    made = Attempt(limits, _write_down((*limits, address)))
    yield made
    if made.right:
        _forget(made)


def _write_down(limits: Iterable[Limit]) -> tuple[int, ...]:
    moment = clock.now()
    # In one order, so that no two wait for each other.
    by_key = sorted((_sealed(limit.key), limit) for limit in limits)
    with acting_as(COUNTING) as session:
        return with_retry(session, lambda: _count(session, by_key, moment))


def _count(
    session: GateSession, by_key: list[tuple[str, Limit]], moment: datetime
) -> tuple[int, ...]:
    for key, limit in by_key:
        in_turn(session, key)
        failures = list(
            session.scalars(
                select(Poging.op)
                .where(Poging.sleutel == key, Poging.op > moment - limit.within)
                .order_by(Poging.op)
            )
        )
        free = limit.free_at(failures)
        if free is not None and moment < free:
            session.rollback()
            raise TooManyError(free - moment)
        if free is not None:
            # The lock has been served: counting starts anew.
            forget(session, Poging, {"sleutel": key})
    rows = [Poging(sleutel=key, op=moment) for key, _ in by_key]
    with session.own_work():
        session.add_all(rows)
        session.flush()
    numbers = tuple(row.id for row in rows)
    session.commit()
    return numbers


def _forget(made: Attempt) -> None:
    with acting_as(COUNTING) as session:

        def work() -> None:
            for number in made.rows:
                forget(session, Poging, {"id": number})
            for limit in made.limits:
                forget(session, Poging, {"sleutel": _sealed(limit.key)})
            session.commit()

        with_retry(session, work)


def sweep(moment: datetime) -> None:
    """Forget what failed long ago."""
    with acting_as(COUNTING) as session:
        forget(session, Poging, {"op": ("<", moment - KEPT)})
        session.commit()


def _sealed(key: str) -> str:
    """Addresses of strangers are nobody's business, ours included."""
    return mark(b"cmk-portaal/poging/1", key)
