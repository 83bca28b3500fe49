""" "Klaar om te sluiten?": what blocks, what deserves a look, and where to mend it.

Handleiding 2.4.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for

from cmk_admin import database, formats
from cmk_admin.page import CheckItem
from cmk_admin.policy import may
from cmk_admin.rights import Handeling
from cmk_admin.routes import actor
from models.compleet import Stand
from models.jaarstand import Jaar, Jaarstand
from models.rapportages import Cijfers
from models.verantwoording import MINIMAAL_COMPLEET, Verantwoording
from models.vraag import Vraag

#: So many activities are named; the rest is a link to the list.
NAMED = 8


@dataclass(frozen=True, slots=True)
class Gap:
    """Something an activity lacks. field: what the link lands on, with the id of the row."""

    mend: str
    part: str
    field: Callable[[Stand], str]
    where: Callable[[Stand], str] = lambda stand: ""


def _number(count: int, one: str, several: str) -> str:
    return f"{count} {one if count == 1 else several}"


GAPS = {
    "scholen": Gap("koppel scholen", "scholen", lambda stand: "scholen-0-school_id"),
    "leerkrachten": Gap(
        "vul leerkrachten in",
        "scholen",
        lambda stand: f"scholen-{stand.eerste_zonder_leerkrachten}-aantal_leerkrachten",
        lambda stand: f"bij {_number(stand.zonder_leerkrachten, 'school', 'scholen')}",
    ),
    "lasten": Gap("voer lasten in", "financieel-overzicht", lambda stand: "lasten-0-toelichting"),
    "bedrag": Gap(
        "vul het bedrag in",
        "financieel-overzicht",
        lambda stand: f"lasten-{stand.eerste_zonder_bedrag}-bedrag",
        lambda stand: f"bij {_number(stand.zonder_bedrag, 'last', 'lasten')}",
    ),
}

#: Notices that are a property of an activity (`jaarstand.LET_OP`): also filters of the list.
NOTICES = {
    "betaaldatum": "lasten zonder betaaldatum",
    "periode": "periode buiten het jaar",
    "partner": "zonder partner",
    "sector": "school van een andere sector",
    "uren": "zonder uren",
    "nul": "0 leerkrachten of € 0",
}


def year_of(verantwoording: Verantwoording) -> Jaar:
    """To ask about its activities."""
    return Jaar(verantwoording.id, verantwoording.kalenderjaar)


def checks(
    verantwoording: Verantwoording, counted: Jaarstand, figures: Cijfers, may_mend: bool
) -> tuple[CheckItem, ...]:
    """The whole list: what closing asks, then every gap, then the notices."""
    enough: CheckItem = CheckItem(
        "goed" if counted.compleet >= MINIMAAL_COMPLEET else "ontbreekt",
        f"Minimaal {MINIMAAL_COMPLEET} activiteiten met scholen en lasten volledig ingevuld",
    )
    missing = gaps(verantwoording, counted, may_mend)
    return (enough, *missing, *_notices(verantwoording, counted, figures))


def gaps(verantwoording: Verantwoording, counted: Jaarstand, may_mend: bool) -> Iterator[CheckItem]:
    """What the activities lack, each with the link that lands on the field."""
    incomplete, year = counted.alle - counted.compleet, year_of(verantwoording)
    for stand in year.onvolledig(database.session(), NAMED) if incomplete else ():
        for name in stand.ontbreekt:
            gap = GAPS[name]
            where = gap.where(stand)
            url = url_for(
                "activiteiten.bewerken", id=stand.id, deel=gap.part, _anchor=gap.field(stand)
            )
            text = f"{stand.naam}{f', {where}' if where else ''}:"
            yield CheckItem("ontbreekt", text, gap.mend, url if may_mend else None)
    more = incomplete - NAMED
    if more > 0:
        text = f"En nog {_number(more, 'activiteit', 'activiteiten')}:"
        yield CheckItem(
            "ontbreekt", text, "bekijk ze", _list_url(verantwoording, stand="onvolledig")
        )


def _notices(
    verantwoording: Verantwoording, counted: Jaarstand, figures: Cijfers
) -> Iterator[CheckItem]:
    year, counts, unpaid = verantwoording.kalenderjaar, counted.let_op, counted.zonder_betaaldatum
    if verantwoording.werkwijze is None and not counted.alle:
        url = url_for("verantwoordingen.wijzigen", id=verantwoording.id)
        may_choose = bool(may(actor(), Handeling.WIJZIGEN, verantwoording))
        text = "Kies de werkwijze: dat kan tot de eerste activiteit."
        yield CheckItem("melding", text, "kies", url if may_choose else None)
    texts = {
        "betaaldatum": f"{_number(unpaid, 'last', 'lasten')} zonder betaaldatum",
        "periode": f"{_activities(counts['periode'])} met een periode buiten {year}",
        "partner": f"{_activities(counts['partner'])} zonder samenwerkingspartner",
        "sector": f"{_activities(counts['sector'])} met een school van een andere sector dan het"
        " project",
        "uren": f"{_activities(counts['uren'])} zonder uren",
        "nul": f"{_activities(counts['nul'])} met 0 leerkrachten of € 0",
    }
    for name, text in texts.items():
        if counts[name]:
            yield CheckItem("melding", text, "bekijk", _list_url(verantwoording, melding=name))
    if figures.over < 0:
        yield CheckItem("melding", f"{formats.euro(-figures.over)} meer besteed dan beschikbaar")


def questions(waiting: Sequence[Vraag]) -> Iterator[CheckItem]:
    """What was asked and waits for an answer: worth a look before closing, and in no way of it."""
    for vraag in waiting[:NAMED]:
        url = url_for("verantwoordingen.vraag", id=vraag.id)
        yield CheckItem("melding", f"Open vraag van {vraag.kant.van}:", str(vraag), url)
    more = len(waiting) - NAMED
    if more > 0:
        url = url_for("verantwoordingen.vragen", id=waiting[0].verantwoording_id)
        yield CheckItem("melding", f"En nog {_number(more, 'vraag', 'vragen')}:", "bekijk ze", url)


def _activities(count: int) -> str:
    return _number(count, "activiteit", "activiteiten")


def _list_url(verantwoording: Verantwoording, **filters: str) -> str:
    values: dict[str, Any] = {"id": verantwoording.id, **filters}
    return url_for("verantwoordingen.activiteiten", **values)
