"""The world in which the screens are tried: three cultuurpunten with a row of every entity.

"eigen" is where routebegeleider and projectleider work, "dubbel" works at "eigen" and
"tweede", and "vreemd" is nobody's: every text in it holds a canary, so that a leak shows
itself in whatever form it comes.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import Enum, String, select

from cmk_admin.gate import GateSession
from models.activiteit import Activiteit, Last
from models.base import Entiteit, kolom_ui
from models.contractpartij import Contractpartij
from models.gebruiker import CultuurOostRol, Gebruiker, LidRol
from models.historie import Bewerking, BewerkingSoort, Wijziging
from models.lijsten import Documentsoort
from models.privacy import Inzage
from models.project import Project
from models.samenwerkingspartner import Samenwerkingspartner
from models.techniek import Mail, Taak
from models.verantwoording import Verantwoording
from models.vraag import Reactie, Vraag
from models.weergave import Weergave
from tests import factories as f
from tests.rights_table import BEZOEKERS

KANARIE = "kanariegeel"
#: In what is known of people beside their name, and in mail and tasks.
POSTDUIF = "postduif"
#: In columns that nobody may ever read.
GEHEIM = "geheimzinnig"
MERKEN = {"eigen": "Eigenwijs", "tweede": "Tweespan", "vreemd": KANARIE}
JAREN = {"open": 2026, "gesloten": 2025, "vastgesteld": 2024, "leeg": 2027}
#: Filled by what the portal itself stores, or by a form of its own.
NIET_VULLEN = frozenset({"email", "bestand_sleutel", "bestand_type", "bestand_sha256", "sha256"})

Sleutel = tuple[str, str, str]


@dataclass
class Wereld:
    """The ids of all rows: entity, whose, and its state or what is special about it."""

    rijen: dict[Sleutel, int] = field(default_factory=dict)
    #: Visitor → id of their account.
    mensen: dict[str, int] = field(default_factory=dict)

    def id(self, entiteit: type[Entiteit] | str, van: str = "", stand: str = "open") -> int:
        naam = entiteit if isinstance(entiteit, str) else entiteit.__name__
        return self.rijen[naam, van, stand]

    def noteer(self, rij: Entiteit, van: str = "", stand: str = "open") -> None:
        self.rijen[type(rij).__name__, van, stand] = rij.id


def teksten(entiteit: type[Entiteit], merk: str) -> dict[str, Any]:
    """The mark in every text column of an entity."""
    gevuld: dict[str, Any] = {}
    for kolom in entiteit.__table__.columns:
        ui, soort = kolom_ui(kolom), kolom.type
        if ui is None or not isinstance(soort, String) or isinstance(soort, Enum):
            continue
        if ui.geheim and kolom.name not in NIET_VULLEN:
            gevuld[kolom.name] = GEHEIM
        elif kolom.name not in NIET_VULLEN:
            gevuld[kolom.name] = f"{merk} {kolom.name} {f.nummer()}"[: soort.length or 300]
    if "bestand_naam" in gevuld:
        gevuld["bestand_naam"] = f"{merk} plan.pdf"
    if "email" in entiteit.__table__.columns:
        gevuld["email"] = f"{merk}.{f.nummer()}@test.example".lower()
    return gevuld


def bouw(session: GateSession) -> Wereld:
    """Fill an empty, migrated database."""
    wereld = Wereld()
    gedeeld = _gedeeld(session, wereld)
    _mensen(session, wereld)
    for van, merk in MERKEN.items():
        _partij(session, wereld, van, merk, gedeeld)
    for bezoeker, rollen in BEZOEKERS.items():
        for partij, rol in rollen.items():
            if partij != "*":
                rij = f.maak_lidmaatschap(
                    session,
                    session.get_one(Gebruiker, wereld.mensen[bezoeker]),
                    session.get_one(Contractpartij, wereld.id(Contractpartij, partij)),
                    LidRol(rol),
                )
                wereld.noteer(rij, partij, bezoeker)
    _techniek(session, wereld)
    session.commit()
    return wereld


def _gedeeld(session: GateSession, wereld: Wereld) -> dict[str, Any]:
    """What is everybody's: once in use, once not."""
    gedeeld: dict[str, Any] = {
        "doel": f.maak_doel(session),
        "groep": f.maak_doelgroep(session),
        "kostensoort": f.maak_kostensoort(session),
        "sector": f.maak_sector(session),
        "bron": f.maak_bron(session),
        "gemeente": f.maak_gemeente(session),
        "bestuur": f.maak_schoolbestuur(session),
        "plan": f.maak_documentsoort(session, naam="Projectplan"),
        "overig": f.maak_documentsoort(session, naam="Overig", code=Documentsoort.OVERIG),
    }
    gedeeld["tweede groep"] = f.maak_doelgroep(session)
    gedeeld["school"] = f.maak_school(session, gedeeld["gemeente"], gedeeld["bestuur"])
    for naam, rij in gedeeld.items():
        if naam != "tweede groep":
            wereld.noteer(rij, stand="plan" if naam == "plan" else "open")
    vrij: tuple[Callable[..., Entiteit], ...] = (
        f.maak_doel, f.maak_doelgroep, f.maak_kostensoort, f.maak_sector, f.maak_bron,
        f.maak_documentsoort, f.maak_gemeente, f.maak_schoolbestuur, f.maak_school,
        f.maak_contractpartij,
    )  # fmt: skip
    for maak in vrij:
        wereld.noteer(maak(session), stand="vrij")
    dashboard: tuple[Callable[..., Entiteit], ...] = (
        f.maak_agenda_item, f.maak_link, f.maak_algemeen_document, f.maak_veelgestelde_vraag,
        f.maak_kwaliteitsregel,
    )  # fmt: skip
    for maak in dashboard:
        wereld.noteer(maak(session))
        wereld.noteer(maak(session), stand="vrij")
    return gedeeld


def _mensen(session: GateSession, wereld: Wereld) -> None:
    for bezoeker, rollen in BEZOEKERS.items():
        rol = rollen.get("*")
        mens = f.maak_gebruiker(
            session,
            naam=f"Mens {bezoeker}",
            email=f"{bezoeker}@test.example",
            cultuur_oost_rol=CultuurOostRol(rol) if rol else None,
            wachtwoord_hash=GEHEIM,
            totp_geheim=GEHEIM.encode(),
        )
        wereld.mensen[bezoeker] = mens.id
        wereld.noteer(mens, stand=bezoeker)


def _partij(
    session: GateSession, wereld: Wereld, van: str, merk: str, gedeeld: dict[str, Any]
) -> None:
    adviseur = session.get_one(Gebruiker, wereld.mensen["adviseur"])
    partij = f.maak_contractpartij(session, adviseur=adviseur, **teksten(Contractpartij, merk))
    wereld.noteer(partij, van)
    wereld.noteer(f.maak_werkgebied(session, partij, gedeeld["gemeente"]), van)
    mens = f.maak_gebruiker(session, **teksten(Gebruiker, f"{merk}mens"))
    wereld.noteer(mens, van, "lid")
    wereld.noteer(f.maak_lidmaatschap(session, mens, partij), van, "lid")
    for stand in ("open", "vrij"):
        wereld.noteer(_met_tekst(session, "samenwerkingspartner", merk, contractpartij=partij),
                      van, stand)  # fmt: skip
    project = _met_tekst(session, "project", merk, contractpartij=partij, sector=gedeeld["sector"])
    project.startdatum = date(min(JAREN.values()), 1, 1)
    wereld.noteer(project, van)
    vrij = _met_tekst(session, "project", merk, contractpartij=partij, sector=gedeeld["sector"])
    wereld.noteer(vrij, van, "vrij")
    wereld.noteer(_met_tekst(session, "baat", merk, project=project, bron=gedeeld["bron"]), van)
    wereld.noteer(_met_tekst(session, "begrotingspost", merk, project=project), van)
    for stand, soort in (("open", "overig"), ("plan", "plan")):
        wereld.noteer(
            _met_tekst(session, "document", merk, project=project, soort=gedeeld[soort]), van, stand
        )
    for stand, jaar in JAREN.items():
        _jaar(session, wereld, (van, merk, stand), project, gedeeld, jaar)
    jaar_open = session.get_one(Verantwoording, wereld.id(Verantwoording, van))
    vraag = f.maak_vraag(
        session, jaar_open, **teksten(Vraag, merk), van_id=wereld.mensen["beheerder"]
    )
    wereld.noteer(vraag, van)
    wereld.noteer(f.maak_reactie(session, vraag, **teksten(Reactie, merk)), van)


def _met_tekst(session: GateSession, tabel: str, merk: str, **velden: Any) -> Any:
    maak = getattr(f, f"maak_{tabel}")
    entiteit = next(e for e in Entiteit.__subclasses__() if e.__name__.lower() == tabel)
    return maak(session, **teksten(entiteit, merk) | velden)


def _jaar(
    session: GateSession,
    wereld: Wereld,
    wat: tuple[str, str, str],
    project: Project,
    gedeeld: dict[str, Any],
    jaar: int,
) -> None:
    """Two complete activities, unless the year is "leeg"."""
    van, merk, stand = wat
    verantwoording = f.maak_verantwoording(session, project, kalenderjaar=jaar)
    wereld.noteer(verantwoording, van, stand)
    if stand == "leeg":
        return
    partner = session.get_one(Samenwerkingspartner, wereld.id(Samenwerkingspartner, van))
    for _ in range(2):
        for rij in _activiteit(session, merk, verantwoording, gedeeld):
            wereld.noteer(rij, van, stand)
        activiteit = wereld.id("Activiteit", van, stand)
        koppeling = f.maak_activiteit_partner(
            session, session.get_one(Activiteit, activiteit), partner
        )
        wereld.noteer(koppeling, van, stand)
    if stand != "open":
        verantwoording.sluit(wereld.mensen["beheerder"])
        session.flush()
        wereld.noteer(f.maak_momentopname(session, verantwoording), van, stand)
    if stand == "vastgesteld":
        verantwoording.stel_vast()
        session.flush()


def _activiteit(
    session: GateSession, merk: str, verantwoording: Verantwoording, gedeeld: dict[str, Any]
) -> Iterator[Entiteit]:
    activiteit = f.maak_activiteit(
        session, verantwoording, gedeeld["doel"], **teksten(Activiteit, merk)
    )
    yield activiteit
    yield f.maak_activiteit_school(session, activiteit, gedeeld["school"])
    velden = {"kostensoort": gedeeld["kostensoort"]} | f._bestand(f.nummer())
    velden["betaald_op"] = date(verantwoording.kalenderjaar, 5, 1)
    yield f.maak_last(session, activiteit, **velden | teksten(Last, merk))
    # Two: the last doelgroep of an activity can't be taken away.
    f.maak_activiteit_doelgroep(session, activiteit, gedeeld["tweede groep"])
    yield f.maak_activiteit_doelgroep(session, activiteit, gedeeld["groep"])


def _techniek(session: GateSession, wereld: Wereld) -> None:
    """What the portal keeps itself: batches, mail and tasks, the mark in their texts."""
    for van, merk in MERKEN.items():
        partij = wereld.id(Contractpartij, van)
        stap = f.maak_bewerking(
            session,
            soort=BewerkingSoort.WIJZIGEN,
            contractpartij_id=partij,
            **teksten(Bewerking, merk),
        )
        wereld.noteer(stap, van)
    mens = session.get_one(Gebruiker, wereld.id(Gebruiker, "vreemd", "lid"))
    wereld.noteer(f.maak_mail(session, mens, **teksten(Mail, POSTDUIF)))
    wereld.noteer(f.maak_inzage(session, mens, **teksten(Inzage, POSTDUIF)))
    wereld.noteer(f.maak_bewaartermijn(session))
    for wie in ("datamanager", "vreemd"):
        eigenaar = wereld.mensen.get(wie, mens.id)
        velden = teksten(Taak, POSTDUIF if wie == "vreemd" else wie)
        wereld.noteer(f.maak_taak(session, gebruiker_id=eigenaar, **velden), stand=wie)
        velden = teksten(Weergave, POSTDUIF if wie == "vreemd" else wie)
        wereld.noteer(f.maak_weergave(session, gebruiker_id=eigenaar, **velden), stand=wie)
    for van in MERKEN:
        eerste = select(Wijziging).where(
            Wijziging.contractpartij_id == wereld.id(Contractpartij, van),
            Wijziging.entiteit == "Activiteit",
        )
        wereld.noteer(session.scalars(eerste.order_by(Wijziging.id).limit(1)).one(), van)
