"""Rapportages: the figures of a year, of one, several or all contractpartijen (Handleiding 2.5)."""

import tempfile
from collections.abc import Iterable

from flask import (
    Blueprint,
    Flask,
    Response,
    abort,
    flash,
    render_template,
    request,
    send_file,
    url_for,
)
from werkzeug.wrappers import Response as BaseResponse

from cmk_admin import database, excel, exports, on_record, tasks
from cmk_admin.downloads import is_large, offer
from cmk_admin.gate import GateSession
from cmk_admin.page import Action, Crumb, Empty, PageHeader
from cmk_admin.rights import Handeling
from cmk_admin.routes import requires
from cmk_admin.web.charts import script_url
from models.rapportages.definities import GESLOTEN
from models.rapportages.omvang import omvang
from models.rapportages.rapport import jaar_op_jaar, rapport
from models.rapportages.selectie import Selectie
from models.verantwoording import Verantwoording
from views.rapportages import beelden, taken, verklaren
from views.rapportages.downloads import DOWNLOADS
from views.rapportages.keuze import Keuze

blueprint = Blueprint("rapportages", __name__)


def register(app: Flask) -> None:
    """Add the pages of Rapportages to `app`."""
    app.register_blueprint(blueprint)
    tasks.register(app, taken.WERKMAP, taken.maak_werkmap)
    tasks.register(app, taken.REGELS, taken.maak_regels)


@blueprint.get("/rapportages")
@requires(Handeling.ZIEN, Verantwoording)
def index() -> str:
    """Three donuts with their figures and tables, and what lies behind them."""
    sessie = database.session()
    keuze = Keuze.uit_adres(sessie, request.args)
    selectie = keuze.selectie(sessie)
    _zeg_wat_anders_is(keuze)
    header = PageHeader(
        "Rapportages",
        subtitle=f"{keuze.jaar} · {keuze.wie}" if selectie.delen else "",
        chips=beelden.status_van(selectie),
    )
    if not selectie.delen:
        niets = Empty(
            "Nog geen verantwoording om over te rapporteren",
            "Cultuur Oost opent elk kalenderjaar een verantwoording voor je project.",
        )
        return render_template("rapportages/index.html", header=header, keuze=keuze, empty=niets)
    gevonden = rapport(sessie, selectie, beelden.MEESTE_SCHOLEN)
    jaren = jaar_op_jaar(sessie, gevonden.totalen, keuze.ids)
    return render_template(
        "rapportages/index.html",
        header=header,
        keuze=keuze,
        rapport=gevonden,
        donuts=beelden.donuts(gevonden, keuze.verklaar),
        kwartalen=beelden.kwartalen(gevonden.kwartalen, keuze.verklaar),
        niet_bereikt=gevonden.niet_bereikt,
        per_gemeente=beelden.bereik_van(gevonden.per_gemeente, "gemeente", keuze.verklaar),
        per_bestuur=beelden.bereik_van(gevonden.per_bestuur, "bestuur", keuze.verklaar),
        jaren=[totalen.jaar for totalen in jaren],
        jaartabel=beelden.jaartabel(jaren, keuze.verklaar),
        werkwijzen=beelden.werkwijzen_van(selectie),
        downloads=_downloads(),
        plotly=script_url(),
    )


def _downloads() -> tuple[Action, ...]:
    """Buttons of the form that holds the choice: also of one that is not on screen yet."""
    return tuple(
        Action(download.titel, url_for("rapportages.download", deel=naam), "download")
        for naam, download in DOWNLOADS.items()
    )


def _zeg_wat_anders_is(keuze: Keuze) -> None:
    """That the page is not of what the address asks."""
    for tekst in keuze.anders:
        flash(f"{tekst} Je ziet {keuze.jaar}, {keuze.wie}.", "warning")


def _gekozen(sessie: GateSession) -> Keuze:
    """The choice for a file: of nothing else than what was asked."""
    keuze = Keuze.uit_adres(sessie, request.args)
    return abort(404) if keuze.anders else keuze


@blueprint.route("/rapportages/download/<deel>", methods=["GET", "POST"])
@requires(Handeling.ZIEN, Verantwoording)
def download(deel: str) -> BaseResponse | str:
    """One of the four workbooks, of the selection in the address (Handleiding 2.6)."""
    gevraagd = DOWNLOADS.get(deel) or abort(404)
    sessie = database.session()
    keuze = _gekozen(sessie)
    selectie = keuze.selectie(sessie)
    regels = omvang(sessie, selectie, gevraagd.gelezen)
    if is_large(regels):
        titel = f"{gevraagd.titel} {keuze.jaar} – {keuze.wie}"
        return offer(taken.WERKMAP, titel, {"deel": deel}, regels)
    on_record.took(f"{gevraagd.titel} {keuze.jaar} – {keuze.wie}")
    return _werkmap(gevraagd.maak(sessie, selectie, keuze.wie), gevraagd.bestand(keuze))


def _werkmap(bladen: Iterable[excel.Sheet], naam: str) -> Response:
    """A workbook, by way of the disk: its size takes no memory."""
    file = tempfile.TemporaryFile()  # noqa: SIM115 - the response closes it
    excel.write(bladen, file)
    file.seek(0)
    return send_file(file, excel.XLSX, as_attachment=True, download_name=naam)


@blueprint.get("/rapportages/verklaar/<deel>")
@requires(Handeling.ZIEN, Verantwoording)
def verklaar(deel: str) -> str:
    """The definition of a figure, and exactly the rows that make it."""
    sessie = database.session()
    verklaring, selectie = _verklaring(deel, sessie, Keuze.uit_adres(sessie, request.args))
    _zeg_wat_anders_is(verklaring.keuze)
    getal, page = verklaren.lijst(verklaring, url_for("rapportages.verklaar", deel=deel))
    return render_template(
        "rapportages/verklaar.html",
        header=PageHeader(
            verklaring.titel,
            (_terug(verklaring.keuze, selectie), Crumb("Verklaar dit getal")),
            f"{selectie.jaar} · {verklaring.keuze.van(selectie)}",
        ),
        verklaring=verklaring,
        getal=getal,
        page=page,
        gesloten=GESLOTEN,
    )


def _terug(keuze: Keuze, selectie: Selectie) -> Crumb:
    """To where the figure stands: the financial overview of one year, or the report."""
    if keuze.verantwoording_id is None or not selectie.delen:
        return Crumb("Rapportages", keuze.adres(url_for("rapportages.index")))
    [deel] = selectie.delen
    return Crumb(str(deel), url_for("verantwoordingen.financieel", id=deel.id))


@blueprint.route("/rapportages/verklaar/<deel>/<soort>", methods=["GET", "POST"])
@requires(Handeling.ZIEN, Verantwoording)
def uitvoer(deel: str, soort: str) -> BaseResponse | str:
    """Those rows as a file."""
    if soort not in ("xlsx", "csv"):
        abort(404)
    sessie = database.session()
    verklaring, selectie = _verklaring(deel, sessie, _gekozen(sessie))
    regels = verklaring.omvang()
    if is_large(regels):
        titel = f"{verklaring.titel} {selectie.jaar} – {verklaring.keuze.van(selectie)}"
        gevraagd = {"deel": deel, "soort": soort}
        return offer(taken.REGELS, titel, gevraagd, regels)
    on_record.took(
        f"{verklaring.titel} {selectie.jaar} – {verklaring.keuze.van(selectie)} ({soort})"
    )
    naam = verklaring.bestand(soort)
    if soort == "csv":
        velden = verklaring.kolommen
        rijen = velden.rijen(verklaring.regels())
        return exports.download(excel.write_csv(velden.kop, rijen), naam, exports.CSV)
    return _werkmap(taken.bladen(verklaring), naam)


def _verklaring(
    deel: str, sessie: GateSession, keuze: Keuze
) -> tuple[verklaren.Verklaring, Selectie]:
    selectie = keuze.selectie(sessie)
    return verklaren.Verklaring.uit_adres(deel, sessie, keuze, selectie, request.args) or abort(
        404
    ), selectie
