"""Every route says who may use it; a route that does not say so stops the start."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from flask import Flask, abort, current_app, g, request, url_for
from flask_login import current_user

from cmk_admin import database
from cmk_admin.actor import ANONYMOUS, Actor
from cmk_admin.gate import Refused
from cmk_admin.policy import may
from cmk_admin.rights import Handeling
from models.base import Entiteit

#: Files of the portal itself: the same for everybody, whoever asks.
ASSETS = frozenset({"static", "plotly"})
#: Stands where the id of a row will come; no row has it.
ROOM = 9_007_199_254_740_993
View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class RoutePolicy:
    """Who may use a route: everybody who is logged in, or who has a right somewhere.

    subject: entity class or page name; None on a generated view means its own entity.
    Which rows is judged inside, row by row.
    """

    handeling: Handeling | None = None
    subject: type[Entiteit] | str | None = None
    public: bool = False


def signed_in(view: View) -> View:
    """Decorator: for everybody who is logged in."""
    view.route_policy = RoutePolicy()  # type: ignore[attr-defined]
    return view


def requires(
    handeling: Handeling, subject: type[Entiteit] | str | None = None
) -> Callable[[View], View]:
    """Decorator: for who has this right on the subject, on some row at least."""

    def mark(view: View) -> View:
        view.route_policy = RoutePolicy(handeling, subject)  # type: ignore[attr-defined]
        return view

    return mark


def policy_of(app: Flask, endpoint: str) -> RoutePolicy | None:
    """What the view behind `endpoint` says of itself; None when it says nothing."""
    view: Any = app.view_functions[endpoint]
    if endpoint == "static" or getattr(view, "is_public", False):
        return RoutePolicy(public=True)
    found: RoutePolicy | None = getattr(view, "route_policy", None)
    if found is not None and found.handeling is not None and found.subject is None:
        owner = getattr(view, "__self__", None)
        return RoutePolicy(found.handeling, owner.model) if owner is not None else None
    return found


def actor() -> Actor:
    """Who acts in this request."""
    account = current_user._get_current_object()
    if not account.is_authenticated:
        return ANONYMOUS
    found: Actor = account.actor
    return found


def row_address(endpoint: str, id_: int, name: str = "id", **values: Any) -> str:
    """`url_for` of an endpoint for one row of many: built once per request, with room for the id.

    name: what the address calls the id.
    """
    return row_addresses(endpoint, name, **values)(id_)


def row_addresses(endpoint: str, name: str = "id", **values: Any) -> Callable[[int], str]:
    """The same for whoever has all the rows at hand: id → address."""
    built: dict[Any, Callable[[int], str]] = g.setdefault("row_addresses", {})
    key = (endpoint, name, *values.items())
    if key not in built:
        places: dict[str, Any] = {name: ROOM, **values}
        before, _, after = url_for(endpoint, **places).partition(str(ROOM))
        built[key] = lambda id_: f"{before}{id_}{after}"
    return built[key]


def register(app: Flask) -> None:
    """Bind the actor to the session of each request, and ask the policy of its route."""
    app.before_request(_enforce)


def _enforce() -> None:
    if request.endpoint is None:
        return
    policy = policy_of(current_app, request.endpoint)
    if policy is None:
        abort(404)
    if request.endpoint in ASSETS:
        return
    database.session().become(actor())
    if policy.handeling is not None and policy.subject is not None:
        verdict = may(actor(), policy.handeling, policy.subject)
        if not verdict:
            raise Refused(verdict)
