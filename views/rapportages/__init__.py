"""Rapportages: the figures of a year, of one, several or all contractpartijen (Handleiding 2.5)."""

import tempfile

from flask import Blueprint, Flask, Response, abort, render_template, send_file, url_for

from cmk_admin import database, excel
from cmk_admin.page import Action, Empty, PageHeader
from cmk_admin.policy import Handeling
from cmk_admin.routes import requires
from cmk_admin.web.charts import script_url
from models.rapportages.rapport import jaar_op_jaar, rapport
from models.verantwoording import Verantwoording
from views.rapportages import beelden
from views.rapportages.downloads import DOWNLOADS
from views.rapportages.keuze import Keuze

blueprint = Blueprint("rapportages", __name__)


def register(app: Flask) -> None:
    """Add the pages of Rapportages to `app`."""
    app.register_blueprint(blueprint)


@blueprint.get("/rapportages")
@requires(Handeling.ZIEN, Verantwoording)
def index() -> str:
    """Three donuts with their figures and tables, and what lies behind them."""
    sessie = database.session()
    keuze = Keuze.uit_adres(sessie)
    selectie = keuze.selectie(sessie)
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
    gevonden = rapport(sessie, selectie)
    jaren = jaar_op_jaar(sessie, keuze.ids)
    return render_template(
        "rapportages/index.html",
        header=header,
        keuze=keuze,
        rapport=gevonden,
        donuts=beelden.donuts(gevonden),
        kwartalen=beelden.kwartalen(gevonden.kwartalen),
        niet_bereikt=gevonden.niet_bereikt[: beelden.MEESTE_SCHOLEN],
        per_gemeente=beelden.bereik_van(gevonden.per_gemeente),
        per_bestuur=beelden.bereik_van(gevonden.per_bestuur),
        jaren=[totalen.jaar for totalen in jaren],
        jaartabel=beelden.jaartabel(jaren),
        werkwijzen=beelden.werkwijzen_van(selectie),
        downloads=_downloads(keuze),
        plotly=script_url(),
    )


def _downloads(keuze: Keuze) -> tuple[Action, ...]:
    return tuple(
        Action(download.titel, keuze.adres(url_for("rapportages.download", deel=naam)), "download")
        for naam, download in DOWNLOADS.items()
    )


@blueprint.get("/rapportages/download/<deel>")
@requires(Handeling.ZIEN, Verantwoording)
def download(deel: str) -> Response:
    """One of the four workbooks, of the selection in the address (Handleiding 2.6)."""
    gevraagd = DOWNLOADS.get(deel) or abort(404)
    sessie = database.session()
    keuze = Keuze.uit_adres(sessie)
    file = tempfile.TemporaryFile()  # noqa: SIM115 - the response closes it
    excel.write(gevraagd.maak(sessie, keuze.selectie(sessie), keuze.wie), file)
    file.seek(0)
    name = f"{gevraagd.naam}-{keuze.jaar}.xlsx"
    return send_file(file, excel.XLSX, as_attachment=True, download_name=name)
