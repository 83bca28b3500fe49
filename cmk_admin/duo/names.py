"""Dutch spelling of place names, which DUO writes in capitals and without accents."""

import re
import unicodedata

#: What no rule finds: accents, abbreviations, names that lost their apostrophe.
EIGEN = {
    "S GRAVENHAGE": "'s-Gravenhage",
    "S HERTOGENBOSCH": "'s-Hertogenbosch",
    "NIEUWERKERK AD IJSSEL": "Nieuwerkerk aan den IJssel",
    "NOARDEAST-FRYSLAN": "Noardeast-Fryslân",
    "OUDEGA DE FRYSKE MARREN": "Oudega (De Fryske Marren)",
    "OUDEGA SMALLINGERLAND": "Oudega (Smallingerland)",
    "OUDEGA SUDWEST-FRYSLAN": "Oudega (Súdwest-Fryslân)",
    "REUSEL-DE MIERDEN": "Reusel-De Mierden",
    "SUDWEST-FRYSLAN": "Súdwest-Fryslân",
    "CA": "c.a.",
}
#: Written small anywhere but at the start.
KLEIN = frozenset(
    {"aan", "bij", "de", "den", "der", "en", "het", "in", "of", "onder", "op", "over"}
    | {"te", "ten", "ter", "tot", "van", "voor"}
)
STREEK = {
    "DR": "Dr",
    "FL": "Fl",
    "FR": "Fr",
    "GLD": "Gld",
    "GN": "Gn",
    "LB": "Lb",
    "NB": "NB",
    "NH": "NH",
    "OV": "Ov",
    "UT": "Ut",
    "ZH": "ZH",
    "ZL": "Zl",
}


def nette_naam(naam: str) -> str:
    """A place name as people write it: "ALPHEN AAN DEN RIJN" becomes "Alphen aan den Rijn".

    A name that has small letters already is left as it is. DUO tells places of one
    name apart by province or gemeente: "HENGELO GLD", "BEEK GEM MONTFERLAND" become
    "Hengelo (Gld)", "Beek (gem. Montferland)".
    """
    if in_kapitalen(naam):
        if naam in EIGEN:
            return EIGEN[naam]
        plaats, gem, gemeente = re.match(r"(.+?)(?: (GEM\.?) (.+))?$", naam).groups()  # type: ignore[union-attr]
        if gem:
            return f"{nette_naam(plaats)} (gem. {nette_naam(gemeente)})"
        plaats, _, streek = naam.rpartition(" ")
        if plaats and streek in STREEK:
            return f"{nette_naam(plaats)} ({STREEK[streek]})"
        woorden = re.split(r"([ -])", naam)
        return "".join(_woord(woord, eerste=nr == 0) for nr, woord in enumerate(woorden))
    return naam


def _woord(woord: str, *, eerste: bool) -> str:
    klein = woord.lower()
    if klein in {"'s", "'t"} or (klein in KLEIN and not eerste):
        return klein
    if woord in EIGEN:
        return EIGEN[woord]
    if klein.startswith("ij"):
        return f"IJ{klein[2:]}"
    return klein[:1].upper() + klein[1:]


def in_kapitalen(naam: str) -> bool:
    """Whether a name says nothing about its capitals, because all of it is capitals."""
    return naam.isupper()


def kies(bewaard: str | None, naam: str) -> str:
    """The name to keep: DUO's, but a name that is only spelled better stays.

    Capitals without accents cannot correct anybody's spelling, so a kept name that
    reads the same wins from a name in capitals.
    """
    net = nette_naam(naam)
    if bewaard is not None and in_kapitalen(naam) and _klank(bewaard) == _klank(net):
        return bewaard
    return net


def _klank(naam: str) -> str:
    """A name without accents, case and punctuation, to compare by."""
    letters = unicodedata.normalize("NFKD", naam).casefold()
    return "".join(teken for teken in letters if teken.isalnum())
