"""The routes beside the generated screens, and what the table's words say of them."""

from collections.abc import Iterator
from dataclasses import dataclass

from tests import rights_table as tabel
from tests.portal_world import MERKEN
from tests.rights_table import ANONIEM, BEZOEKERS, Rij

#: Open to everybody, logged in or not: the log-in, and what every page needs.
PUBLIC = frozenset(
    {
        "static",
        "plotly",
        "auth.login",
        "auth.code",
        "auth.recovery",
        "auth.logout",
        "activeren.open_activation",
        "activeren.account",
        "activeren.app",
        "activeren.code",
        "activeren.forgotten",
        "activeren.open_password",
        "activeren.password",
        "openbaar.healthy",
        "openbaar.security_txt",
        "activeren.open_email",
        "activeren.email",
    }
)
#: For whoever is logged in: what is in it is one's own.
SIGNED_IN = {
    "admin.index": 302,
    "dashboard.index": 200,
    "mijn_gegevens.index": 200,
    "mijn_gegevens.wijzigen": 200,
    "auth.confirm": 200,
    "auth.confirm_recovery": 200,
    "toegang.email": 200,
    "toegang.wachtwoord": 200,
    "toegang.tweestaps": 200,
    # Nothing to confirm: back to where it begins.
    "toegang.nieuwe_app": 303,
    "persoonlijke_data.index": 200,
    "auth.session_left": 200,
    "taken.index": 200,
    # Nothing to save: there is no such file.
    "auth.recovery_file": 404,
    # To the dashboard, where they stand.
    "auth.recovery_show": 303,
}
#: Pages that are about no row: endpoint → whose right, and which.
PAGES = {
    "beheer.index": ("Rechten", "Z"),
    "beheer.rechten": ("Rechten", "Z"),
    "beheer.jaar_openen": ("Verantwoording", "jaar_openen"),
    "datakwaliteit.index": ("Kwaliteitsregel", "Z"),
    "projecten.index": ("Project", "Z"),
    "rapportages.index": ("Verantwoording", "Z"),
    "rapportages.download": ("Verantwoording", "Z"),
    "rapportages.verklaar": ("Verantwoording", "Z"),
    "rapportages.uitvoer": ("Verantwoording", "Z"),
    "mensen.index": ("Gebruiker", "M"),
    "uitnodigen.invite": ("Gebruiker", "M"),
    "opruimen.opruimen": ("Bewaartermijn", "W"),
}
#: Pages with personal data: that somebody opened them is written down.
ON_RECORD = frozenset(
    [
        "mensen.index",
        "opruimen.opruimen",
        "persoonlijke_data.index",
        "rapportages.download",
        "rapportages.uitvoer",
        "verantwoordingen.dossier_excel",
        "verantwoordingen.dossier_json",
    ]
)
_ACTIVITEIT = ["details", "financieel", "geschiedenis", "partners", "scholen"]
_PROJECT = ["details", "documenten", "financieel", "geschiedenis", "verantwoordingen"]
_VERANTWOORDING = [
    "activiteiten", "details", "financieel", "geschiedenis", "per_begrotingspost", "per_kwartaal",
    "per_school",
]  # fmt: skip
#: Pages about a row: endpoint → its entity, and the right that it takes.
ROWS = {
    **{f"activiteiten.{page}": ("Activiteit", "Z") for page in _ACTIVITEIT},
    **{f"projecten.{page}": ("Project", "Z") for page in _PROJECT},
    **{f"verantwoordingen.{page}": ("Verantwoording", "Z") for page in _VERANTWOORDING},
    "activiteiten.bewerken": ("Activiteit", "W"),
    "activiteiten.scholen_zoeken": ("Verantwoording", "Z"),
    "verantwoordingen.wijzigen": ("Verantwoording", "W"),
    "verantwoordingen.sluiten": ("Verantwoording", "sluiten"),
    "verantwoordingen.heropenen": ("Verantwoording", "heropenen"),
    "verantwoordingen.vaststellen": ("Verantwoording", "vaststellen"),
    **dict.fromkeys(
        [
            "verantwoordingen.dossier",
            "verantwoordingen.dossier_excel",
            "verantwoordingen.dossier_json",
        ],
        ("Momentopname", "Z"),
    ),
    "verantwoordingen.vragen": ("Verantwoording", "Z"),
    "verantwoordingen.vraag": ("Vraag", "Z"),
    "verantwoordingen.vraag_reageren": ("Vraag", "W"),
    "verantwoordingen.vraag_afronden": ("Vraag", "afronden"),
    "verantwoordingen.vraag_verwijderen": ("Vraag", "V"),
    "bewerkingen.details": ("Bewerking", "Z"),
    "bewerkingen.ongedaan_maken": ("Bewerking", "ongedaan_alle"),
    "bewerkingen.terugzetten": ("Bewerking", "ongedaan_alle"),
}
#: New activities under a verantwoording: endpoint → the name of its id in the address.
NEW = "activiteiten.nieuw"
FRAME = "verantwoordingen.kader"
UNDER_A_YEAR = {NEW: "verantwoording_id", FRAME: "id"}
#: What an address asks beside the id.
PARTS = ("details", "scholen", "financieel-overzicht", "samenwerkingspartners")
#: The same of pages that are about no row.
PAGE_PARTS = {
    "rapportages.download": (
        "totaaloverzicht", "financieel", "prestatie-en-bereik", "schoolbestuur"
    ),
    "rapportages.verklaar": ("besteed", "bereikt"),
    "rapportages.uitvoer": ("besteed", "nog-te-besteden"),
}  # fmt: skip


def page_values(endpoint: str) -> Iterator[dict[str, str]]:
    """What the address of a page that is about no row asks, once per part."""
    for part in PAGE_PARTS.get(endpoint, ("",)):
        values = {"deel": part} if part else {}
        yield values | ({"soort": "xlsx"} if endpoint == "rapportages.uitvoer" else {})


POSTS = frozenset(
    {
        "activiteiten.bewerken",
        *UNDER_A_YEAR,
        "beheer.jaar_openen",
        "bewerkingen.ongedaan_maken",
        "bewerkingen.terugzetten",
        "verantwoordingen.vraag_afronden",
        "verantwoordingen.vraag_verwijderen",
        "verantwoordingen.heropenen",
        "verantwoordingen.sluiten",
        "verantwoordingen.vaststellen",
        "verantwoordingen.wijzigen",
    }
)
ONLY_POSTS = frozenset(
    {
        "auth.logout",
        "auth.recovery_saved",
        "bewerkingen.ongedaan_maken",
        "bewerkingen.terugzetten",
        "persoonlijke_data.wissen",
        "toegang.uitloggen",
        "activiteiten.scholen_herkennen",
        "concepten.bewaren",
        "concepten.weggooien",
        "herinneren.vragen",
        "verantwoordingen.vraag_afronden",
    }
)
#: Their address asks more than is known here: test_persoonlijke_data, test_erasure,
#: test_auth_interrupted, test_tasks, test_datakwaliteit, test_samenvoegen, test_weergaven and
#: test_vragen open them.
ELSEWHERE = frozenset(
    {
        "auth.resume",
        "persoonlijke_data.download",
        "wissen.wissen",
        "datakwaliteit.regel",
        "datakwaliteit.opvolgers",
        "samenvoegen.rijen",
        "weergaven.bewaren",
        "taken.details",
        "taken.voortgang",
        "taken.bestand",
        "verantwoordingen.vraag_stellen",
        "taken.stoppen",
        "taken.opnieuw",
    }
)
STEPS = ("sluiten", "heropenen", "vaststellen")


@dataclass(frozen=True)
class Visit:
    """One request. key: the row in the world."""

    visitor: str
    endpoint: str
    method: str
    expected: int
    key: tuple[str, str, str] | None = None
    part: str = ""

    @property
    def label(self) -> str:
        return f"{self.visitor}: {self.method} {self.endpoint} {self.part} {self.key or ''}"


def known() -> set[str]:
    """Every endpoint that this file speaks of."""
    return {*PUBLIC, *SIGNED_IN, *PAGES, *ROWS, *ONLY_POSTS, *ELSEWHERE, *UNDER_A_YEAR}


def visits() -> Iterator[Visit]:
    for visitor in (*BEZOEKERS, ANONIEM):
        for endpoint, code in SIGNED_IN.items():
            yield Visit(visitor, endpoint, "GET", 302 if visitor == ANONIEM else code)
        for endpoint, (name, letter) in PAGES.items():
            for part in PAGE_PARTS.get(endpoint, ("",)):
                yield Visit(visitor, endpoint, "GET", _page(visitor, name, letter), part=part)
        for endpoint in (*ROWS, *UNDER_A_YEAR):
            for part in PARTS if endpoint == "activiteiten.bewerken" else ("",):
                yield from _about_rows(visitor, endpoint, part)


def _page(visitor: str, name: str, letter: str) -> int:
    if visitor == ANONIEM:
        return 302
    return 200 if tabel.ergens(visitor, name, letter) else 403


def _about_rows(visitor: str, endpoint: str, part: str) -> Iterator[Visit]:
    name, _ = ROWS.get(endpoint, ("Verantwoording", "M"))
    for van in MERKEN:
        for stand in _standen(name):
            rij, key = Rij(van, stand), (name, van, stand)
            if endpoint not in ONLY_POSTS:
                yield Visit(visitor, endpoint, "GET", _row(visitor, endpoint, rij, 200), key, part)
            if endpoint in POSTS:
                # The years of the world are of werkwijze B: there is nothing to lay down.
                done = 422 if endpoint == FRAME else 302
                expected = _row(visitor, endpoint, rij, done)
                yield Visit(visitor, endpoint, "POST", expected, key, part)


def _standen(name: str) -> tuple[str, ...]:
    """A picture is there of what was closed; what hangs under no year is only "open"."""
    if name == "Momentopname":
        return ("gesloten", "vastgesteld")
    return ("open", "gesloten", "vastgesteld") if name in tabel.ONDER_SLOT else ("open",)


def _row(visitor: str, endpoint: str, rij: Rij, allowed: int) -> int:
    name, letter = ("Activiteit", "M") if endpoint in UNDER_A_YEAR else ROWS[endpoint]
    if visitor == ANONIEM:
        return 302
    # Whoever may undo some batch gets as far as the batch.
    door = "Z" if name == "Bewerking" else letter
    if not tabel.ergens(visitor, name, door):
        return 403
    if not tabel.ziet(visitor, "Verantwoording" if endpoint in UNDER_A_YEAR else name, rij):
        return 404
    if endpoint in (*UNDER_A_YEAR, "activiteiten.bewerken") and rij.stand != "open":
        # Who may, in an open year: the year is what stands in the way.
        in_an_open_one = tabel.mag(visitor, name, letter, Rij(rij.van, "open"))
        may_when_open = endpoint in UNDER_A_YEAR or in_an_open_one
        return 409 if may_when_open else 403
    if tabel.mag(visitor, name, letter, rij) or _step(visitor, endpoint, rij):
        return allowed
    return 403


def _step(visitor: str, endpoint: str, rij: Rij) -> bool:
    """Wijzigen of a verantwoording is also where its status changes (Handleiding 2.4)."""
    if endpoint != "verantwoordingen.wijzigen":
        return False
    return any(tabel.mag(visitor, "Verantwoording", step, rij) for step in STEPS)
