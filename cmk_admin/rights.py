"""WHO may do WHAT with WHICH rows: the spec's rights table, as two tables.

What is not in a table is refused. `cmk_admin.policy.may` is the question asked of them.
"""

from collections.abc import Mapping

from models.base import Keuze
from models.gebruiker import Rol


class Handeling(Keuze):
    """Everything a person can do with a row; the label completes "mag geen … …"."""

    ZIEN = "zien", "bekijken"
    MAKEN = "maken", "toevoegen"
    WIJZIGEN = "wijzigen", "wijzigen"
    VERWIJDEREN = "verwijderen", "verwijderen"
    DUPLICEREN = "dupliceren", "dupliceren"
    SLUITEN = "sluiten", "sluiten"
    HEROPENEN = "heropenen", "heropenen"
    VASTSTELLEN = "vaststellen", "vaststellen"
    VASTGESTELD_HEROPENEN = "vastgesteld_heropenen", "na vaststelling heropenen"
    JAAR_OPENEN = "jaar_openen", "voor een nieuw jaar openen"
    IMPORTEREN = "importeren", "importeren"
    SAMENVOEGEN = "samenvoegen", "samenvoegen"
    AFRONDEN = "afronden", "afronden"
    ONGEDAAN = "ongedaan", "ongedaan maken"
    ONGEDAAN_ALLE = "ongedaan_alle", "van een ander ongedaan maken"


class Bereik(Keuze):
    """Which rows a role has in view."""

    NIETS = "niets", "geen"
    ZELF = "zelf", "van zichzelf"
    LEDEN = "leden", "van zichzelf en leden van de eigen contractpartij"
    EIGEN = "eigen", "van de eigen contractpartij"
    GEDEELD = "gedeeld", "van zichzelf, en wat met hen is gedeeld"
    ZONDER_ACCOUNTS = "zonder_accounts", "alle, behalve over accounts en mail"
    ALLES = "alles", "alle"


LETTERS = {
    "Z": Handeling.ZIEN,
    "M": Handeling.MAKEN,
    "W": Handeling.WIJZIGEN,
    "V": Handeling.VERWIJDEREN,
}

Rechten = Mapping[Rol, frozenset[Handeling]]


def _cel(tekst: str) -> frozenset[Handeling]:
    """ "Z M dupliceren" → the actions; "" is nothing."""
    return frozenset(LETTERS.get(woord) or Handeling(woord) for woord in tekst.split())


def _rechten(*cellen: str) -> Rechten:
    """One row of the table, in the order of `Rol`."""
    return dict(zip(Rol, map(_cel, cellen), strict=True))


_ACTIVITEIT = _rechten(
    "Z M W dupliceren", "Z M W V dupliceren", "Z", "Z M W V dupliceren", "Z M W V dupliceren"
)
_ONDERDEEL = _rechten("Z M W", "Z M W V", "Z", "Z M W V", "Z M W V")
#: Deselecting is editing the activity, not deleting: who may edit may unlink.
_KOPPELING = _rechten("Z M V", "Z M V", "Z", "Z M V", "Z M V")
_BEHEER = _rechten("Z", "Z", "Z", "Z", "Z M W V")
_STAMDATA = _rechten("Z", "Z", "Z", "Z M W V importeren", "Z M W V importeren")
_SCHOLEN = _rechten(
    "Z", "Z", "Z", "Z M W V importeren samenvoegen", "Z M W V importeren samenvoegen"
)
_LIJST = _rechten("Z", "Z", "Z", "Z M W", "Z M W")
_ACCOUNT = _rechten("Z", "Z", "Z", "Z", "Z M W")
_LEZEN = _rechten("Z", "Z", "Z", "Z", "Z")
#: What only the portal itself reads and writes.
_NIEMAND = _rechten("", "", "", "", "")

#: Entity (or page) → role → actions: the spec's "Rights, literally".
RIGHTS: dict[str, Rechten] = {
    "Activiteit": _ACTIVITEIT,
    "ActiviteitSchool": _ONDERDEEL,
    "Last": _ONDERDEEL,
    "ActiviteitDoelgroep": _KOPPELING,
    "ActiviteitPartner": _KOPPELING,
    "Verantwoording": _rechten(
        "Z",
        "Z W sluiten heropenen",
        "Z",
        "Z",
        "Z M W V sluiten heropenen vaststellen vastgesteld_heropenen jaar_openen",
    ),
    "Momentopname": _LEZEN,
    # Beside the account, also of a closed year; a datamanager is no party to it.
    "Vraag": _rechten(
        "Z M W afronden", "Z M W afronden", "Z M W afronden", "Z", "Z M W V afronden"
    ),
    "Reactie": _rechten("Z M", "Z M", "Z M", "Z", "Z M V"),
    "Samenwerkingspartner": _rechten(
        "Z M W", "Z M W V", "Z", "Z M W V samenvoegen", "Z M W V samenvoegen"
    ),
    "Project": _BEHEER,
    "Baat": _BEHEER,
    "Begrotingspost": _BEHEER,
    "Document": _rechten("Z", "Z M W V", "Z", "Z", "Z M W V"),
    "Contractpartij": _BEHEER,
    "Werkgebied": _BEHEER,
    "Schoolbestuur": _SCHOLEN,
    "School": _SCHOLEN,
    "Gemeente": _STAMDATA,
    "Doel": _LIJST,
    "Doelgroep": _LIJST,
    "Kostensoort": _LIJST,
    "Sector": _LIJST,
    "Bron": _LIJST,
    "Documentsoort": _LIJST,
    "AgendaItem": _BEHEER,
    "Link": _BEHEER,
    "AlgemeenDocument": _BEHEER,
    "VeelgesteldeVraag": _BEHEER,
    "Gebruiker": _ACCOUNT,
    "Lidmaatschap": _ACCOUNT,
    "Wijziging": _LEZEN,
    "Bewerking": _rechten("Z", "Z ongedaan", "Z", "Z ongedaan", "Z ongedaan ongedaan_alle"),
    "Mail": _rechten("", "", "", "", "Z"),
    "Taak": _rechten("", "", "", "Z", "Z"),
    "Weergave": _rechten("Z M W V", "Z M W V", "Z M W V", "Z M W V", "Z M W V"),
    "Kwaliteitsregel": _rechten("", "", "Z", "Z M W V", "Z M W V"),
    "Verzoek": _NIEMAND,
    "Zitting": _NIEMAND,
    "Poging": _NIEMAND,
    "Toegangslink": _rechten("", "", "", "", "Z"),
    "Herstelcode": _NIEMAND,
    "Onderbreking": _NIEMAND,
    "Inzage": _rechten("", "", "", "", "Z"),
    "Bewaartermijn": _rechten("", "", "", "", "Z W"),
    "Concept": _NIEMAND,
    "Rechten": _rechten("", "", "Z", "Z", "Z"),
}


def _bereik(*cellen: Bereik) -> Mapping[Rol, Bereik]:
    return dict(zip(Rol, cellen, strict=True))


_E, _A, _Z, _N = Bereik.EIGEN, Bereik.ALLES, Bereik.ZELF, Bereik.NIETS
_EIGEN = _bereik(_E, _E, _A, _A, _A)
_ALLES = _bereik(_A, _A, _A, _A, _A)
_ZELF = _bereik(_Z, Bereik.LEDEN, _Z, _Z, _A)

#: Entity → role → rows in view.
SCOPE: dict[str, Mapping[Rol, Bereik]] = {
    **dict.fromkeys(
        [
            "Activiteit",
            "ActiviteitSchool",
            "Last",
            "ActiviteitDoelgroep",
            "ActiviteitPartner",
            "Verantwoording",
            "Momentopname",
            "Vraag",
            "Reactie",
            "Samenwerkingspartner",
            "Project",
            "Baat",
            "Begrotingspost",
            "Document",
            "Contractpartij",
            "Werkgebied",
            "Bewerking",
        ],
        _EIGEN,
    ),
    **dict.fromkeys(
        [
            "Schoolbestuur",
            "School",
            "Gemeente",
            "Doel",
            "Doelgroep",
            "Kostensoort",
            "Sector",
            "Bron",
            "Documentsoort",
            "AgendaItem",
            "Link",
            "AlgemeenDocument",
            "VeelgesteldeVraag",
            "Kwaliteitsregel",
        ],
        _ALLES,
    ),
    "Gebruiker": _ZELF,
    "Lidmaatschap": _ZELF,
    "Wijziging": _bereik(_E, _E, Bereik.ZONDER_ACCOUNTS, Bereik.ZONDER_ACCOUNTS, _A),
    "Mail": _bereik(_N, _N, _N, _N, _A),
    "Taak": _bereik(_N, _N, _N, _Z, _A),
    **dict.fromkeys(
        ["Verzoek", "Zitting", "Poging", "Herstelcode", "Onderbreking", "Concept"],
        _bereik(_N, _N, _N, _N, _N),
    ),
    **dict.fromkeys(["Toegangslink", "Inzage", "Bewaartermijn"], _bereik(_N, _N, _N, _N, _A)),
    "Weergave": _bereik(*[Bereik.GEDEELD] * 4, _A),
}

#: Where a role may change only some columns of an entity.
VELDEN: dict[tuple[str, Rol], frozenset[str]] = {
    ("Verantwoording", Rol.PROJECTLEIDER): frozenset({"status", "werkwijze"}),
}

#: Entities whose history is about accounts and mail, or about what somebody keeps for themselves.
ACCOUNT_ENTITEITEN = ("Gebruiker", "Lidmaatschap", "Mail", "Verzoek", "Taak", "Weergave")
