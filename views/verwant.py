"""What a row of the stamdata has to do with rows elsewhere (Handleiding 2.7).

Read with the actor's own eyes: a cultuurpunt sees its own activities, Cultuur Oost all.
"""

from collections.abc import Sequence
from typing import Any

from flask import url_for
from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload

from cmk_admin import database
from cmk_admin.page import Related
from models.activiteit import Activiteit, ActiviteitPartner, ActiviteitSchool
from models.project import Project
from models.samenwerkingspartner import Samenwerkingspartner
from models.school import School, Schoolbestuur
from models.verantwoording import Verantwoording

#: Rows that are named.
SHOWN = 50


def of_school(school: School) -> Sequence[Related]:
    """The activities that the school joined."""
    joined = select(ActiviteitSchool.activiteit_id).where(ActiviteitSchool.school_id == school.id)
    return (_activities(joined, "Deze school deed nog aan geen activiteit mee."),)


def of_partner(partner: Samenwerkingspartner) -> Sequence[Related]:
    """The activities in which the partner is used."""
    used = select(ActiviteitPartner.activiteit_id).where(
        ActiviteitPartner.samenwerkingspartner_id == partner.id
    )
    return (_activities(used, "Deze partner staat nog bij geen activiteit."),)


def of_bestuur(bestuur: Schoolbestuur) -> Sequence[Related]:
    """The schools of the board."""
    chosen = School.schoolbestuur_id == bestuur.id
    rows = database.session().scalars(
        select(School).where(chosen).order_by(School.naam, School.id).limit(SHOWN)
    )
    items = tuple(
        (school.naam, url_for("school.details_view", id=school.id), school.bijschrift())
        for school in rows
    )
    return (
        Related("Scholen", items, "Bij dit bestuur staan nog geen scholen.", _more(School, chosen)),
    )


def _activities(chosen: Select[int], nothing: str) -> Related:
    """Newest year first."""
    within = Activiteit.id.in_(chosen)
    way_up = joinedload(Activiteit.verantwoording).joinedload(Verantwoording.project)
    rows = database.session().scalars(
        select(Activiteit)
        .join(Activiteit.verantwoording)
        .where(within)
        .options(way_up.joinedload(Project.contractpartij))
        .order_by(Verantwoording.kalenderjaar.desc(), Activiteit.naam, Activiteit.id)
        .limit(SHOWN)
    )
    items = tuple(
        (row.naam, url_for("activiteiten.details", id=row.id), str(row.verantwoording))
        for row in rows
    )
    return Related("Activiteiten", items, nothing, _more(Activiteit, within))


def _more(entity: Any, within: Any) -> int:
    """How many there are beside those that are named."""
    count = database.session().scalar(select(func.count(entity.id)).where(within)) or 0
    return max(0, count - SHOWN)
