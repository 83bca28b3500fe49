"""Which kind of DUO file this is, told from its columns, whatever the file is called."""

import re
from dataclasses import dataclass

from cmk_admin.duo.files import Tabel, WrongFileError, sleutel

GETOOND = 12
LEERLINGEN = re.compile(r"leerlingen(\d{4})")


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of file. velden: field → the column names that may carry it, best first.

    nodig: fields without which a file is not of this kind. leerlingen: it needs a column
    of pupils per year. anders: fields that say a file is about something else.
    """

    naam: str
    velden: dict[str, tuple[str, ...]]
    nodig: tuple[str, ...]
    leerlingen: bool = False
    anders: tuple[str, ...] = ()

    def past(self, tabel: Tabel) -> bool:
        return (
            all(kolom_van(tabel, self.velden[veld]) for veld in self.nodig)
            and not any(kolom_van(tabel, KOLOMMEN[veld]) for veld in self.anders)
            and (not self.leerlingen or bool(leerlingenjaren(tabel)))
        )

    @property
    def verwacht(self) -> str:
        kolommen = [self.velden[veld][0] for veld in self.nodig]
        return f"{self.naam} ({', '.join(kolommen + ['LEERLINGEN_JJJJ'] * self.leerlingen)})"


KOLOMMEN: dict[str, tuple[str, ...]] = {
    "brin": ("INSTELLINGSCODE", "BRIN", "BRIN NUMMER"),
    "vestigingscode": ("VESTIGINGSCODE", "VESTIGINGSNUMMER"),
    "naam": ("VESTIGINGSNAAM", "NAAM VESTIGING", "SCHOOLNAAM"),
    "straat": ("STRAATNAAM", "STRAAT"),
    "huisnummer": ("HUISNUMMER-TOEVOEGING", "HUISNUMMER"),
    "postcode": ("POSTCODE",),
    "plaats": ("PLAATSNAAM", "PLAATS"),
    "gemeentecode": ("GEMEENTENUMMER", "GEMEENTECODE", "GEMEENTECODE VESTIGING"),
    "gemeentenaam": (
        "GEMEENTENAAM",
        "GEMEENTE",
        "GEMEENTENAAM VESTIGING",
        "GEMEENTENAAM DUO",
    ),
    "provincie": ("PROVINCIE",),
    "bestuursnummer": ("BEVOEGD GEZAG NUMMER", "BEVOEGD GEZAG", "BEVOEGD GEZAGNUMMER"),
    "bestuursnaam": ("BEVOEGD GEZAG NAAM", "NAAM BEVOEGD GEZAG"),
    "soort": ("SOORT VESTIGING", "SOORT PRIMAIR ONDERWIJS", "SOORT PO"),
}

#: In the order in which they are taken in: what comes later knows names better.
KINDS = (
    Kind(
        "leerlingen per vestiging",
        {veld: KOLOMMEN[veld] for veld in ("vestigingscode", "soort", "gemeentecode")}
        | {"gemeentenaam": KOLOMMEN["gemeentenaam"]},
        ("vestigingscode",),
        leerlingen=True,
    ),
    Kind(
        "vestigingen",
        KOLOMMEN,
        ("vestigingscode", "naam", "plaats", "gemeentecode", "bestuursnummer"),
    ),
    Kind(
        "besturen",
        {
            "bestuursnummer": KOLOMMEN["bestuursnummer"],
            "bestuursnaam": (*KOLOMMEN["bestuursnaam"], "NAAM"),
        },
        ("bestuursnummer", "bestuursnaam"),
        anders=("vestigingscode", "brin"),
    ),
    Kind(
        "gemeenten",
        {veld: KOLOMMEN[veld] for veld in ("gemeentecode", "gemeentenaam", "provincie")},
        ("gemeentecode", "gemeentenaam"),
        anders=("vestigingscode", "brin", "bestuursnummer"),
    ),
)
LEERLINGEN_PER_VESTIGING, VESTIGINGEN, BESTUREN, GEMEENTEN = KINDS


def herken(tabel: Tabel) -> Kind:
    """The kind of `tabel`; raises WrongFileError with what was expected and what was found."""
    # First the kind that may carry pupils as well.
    for kind in (VESTIGINGEN, *KINDS):
        if kind.past(tabel):
            return kind
    gevonden = ", ".join(naam[:40] for naam in tabel.kolommen[:GETOOND])
    rest = len(tabel.kolommen) - GETOOND
    raise WrongFileError(
        f"Verwacht werd een DUO-bestand met {'; of '.join(kind.verwacht for kind in KINDS)}, maar"
        f" {tabel.bestand} heeft de kolommen {gevonden}{f' en nog {rest}' if rest > 0 else ''}."
    )


def kolom_van(tabel: Tabel, namen: tuple[str, ...]) -> str | None:
    """The normalised name of the first column of `tabel` that is called one of `namen`."""
    aanwezig = {sleutel(kolom) for kolom in tabel.kolommen}
    return next((sleutel(naam) for naam in namen if sleutel(naam) in aanwezig), None)


def leerlingenjaren(tabel: Tabel) -> list[int]:
    """The years of the columns LEERLINGEN_JJJJ, oldest first."""
    treffers = (LEERLINGEN.fullmatch(sleutel(kolom)) for kolom in tabel.kolommen)
    return sorted(int(treffer[1]) for treffer in treffers if treffer)
