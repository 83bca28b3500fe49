"""The report as pictures: what the templates of Rapportages lay out."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import urlencode

from cmk_admin import formats
from cmk_admin.page import Action, Chip, Donut, Note, Slice
from models.rapportages import procent
from models.rapportages.rapport import Doelcijfers, Groepcijfers, Rapport, Totalen
from models.rapportages.selectie import Selectie
from models.rapportages.telling import ZONDER_DATUM, Lastsom
from models.verantwoording import Status

#: Where the colours of a donut begin: money pink, schools green, doelen all of them.
ROZE, GROEN = 1, 4
#: How many of the schools that were not reached stand on the page itself.
MEESTE_SCHOLEN = 50
#: Not known of a year that was closed before the portal kept its region.
VAN_DE_REGIO = frozenset({"bereikt", "regio", "buiten"})


#: The address where a figure is explained: its name, and which part of it.
Link = Callable[..., str]


@dataclass(frozen=True, slots=True)
class Balk:
    """A line of a table with a bar behind it."""

    label: str
    tekst: str
    deel: int
    url: str
    noot: str = ""
    noot_url: str = ""


@dataclass(frozen=True, slots=True)
class Verschil:
    """A figure of one year beside that of the year before."""

    tekst: str
    verschil: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Groep:
    """Reach in a gemeente or of a bestuur, in percents, and where its figures are explained."""

    cijfers: Groepcijfers
    deel: int
    links: dict[str, str]


def donuts(rapport: Rapport, link: Link) -> tuple[Donut, ...]:
    """Handleiding 2.5: the budget, the schools of the region, the CMK-doelen."""
    return (_budget(rapport.totalen, link), _bereik(rapport.totalen, link), _doelen(rapport, link))


def _verklaar(url: str) -> Action:
    return Action("Verklaar dit getal", url)


def _budget(cijfers: Totalen, link: Link) -> Donut:
    """More spent than there is, is said so: it is never a negative slice (spec rule 7)."""
    over = link("nog-te-besteden")
    rest = Slice("Nog te besteden", cijfers.over, formats.euro(cijfers.over), True, over)
    if cijfers.over < 0:
        te_veel = formats.euro(-cijfers.over)
        rest = Slice("Meer besteed dan beschikbaar", 0, te_veel, True, over)
    besteed = link("besteed")
    deel = f"{procent(cijfers.besteed, cijfers.besteedbaar)}%" if cijfers.besteedbaar > 0 else "–"
    return Donut(
        "Budget",
        deel,
        "besteed" if cijfers.besteedbaar > 0 else "geen baten",
        (Slice("Besteed", cijfers.besteed, formats.euro(cijfers.besteed), url=besteed), rest),
        (
            Note(".", formats.euro(cijfers.besteedbaar), link("besteedbaar"), "Besteedbaar: "),
            *_zonder_bedrag(cijfers, link),
        ),
        _verklaar(besteed),
        ROZE,
    )


def _zonder_bedrag(cijfers: Totalen, link: Link) -> Iterator[Note]:
    if cijfers.zonder_bedrag:
        een = cijfers.zonder_bedrag == 1
        tekst = (
            "last heeft nog geen bedrag en telt"
            if een
            else "lasten hebben nog geen bedrag en tellen"
        )
        aantal = formats.number(cijfers.zonder_bedrag)
        yield Note(f" {tekst} als € 0,00.", aantal, link("zonder-bedrag"))


def _bereik(cijfers: Totalen, link: Link) -> Donut:
    noten = []
    if cijfers.buiten:
        scholen = "school ligt" if cijfers.buiten == 1 else "scholen liggen"
        aantal = formats.number(cijfers.buiten)
        noten.append(Note(f" bereikte {scholen} buiten de regio.", aantal, link("buiten")))
    if cijfers.regio_onbekend:
        noten.append(Note("Van een eerder gesloten verantwoording is de regio niet bewaard."))
    if not cijfers.regio:
        noten.append(Note("Er is geen werkgebied met scholen bekend."))
    return Donut(
        "Bereikte scholen",
        formats.number(cijfers.bereikt),
        f"van {formats.number(cijfers.regio)} scholen",
        (
            Slice("Bereikt", cijfers.bereikt, formats.number(cijfers.bereikt), url=link("bereikt")),
            Slice(
                "Nog niet bereikt",
                cijfers.niet_bereikt,
                formats.number(cijfers.niet_bereikt),
                True,
                link("niet-bereikt"),
            ),
        ),
        tuple(noten),
        _verklaar(link("bereikt")),
        GROEN,
    )


def _doelen(rapport: Rapport, link: Link) -> Donut:
    leeg = sum(not doel.som.regels for doel in rapport.doelen)
    noten: tuple[Note, ...] = ()
    if leeg:
        noten = (Note(f"Aan {leeg} van de {len(rapport.doelen)} CMK-doelen is nog niet gewerkt."),)
    return Donut(
        "CMK-doelen",
        formats.number(rapport.totalen.activiteiten),
        "aantal activiteiten",
        tuple(_doel(doel, link) for doel in rapport.doelen),
        noten,
        _verklaar(link("activiteiten")),
    )


def _doel(doel: Doelcijfers, link: Link) -> Slice:
    tekst = formats.number(doel.som.activiteiten) if doel.som.regels else "nog niet"
    url = link("activiteiten", doel=str(doel.id))
    return Slice(doel.naam, doel.som.activiteiten, tekst, url=url)


def kwartalen(sommen: dict[int, Lastsom], link: Link) -> list[Balk]:
    """Lasten by the quarter in which they were paid."""
    hoogste = max((som.bedrag for som in sommen.values()), default=0)
    return [
        Balk(
            f"Kwartaal {kwartaal}" if kwartaal != ZONDER_DATUM else "Nog zonder betaaldatum",
            formats.euro(som.bedrag),
            procent(max(som.bedrag, 0), hoogste),
            link("besteed", kwartaal=str(kwartaal)),
            f"{som.zonder_bedrag} zonder bedrag" if som.zonder_bedrag else "",
            link("zonder-bedrag", kwartaal=str(kwartaal)),
        )
        for kwartaal, som in sorted(sommen.items(), key=lambda paar: paar[0] or 5)
    ]


def bereik_van(groepen: Iterable[Groepcijfers], soort: str, link: Link) -> list[Groep]:
    """Reach per gemeente or bestuur (`soort`)."""
    # Of hundreds of groups: each address is that of the figure, with the group behind it.
    figuren = {naam: link(naam) for naam in ("bereikt", "regio", "buiten", "deelnames")}
    return [
        Groep(groep, procent(groep.bereikt, groep.regio), _van_groep(figuren, soort, groep))
        for groep in groepen
    ]


def _van_groep(figuren: dict[str, str], soort: str, groep: Groepcijfers) -> dict[str, str]:
    deel = urlencode({soort: groep.id or groep.naam}, safe=",")
    return {naam: f"{adres}&{deel}" for naam, adres in figuren.items()}


def status_van(selectie: Selectie) -> tuple[Chip, ...]:
    """How many of the verantwoordingen are closed: those figures no longer change."""
    dicht = sum(deel.status is not Status.OPEN for deel in selectie.delen)
    totaal = len(selectie.delen)
    if not totaal:
        return ()
    if totaal == 1:
        [deel] = selectie.delen
        return (Chip(deel.status.label, "neutraal" if dicht else "info"),)
    return (Chip(f"{dicht} van {totaal} gesloten", "neutraal" if dicht == totaal else "info"),)


def werkwijzen_van(selectie: Selectie) -> list[str]:
    """Handleiding 2.6: "de gekozen werkwijze bepaalt hoe deze rapportage eruit komt te zien"."""
    return sorted({deel.werkwijze.label for deel in selectie.delen if deel.werkwijze})


def jaartabel(jaren: list[Totalen], link: Link) -> list[tuple[str, list[Verschil]]]:
    """A line per figure, a column per year; each beside the year before."""
    regels = (
        ("Besteed", "besteed", formats.euro),
        ("Besteedbaar", "besteedbaar", formats.euro),
        ("Aantal activiteiten", "activiteiten", formats.number),
        ("Uren", "uren", formats.hours),
        ("Bereikte scholen in de regio", "bereikt", formats.number),
        ("Scholen in de regio", "regio", formats.number),
        ("Bereikte scholen daarbuiten", "buiten", formats.number),
        ("Deelnames van leerkrachten", "deelnames", formats.number),
    )
    return [
        (
            label,
            [
                Verschil("–")
                if naam in VAN_DE_REGIO and jaar.regio_onbekend
                else Verschil(
                    vorm(getattr(jaar, naam)),
                    _verschil(naam, jaar, eerder),
                    link(naam, jaar=str(jaar.jaar)),
                )
                for jaar, eerder in zip(jaren, [*jaren[1:], None], strict=True)
            ],
        )
        for label, naam, vorm in regels
    ]


def _verschil(naam: str, jaar: Totalen, eerder: Totalen | None) -> str:
    """ "+12%" on the year before; nothing where that was nothing."""
    if eerder is None or getattr(eerder, naam) <= 0:
        return ""
    if naam in VAN_DE_REGIO and eerder.regio_onbekend:
        return ""
    nu, toen = getattr(jaar, naam), getattr(eerder, naam)
    if nu == toen:
        return ""
    verandering = round((nu - toen) * 100 / toen)
    return f"{verandering:+d}%".replace("-", "\N{MINUS SIGN}")
