"""Loading the demo: once, in one transaction, through the gate like everything else."""

from collections.abc import Iterator
from datetime import date
from random import Random
from typing import TypeVar

from sqlalchemy import exists, select

from cmk_admin.auth import passwords, totp
from cmk_admin.basislijsten import BASISLIJSTEN, laad
from cmk_admin.demo.accounts import COLLEGAS, DEMO_ACCOUNTS, DEMO_PASSWORD, DemoAccount
from cmk_admin.demo.cultuurpunten import CULTUURPUNTEN, DemoCultuurpunt, DemoPartner, DemoProject
from cmk_admin.demo.dashboard import dashboard
from cmk_admin.demo.documenten import ALGEMEEN, VAN_PROJECT, met_pdf
from cmk_admin.demo.jaar import Jaarvuller, Omgeving
from cmk_admin.demo.programma import PO, VO
from cmk_admin.demo.scholen import Scholenmaker, gemeenten
from cmk_admin.gate import GateSession
from models.base import Fout, RegelFout
from models.contractpartij import Contractpartij, Werkgebied
from models.dashboard import AlgemeenDocument
from models.gebruiker import CultuurOostRol, Gebruiker, Lidmaatschap, LidRol
from models.lijsten import Bron, Documentsoort, Doel, Lijst, Sector
from models.project import Baat, Begrotingspost, Document, Project
from models.samenwerkingspartner import Samenwerkingspartner
from models.school import Gemeente, School
from models.verantwoording import Status, Verantwoording

L = TypeVar("L", bound=Lijst)

DICHT, OPEN = 2025, 2026
SEED = 2026


def is_geladen(session: GateSession) -> bool:
    """Whether the demo is there already."""
    return bool(session.scalar(select(exists().where(Gebruiker.demo))))


def is_leeg(session: GateSession) -> bool:
    """Whether nobody has an account yet."""
    return not session.scalar(select(exists().where(Gebruiker.id > 0)))


def laad_demo(session: GateSession, vandaag: date) -> bool:
    """Load everything and commit; False when the demo was there already.

    The rows are the same every time. `vandaag` decides only what is paid by now and the
    dates of the next meetings. Raises RegelFout beside a real account: a demo shows
    everybody's code.
    """
    if session.scalar(select(exists().where(~Gebruiker.demo))):
        raise RegelFout(
            Fout("In deze database staan echte accounts; demogegevens horen daar niet bij.")
        )
    if is_geladen(session):
        return False
    _Lader(session, vandaag).laad()
    session.commit()
    return True


class _Lader:
    def __init__(self, session: GateSession, vandaag: date) -> None:
        self.session = session
        self.vandaag = vandaag
        self.random = Random(SEED)  # noqa: S311 - invented data, the same every time
        self.lijsten: dict[tuple[str, str], Lijst] = {}
        self.scholen: list[School] = []

    def laad(self) -> None:
        laad(self.session)
        self.lijsten = {
            (klasse.__name__, str(rij.code)): rij
            for klasse in BASISLIJSTEN
            for rij in self.session.scalars(select(klasse).where(klasse.code.is_not(None)))
        }
        plaatsen = gemeenten(self.session)
        sectoren = {code: self._sector(code) for code in BASISLIJSTEN[Sector]}
        self.scholen = Scholenmaker(self.random, plaatsen, sectoren).maak()
        algemeen = (met_pdf(AlgemeenDocument(titel=t), t, r) for t, r in ALGEMEEN.items())
        self.session.add_all([*self.scholen, *dashboard(self.vandaag), *algemeen])
        mensen = [(account, self._gebruiker(account)) for account in (*DEMO_ACCOUNTS, *COLLEGAS)]
        adviseur = next(p for _, p in mensen if p.cultuur_oost_rol is CultuurOostRol.ADVISEUR)
        gesloten = []
        for punt in CULTUURPUNTEN:
            partij = self._contractpartij(punt, adviseur, plaatsen)
            leiders = list(self._leden(partij, mensen))
            jaren = list(self._projecten(punt, partij))
            gesloten += [(jaar, leiders[0]) for jaar in jaren if jaar.kalenderjaar == DICHT]
        self.session.flush()
        for verantwoording, leider in gesloten:
            verantwoording.sluit(leider.id)
            self.session.flush()

    # --- people ----------------------------------------------------------------------

    def _gebruiker(self, account: DemoAccount) -> Gebruiker:
        """Without a secret nobody can log in: a colleague who is only there by name."""
        geheim = account.totp_secret
        gebruiker = Gebruiker(
            naam=account.naam,
            email=account.email,
            cultuur_oost_rol=account.cultuur_oost_rol,
            telefoon=f"06-{self.random.randint(10_000_000, 59_999_999)}",
            demo=True,
            wachtwoord_hash=passwords.hash_password(DEMO_PASSWORD) if geheim else None,
            totp_geheim=totp.encrypt(geheim) if geheim else None,
        )
        self.session.add(gebruiker)
        return gebruiker

    def _leden(
        self, partij: Contractpartij, mensen: list[tuple[DemoAccount, Gebruiker]]
    ) -> Iterator[Gebruiker]:
        """Make everybody a member who is one; gives the projectleiders."""
        for account, gebruiker in mensen:
            for naam, rol in account.lidmaatschappen:
                if naam == partij.naam:
                    self.session.add(
                        Lidmaatschap(gebruiker=gebruiker, contractpartij=partij, rol=rol)
                    )
                    if rol is LidRol.PROJECTLEIDER:
                        yield gebruiker

    # --- cultuurpunten ----------------------------------------------------------------

    def _contractpartij(
        self, punt: DemoCultuurpunt, adviseur: Gebruiker, plaatsen: dict[str, Gemeente]
    ) -> Contractpartij:
        partij = Contractpartij(
            naam=punt.naam,
            plaats=punt.plaats,
            adviseur=adviseur,
            werkgebied=[Werkgebied(gemeente=plaatsen[naam]) for naam in punt.gemeenten],
        )
        self.session.add(partij)
        return partij

    def _projecten(self, punt: DemoCultuurpunt, partij: Contractpartij) -> Iterator[Verantwoording]:
        partners = [(demo, self._partner(demo, partij)) for demo in punt.partners]
        for demo in punt.projecten:
            project = Project(
                titel=demo.titel,
                contractpartij=partij,
                sector=self._sector(demo.sector),
                startdatum=date(2025, 1, 1),
                einddatum=date(2028, 12, 31),
                omschrijving=f"Cultuureducatie met Kwaliteit 2025-2028 van {punt.naam}.",
            )
            self.session.add_all([project, *self._documenten(project)])
            regio = [
                school
                for school in self.scholen
                if school.gemeente.naam in punt.gemeenten
                and school.sector is project.sector
                and school.actief is not False
            ]
            programma = VO if demo.sector == "vo" else PO
            omgeving = Omgeving(demo, programma, regio, partners, self.lijsten, self.vandaag)
            for jaar in (DICHT, OPEN):
                self._geld(demo, project, jaar)
                verantwoording = self._verantwoording(punt, project, jaar)
                vuller = Jaarvuller(self.random, omgeving, verantwoording, dicht=jaar == DICHT)
                self.session.add_all(vuller.activiteiten())
                yield verantwoording

    def _documenten(self, project: Project) -> Iterator[Document]:
        for code, titel, regels in VAN_PROJECT:
            soort = self._keuze(Documentsoort, code)
            document = Document(project=project, titel=titel, soort=soort)
            yield met_pdf(document, titel, [project.titel, *regels])

    def _verantwoording(self, punt: DemoCultuurpunt, project: Project, jaar: int) -> Verantwoording:
        verantwoording = Verantwoording(
            project=project,
            kalenderjaar=jaar,
            status=Status.OPEN,
            werkwijze=punt.werkwijze,
            uiterste_datum=date(jaar + 1, 1, 31),
        )
        self.session.add(verantwoording)
        return verantwoording

    def _geld(self, demo: DemoProject, project: Project, jaar: int) -> None:
        """Baten a little higher in the second year, and the budget they pay for."""
        for bron, euro in demo.baten.items():
            self.session.add(
                Baat(
                    project=project,
                    kalenderjaar=jaar,
                    bron=self._keuze(Bron, bron),
                    bedrag=euro * 100,
                    omschrijving=f"Bijdrage {jaar}",
                )
            )
        totaal = sum(demo.baten.values()) * 100
        for naam, doel, procent in demo.begroting:
            self.session.add(
                Begrotingspost(
                    project=project,
                    kalenderjaar=jaar,
                    naam=naam,
                    doel=self._keuze(Doel, doel),
                    bedrag=totaal * procent // 100,
                )
            )

    def _partner(self, partner: DemoPartner, partij: Contractpartij) -> Samenwerkingspartner:
        rij = Samenwerkingspartner(
            contractpartij=partij,
            naam=partner.naam,
            contactpersoon=partner.contactpersoon,
            email=f"info@{partner.domein}.example",
            plaats=partner.plaats,
            website=f"https://www.{partner.domein}.example",
        )
        self.session.add(rij)
        return rij

    def _sector(self, code: str) -> Sector:
        return self._keuze(Sector, code)

    def _keuze(self, klasse: type[L], code: str) -> L:
        rij = self.lijsten[klasse.__name__, code]
        assert isinstance(rij, klasse)
        return rij
