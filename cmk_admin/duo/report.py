"""What an import did, as lines of Dutch text for a terminal."""

from collections.abc import Iterator
from typing import Any

from cmk_admin.duo.importer import Uitkomst
from cmk_admin.duo.plan import Stap
from models.base import kolom_ui
from models.school import Gemeente, School, Schoolbestuur

#: How many rows are named before "… en nog 12".
GETOOND = 20


def verslag(uitkomst: Uitkomst) -> Iterator[str]:
    """Counts per entity, refused lines with their reason, and what people should look at."""
    plan = uitkomst.plan
    per_entiteit: tuple[tuple[Any, list[Any]], ...] = (
        (Gemeente, plan.gemeenten),
        (Schoolbestuur, plan.besturen),
        (School, plan.scholen),
    )
    for entiteit, stappen in per_entiteit:
        geweigerd = sum(weigering.entiteit is entiteit for weigering in plan.geweigerd)
        yield f"{entiteit.woord.titel_meervoud}: {_telling(stappen)}, {geweigerd} geweigerd."
    for entiteit, stappen in per_entiteit:
        gewijzigd = [stap for stap in stappen if stap.rij is not None and stap.velden]
        yield from _eerste(
            f"Gewijzigd ({entiteit.woord.meervoud}):",
            [f"{stap.sleutel}, {stap.plek}: {_kolommen(entiteit, stap)}" for stap in gewijzigd],
        )
    yield from _eerste("Geweigerd:", [f"{w.plek}: {w.reden}." for w in plan.geweigerd], alles=True)
    yield from _eerste(
        "Niet meer bij DUO, wel actief in het portaal (niets aan veranderd):",
        [f"{school.vestigingscode} {school.naam}" for school in plan.afwezig],
    )
    yield from _opmerkingen(uitkomst)


def _opmerkingen(uitkomst: Uitkomst) -> Iterator[str]:
    plan = uitkomst.plan
    if plan.onbekend:
        yield f"Met leerlingen, maar geen school in het portaal: {plan.onbekend} vestigingen."
    if plan.zonder_aantal:
        yield f"Aantal leerlingen onbekend, want DUO schrijft “<5”: {plan.zonder_aantal} scholen."
    if not uitkomst.bewaard:
        yield (
            "Er is niets veranderd. Herstel de geweigerde regels,"
            " of neem de andere over met --sla-over."
        )


def _telling(stappen: list[Stap[Any]]) -> str:
    nieuw = sum(stap.rij is None for stap in stappen)
    gewijzigd = sum(stap.rij is not None and bool(stap.velden) for stap in stappen)
    return f"{nieuw} nieuw, {gewijzigd} gewijzigd, {len(stappen) - nieuw - gewijzigd} ongewijzigd"


def _kolommen(entiteit: Any, stap: Stap[Any]) -> str:
    return ", ".join(_label(entiteit, veld) for veld in stap.velden)


def _label(entiteit: Any, veld: str) -> str:
    kolommen = entiteit.__table__.c
    ui = kolom_ui(kolommen[veld] if veld in kolommen else kolommen[f"{veld}_id"])
    return ui.label.lower() if ui else veld


def _eerste(kop: str, regels: list[str], *, alles: bool = False) -> Iterator[str]:
    if not regels:
        return
    yield kop
    getoond = regels if alles else regels[:GETOOND]
    yield from (f"  {regel}" for regel in getoond)
    if len(regels) > len(getoond):
        yield f"  … en nog {len(regels) - len(getoond)}"
