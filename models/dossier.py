"""The picture of a verantwoording that closing stores (spec rule 4)."""

import hashlib
import json
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, object_session, selectinload

from models.activiteit import (
    Activiteit,
    ActiviteitDoelgroep,
    ActiviteitPartner,
    ActiviteitSchool,
    Last,
)
from models.project import Baat, Begrotingspost
from models.rapportages.cijfers import in_regio
from models.rapportages.selectie import doelen_van
from models.school import School
from models.verantwoording import Verantwoording


def vingerafdruk(inhoud: dict[str, Any]) -> str:
    """SHA-256 over the canonical JSON of a picture: the same content gives the same hash."""
    tekst = json.dumps(inhoud, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(tekst.encode()).hexdigest()


def beeld(verantwoording: Verantwoording) -> dict[str, Any]:
    """Every row under the verantwoording with the names and labels of this moment.

    Money in cents, hours as decimal text, dates in ISO 8601.
    """
    sessie = object_session(verantwoording)
    assert sessie is not None
    project = verantwoording.project
    activiteiten = [_activiteit(a) for a in _lees(sessie, verantwoording.id)]
    baten = _baten(sessie, verantwoording)
    return {
        "contractpartij": project.contractpartij.naam,
        "project": project.titel,
        "sector": project.sector.naam,
        "kalenderjaar": verantwoording.kalenderjaar,
        "werkwijze": verantwoording.werkwijze.value if verantwoording.werkwijze else None,
        "doelen": _doelen(sessie, verantwoording.kalenderjaar),
        "regio": _regio(sessie, verantwoording.id),
        "activiteiten": activiteiten,
        "baten": baten,
        "begroting": _begroting(sessie, verantwoording),
        "totalen": {
            "activiteiten": sum(a["aantal"] for a in activiteiten),
            "scholen": len({s["school_id"] for a in activiteiten for s in a["scholen"]}),
            "deelnames": sum(s["leerkrachten"] or 0 for a in activiteiten for s in a["scholen"]),
            "lasten": sum(x["bedrag"] or 0 for a in activiteiten for x in a["lasten"]),
            "baten": sum(b["bedrag"] for b in baten),
        },
    }


def _lees(sessie: Session, verantwoording_id: int) -> list[Activiteit]:
    """Fresh from the database: what was read before the lock may be old by now."""
    school = selectinload(Activiteit.scholen).joinedload(ActiviteitSchool.school)
    return list(
        sessie.scalars(
            select(Activiteit)
            .where(Activiteit.verantwoording_id == verantwoording_id)
            .order_by(Activiteit.id)
            .options(
                joinedload(Activiteit.doel),
                school.joinedload(School.gemeente),
                school.joinedload(School.schoolbestuur),
                selectinload(Activiteit.lasten).joinedload(Last.kostensoort),
                selectinload(Activiteit.doelgroep_koppelingen).joinedload(
                    ActiviteitDoelgroep.doelgroep
                ),
                selectinload(Activiteit.partner_koppelingen).joinedload(
                    ActiviteitPartner.samenwerkingspartner
                ),
            )
            .execution_options(populate_existing=True)
        )
    )


def _activiteit(activiteit: Activiteit) -> dict[str, Any]:
    return {
        "id": activiteit.id,
        "naam": activiteit.naam,
        "doel_id": activiteit.doel_id,
        "doel": activiteit.doel.naam,
        "omschrijving": activiteit.omschrijving,
        "aantal": activiteit.aantal_activiteiten or 1,
        "uren": f"{activiteit.totaal_uren:.2f}",
        "van": activiteit.startdatum.isoformat(),
        "tot": activiteit.einddatum.isoformat(),
        "doelgroepen": [k.doelgroep.naam for k in activiteit.doelgroep_koppelingen],
        "partners": [k.samenwerkingspartner.naam for k in activiteit.partner_koppelingen],
        "scholen": [_school(rij) for rij in activiteit.scholen],
        "lasten": [_last(rij) for rij in activiteit.lasten],
    }


def _school(rij: ActiviteitSchool) -> dict[str, Any]:
    return {"id": rij.id, **_vestiging(rij.school), "leerkrachten": rij.aantal_leerkrachten}


def _vestiging(school: School) -> dict[str, Any]:
    return {
        "school_id": school.id,
        "naam": school.naam,
        "vestigingscode": school.vestigingscode,
        "bestuur_id": school.schoolbestuur_id,
        "bestuur": school.schoolbestuur.naam if school.schoolbestuur else None,
        "gemeente_id": school.gemeente_id,
        "gemeente": school.gemeente.naam,
    }


def _regio(sessie: Session, verantwoording_id: int) -> list[dict[str, Any]]:
    """The schools that could be reached, so that "nog niet bereikt" keeps its meaning."""
    scholen = sessie.scalars(
        in_regio([verantwoording_id], School)
        .order_by(School.id)
        .options(joinedload(School.gemeente), joinedload(School.schoolbestuur))
    )
    return [_vestiging(school) for school in scholen]


def _doelen(sessie: Session, jaar: int) -> list[dict[str, Any]]:
    """The doelen of the year, also those that were not worked on."""
    return [{"id": id_, "naam": naam} for id_, naam in doelen_van(sessie, jaar).items()]


def _last(rij: Last) -> dict[str, Any]:
    return {
        "id": rij.id,
        "toelichting": rij.toelichting,
        "bedrag": rij.bedrag,
        "betaald_op": rij.betaald_op.isoformat() if rij.betaald_op else None,
        "kostensoort": rij.kostensoort.naam if rij.kostensoort else None,
        "boekstuknummer": rij.boekstuknummer,
        "leverancier": rij.leverancier,
        "bijlage_sha256": rij.bestand_sha256,
    }


def _baten(sessie: Session, verantwoording: Verantwoording) -> list[dict[str, Any]]:
    rijen = sessie.scalars(
        select(Baat)
        .where(
            Baat.project_id == verantwoording.project_id,
            Baat.kalenderjaar == verantwoording.kalenderjaar,
        )
        .order_by(Baat.id)
        .options(joinedload(Baat.bron))
    )
    return [
        {"id": b.id, "bron": b.bron.naam, "bedrag": b.bedrag, "omschrijving": b.omschrijving}
        for b in rijen
    ]


def _begroting(sessie: Session, verantwoording: Verantwoording) -> list[dict[str, Any]]:
    rijen = sessie.scalars(
        select(Begrotingspost)
        .where(
            Begrotingspost.project_id == verantwoording.project_id,
            Begrotingspost.kalenderjaar == verantwoording.kalenderjaar,
        )
        .order_by(Begrotingspost.naam, Begrotingspost.id)
        .options(joinedload(Begrotingspost.doel))
    )
    return [
        {
            "id": post.id,
            "naam": post.naam,
            "doel": post.doel.naam if post.doel else None,
            "bedrag": post.bedrag,
        }
        for post in rijen
    ]
