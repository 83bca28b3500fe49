"""A valid row of every entity, with as little said as a test needs.

`maak_school(session, naam="De Linde")` makes, saves (without commit) and returns a row;
what it hangs under is made along unless it is given. The session says who acts:

    with acting_as(system("test")) as session:
        maak_activiteit(session, verantwoording)
        session.commit()
"""

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
from models.contractpartij import Contractpartij, Werkgebied
from models.dashboard import AgendaItem, AlgemeenDocument, Link, VeelgesteldeVraag
from models.gebruiker import Gebruiker, Lidmaatschap, LidRol
from models.historie import Bewerking, BewerkingSoort, Wijziging, WijzigingSoort
from models.lijsten import Bron, Documentsoort, Doel, Doelgroep, Kostensoort, Lijst, Sector
from models.project import Baat, Begrotingspost, Document, Project
from models.samenwerkingspartner import Samenwerkingspartner
from models.school import Gemeente, School, Schoolbestuur, SchoolSoort
from models.techniek import Mail, Taak, Verzoek
from models.verantwoording import Momentopname, Verantwoording, Werkwijze

E = TypeVar("E", bound=Entiteit)
L = TypeVar("L", bound=Lijst)

#: The year of a verantwoording and all under it, unless a test says otherwise.
JAAR = 2026
_volgende = count(1)


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


# --- lists ---------------------------------------------------------------------


def _fabriek_van(lijst: type[L]) -> Callable[..., L]:
    def maak(session: GateSession, **velden: Any) -> L:
        return _maak(session, lijst(**{"naam": f"{lijst.__name__} {nummer()}"} | velden))

    return maak


maak_doel = _fabriek_van(Doel)
maak_doelgroep = _fabriek_van(Doelgroep)
maak_kostensoort = _fabriek_van(Kostensoort)
maak_sector = _fabriek_van(Sector)
maak_bron = _fabriek_van(Bron)
maak_documentsoort = _fabriek_van(Documentsoort)


# --- schools -------------------------------------------------------------------


def maak_gemeente(session: GateSession, **velden: Any) -> Gemeente:
    n = nummer()
    standaard = {"code": f"{n % 10000:04}", "naam": f"Gemeente {n}", "provincie": "Gelderland"}
    return _maak(session, Gemeente(**standaard | velden))


def maak_schoolbestuur(session: GateSession, **velden: Any) -> Schoolbestuur:
    n = nummer()
    standaard = {"naam": f"Stichting {n}", "bevoegd_gezagnummer": f"{n % 100000:05}"}
    return _maak(session, Schoolbestuur(**standaard | velden))


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


def maak_gebruiker(session: GateSession, **velden: Any) -> Gebruiker:
    n = nummer()
    standaard = {"naam": f"Persoon {n}", "email": f"persoon{n}@test.example"}
    return _maak(session, Gebruiker(**standaard | velden))


def maak_contractpartij(session: GateSession, **velden: Any) -> Contractpartij:
    return _maak(session, Contractpartij(**{"naam": f"Cultuurpunt {nummer()}"} | velden))


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
    session: GateSession, contractpartij: Contractpartij | None = None, **velden: Any
) -> Project:
    standaard = {
        "titel": f"Project {nummer()}",
        "contractpartij": contractpartij or maak_contractpartij(session),
        "startdatum": date(2025, 1, 1),
        "einddatum": date(2028, 12, 31),
    }
    velden.setdefault("sector", maak_sector(session))
    return _maak(session, Project(**standaard | velden))


def maak_baat(session: GateSession, project: Project | None = None, **velden: Any) -> Baat:
    standaard = {
        "project": project or maak_project(session),
        "kalenderjaar": JAAR,
        "bedrag": 10_000_00,
    }
    velden.setdefault("bron", maak_bron(session))
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


def maak_document(session: GateSession, project: Project | None = None, **velden: Any) -> Document:
    """Without a file in storage: `bestand_sleutel` is only a name."""
    standaard = {
        "project": project or maak_project(session),
        "titel": f"Document {nummer()}",
    }
    velden.setdefault("soort", maak_documentsoort(session))
    return _maak(session, Document(**standaard | _bestand() | velden))


def _bestand() -> dict[str, Any]:
    return {
        "bestand_naam": "plan.pdf",
        "bestand_sleutel": f"sleutel-{nummer()}",
        "bestand_type": "application/pdf",
        "bestand_grootte": 3,
        "bestand_sha256": "0" * 64,
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
    session: GateSession, project: Project | None = None, **velden: Any
) -> Verantwoording:
    """With two complete activities, closed through the gate."""
    verantwoording = maak_verantwoording(session, project, **velden)
    for _ in range(2):
        maak_complete_activiteit(session, verantwoording)
    verantwoording.sluit(None)
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
    session: GateSession, verantwoording: Verantwoording | None = None, **velden: Any
) -> Activiteit:
    """Without schools and lasten: not complete."""
    verantwoording = verantwoording or maak_verantwoording(session)
    standaard = {
        "verantwoording": verantwoording,
        "naam": f"Activiteit {nummer()}",
        "aantal_activiteiten": 4,
        "duur": Decimal("1.5"),
        "startdatum": date(verantwoording.kalenderjaar, 3, 1),
        "einddatum": date(verantwoording.kalenderjaar, 3, 31),
    }
    velden.setdefault("doel", maak_doel(session))
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


# --- dashboard -----------------------------------------------------------------


def maak_agenda_item(session: GateSession, **velden: Any) -> AgendaItem:
    standaard = {"datum": date(JAAR, 11, 1), "titel": f"Bijeenkomst {nummer()}"}
    return _maak(session, AgendaItem(**standaard | velden))


def maak_link(session: GateSession, **velden: Any) -> Link:
    standaard = {"titel": f"Link {nummer()}", "adres": "https://test.example/"}
    return _maak(session, Link(**standaard | velden))


def maak_algemeen_document(session: GateSession, **velden: Any) -> AlgemeenDocument:
    """Without a file in storage: `bestand_sleutel` is only a name."""
    standaard = {"titel": f"Algemeen document {nummer()}"} | _bestand()
    return _maak(session, AlgemeenDocument(**standaard | velden))


def maak_veelgestelde_vraag(session: GateSession, **velden: Any) -> VeelgesteldeVraag:
    standaard = {"vraag": f"Vraag {nummer()}?", "antwoord": "Ja."}
    return _maak(session, VeelgesteldeVraag(**standaard | velden))


# --- what only the gate writes ---------------------------------------------------


def maak_bewerking(session: GateSession, **velden: Any) -> Bewerking:
    standaard = {
        "op": nu(),
        "soort": BewerkingSoort.DUPLICEREN,
        "omschrijving": f"Bewerking {nummer()}",
    }
    return _maak(session, Bewerking(**standaard | velden))


def maak_wijziging(session: GateSession, **velden: Any) -> Wijziging:
    standaard = {
        "op": nu(),
        "door_naam": "test",
        "soort": WijzigingSoort.GEWIJZIGD,
        "entiteit": "Link",
        "rij_id": 1,
        "titel": f"Wijziging {nummer()}",
        "waarden": {"titel": ["oud", "nieuw"]},
    }
    return _maak(session, Wijziging(**standaard | velden))


def maak_verzoek(session: GateSession, **velden: Any) -> Verzoek:
    standaard = {"sleutel": f"sleutel-{nummer()}", "uitkomst": "/"}
    return _maak(session, Verzoek(**standaard | velden))


def maak_mail(session: GateSession, ontvanger: Gebruiker | None = None, **velden: Any) -> Mail:
    standaard = {
        "ontvanger": ontvanger or maak_gebruiker(session),
        "onderwerp": f"Mail {nummer()}",
        "tekst": "Dag.",
    }
    return _maak(session, Mail(**standaard | velden))


def maak_taak(session: GateSession, **velden: Any) -> Taak:
    return _maak(session, Taak(**{"titel": f"Taak {nummer()}"} | velden))


# --- all of them -----------------------------------------------------------------


def fabriek(entiteit: type[E]) -> Callable[..., E]:
    """The factory of an entity: `maak_` and the name of its table."""
    naam = f"maak_{entiteit.__tablename__}"
    if naam not in globals():
        raise LookupError(f"{entiteit.__name__} heeft geen fabriek; schrijf {naam}() hier.")
    gevonden: Callable[..., E] = globals()[naam]
    return gevonden
