"""When two names are likely of the same organisation."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher

#: Words that many names share and that therefore tell nothing.
ALGEMEEN = frozenset(
    ["de", "het", "een", "en", "van", "voor", "stichting", "st", "vereniging", "bv", "nv"]
)
#: From here on two names are alike: one or two letters apart in a name of usual length.
DREMPEL = 0.88
#: Names are only compared when this many letters at their begin, or at their end, are the same.
KOP = 3


def kern(naam: str) -> str:
    """The letters and digits of a name that tell it from others: "St. De Plaats" → "plaats"."""
    zonder = unicodedata.normalize("NFKD", naam).encode("ascii", "ignore").decode().lower()
    woorden = re.findall(r"[a-z0-9]+", zonder)
    eigen = [woord for woord in woorden if woord not in ALGEMEEN]
    return "".join(eigen or woorden)


def lijken(een: str, ander: str) -> bool:
    """Whether two names (as `kern` gives them) are the same but for a slip of the pen."""
    if een == ander:
        return True
    if min(len(een), len(ander)) <= KOP or een.isdigit() or ander.isdigit():
        return False
    gelijkenis = SequenceMatcher(None, een, ander, autojunk=False)
    return (
        gelijkenis.real_quick_ratio() >= DREMPEL
        and gelijkenis.quick_ratio() >= DREMPEL
        and gelijkenis.ratio() >= DREMPEL
    )


def groepen(namen: Iterable[tuple[int, str]]) -> list[list[int]]:
    """The ids of names that are alike, two or more together, in order of the first of each."""
    kernen = [(id_, kern(naam)) for id_, naam in namen]
    samen = {id_: id_ for id_, _ in kernen}

    def hoofd(id_: int) -> int:
        while samen[id_] != id_:
            id_ = samen[id_]
        return id_

    for bak in _bakken(kernen):
        for plaats, (id_, naam) in enumerate(bak):
            for ander, andere_naam in bak[plaats + 1 :]:
                if hoofd(id_) != hoofd(ander) and lijken(naam, andere_naam):
                    samen[max(hoofd(id_), hoofd(ander))] = min(hoofd(id_), hoofd(ander))
    gevonden: dict[int, list[int]] = defaultdict(list)
    for id_ in sorted(samen):
        gevonden[hoofd(id_)].append(id_)
    return [ids for ids in gevonden.values() if len(ids) > 1]


def _bakken(kernen: Sequence[tuple[int, str]]) -> Iterable[list[tuple[int, str]]]:
    """Names with the same begin or the same end: nobody misspells both."""
    bakken: dict[tuple[str, str], list[tuple[int, str]]] = defaultdict(list)
    for id_, naam in kernen:
        if naam:
            bakken["kop", naam[:KOP]].append((id_, naam))
            bakken["staart", naam[-KOP:]].append((id_, naam))
    return bakken.values()
