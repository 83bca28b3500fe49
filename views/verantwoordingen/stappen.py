"""The steps that changed something under a verantwoording, with the way back from one's own."""

from flask import url_for
from sqlalchemy import select

from cmk_admin import database, formats, history_view
from cmk_admin.entity_actions import undo_actions
from cmk_admin.page import Cell, Column, Empty, ListPage, Pager, Row
from models.historie import Bewerking, Wijziging
from models.verantwoording import Status, Verantwoording

#: So many of the newest are named.
SHOWN = 20
COLUMNS = (
    Column("omschrijving", "Omschrijving"),
    Column("op", "Wanneer"),
    Column("door", "Door"),
    Column("stand", "Stand"),
)


def page(verantwoording: Verantwoording) -> ListPage:
    """The newest steps, as far as this person has them in view."""
    touched = select(Wijziging.bewerking_id).where(
        Wijziging.verantwoording_id == verantwoording.id, Wijziging.bewerking_id.is_not(None)
    )
    newest = select(Bewerking).where(Bewerking.id.in_(touched)).order_by(Bewerking.id.desc())
    steps = database.session().scalars(newest.limit(SHOWN)).all()
    names = history_view.names_of(step.door_id for step in steps)
    rows = tuple(_row(verantwoording, step, names.get(step.door_id or 0, "")) for step in steps)
    pager = Pager(1 if rows else 0, len(rows), len(rows), formats.number(len(rows)))
    return ListPage(COLUMNS, rows, pager, Empty("Nog geen bewerkingen"))


def _row(verantwoording: Verantwoording, step: Bewerking, who: str) -> Row:
    """Under a closed year nothing is taken back, so there is no button for it either."""
    back = url_for("verantwoordingen.geschiedenis", id=verantwoording.id)
    cells = (
        Cell(step.omschrijving, url=url_for("bewerking.details_view", id=step.id, url=back)),
        Cell(formats.moment(step.op), "datum"),
        Cell(who),
        Cell("ongedaan gemaakt", "chip") if step.ongedaan_op else Cell("", "leeg"),
    )
    is_open = verantwoording.status is Status.OPEN
    return Row(step.id, step.omschrijving, cells, undo_actions(step) if is_open else ())
