"""What people type: the values of a valid row as text, and the bodies that forms send."""

import io
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Any

from sqlalchemy import inspect
from sqlalchemy.orm import RelationshipDirection

from cmk_admin import attributes, editing
from cmk_admin.entity_forms import new_key
from cmk_admin.gate import GateSession
from models.base import Centen, Entiteit, MetBestand
from models.gebruiker import Gebruiker
from models.project import Document
from models.verantwoording import Verantwoording
from tests.factories import fabriek
from tests.pages import Page
from tests.support.portal import Portaal

Body = dict[str, Any]
#: A year that no project of the world has yet.
VRIJ_JAAR = 2028
PDF = b"%PDF-1.7 een heel klein bestand"


def upload(name: str = "plan.pdf", content: bytes = PDF) -> tuple[io.BytesIO, str]:
    return io.BytesIO(content), name


def typed(entiteit: type[Entiteit], naam: str, waarde: Any) -> Any:
    """A value as somebody types it."""
    kolom = entiteit.__table__.columns.get(naam)
    if isinstance(waarde, list):
        return [str(deel) for deel in waarde]
    if isinstance(waarde, Enum):
        return str(waarde.value)
    if isinstance(waarde, date):
        return f"{waarde:%d-%m-%Y}"
    if isinstance(waarde, Decimal):
        return f"{waarde:f}".replace(".", ",")
    if waarde is not None and kolom is not None and isinstance(kolom.type, Centen):
        return f"{waarde / 100:.2f}".replace(".", ",")
    return "" if waarde in (None, False) else str(int(waarde) if waarde is True else waarde)


def values_of(rij: Entiteit) -> Body:
    """Everything that the form of this row asks, as it stands in the row."""
    return {
        a.name: typed(type(rij), a.name, editing.current_value(rij, a.name))
        for a in attributes.in_form(type(rij))
        if a.kind != "file"
    }


def parent_of(entiteit: type[Entiteit]) -> type[Entiteit] | None:
    if entiteit.ouder is None:
        return None
    relatie = entiteit.ouder.removesuffix("_id")
    ouder: type[Entiteit] = inspect(entiteit).relationships[relatie].mapper.class_
    return ouder


def new_values(portaal: Portaal, entiteit: type[Entiteit], van: str, stand: str) -> Body:
    """What to type for a new row under this contractpartij and state."""
    velden = {"kalenderjaar": VRIJ_JAAR} if entiteit is Verantwoording else {}
    with portaal.als() as session:
        rij = fabriek(entiteit)(session, **_relations(portaal, session, entiteit, van), **velden)
        values = values_of(rij)
        session.rollback()
    ouder = parent_of(entiteit)
    if entiteit.ouder and ouder and (ouder.__name__, van, stand) in portaal.wereld.rijen:
        values[entiteit.ouder] = str(portaal.wereld.id(ouder, van, stand))
    for naam, meervoud in entiteit.meervouden.items():
        if meervoud.verplicht:
            doel = attributes.attribute(entiteit, naam).target
            assert doel is not None
            values[naam] = [str(portaal.wereld.id(doel))]
    if issubclass(entiteit, MetBestand):
        values["bestand_naam"] = upload()
    return values


def _relations(
    portaal: Portaal, session: GateSession, entiteit: type[Entiteit], van: str
) -> dict[str, Entiteit]:
    """What a new row hangs under and points at: rows of the world that are free to use."""
    found: dict[str, Entiteit] = {}
    for relatie in inspect(entiteit).relationships:
        if relatie.direction is not RelationshipDirection.MANYTOONE:
            continue
        doel = relatie.mapper.class_
        plek = _place(portaal, entiteit, relatie.key, doel, van)
        if plek in portaal.wereld.rijen:
            found[relatie.key] = session.get_one(doel, portaal.wereld.rijen[plek])
    return found


def _place(
    portaal: Portaal, entiteit: type[Entiteit], relatie: str, doel: type[Entiteit], van: str
) -> tuple[str, str, str]:
    naam = doel.__name__
    if entiteit.ouder == f"{relatie}_id":
        return (naam, van or "vreemd", "open")
    if doel is Gebruiker:
        return (naam, "", "adviseur" if relatie == "adviseur" else "zonder")
    if relatie == "voor_partij":
        return (naam, "", "niet gedeeld")
    if entiteit is Document:
        return (naam, "", "open")  # the kind "overig"
    if (naam, van, "vrij") in portaal.wereld.rijen:
        return (naam, van, "vrij")
    return (naam, "", "vrij")


def sending(values: Body) -> Body:
    """A form with its key; one that has not been sent before."""
    return {"sleutel": new_key()} | values


def edit_body(portaal: Portaal, entiteit: type[Entiteit], id_: int, **changes: Any) -> Body:
    """What the edit form of a row sends, whoever is looking at it."""
    with portaal.als() as session:
        rij = session.get_one(entiteit, id_)
        values = values_of(rij)
        token = editing.version_token(rij)
    return sending(values) | {"versie_token": token} | changes


def inline_body(entiteit: type[Entiteit], values: Body, id_: int) -> Body:
    """One cell of a list, as it stands; empty when the entity has none to change there."""
    for attribute in attributes.listed(entiteit):
        if attribute.ui.inline:
            return {"list_form_pk": str(id_), attribute.name: values[attribute.name]}
    return {"list_form_pk": str(id_)}


# --- reading what came back -----------------------------------------------------------


def error_at(page: Page, naam: str) -> str:
    """The error that stands at a field; empty when there is none."""
    return next((node.words for node in page.nodes if node.get("id") == f"{naam}-fout"), "")


def summary(page: Page) -> dict[str, str]:
    """The summary above the form: id of the field → its line."""
    return {
        link.get("href").removeprefix("#"): link.parent.words
        for box in page.with_class("form-errors")
        for link in box.all("a")
        if link.parent is not None
    }


def lost(page: Page, sent: Body) -> dict[str, tuple[Any, Any]]:
    """What was typed and no longer stands in the form: field → (typed, shown)."""
    shown = page.form()
    gone = {}
    for naam, waarde in sent.items():
        if isinstance(waarde, tuple) or naam in ("sleutel", "versie_token", "csrf_token"):
            continue  # a file has to be chosen again; tokens are renewed
        typed_ = waarde if isinstance(waarde, list) else [waarde]
        seen = shown.get(naam, [])
        if naam in shown and [str(v).strip() for v in typed_ if v] != [v for v in seen if v]:
            gone[naam] = (typed_, seen)
    return gone
