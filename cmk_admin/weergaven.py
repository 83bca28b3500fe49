"""The saved views of a list: which there are for this person, and which one is open."""

from collections.abc import Sequence
from functools import cache
from urllib.parse import parse_qsl

from flask import url_for
from sqlalchemy import Select, bindparam, or_, select

from cmk_admin import database
from cmk_admin.page import Action
from cmk_admin.policy import may
from cmk_admin.rights import Handeling
from cmk_admin.routes import actor
from models.base import Entiteit
from models.weergave import Weergave

MOST = 30
#: Where in the list one is, is no part of a view.
PLACE = frozenset({"page", "after", "before", "end"})


def of_list(entity: type[Entiteit]) -> Sequence[Weergave]:
    """Own views of this list, and those shared with this person."""
    asked = {"lijst": entity.__name__, "wie": actor().gebruiker_id}
    return database.session().scalars(_of_list(), asked).all()


@cache
def _of_list() -> Select[Weergave]:
    """Asked by every list, so made once."""
    mine = select(Weergave).where(
        Weergave.lijst == bindparam("lijst"),
        # The private ones of others, which a beheerder sees too, would crowd out one's own.
        or_(
            Weergave.gebruiker_id == bindparam("wie"),
            Weergave.voor_rol.is_not(None),
            Weergave.voor_partij_id.is_not(None),
        ),
    )
    return mine.order_by(Weergave.naam, Weergave.id).limit(MOST)


def menu(views: Sequence[Weergave], entity: type[Entiteit], base: str, here: str) -> list[Action]:
    """The menu of views; here: the address of the list as it is now."""
    found = [
        Action(view.naam, _url(view, base), "check" if is_open(view, here) else "eye")
        for view in views
    ]
    if may(actor(), Handeling.MAKEN, Weergave):
        keep = url_for("weergaven.bewaren", lijst=entity.__name__, adres=kept(here))
        found.append(Action("Deze weergave bewaren…", keep, "star"))
    if views:
        found.append(Action("Weergaven beheren", url_for("weergave.index_view"), "settings"))
    return found


def _url(view: Weergave, base: str) -> str:
    return f"{base}?{view.adres}" if view.adres else base


def is_open(view: Weergave, here: str) -> bool:
    """Whether the list now shows what the view keeps, on whatever page of it."""
    return sorted(parse_qsl(view.adres or "")) == sorted(parse_qsl(kept(here)))


def kept(address: str) -> str:
    """What a view keeps of the address of a list."""
    parts = address.partition("?")[2].split("&")
    return "&".join(part for part in parts if part and part.partition("=")[0] not in PLACE)
