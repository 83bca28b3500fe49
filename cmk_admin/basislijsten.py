"""The lists that the portal starts with: doelen, doelgroepen, kostensoorten and the like.

A choice is known by its fixed code, so that one which Cultuur Oost gave another name,
order or end date is left as it is.
"""

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.lijsten import Bron, Documentsoort, Doel, Doelgroep, Kostensoort, Lijst, Sector

PO_GO = "po_go"

#: Handleiding 2.2 names the doelen, 2.1 the kinds of document.
BASISLIJSTEN: dict[type[Lijst], dict[str, str]] = {
    Doel: {
        "visie": "Het ontwikkelen van een visie op cultuureducatie",
        "deskundigheid": "Deskundigheidsbevordering van leerkrachten en culturele partners",
        "samenwerking": "Samenwerking tussen het onderwijs en de culturele omgeving",
        "programma": "Het ontwikkelen van een programma op cultuureducatie",
        "overkoepelend": "Overkoepelende activiteiten",
    },
    Doelgroep: {
        "po_1_2": "po groep 1-2",
        "po_3_4": "po groep 3-4",
        "po_5_6": "po groep 5-6",
        "po_7_8": "po groep 7-8",
        "sbo": "sbo",
        "so": "so",
        "vso": "vso",
        "pro": "praktijkonderwijs",
        "vmbo": "vmbo",
        "havo_vwo": "havo/vwo",
        "mbo": "mbo",
        "leerkrachten": "leerkrachten",
        "partners": "culturele partners",
        "schoolleiding": "schoolleiding",
    },
    Kostensoort: {
        "uitvoering": "Uitvoering",
        "materiaal": "Materiaal",
        "huur": "Huur en techniek",
        "vervoer": "Vervoer",
        "coordinatie": "Coördinatie",
        "kennisdeling": "Kennisdeling",
        "monitoring": "Monitoring en evaluatie",
        "accountant": "Accountant",
        "overig": "Overig",
    },
    Sector: {PO_GO: "po/go", "vo": "vo"},
    Bron: {
        "fonds": "Fonds voor Cultuurparticipatie",
        "provincie": "Provincie Gelderland",
        "gemeente": "Gemeente",
        "overig": "Overig",
    },
    Documentsoort: {
        "projectplan": "Projectplan",
        "begroting": "Begroting",
        "projectovereenkomst": "Projectovereenkomst",
        Documentsoort.OVERIG: "Overig",
    },
}


def laad(session: Session) -> int:
    """Add what is missing; returns how many. The caller commits."""
    nieuw = [
        klasse(code=code, naam=naam, rang=10 * nummer)
        for klasse, keuzes in BASISLIJSTEN.items()
        for nummer, (code, naam) in enumerate(keuzes.items(), start=1)
        if not _is_er(session, klasse, code, naam)
    ]
    session.add_all(nieuw)
    session.flush()
    return len(nieuw)


def _is_er(session: Session, klasse: type[Lijst], code: str, naam: str) -> bool:
    """By code; by name where a person made the same choice before us."""
    zelfde = select(klasse.id).where((klasse.code == code) | (klasse.naam == naam))
    return session.scalar(zelfde.limit(1)) is not None


def sector_po_go(session: Session) -> Sector:
    """The sector of primary and special schools; new and unsaved where no list was loaded."""
    naam = BASISLIJSTEN[Sector][PO_GO]
    zelfde = select(Sector).where((Sector.code == PO_GO) | (Sector.naam == naam))
    return session.scalar(zelfde.order_by(Sector.id).limit(1)) or Sector(
        code=PO_GO, naam=naam, rang=10
    )
