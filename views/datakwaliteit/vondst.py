"""What a rule found, as a list: its rows, how many, and what can be done with them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from flask import url_for
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from cmk_admin import formats, listing, references, selection
from cmk_admin.bulk.run import MOST
from cmk_admin.entity_pages import Screen, list_page, own_page_actions
from cmk_admin.forms.fields import to_id
from cmk_admin.listing import Query, Result
from cmk_admin.page import Action, Cell, Chip, Column, Empty, ListPage, Pager
from cmk_admin.policy import may
from cmk_admin.rights import Handeling
from cmk_admin.routes import actor
from models.base import Entiteit
from models.kwaliteit import Controle, Kwaliteitsregel
from models.kwaliteit.regel import KEER_MEDIAAN
from models.kwaliteit.vinden import ENTITEIT, gelijke_partners, gevonden, opvolger_van
from models.samenwerkingspartner import Samenwerkingspartner

PER_PAGINA = 50
GROEPEN = 50


@dataclass(frozen=True, slots=True)
class Vondst:
    """One page of what a rule finds. ids: all of it, packed, as far as one bulk edit goes."""

    rijen: Sequence[Any]
    aantal: int
    pagina: int
    ids: str


@dataclass(frozen=True, slots=True)
class Kaart:
    """One rule in the overview."""

    naam: str
    uitleg: str
    url: str
    chip: Chip


@dataclass(frozen=True, slots=True)
class Groep:
    """Partners that are alike. ids: to merge them, None for who may not."""

    namen: tuple[str, ...]
    van: str
    ids: str | None


def groepen(sessie: Session, regel: Kwaliteitsregel) -> list[Groep]:
    """The first groups of partners that are alike; the others follow when these are merged."""
    if regel.controle is not Controle.PARTNER_GELIJK or not regel.actief:
        return []
    gelijk = gelijke_partners(sessie)[:GROEPEN]
    nummers = [id_ for groep in gelijk for id_ in groep]
    rijen = {rij.id: rij for rij in listing.rows_with(Samenwerkingspartner, nummers)}
    return [
        Groep(
            tuple(str(rijen[id_]) for id_ in groep),
            str(rijen[groep[0]].contractpartij),
            selection.pack(groep)
            if all(may(actor(), Handeling.SAMENVOEGEN, rijen[id_]) for id_ in groep)
            else None,
        )
        for groep in gelijk
    ]


def factor(regel: Kwaliteitsregel) -> int:
    """How many times the median is too much."""
    return regel.keer_mediaan or KEER_MEDIAAN


def chip(regel: Kwaliteitsregel, aantal: int) -> Chip:
    if not regel.actief:
        return Chip("Uit")
    if not aantal:
        return Chip("Niets gevonden", "goed")
    woord = ENTITEIT[regel.controle].woord
    return Chip(
        f"{formats.number(aantal)} {woord.enkelvoud if aantal == 1 else woord.meervoud}", "let_op"
    )


def regel_kaart(sessie: Session, regel: Kwaliteitsregel) -> Kaart:
    """A rule that is on, with how much it finds."""
    aantal = _tel(sessie, gevonden(sessie, regel), ENTITEIT[regel.controle])
    return Kaart(regel.naam, regel.uitleg, _url(regel), chip(regel, aantal))


def uit_kaart(regel: Kwaliteitsregel) -> Kaart:
    return Kaart(regel.naam, regel.uitleg, _url(regel), chip(regel, 0))


def zoek(sessie: Session, regel: Kwaliteitsregel, pagina: str) -> Vondst:
    """One page of the rows; a rule that is off finds none."""
    if not regel.actief:
        return Vondst((), 0, 1, "")
    entiteit = ENTITEIT[regel.controle]
    alle = gevonden(sessie, regel)
    aantal = _tel(sessie, alle, entiteit)
    nummer = min(_nummer(pagina), max(1, -(-aantal // PER_PAGINA)))
    op_volgorde = references.ordered(listing.with_relations(alle, entiteit), entiteit)
    plaats = op_volgorde.offset((nummer - 1) * PER_PAGINA).limit(PER_PAGINA)
    rijen = list(sessie.scalars(plaats).unique())
    ids = sessie.scalars(_ids(alle, entiteit).order_by(entiteit.id).limit(MOST))
    return Vondst(rijen, aantal, nummer, selection.pack(ids))


def _tel(sessie: Session, alle: Select[Any], entiteit: type[Entiteit]) -> int:
    nummers = _ids(alle, entiteit).subquery()
    return sessie.scalar(select(func.count()).select_from(nummers)) or 0


def _ids(alle: Select[Any], entiteit: type[Entiteit]) -> Select[Any]:
    return alle.with_only_columns(entiteit.id)


def _nummer(tekst: str) -> int:
    try:
        return max(1, to_id(tekst))
    except ValueError:
        return 1


def _url(regel: Kwaliteitsregel, **deel: Any) -> str:
    return url_for("datakwaliteit.regel", id=regel.id, **deel)


def bulk_url(regel: Kwaliteitsregel) -> str:
    """Where the bulk edit of these rows begins; "" for who may not change them."""
    entiteit = ENTITEIT[regel.controle]
    if not may(actor(), Handeling.WIJZIGEN, entiteit):
        return ""
    return url_for(f"{references.endpoint_of(entiteit)}.bulk_view")


def lijst(regel: Kwaliteitsregel, vondst: Vondst) -> ListPage:
    """The rows as every list shows them, without search: the rule is the search."""
    entiteit = ENTITEIT[regel.controle]
    hier = _url(regel, **({"pagina": vondst.pagina} if vondst.pagina > 1 else {}))
    bulk = bulk_url(regel)
    scherm = Screen(
        entiteit,
        actor(),
        hier,
        lambda rij: url_for(
            f"{references.endpoint_of(entiteit)}.details_view", id=rij.id, url=hier
        ),
        lambda rij: own_page_actions(actor(), rij, hier),
        (Action("Wijzigen in bulk…", bulk, "edit", "post", name="bulk"),) if bulk else (),
    )
    gewoon = list_page(scherm, Query(), Result(list(vondst.rijen), vondst.aantal, False))
    gewoon = replace(
        gewoon,
        columns=tuple(replace(kolom, sort_url=None) for kolom in gewoon.columns),
        pager=_bladeren(regel, vondst),
        empty=_niets(regel),
        searchable=False,
        filters=(),
        exports=(),
        hidden=(),
        column_choice=(),
        totals=(),
        everything="",
        return_url=hier,
    )
    return _met_opvolger(gewoon, vondst) if regel.controle is Controle.SCHOOL_INACTIEF else gewoon


def _met_opvolger(pagina: ListPage, vondst: Vondst) -> ListPage:
    """With the school that takes the place of each."""
    cellen = []
    for rij in vondst.rijen:
        opvolger = opvolger_van(rij.school)
        cellen.append(Cell(str(opvolger)) if opvolger else Cell("geen opvolger", "leeg"))
    return replace(
        pagina,
        columns=(*pagina.columns, Column("opvolger", "Opvolger")),
        rows=tuple(
            rij._replace(cells=(*rij.cells, cel))
            for rij, cel in zip(pagina.rows, cellen, strict=True)
        ),
    )


def _bladeren(regel: Kwaliteitsregel, vondst: Vondst) -> Pager:
    eerste = (vondst.pagina - 1) * PER_PAGINA
    laatste = eerste + len(vondst.rijen)
    return Pager(
        first=eerste + 1 if vondst.rijen else 0,
        last=laatste,
        total=vondst.aantal,
        total_label=formats.number(vondst.aantal),
        previous_url=_url(regel, pagina=vondst.pagina - 1) if vondst.pagina > 1 else None,
        next_url=_url(regel, pagina=vondst.pagina + 1) if laatste < vondst.aantal else None,
    )


def _niets(regel: Kwaliteitsregel) -> Empty:
    if not regel.actief:
        return Empty("Deze regel staat uit", "Zet haar aan om te zien wat zij vindt.")
    return Empty("Niets gevonden", "Volgens deze regel klopt alles.")
