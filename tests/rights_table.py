"""The spec's table of rights, copied by hand, and what it says of one cell.

Nothing in here reads `cmk_admin.policy`: the tests compare the portal with this text.
Z see, M make, W change, V delete, – nothing. What is not in it is refused.
"""

from dataclasses import dataclass

ROLLEN = ("routebegeleider", "projectleider", "adviseur", "datamanager", "beheerder")
#: Roles that are held at one contractpartij; the others hold everywhere.
CULTUURPUNT = frozenset({"routebegeleider", "projectleider"})

SPEC = """
| entity | routebegeleider | projectleider | adviseur | datamanager | beheerder |
| Activiteit (own, open) | Z M W, duplicate | Z M W V, duplicate | Z | Z M W V, duplicate | Z M W V, duplicate |
| ActiviteitSchool, Last (own, open) | Z M W | Z M W V | Z | Z M W V | Z M W V |
| Verantwoording | Z | Z; status, werkwijze until the first activity | Z | Z | Z M W V(empty only); status, werkwijze |
| Samenwerkingspartner (own) | Z M W | Z M W V(unused) | Z | Z M W V(unused), merge | Z M W V(unused), merge |
| Project, Baat, Begrotingspost | Z | Z | Z | Z | Z M W V(unused) |
| Document | Z | Z; M W V of own "overig" | Z | Z | Z M W V |
| Contractpartij, werkgebied | Z own | Z own | Z | Z | Z M W V(unused) |
| Schoolbestuur, School, Gemeente | Z | Z | Z | Z M W V(unused), import | Z M W V(unused), import |
| Doel, Doelgroep, Kostensoort, Sector, Documentsoort | Z | Z | Z | Z M W | Z M W; deactivated, never deleted once used |
| AgendaItem, Link, Algemeen document, Veelgestelde vraag | Z | Z | Z | Z | Z M W V |
| Gebruiker, Lidmaatschap | self | self; Z members of own contractpartij | self | self | Z M W, deactivate |
| Wijziging (history), Bewerking (batch) | Z own rows | Z own rows; undo own batch | Z | Z; undo own batch | Z; undo any batch |
| Rechten (this table), Mail, Taken | – | – | Rechten | Rechten, own taken | all |
"""  # noqa: E501 - as it stands in the spec

#: What the table leaves to its fine print and to other rules of the spec, in the same form.
BESIDE = {
    # "Deselecting a doelgroep or partner on an activity is editing, not deleting": who may
    # change an activity may link and unlink; a link itself has nothing to change.
    "ActiviteitDoelgroep": ("Z M V", "Z M V", "Z", "Z M V", "Z M V"),
    "ActiviteitPartner": ("Z M V", "Z M V", "Z", "Z M V", "Z M V"),
    # Named among the lists, and forgotten in the table.
    "Bron": ("Z", "Z", "Z", "Z M W", "Z M W"),
    # Rule 4: what closing stores, readable by who reads the verantwoording.
    "Momentopname": ("Z", "Z", "Z", "Z", "Z"),
    # Questions came later: who may see a year may ask and answer; a data manager reads along.
    "Vraag": ("Z M W afronden", "Z M W afronden", "Z M W afronden", "Z", "Z M W V afronden"),
    "Reactie": ("Z M", "Z M", "Z M", "Z", "Z M V"),
    # The last line of the table, taken apart.
    "Rechten": ("", "", "Z", "Z", "Z"),
    "Mail": ("", "", "", "", "Z"),
    "Taak": ("", "", "", "Z", "Z"),
    # Datakwaliteit is the data manager's; who advises may look.
    "Kwaliteitsregel": ("", "", "Z", "Z M W V", "Z M W V"),
    # A saved view: one's own, or shared; changed by whose it is.
    "Weergave": ("Z M W V",) * 5,
    # The portal's own administration of handled forms.
    "Verzoek": ("", "", "", "", ""),
    # What the log-in keeps: who is logged in where, what failed, and ways back in.
    "Zitting": ("", "", "", "", ""),
    "Poging": ("", "", "", "", ""),
    "Toegangslink": ("", "", "", "", "Z"),
    "Herstelcode": ("", "", "", "", ""),
    "Onderbreking": ("", "", "", "", ""),
    # Who saw personal data, and how long things are kept: a beheerder looks after privacy.
    "Inzage": ("", "", "", "", "Z"),
    "Bewaartermijn": ("", "", "", "", "Z W"),
    # What somebody is typing.
    "Concept": ("", "", "", "", ""),
}

#: How the names in the first column are called in the program.
NAMES = {
    "werkgebied": "Werkgebied",
    "Algemeen document": "AlgemeenDocument",
    "Veelgestelde vraag": "VeelgesteldeVraag",
}

#: Every different cell of the table, read by hand: letters first, then what has a name.
READ = {
    "Z": "Z",
    "Z own": "Z",
    "Z own rows": "Z",
    "self": "Z",
    "self; Z members of own contractpartij": "Z",
    "Z M W": "Z M W",
    "Z M W, duplicate": "Z M W dupliceren",
    "Z M W V": "Z M W V",
    "Z M W V, duplicate": "Z M W V dupliceren",
    "Z M W V(unused)": "Z M W V",
    "Z M W V(unused), merge": "Z M W V samenvoegen",
    "Z M W V(unused), import": "Z M W V importeren",
    'Z; M W V of own "overig"': "Z M W V",
    "Z M W; deactivated, never deleted once used": "Z M W",
    "Z M W, deactivate": "Z M W",
    # Closing and reopening are changes of status (rules 2 and 5).
    "Z; status, werkwijze until the first activity": "Z W sluiten heropenen",
    # Rule 5: a beheerder alone determines, and reopens what was determined. Fine print:
    # a beheerder opens a year.
    "Z M W V(empty only); status, werkwijze": (
        "Z M W V sluiten heropenen vaststellen vastgesteld_heropenen jaar_openen"
    ),
    "Z; undo own batch": "Z ongedaan",
    "Z own rows; undo own batch": "Z ongedaan",
    "Z; undo any batch": "Z ongedaan ongedaan_alle",
}


def _lines() -> list[tuple[str, ...]]:
    rows = [line.strip().strip("|").split("|") for line in SPEC.strip().splitlines()]
    return [tuple(cell.strip() for cell in row) for row in rows]


def _read() -> dict[str, dict[str, frozenset[str]]]:
    header, *lines = _lines()
    assert header[1:] == ROLLEN
    found: dict[str, tuple[str, ...]] = dict(BESIDE)
    for names, *cells in lines:
        if names.startswith("Rechten"):
            continue  # stands in BESIDE
        for name in names.split(" (")[0].split(", "):
            found[NAMES.get(name, name)] = tuple(READ[cell] for cell in cells)
    # Merging duplicates came later, for boards and schools as well: by who may import them.
    for name in ("Schoolbestuur", "School"):
        found[name] = tuple(f"{c} samenvoegen" if "importeren" in c else c for c in found[name])
    # Both names of the line about history have an explanation behind them.
    found["Bewerking"] = found["Wijziging"]
    found["Wijziging"] = ("Z",) * 5
    return {
        name: {rol: frozenset(cell.split()) for rol, cell in zip(ROLLEN, cells, strict=True)}
        for name, cells in found.items()
    }


#: Entity (or page) → role → letters and named actions.
TABEL = _read()

#: Whose rows a cultuurpunt sees only of its own ("own", or rows that hang under such a row).
EIGEN = frozenset(
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
        "Wijziging",
        "Bewerking",
    ]
)
#: What stops when the verantwoording is closed (rule 3).
ONDER_SLOT = frozenset(
    [
        "Activiteit",
        "ActiviteitSchool",
        "Last",
        "ActiviteitDoelgroep",
        "ActiviteitPartner",
        "Verantwoording",
    ]
)
#: What goes on when it is closed: reading, being copied from, and the steps between statuses.
OOK_DICHT = frozenset(
    ["Z", "dupliceren", "heropenen", "vastgesteld_heropenen", "vaststellen", "jaar_openen"]
)


@dataclass(frozen=True)
class Rij:
    """What the table needs to know of a row.

    van: whose it is: "eigen" and "tweede" (where "dubbel" has another role), "vreemd", or ""
    for everybody's. stand: of its verantwoording. wie: for rows about people: "zelf", "lid"
    (of eigen), "ander". overig: a document of the kind "overig".
    """

    van: str = ""
    stand: str = "open"
    wie: str = ""
    overig: bool = True


#: Who the visitors of the tests are: role per contractpartij; "*" holds everywhere.
BEZOEKERS: dict[str, dict[str, str]] = {
    "routebegeleider": {"eigen": "routebegeleider"},
    "projectleider": {"eigen": "projectleider"},
    "adviseur": {"*": "adviseur"},
    "datamanager": {"*": "datamanager"},
    "beheerder": {"*": "beheerder"},
    "dubbel": {"eigen": "projectleider", "tweede": "routebegeleider"},
    "zonder": {},
}
ANONIEM = "anoniem"


def rollen_bij(bezoeker: str, van: str) -> set[str]:
    """The roles that count for a row of this contractpartij; "" is everybody's row."""
    rollen = BEZOEKERS[bezoeker]
    return {rol for partij, rol in rollen.items() if partij in (van, "*") or not van}


def ergens(bezoeker: str, naam: str, handeling: str) -> bool:
    """Whether the visitor may do this with some row."""
    return any(handeling in TABEL[naam][rol] for rol in BEZOEKERS[bezoeker].values())


def ziet(bezoeker: str, naam: str, rij: Rij) -> bool:
    """Whether the row exists for this visitor."""
    if not ergens(bezoeker, naam, "Z"):
        return False
    rollen = set(BEZOEKERS[bezoeker].values())
    if naam in ("Gebruiker", "Lidmaatschap"):
        if "beheerder" in rollen or rij.wie == "zelf":
            return True
        return rij.wie == "lid" and "projectleider" in rollen_bij(bezoeker, "eigen")
    if naam in ("Taak", "Weergave"):
        return "beheerder" in rollen or rij.wie == "zelf"
    if naam in EIGEN:
        return bool(rollen_bij(bezoeker, rij.van) if rij.van else rollen - CULTUURPUNT)
    return True


def mag(bezoeker: str, naam: str, handeling: str, rij: Rij) -> bool:
    """Whether the visitor may do this with this row. "Unused" is asked elsewhere."""
    if handeling == "heropenen" and rij.stand == "vastgesteld":
        handeling = "vastgesteld_heropenen"
    rollen = {rol for rol in rollen_bij(bezoeker, rij.van) if handeling in TABEL[naam][rol]}
    if naam == "Document" and handeling != "Z" and not rij.overig:
        rollen.discard("projectleider")
    if (naam, handeling) == ("Vraag", "afronden") and rij.wie != "zelf":
        rollen -= CULTUURPUNT
    if not rollen:
        return False
    return naam not in ONDER_SLOT or _stand_past(naam, handeling, rij.stand)


def _stand_past(naam: str, handeling: str, stand: str) -> bool:
    if naam == "Verantwoording":
        steps = {"sluiten": "open", "heropenen": "gesloten", "vaststellen": "gesloten"}
        steps["vastgesteld_heropenen"] = "vastgesteld"
        if handeling in steps:
            return stand == steps[handeling]
    return stand == "open" or handeling in OOK_DICHT
