"""The lists that the portal starts with: doelen, doelgroepen, kostensoorten and the like,
the rules of Datakwaliteit, and how long things are kept.

A choice is known by its fixed code, so that one which Cultuur Oost gave another name,
order or end date is left as it is.
"""

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.base import Entiteit
from models.kwaliteit import Controle, Kwaliteitsregel
from models.lijsten import Bron, Documentsoort, Doel, Doelgroep, Kostensoort, Lijst, Sector
from models.privacy import Bewaarsoort, Bewaartermijn

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

#: Check of a rule → why it counts, and how to mend what it finds; its name is that of the check.
REGELS: dict[Controle, str] = {
    Controle.BESTUUR_NAAM: (
        "DUO gaf alleen een bevoegd-gezagnummer. In rapportages staat dan een nummer waar een"
        " naam hoort. Zoek de naam op en vul die in."
    ),
    Controle.SCHOOL_INDELING: (
        "Deze scholen tellen niet mee in het bereik per schoolbestuur of per gemeente."
    ),
    Controle.SCHOOL_INACTIEF: (
        "De school is gesloten of gefuseerd, maar staat nog bij een activiteit van een open jaar."
        " Heeft zij een opvolger, dan kun je haar daardoor vervangen."
    ),
    Controle.PARTNER_GELIJK: (
        "Bij één contractpartij staan partners met bijna dezelfde naam. Is het dezelfde partner,"
        " voeg ze dan samen."
    ),
    Controle.LAST_BEDRAG: "Zonder bedrag telt een last niet mee en is de activiteit niet compleet.",
    Controle.LAST_HOOG: (
        "Het bedrag is meer dan tien keer de mediaan van de lasten in open jaren. Staat de komma"
        " goed?"
    ),
}

#: Months. Two years after somebody left a verantwoording may still be asked about them, a mail is
#: of no use after a year, and who was invited and never came has no reason to be known.
TERMIJNEN: dict[Bewaarsoort, int] = {
    Bewaarsoort.ACCOUNT: 24,
    Bewaarsoort.UITNODIGING: 6,
    Bewaarsoort.MAIL: 12,
    Bewaarsoort.INZAGE: 24,
    Bewaarsoort.FORMULIER: 3,
    Bewaarsoort.TAAK: 1,
}


def laad(session: Session) -> int:
    """Add what is missing; returns how many. The caller commits."""
    nieuw: list[Entiteit] = [
        Kwaliteitsregel(controle=controle, naam=controle.label, uitleg=uitleg)
        for controle, uitleg in REGELS.items()
        if session.scalar(
            select(Kwaliteitsregel.id).where(Kwaliteitsregel.controle == controle).limit(1)
        )
        is None
    ]
    nieuw += [
        klasse(code=code, naam=naam, rang=10 * nummer)
        for klasse, keuzes in BASISLIJSTEN.items()
        for nummer, (code, naam) in enumerate(keuzes.items(), start=1)
        if not _is_er(session, klasse, code, naam)
    ]
    termijnen = set(session.scalars(select(Bewaartermijn.soort)))
    nieuw += [
        Bewaartermijn(soort=soort, maanden=maanden)
        for soort, maanden in TERMIJNEN.items()
        if soort not in termijnen
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
