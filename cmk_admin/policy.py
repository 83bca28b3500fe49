"""One question asked of the tables of rights: may this actor do that with this row?

`may()` answers every button, page, action and write; the gate asks the same. What is not
in a table (`cmk_admin.rights`) is refused.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from cmk_admin.actor import Actor
from cmk_admin.rights import RIGHTS, VELDEN, Handeling
from models.base import Entiteit
from models.contractpartij import Contractpartij
from models.gebruiker import Rol
from models.lijsten import Documentsoort
from models.project import Document
from models.verantwoording import Overgang, Status, Verantwoording
from models.vraag import Vraag
from models.weergave import Weergave


@dataclass(frozen=True, slots=True)
class Verdict:
    """Yes or no; a no says in Dutch which rule refused, and who can help."""

    ok: bool
    reason: str = ""
    help: str = ""

    def __bool__(self) -> bool:
        return self.ok


JA = Verdict(True)


def _is_overig(soort: Documentsoort) -> bool:
    return soort.code == Documentsoort.OVERIG


def _alleen_overig(actor: Actor, rij: Document) -> Verdict:
    """A projectleider manages only documents of the kind "overig"."""
    if rij.soort is not None and _is_overig(rij.soort):
        return JA
    return Verdict(
        False,
        "Een projectleider beheert alleen documenten van de soort Overig.",
        "Cultuur Oost beheert de andere projectdocumenten.",
    )


def _eigen_weergave(actor: Actor, rij: Weergave) -> Verdict:
    """What somebody shares is theirs to change; with all of a role share those who advise."""
    if rij.gebruiker_id != actor.gebruiker_id:
        return Verdict(
            False, "Deze weergave is van iemand anders.", "Bewaar haar onder een eigen naam."
        )
    if rij.voor_rol is not None and actor.cultuur_oost_rol is None:
        return Verdict(
            False,
            "Een weergave voor iedereen met een rol maakt Cultuur Oost.",
            "Deel haar met je contractpartij.",
        )
    return JA


def _eigen_vraag(actor: Actor, rij: Vraag) -> Verdict:
    """Who was asked, answers; only who asked says that it needs no answer any more."""
    if rij.van_id == actor.gebruiker_id:
        return JA
    return Verdict(
        False,
        "Deze vraag is van iemand anders.",
        "Wie haar stelde of Cultuur Oost kan haar afronden; met een antwoord is zij beantwoord.",
    )


@dataclass(frozen=True, slots=True)
class Voorwaarde:
    """A condition on a row. label: as it stands in the rights table on screen.

    bij: the one action that it holds for; None is every action beyond seeing. keuze: the column
    that it hangs on, and which of its choices meet it: forms offer no others.
    """

    label: str
    toets: Callable[[Actor, Any], Verdict]
    bij: Handeling | None = None
    keuze: tuple[str, Callable[[Any], bool]] | None = None


#: Extra condition on a row for a role, beyond seeing.
VOORWAARDEN: dict[tuple[str, Rol], Voorwaarde] = {
    ("Document", Rol.PROJECTLEIDER): Voorwaarde(
        "alleen van de soort Overig", _alleen_overig, keuze=("soort_id", _is_overig)
    ),
    **{
        ("Weergave", rol): Voorwaarde("alleen van zichzelf", _eigen_weergave)
        for rol in Rol
        if rol is not Rol.BEHEERDER
    },
    **{
        ("Vraag", rol): Voorwaarde(
            "afronden alleen de eigen vraag", _eigen_vraag, Handeling.AFRONDEN
        )
        for rol in (Rol.ROUTEBEGELEIDER, Rol.PROJECTLEIDER)
    },
}


@dataclass(frozen=True, slots=True)
class EigenStap:
    """What comes along, on one's own step, with the right to take that step."""

    label: str
    entiteit: str
    handeling: Handeling


#: "Whoever may duplicate may undo their own duplicate"; and what they laid down for a year.
EIGEN_STAP: dict[str, EigenStap] = {
    "Bewerking": EigenStap(
        "eigen duplicaat of kader ongedaan maken", "Activiteit", Handeling.DUPLICEREN
    ),
}


def bij_eigen_stap(actor: Actor, naam: str) -> Verdict:
    """Whether the actor may do with an own step what comes along with taking it."""
    stap = EIGEN_STAP[naam]
    return may(actor, stap.handeling, stap.entiteit)


def has_condition(entity: type[Entiteit]) -> bool:
    """Whether the rights on a row of this entity hang on its values."""
    return any(naam == entity.__name__ for naam, _ in VOORWAARDEN)


STATUS_STAPPEN = {
    Handeling.SLUITEN: (Status.OPEN,),
    Handeling.HEROPENEN: (Status.GESLOTEN,),
    Handeling.VASTGESTELD_HEROPENEN: (Status.VASTGESTELD,),
    Handeling.VASTSTELLEN: (Status.GESLOTEN,),
}
LEZEN = frozenset({Handeling.ZIEN})
#: A closed year may be read and may be the source of a copy.
OOK_GESLOTEN = LEZEN | {Handeling.DUPLICEREN, Handeling.JAAR_OPENEN} | STATUS_STAPPEN.keys()


def stap_handeling(stap: Overgang) -> Handeling:
    """The right that a step between statuses asks for."""
    return Handeling(stap.value)


def may(
    actor: Actor, handeling: Handeling, onderwerp: "type[Entiteit] | Entiteit | str"
) -> Verdict:
    """Whether `actor` may do `handeling` with a class, a row, or a page by name.

    For a class: somewhere. For a row: with this one, by the role the actor has at the
    row's contractpartij, and while its verantwoording is open. "Unused" is not asked
    here: the delete page counts what hangs under a row.
    """
    if actor.is_system:
        return JA
    if isinstance(onderwerp, (str, type)):
        naam = onderwerp if isinstance(onderwerp, str) else onderwerp.__name__
        return _recht(naam, handeling, actor.rollen)
    return _rij(actor, handeling, onderwerp)


def _rij(actor: Actor, handeling: Handeling, rij: Entiteit) -> Verdict:
    if isinstance(rij, Verantwoording):
        handeling = _heropen_soort(handeling, rij)
    naam = type(rij).__name__
    rollen = actor.rollen_bij(contractpartij_van(rij))
    if not rollen and handeling is not Handeling.ZIEN:
        return niet_van_jullie(rij)
    verdict = _recht(naam, handeling, rollen)
    if not verdict:
        return verdict
    if handeling not in LEZEN:
        verdict = _voorwaarde(actor, handeling, rollen, rij)
    return verdict and _open_genoeg(handeling, rij)


def _heropen_soort(handeling: Handeling, rij: Verantwoording) -> Handeling:
    if handeling is Handeling.HEROPENEN and rij.status is Status.VASTGESTELD:
        return Handeling.VASTGESTELD_HEROPENEN
    return handeling


def _recht(naam: str, handeling: Handeling, rollen: frozenset[Rol]) -> Verdict:
    tabel = RIGHTS.get(naam, {})
    if any(handeling in tabel.get(rol, ()) for rol in rollen):
        return JA
    wie = _of([rol.label.lower() for rol in Rol if handeling in tabel.get(rol, ())])
    als = " en ".join(rol.label.lower() for rol in Rol if rol in rollen)
    woord = woord_van(naam)
    return Verdict(
        False,
        f"Als {als} kun je {woord} niet {handeling.label}."
        if als
        else f"Log in om {woord} te {handeling.label}.",
        f"Een {wie} kan dit wel." if wie else "Niemand kan dit in het portaal.",
    )


def _of(woorden: list[str]) -> str:
    """ "a, b of c"."""
    if len(woorden) < 2:
        return "".join(woorden)
    return f"{', '.join(woorden[:-1])} of {woorden[-1]}"


def woord_van(naam: str) -> str:
    """The plural of an entity by class name, for a sentence."""
    for klasse in Entiteit.__subclasses__():
        for kandidaat in (klasse, *klasse.__subclasses__()):
            if kandidaat.__name__ == naam:
                return kandidaat.woord.meervoud
    return naam.lower()


def _voorwaarde(
    actor: Actor, handeling: Handeling, rollen: frozenset[Rol], rij: Entiteit
) -> Verdict:
    """The condition counts only where no unconditional role allows the same."""
    naam = type(rij).__name__
    uitkomst = JA
    for rol in rollen:
        if handeling in RIGHTS[naam][rol]:
            voorwaarde = VOORWAARDEN.get((naam, rol))
            if voorwaarde is None or voorwaarde.bij not in (None, handeling):
                return JA
            uitkomst = voorwaarde.toets(actor, rij)
    return uitkomst


def _open_genoeg(handeling: Handeling, rij: Entiteit) -> Verdict:
    verantwoording = verantwoording_van(rij)
    if verantwoording is None:
        return JA
    standen = STATUS_STAPPEN.get(handeling)
    if standen and isinstance(rij, Verantwoording) and rij.status not in standen:
        return Verdict(False, f"Deze verantwoording is {rij.status.label.lower()}.")
    if handeling in OOK_GESLOTEN or rij.buiten_slot or verantwoording.status is Status.OPEN:
        return JA
    return gesloten(verantwoording)


def right_on(actor: Actor, handeling: Handeling, rij: Entiteit) -> Verdict:
    """The right alone, by the role at the row's contractpartij, whatever its status."""
    if actor.is_system:
        return JA
    return _recht(type(rij).__name__, handeling, actor.rollen_bij(contractpartij_van(rij)))


def gesloten(verantwoording: Verantwoording, status: Status | None = None) -> Verdict:
    """The refusal that a closed verantwoording gives for everything under it.

    status: as just read under lock, where that is newer than the object.
    """
    status = status or verantwoording.status
    stand = status.label.lower()
    hulp = (
        "Alleen een beheerder van Cultuur Oost kan de verantwoording heropenen."
        if status is Status.VASTGESTELD
        else "Een projectleider of beheerder kan de verantwoording heropenen."
    )
    return Verdict(
        False,
        f"De verantwoording {verantwoording.kalenderjaar} is {stand}:"
        " er kan niets meer in gewijzigd worden.",
        hulp,
    )


def niet_van_jullie(rij: Entiteit) -> Verdict:
    return Verdict(
        False,
        f"{rij.woord.deze.capitalize()} is van een andere contractpartij.",
        "Neem contact op met je adviseur van Cultuur Oost.",
    )


def velden_van(actor: Actor, rij: "Entiteit | type[Entiteit]") -> frozenset[str] | None:
    """The columns this actor may change of a row; None = every editable column."""
    if actor.is_system:
        return None
    klasse = rij if isinstance(rij, type) else type(rij)
    rollen = actor.rollen if isinstance(rij, type) else actor.rollen_bij(contractpartij_van(rij))
    mogen = [rol for rol in rollen if Handeling.WIJZIGEN in RIGHTS[klasse.__name__][rol]]
    beperkt = [VELDEN.get((klasse.__name__, rol)) for rol in mogen]
    if not beperkt or None in beperkt:
        return None
    return frozenset().union(*(velden for velden in beperkt if velden))


def keuzes_van(
    actor: Actor, handeling: Handeling, klasse: type[Entiteit]
) -> dict[str, Callable[[Any], bool]]:
    """Column → which of its choices a form may offer this actor, where a condition limits that."""
    if actor.is_system:
        return {}
    tabel = RIGHTS[klasse.__name__]
    mogen = [rol for rol in actor.rollen if handeling in tabel.get(rol, ())]
    voorwaarden = [VOORWAARDEN.get((klasse.__name__, rol)) for rol in mogen]
    keuzes = [v.keuze if v and v.bij in (None, handeling) else None for v in voorwaarden]
    return {} if None in keuzes else dict(keuze for keuze in keuzes if keuze)


def ouder_van(rij: Entiteit) -> Entiteit | None:
    """The row this one is part of."""
    return None if rij.ouder is None else getattr(rij, rij.ouder.removesuffix("_id"))


def verantwoording_van(rij: Entiteit) -> Verantwoording | None:
    """The verantwoording whose status locks this row; None when there is none."""
    stap: Entiteit | None = rij
    while stap is not None and not isinstance(stap, Verantwoording):
        stap = ouder_van(stap)
    return stap


def contractpartij_van(rij: Entiteit) -> int | None:
    """Id of the contractpartij that a row belongs to; None for what is everybody's."""
    if isinstance(rij, Contractpartij):
        return rij.id
    eigen: int | None = getattr(rij, "contractpartij_id", None)
    if eigen is None and rij.ouder is not None:
        ouder = ouder_van(rij)
        return contractpartij_van(ouder) if ouder is not None else None
    return eigen
