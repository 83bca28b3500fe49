"""A valid row of every entity, with as little said as a test needs.

`maak_school(session, naam="De Linde")` makes, saves (without commit) and returns a row;
what it hangs under is made along unless it is given. The session says who acts:

    with acting_as(system("test")) as session:
        maak_activiteit(session, verantwoording)
        session.commit()
"""

import hashlib
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from itertools import count
from typing import Any, TypeVar

from sqlalchemy import select

from cmk_admin.gate import GateSession
from models.activiteit import (
    Activiteit,
    ActiviteitDoelgroep,
    ActiviteitPartner,
    ActiviteitSchool,
    Last,
)
from models.base import Entiteit, nu
from models.concept import Concept
from models.contractpartij import Contractpartij, Werkgebied
from models.dashboard import AgendaItem, AlgemeenDocument, Link, VeelgesteldeVraag
from models.gebruiker import Gebruiker, Lidmaatschap, LidRol
from models.historie import Bewerking, BewerkingSoort, Wijziging, WijzigingSoort
from models.kwaliteit import Controle, Kwaliteitsregel
from models.lijsten import Bron, Documentsoort, Doel, Doelgroep, Kostensoort, Sector
from models.privacy import Bewaarsoort, Bewaartermijn, Inzage, InzageSoort
from models.project import Baat, Begrotingspost, Document, Project
from models.samenwerkingspartner import Samenwerkingspartner
from models.school import Gemeente, School, Schoolbestuur, SchoolSoort
from models.techniek import Mail, Taak, Verzoek
from models.toegang import Herstelcode, LinkSoort, Onderbreking, Poging, Toegangslink, Zitting
from models.verantwoording import Momentopname, Verantwoording, Werkwijze
from models.vraag import Reactie, Vraag
from models.weergave import Weergave

E = TypeVar("E", bound=Entiteit)

#: The year of a verantwoording and all under it, unless a test says otherwise.
JAAR = 2026
_volgende = count(1)
#: Of their own: a code of four digits has room for ten thousand.
_gemeenten = count(1)


def nummer() -> int:
    """A number that no other row of this run has, for what must be unique."""
    return next(_volgende)


def _maak(session: GateSession, rij: E) -> E:
    """Save `rij`; rows that only the gate itself writes are written as the gate does."""
    if rij.alleen_poort:
        with session.own_work():
            session.add(rij)
            session.flush()
    else:
        session.add(rij)
        session.flush()
    return rij


def _fabriek_van(entiteit: type[E], standaard: Callable[[int], dict[str, Any]]) -> Callable[..., E]:
    """A factory of rows that hang under nothing; `standaard` gets a fresh number."""

    def maak(session: GateSession, **velden: Any) -> E:
        return _maak(session, entiteit(**standaard(nummer()) | velden))

    return maak


# --- lists ---------------------------------------------------------------------


maak_doel = _fabriek_van(Doel, lambda n: {"naam": f"Doel {n}"})
maak_doelgroep = _fabriek_van(Doelgroep, lambda n: {"naam": f"Doelgroep {n}"})
maak_kostensoort = _fabriek_van(Kostensoort, lambda n: {"naam": f"Kostensoort {n}"})
maak_sector = _fabriek_van(Sector, lambda n: {"naam": f"Sector {n}"})
maak_bron = _fabriek_van(Bron, lambda n: {"naam": f"Bron {n}"})
maak_documentsoort = _fabriek_van(Documentsoort, lambda n: {"naam": f"Documentsoort {n}"})


# --- schools -------------------------------------------------------------------


maak_gemeente = _fabriek_van(
    Gemeente,
    lambda n: {
        "code": f"{next(_gemeenten):04}",
        "naam": f"Gemeente {n}",
        "provincie": "Gelderland",
    },
)
maak_schoolbestuur = _fabriek_van(
    Schoolbestuur,
    lambda n: {"naam": f"Stichting {n}", "bevoegd_gezagnummer": f"{n % 100000:05}"},
)


def maak_school(
    session: GateSession,
    gemeente: Gemeente | None = None,
    schoolbestuur: Schoolbestuur | None = None,
    **velden: Any,
) -> School:
    n = nummer()
    brin = velden.get("brin_nummer", f"{n // 676 % 100:02}{_letter(n // 26)}{_letter(n)}")
    standaard = {
        "naam": f"School {n}",
        "brin_nummer": brin,
        "vestigingscode": f"{brin}00",
        "soort": SchoolSoort.BO,
        "gemeente": gemeente or maak_gemeente(session),
        "schoolbestuur": schoolbestuur or maak_schoolbestuur(session),
    }
    return _maak(session, School(**standaard | velden))


def _letter(n: int) -> str:
    return chr(ord("A") + n % 26)


# --- people and cultuurpunten ----------------------------------------------------


maak_gebruiker = _fabriek_van(
    Gebruiker,
    lambda n: {"naam": f"Persoon {n}", "email": f"persoon{n}@test.example"},
)
maak_contractpartij = _fabriek_van(
    Contractpartij,
    lambda n: {"naam": f"Cultuurpunt {n}"},
)


def maak_werkgebied(
    session: GateSession,
    contractpartij: Contractpartij | None = None,
    gemeente: Gemeente | None = None,
) -> Werkgebied:
    return _maak(
        session,
        Werkgebied(
            contractpartij=contractpartij or maak_contractpartij(session),
            gemeente=gemeente or maak_gemeente(session),
        ),
    )


def maak_lidmaatschap(
    session: GateSession,
    gebruiker: Gebruiker | None = None,
    contractpartij: Contractpartij | None = None,
    rol: LidRol = LidRol.PROJECTLEIDER,
) -> Lidmaatschap:
    return _maak(
        session,
        Lidmaatschap(
            gebruiker=gebruiker or maak_gebruiker(session),
            contractpartij=contractpartij or maak_contractpartij(session),
            rol=rol,
        ),
    )


def maak_samenwerkingspartner(
    session: GateSession, contractpartij: Contractpartij | None = None, **velden: Any
) -> Samenwerkingspartner:
    standaard = {
        "contractpartij": contractpartij or maak_contractpartij(session),
        "naam": f"Partner {nummer()}",
    }
    return _maak(session, Samenwerkingspartner(**standaard | velden))


# --- projects ------------------------------------------------------------------


def maak_project(
    session: GateSession,
    contractpartij: Contractpartij | None = None,
    sector: Sector | None = None,
    **velden: Any,
) -> Project:
    standaard = {
        "sector": sector or maak_sector(session),
        "titel": f"Project {nummer()}",
        "contractpartij": contractpartij or maak_contractpartij(session),
        "startdatum": date(2025, 1, 1),
        "einddatum": date(2028, 12, 31),
    }
    return _maak(session, Project(**standaard | velden))


def maak_baat(
    session: GateSession, project: Project | None = None, bron: Bron | None = None, **velden: Any
) -> Baat:
    standaard = {
        "bron": bron or maak_bron(session),
        "project": project or maak_project(session),
        "kalenderjaar": JAAR,
        "bedrag": 10_000_00,
    }
    return _maak(session, Baat(**standaard | velden))


def maak_begrotingspost(
    session: GateSession, project: Project | None = None, **velden: Any
) -> Begrotingspost:
    standaard = {
        "project": project or maak_project(session),
        "kalenderjaar": JAAR,
        "naam": f"Post {nummer()}",
        "bedrag": 2_500_00,
    }
    return _maak(session, Begrotingspost(**standaard | velden))


def maak_document(
    session: GateSession,
    project: Project | None = None,
    soort: Documentsoort | None = None,
    **velden: Any,
) -> Document:
    """Without a file in storage: `bestand_sleutel` is only a name."""
    standaard = {
        "soort": soort or maak_documentsoort(session),
        "project": project or maak_project(session),
        "titel": f"Document {nummer()}",
    }
    return _maak(session, Document(**standaard | _bestand(nummer()) | velden))


#: What the file of a made row holds, for tests that put it on disk.
BESTAND = b"%PDF-1.7 test"


def _bestand(n: int) -> dict[str, Any]:
    return {
        "bestand_naam": "plan.pdf",
        "bestand_sleutel": f"bestand-{n}",
        "bestand_type": "application/pdf",
        "bestand_grootte": len(BESTAND),
        "bestand_sha256": hashlib.sha256(BESTAND).hexdigest(),
    }


# --- verantwoordingen and activities ---------------------------------------------


def maak_verantwoording(
    session: GateSession, project: Project | None = None, **velden: Any
) -> Verantwoording:
    """An open one, as the gate asks of a new one."""
    standaard = {
        "project": project or maak_project(session),
        "kalenderjaar": JAAR,
        "werkwijze": Werkwijze.B,
    }
    return _maak(session, Verantwoording(**standaard | velden))


def maak_gesloten_verantwoording(
    session: GateSession,
    project: Project | None = None,
    door_id: int | None = None,
    **velden: Any,
) -> Verantwoording:
    """With two complete activities, closed through the gate."""
    verantwoording = maak_verantwoording(session, project, **velden)
    for _ in range(2):
        maak_complete_activiteit(session, verantwoording)
    verantwoording.sluit(door_id)
    session.flush()
    return verantwoording


def maak_momentopname(
    session: GateSession, verantwoording: Verantwoording | None = None
) -> Momentopname:
    """What closing stored of `verantwoording` (default: one that is made and closed here)."""
    gesloten = verantwoording or maak_gesloten_verantwoording(session)
    laatste = select(Momentopname).where(Momentopname.verantwoording_id == gesloten.id)
    return session.scalars(laatste.order_by(Momentopname.id.desc()).limit(1)).one()


def maak_activiteit(
    session: GateSession,
    verantwoording: Verantwoording | None = None,
    doel: Doel | None = None,
    **velden: Any,
) -> Activiteit:
    """Without schools and lasten: not complete."""
    verantwoording = verantwoording or maak_verantwoording(session)
    standaard = {
        "doel": doel or maak_doel(session),
        "verantwoording": verantwoording,
        "naam": f"Activiteit {nummer()}",
        "aantal_activiteiten": 4,
        "duur": Decimal("1.5"),
        "startdatum": date(verantwoording.kalenderjaar, 3, 1),
        "einddatum": date(verantwoording.kalenderjaar, 3, 31),
    }
    return _maak(session, Activiteit(**standaard | velden))


def maak_complete_activiteit(
    session: GateSession, verantwoording: Verantwoording | None = None, **velden: Any
) -> Activiteit:
    """With a school (3 leerkrachten), a last (€ 125,00) and a doelgroep."""
    activiteit = maak_activiteit(session, verantwoording, **velden)
    maak_activiteit_school(session, activiteit)
    maak_last(session, activiteit)
    maak_activiteit_doelgroep(session, activiteit)
    return activiteit


def maak_activiteit_school(
    session: GateSession,
    activiteit: Activiteit | None = None,
    school: School | None = None,
    **velden: Any,
) -> ActiviteitSchool:
    standaard = {
        "activiteit": activiteit or maak_activiteit(session),
        "school": school or maak_school(session),
        "aantal_leerkrachten": 3,
    }
    return _maak(session, ActiviteitSchool(**standaard | velden))


def maak_last(session: GateSession, activiteit: Activiteit | None = None, **velden: Any) -> Last:
    standaard = {
        "activiteit": activiteit or maak_activiteit(session),
        "toelichting": f"Kosten {nummer()}",
        "bedrag": 125_00,
    }
    return _maak(session, Last(**standaard | velden))


def maak_activiteit_doelgroep(
    session: GateSession,
    activiteit: Activiteit | None = None,
    doelgroep: Doelgroep | None = None,
) -> ActiviteitDoelgroep:
    return _maak(
        session,
        ActiviteitDoelgroep(
            activiteit=activiteit or maak_activiteit(session),
            doelgroep=doelgroep or maak_doelgroep(session),
        ),
    )


def maak_activiteit_partner(
    session: GateSession,
    activiteit: Activiteit | None = None,
    samenwerkingspartner: Samenwerkingspartner | None = None,
) -> ActiviteitPartner:
    """The partner is of the activity's own contractpartij: another can't be stored."""
    activiteit = activiteit or maak_activiteit(session)
    eigen = activiteit.verantwoording.project.contractpartij
    return _maak(
        session,
        ActiviteitPartner(
            activiteit=activiteit,
            samenwerkingspartner=samenwerkingspartner or maak_samenwerkingspartner(session, eigen),
        ),
    )


def maak_vraag(
    session: GateSession,
    verantwoording: Verantwoording | None = None,
    wat: Activiteit | Last | None = None,
    **velden: Any,
) -> Vraag:
    """About the year as a whole, unless `wat` says otherwise."""
    vraag = Vraag.over(verantwoording or maak_verantwoording(session), wat)
    for naam, waarde in ({"tekst": f"Hoe zit het met {nummer()}?"} | velden).items():
        setattr(vraag, naam, waarde)
    return _maak(session, vraag)


def maak_reactie(session: GateSession, vraag: Vraag | None = None, **velden: Any) -> Reactie:
    standaard = {"vraag": vraag or maak_vraag(session), "tekst": f"Zo zit het: {nummer()}."}
    return _maak(session, Reactie(**standaard | velden))


# --- dashboard -----------------------------------------------------------------


maak_agenda_item = _fabriek_van(
    AgendaItem,
    lambda n: {"datum": date(JAAR, 11, 1), "titel": f"Bijeenkomst {n}"},
)
maak_link = _fabriek_van(
    Link,
    lambda n: {"titel": f"Link {n}", "adres": "https://test.example/"},
)
maak_algemeen_document = _fabriek_van(
    AlgemeenDocument,
    lambda n: {"titel": f"Algemeen document {n}"} | _bestand(n),
)
maak_veelgestelde_vraag = _fabriek_van(
    VeelgesteldeVraag,
    lambda n: {"vraag": f"Vraag {n}?", "antwoord": "Ja."},
)


maak_kwaliteitsregel = _fabriek_van(
    Kwaliteitsregel,
    lambda n: {"naam": f"Regel {n}", "controle": Controle.LAST_BEDRAG, "uitleg": "Let op."},
)
maak_weergave = _fabriek_van(
    Weergave,
    lambda n: {"naam": f"Weergave {n}", "lijst": "Activiteit", "adres": "sort=naam"},
)


# --- what only the gate writes ---------------------------------------------------


maak_bewerking = _fabriek_van(
    Bewerking,
    lambda n: {"op": nu(), "soort": BewerkingSoort.DUPLICEREN, "omschrijving": f"Bewerking {n}"},
)
maak_wijziging = _fabriek_van(
    Wijziging,
    lambda n: {
        "op": nu(),
        "door_naam": "test",
        "soort": WijzigingSoort.GEWIJZIGD,
        "entiteit": "Link",
        "rij_id": 1,
        "titel": f"Wijziging {n}",
        "waarden": {"titel": ["oud", "nieuw"]},
    },
)
maak_verzoek = _fabriek_van(
    Verzoek,
    lambda n: {"sleutel": f"sleutel-{n}", "uitkomst": "/"},
)
maak_poging = _fabriek_van(Poging, lambda n: {"sleutel": f"{n:064}", "op": nu()})


def maak_zitting(
    session: GateSession, gebruiker: Gebruiker | None = None, **velden: Any
) -> Zitting:
    moment = nu()
    standaard = {
        "sleutel_hash": f"{nummer():064}",
        "gebruiker_id": (gebruiker or maak_gebruiker(session)).id,
        "begonnen_op": moment,
        "gezien_op": moment,
        "bevestigd_op": moment,
        "browser": "Firefox op Windows",
    }
    return _maak(session, Zitting(**standaard | velden))


def maak_toegangslink(
    session: GateSession, gebruiker: Gebruiker | None = None, **velden: Any
) -> Toegangslink:
    standaard = {
        "sleutel_hash": f"{nummer():064}",
        "zaad": f"{nummer():064}",
        "soort": LinkSoort.ACTIVATIE,
        "gebruiker_id": (gebruiker or maak_gebruiker(session)).id,
        "verloopt_op": nu(),
    }
    return _maak(session, Toegangslink(**standaard | velden))


def maak_herstelcode(
    session: GateSession, gebruiker: Gebruiker | None = None, **velden: Any
) -> Herstelcode:
    standaard = {
        "code_hash": f"{nummer():064}",
        "gebruiker_id": (gebruiker or maak_gebruiker(session)).id,
    }
    return _maak(session, Herstelcode(**standaard | velden))


def maak_onderbreking(
    session: GateSession, gebruiker: Gebruiker | None = None, **velden: Any
) -> Onderbreking:
    standaard = {
        "sleutel_hash": f"{nummer():064}",
        "gebruiker_id": (gebruiker or maak_gebruiker(session)).id,
        "op": nu(),
        "verzegeld": b"...",
    }
    return _maak(session, Onderbreking(**standaard | velden))


def maak_inzage(session: GateSession, gebruiker: Gebruiker | None = None, **velden: Any) -> Inzage:
    standaard = {
        "op": nu(),
        "gebruiker_id": (gebruiker or maak_gebruiker(session)).id,
        "soort": InzageSoort.BEKEKEN,
        "wat": f"Lijst {nummer()}",
    }
    return _maak(session, Inzage(**standaard | velden))


def maak_bewaartermijn(session: GateSession, **velden: Any) -> Bewaartermijn:
    """One of each kind there is; another each time when all are there."""
    rijen = {rij.soort: rij for rij in session.scalars(select(Bewaartermijn))}
    soorten = list(Bewaarsoort)
    soort = velden.pop("soort", None) or next(
        (soort for soort in soorten if soort not in rijen), soorten[nummer() % len(soorten)]
    )
    rij = rijen.get(soort) or Bewaartermijn(soort=soort)
    for naam, waarde in ({"maanden": 18} | velden).items():
        setattr(rij, naam, waarde)
    return _maak(session, rij)


def maak_mail(session: GateSession, ontvanger: Gebruiker | None = None, **velden: Any) -> Mail:
    standaard = {
        "ontvanger": ontvanger or maak_gebruiker(session),
        "onderwerp": f"Mail {nummer()}",
        "tekst": "Dag.",
    }
    return _maak(session, Mail(**standaard | velden))


def maak_concept(
    session: GateSession, gebruiker: Gebruiker | None = None, **velden: Any
) -> Concept:
    standaard = {
        "gebruiker_id": (gebruiker or maak_gebruiker(session)).id,
        "formulier": f"/verantwoordingen/{nummer()}/activiteiten/nieuw",
        "inhoud": [["naam", "Dans"]],
        "stand": f"{nummer():032}",
        "op": nu(),
    }
    return _maak(session, Concept(**standaard | velden))


maak_taak = _fabriek_van(
    Taak,
    lambda n: {"titel": f"Taak {n}", "soort": "proef", "opdracht": {}},
)


# --- all of them -----------------------------------------------------------------


def fabriek(entiteit: type[E]) -> Callable[..., E]:
    """The factory of an entity: `maak_` and the name of its table."""
    naam = f"maak_{entiteit.__tablename__}"
    if naam not in globals():
        raise LookupError(f"{entiteit.__name__} heeft geen fabriek; schrijf {naam}() hier.")
    gevonden: Callable[..., E] = globals()[naam]
    return gevonden
