"""Who can log in to the demo. The secrets are known to everybody, so a demo only runs on
somebody's own computer, and never beside a real account."""

from dataclasses import dataclass

from models.gebruiker import CultuurOostRol, LidRol

DEMO_PASSWORD = "Cultuur-in-Gelderland-2026"  # noqa: S105 - public on purpose


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """A demo account. rol: in words, for the log-in page. totp_secret: base32.

    lidmaatschappen: name of the contractpartij (as in `cultuurpunten.py`) and role there.
    """

    email: str
    naam: str
    rol: str
    totp_secret: str
    cultuur_oost_rol: CultuurOostRol | None = None
    lidmaatschappen: tuple[tuple[str, LidRol], ...] = ()


ACHTERHOEK = "Cultuurpunt Achterhoek-Oost"
VELUWE = "Cultuurpunt Veluwerand"
RIVIERENLAND = "Cultuurpunt Tussen de Rivieren"
LIEMERS = "Cultuurpunt Liemers en IJssel"

DEMO_ACCOUNTS: list[DemoAccount] = [
    DemoAccount(
        "routebegeleider@demo.example",
        "Sanne Wolterink",
        "Routebegeleider",
        "QWB5PDKHX6PYGPAN2RLYKEI4IIAANNKK",
        lidmaatschappen=((ACHTERHOEK, LidRol.ROUTEBEGELEIDER),),
    ),
    DemoAccount(
        "projectleider@demo.example",
        "Marieke te Brake",
        "Projectleider",
        "SUMNLMYTBX2KJQEVTAVETWT6UL66LDQB",
        lidmaatschappen=((ACHTERHOEK, LidRol.PROJECTLEIDER),),
    ),
    DemoAccount(
        "adviseur@demo.example",
        "Joost van Arkel",
        "Adviseur van Cultuur Oost",
        "WZB2XYA4CLMHP5WWQ5GXSC3FNVXJVRFT",
        CultuurOostRol.ADVISEUR,
    ),
    DemoAccount(
        "datamanager@demo.example",
        "Nadia el Idrissi",
        "Datamanager van Cultuur Oost",
        "UTLFJT6KDFZCPWQ52JDC7VNII2GK3XJD",
        CultuurOostRol.DATAMANAGER,
    ),
    DemoAccount(
        "beheerder@demo.example",
        "Peter Hoogeboom",
        "Beheerder van Cultuur Oost",
        "2SJ5K57U6RS6ZJHYL7VLF7RXEWCTXR7Q",
        CultuurOostRol.BEHEERDER,
    ),
    DemoAccount(
        "dubbel@demo.example",
        "Ilse Vermeer-Budding",
        "Projectleider bij het ene, routebegeleider bij het andere cultuurpunt",
        "SVLA6QUR5SWWRW2WL4XVJKMX6SF2K2TR",
        lidmaatschappen=((VELUWE, LidRol.PROJECTLEIDER), (RIVIERENLAND, LidRol.ROUTEBEGELEIDER)),
    ),
]

#: Colleagues without a password: they are in lists and history, but nobody logs in as them.
COLLEGAS: list[DemoAccount] = [
    DemoAccount(
        "b.jansen@demo.example",
        "Bart Jansen",
        "Projectleider",
        "",
        lidmaatschappen=((RIVIERENLAND, LidRol.PROJECTLEIDER),),
    ),
    DemoAccount(
        "f.ozturk@demo.example",
        "Fatma Öztürk",
        "Projectleider",
        "",
        lidmaatschappen=((LIEMERS, LidRol.PROJECTLEIDER),),
    ),
    DemoAccount(
        "w.gerritsen@demo.example",
        "Wim Gerritsen",
        "Routebegeleider",
        "",
        lidmaatschappen=((VELUWE, LidRol.ROUTEBEGELEIDER), (LIEMERS, LidRol.ROUTEBEGELEIDER)),
    ),
]
