"""Large downloads of Rapportages, as jobs: of the very choice that was on screen."""

from collections.abc import Iterator

from cmk_admin import downloads, excel
from cmk_admin.gate import GateSession, Refused
from cmk_admin.policy import may
from cmk_admin.rights import Handeling
from cmk_admin.tasks import Outcome, Run
from models.base import RegelFout
from models.rapportages.omvang import omvang
from models.rapportages.selectie import Selectie
from models.verantwoording import Verantwoording
from views.rapportages.downloads import DOWNLOADS, toelichting
from views.rapportages.keuze import Keuze
from views.rapportages.verklaren import Doorloop, Verklaring

#: The kinds of job: one of the four workbooks, and the rows behind a figure.
WERKMAP, REGELS = "rapportage", "verklaring"


def _keuze(run: Run, sessie: GateSession) -> tuple[Keuze, Selectie]:
    verdict = may(sessie.actor, Handeling.ZIEN, Verantwoording)
    if not verdict:
        raise Refused(verdict)
    keuze = Keuze.uit_adres(sessie, downloads.arguments_of(run))
    if keuze.anders:
        raise RegelFout(" ".join(keuze.anders))
    return keuze, keuze.selectie(sessie)


def maak_werkmap(run: Run, sessie: GateSession) -> Outcome:
    """One of the four workbooks (Handleiding 2.6)."""
    keuze, selectie = _keuze(run, sessie)
    gevraagd = DOWNLOADS[run.arguments["deel"]]
    run.total = omvang(sessie, selectie, gevraagd.gelezen) if gevraagd.regel_voor_regel else None
    bladen = gevraagd.maak(sessie, selectie, keuze.wie)
    return downloads.workbook(run, bladen, gevraagd.bestand(keuze))


def maak_regels(run: Run, sessie: GateSession) -> Outcome:
    """The rows behind a figure."""
    keuze, selectie = _keuze(run, sessie)
    verklaring = Verklaring.uit_adres(
        run.arguments["deel"], sessie, keuze, selectie, downloads.arguments_of(run)
    )
    if verklaring is None:
        raise RegelFout("Dit getal bestaat niet (meer).")
    # Of a part of a figure it is known at the end how many rows it has.
    if not (verklaring.deel or verklaring.zoek) and verklaring.figuur.soort != "standen":
        run.total = verklaring.omvang()
    soort = run.arguments["soort"]
    if soort == "csv":
        velden = verklaring.kolommen
        rijen = velden.rijen(verklaring.regels())
        return downloads.csv(run, velden.kop, rijen, verklaring.bestand(soort))
    return downloads.workbook(run, bladen(verklaring), verklaring.bestand(soort))


def bladen(verklaring: Verklaring) -> Iterator[excel.Sheet]:
    """The rows, and what was chosen."""
    loop = Doorloop(verklaring)
    yield verklaring.kolommen.blad("Regels", loop)
    wie = verklaring.keuze.van(verklaring.selectie)
    yield toelichting(verklaring.titel, verklaring.selectie, wie, loop.gekozen())
