"""Three cultuurpunten with everything in them, and everybody who may or may not touch it.

The gate is tried against one small world: contractpartij Noord, Zuid and West, each with a
project, an open year, a closed year and a row of every kind. Every text of a row carries the
name of its contractpartij, so that a leak shows itself in whatever form it comes.

The fixtures are in `gate_fixtures`.
"""

import contextlib
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Literal

import psycopg
from flask import Flask
from sqlalchemy import make_url

from cmk_admin import database
from cmk_admin.gate import ANONYMOUS, Actor, GateSession, acting_as, system
from models.base import Entiteit
from models.contractpartij import Contractpartij
from models.gebruiker import CultuurOostRol, Gebruiker, LidRol
from tests import factories as f
from tests.support.applications import make_settings

#: The roles as the tests name them; "dubbel" is routebegeleider at Noord, projectleider at Zuid.
MEMBERS = ("routebegeleider", "projectleider", "dubbel")
CULTUUR_OOST = ("adviseur", "datamanager", "beheerder")
ACTORS = (*MEMBERS, "zonder_lidmaatschap", *CULTUUR_OOST, "niemand")


@dataclass(frozen=True)
class Party:
    """The ids of what one contractpartij has. `dicht` is its closed year, `open` its open one."""

    merk: str
    contractpartij: int
    werkgebied: int
    project: int
    baat: int
    begrotingspost: int
    plan: int
    overig: int
    partner: int
    ongebruikte_partner: int
    lidmaatschap: int
    open: int
    activiteit: int
    tweede: int
    kaal: int
    school_rij: int
    last: int
    doelgroep_koppeling: int
    partner_koppeling: int
    dicht: int
    dichte_activiteit: int
    dichte_school_rij: int
    dichte_last: int
    dichte_doelgroep_koppeling: int
    dichte_partner_koppeling: int


@dataclass(frozen=True)
class Ground:
    """Ids of everything, and the actors; the same in every copy of the world."""

    noord: Party
    zuid: Party
    west: Party
    doel: int
    doelgroepen: tuple[int, int]
    kostensoort: int
    scholen: tuple[int, int, int]
    schoolbestuur: int
    sector: int
    soort_overig: int
    soort_plan: int
    actors: dict[str, Actor]


@dataclass(frozen=True)
class World:
    """The ground in one database, and the ways to look at it."""

    app: Flask
    url: str
    ground: Ground

    @contextlib.contextmanager
    def acting(self, who: "str | Actor") -> Iterator[GateSession]:
        """A session of this actor; rolled back unless committed."""
        if who == "system":
            who = system("test")
        actor = self.ground.actors[who] if isinstance(who, str) else who
        with self.app.app_context(), acting_as(actor) as session:
            yield session

    def saves(self, who: "str | Actor", row: Entiteit) -> None:
        """Save a new row, and take it back."""
        with self.acting(who) as session:
            session.add(row)
            session.flush()

    def deletes(self, who: "str | Actor", entity: type[Entiteit], number: int) -> None:
        """Delete a row, and take it back."""
        with self.acting(who) as session:
            session.delete(session.get_one(entity, number))
            session.flush()

    def changes(
        self, who: "str | Actor", entity: type[Entiteit], number: int, **values: Any
    ) -> None:
        """Change a row, and take it back."""
        with self.acting(who) as session:
            row = session.get_one(entity, number)
            for name, value in values.items():
                setattr(row, name, value)
            session.flush()

    def raw(self, statement: str) -> list[tuple[Any, ...]]:
        """What the database says itself, or does: no SQLAlchemy, no gate."""
        with raw_connection(self.url) as connection:
            found = connection.execute(statement)
            rows = found.fetchall() if found.description else []
            connection.commit()
            return [tuple(row) for row in rows]

    def snapshot(self, *tables: str) -> dict[str, list[tuple[Any, ...]]]:
        """Every row of these tables (default: all that people fill), as the database has it."""
        return snapshot(self.url, *tables)


#: Gives a copy of the world in a folder, for as long as the block lasts.
Copier = Callable[
    [Literal["sqlite", "postgresql"], Path], "contextlib.AbstractContextManager[World]"
]

TABLES = [
    "contractpartij",
    "werkgebied",
    "project",
    "baat",
    "begrotingspost",
    "document",
    "samenwerkingspartner",
    "verantwoording",
    "momentopname",
    "activiteit",
    "activiteit_school",
    "last",
    "activiteit_doelgroep",
    "activiteit_partner",
    "gebruiker",
    "lidmaatschap",
    "school",
    "schoolbestuur",
    "doel",
    "doelgroep",
    "documentsoort",
    "bewerking",
    "wijziging",
    "verzoek",
    "mail",
    "taak",
]


def snapshot(url: str, *tables: str) -> dict[str, list[tuple[Any, ...]]]:
    with raw_connection(url) as connection:
        return {
            table: [
                tuple(str(value) for value in row)
                for row in connection.execute(f"SELECT * FROM {table} ORDER BY id").fetchall()
            ]
            for table in (tables or TABLES)
        }


@contextlib.contextmanager
def raw_connection(url: str, eye: Any = None) -> Iterator[Any]:
    """The database's own driver; `eye` is a connection that is open already."""
    if eye is not None:
        yield eye
        return
    where = make_url(url)
    if where.get_backend_name() == "sqlite":
        with contextlib.closing(sqlite3.connect(str(where.database), timeout=10)) as connection:
            connection.execute("PRAGMA foreign_keys=ON")
            connection.execute("PRAGMA synchronous=OFF")
            yield connection
    else:
        plain = where.set(drivername="postgresql").render_as_string(hide_password=False)
        with contextlib.closing(psycopg.connect(plain)) as connection:
            yield connection


def gate_app(url: str, instance: Path) -> Flask:
    """The least app that has the gate: no screen may be needed for it to hold."""
    app = Flask("poort", instance_path=str(instance.resolve()))
    app.config.from_mapping(make_settings(url, instance).flask_config())
    database.register(app)
    return app


# --- building --------------------------------------------------------------------


def build(app: Flask) -> Ground:
    """Fill an empty, migrated database."""
    with app.app_context(), acting_as(system("wereld")) as session:
        doel = f.maak_doel(session, naam="Ontwikkelen van een visie")
        groepen = [f.maak_doelgroep(session) for _ in range(2)]
        kostensoort = f.maak_kostensoort(session)
        bestuur = f.maak_schoolbestuur(session)
        scholen = [f.maak_school(session, schoolbestuur=bestuur) for _ in range(3)]
        sector = f.maak_sector(session)
        plan = f.maak_documentsoort(session, naam="Projectplan")
        overig = f.maak_documentsoort(session, naam="Overig", code="overig")
        people = {
            name: f.maak_gebruiker(session, naam=name, email=f"{name}@test.example")
            for name in ACTORS
            if name not in (*CULTUUR_OOST, "niemand")
        }
        for role in CULTUUR_OOST:
            people[role] = f.maak_gebruiker(
                session,
                naam=role,
                email=f"{role}@test.example",
                cultuur_oost_rol=CultuurOostRol(role),
                wachtwoord_hash="geheim-wachtwoord",
            )
        shared = {
            "doel": doel,
            "groepen": groepen,
            "scholen": scholen,
            "sector": sector,
            "plan": plan,
            "overig": overig,
            "kostensoort": kostensoort,
            "adviseur": people["adviseur"],
        }
        parties = {name: _party(session, name, shared) for name in ("noord", "zuid", "west")}
        memberships = {
            "routebegeleider": [(parties["noord"].contractpartij, LidRol.ROUTEBEGELEIDER)],
            "projectleider": [(parties["noord"].contractpartij, LidRol.PROJECTLEIDER)],
            "dubbel": [
                (parties["noord"].contractpartij, LidRol.ROUTEBEGELEIDER),
                (parties["zuid"].contractpartij, LidRol.PROJECTLEIDER),
            ],
        }
        for name, found in memberships.items():
            for party, role in found:
                f.maak_lidmaatschap(
                    session, people[name], session.get_one(Contractpartij, party), rol=role
                )
        session.commit()
        return Ground(
            **parties,
            doel=doel.id,
            doelgroepen=(groepen[0].id, groepen[1].id),
            kostensoort=kostensoort.id,
            scholen=(scholen[0].id, scholen[1].id, scholen[2].id),
            schoolbestuur=bestuur.id,
            sector=sector.id,
            soort_overig=overig.id,
            soort_plan=plan.id,
            actors={
                name: _actor(person, memberships.get(name, [])) for name, person in people.items()
            }
            | {"niemand": ANONYMOUS},
        )


def _actor(person: Gebruiker, memberships: list[tuple[int, LidRol]]) -> Actor:
    return Actor.person(person.id, person.naam, person.cultuur_oost_rol, memberships)


def _party(session: GateSession, name: str, shared: dict[str, Any]) -> Party:
    merk = f"kanarie-{name}"
    partij = f.maak_contractpartij(session, naam=merk, plaats=merk, adviseur=shared["adviseur"])
    project = f.maak_project(session, partij, shared["sector"], titel=merk, omschrijving=merk)
    partner = f.maak_samenwerkingspartner(session, partij, naam=merk, contactpersoon=merk)
    lid = f.maak_lidmaatschap(session, f.maak_gebruiker(session, naam=merk), partij)
    jaren: dict[str, dict[str, int]] = {}
    for jaar in (2025, 2026):
        jaren[str(jaar)] = _year(session, merk, jaar, project, partner, shared)
    open_, dicht = jaren["2026"], jaren["2025"]
    return Party(
        merk=merk,
        contractpartij=partij.id,
        werkgebied=f.maak_werkgebied(session, partij).id,
        project=project.id,
        baat=f.maak_baat(session, project, omschrijving=merk).id,
        begrotingspost=f.maak_begrotingspost(session, project, naam=merk).id,
        plan=f.maak_document(session, project, shared["plan"], titel=merk).id,
        overig=f.maak_document(session, project, shared["overig"], titel=merk).id,
        partner=partner.id,
        ongebruikte_partner=f.maak_samenwerkingspartner(session, partij, naam=f"{merk} vrij").id,
        lidmaatschap=lid.id,
        open=open_["verantwoording"],
        dicht=dicht["verantwoording"],
        **{k: v for k, v in open_.items() if k != "verantwoording"},
        **{
            f"dichte_{k}": v
            for k, v in dicht.items()
            if k not in ("verantwoording", "tweede", "kaal")
        },
    )


def _year(
    session: GateSession, merk: str, jaar: int, project: Any, partner: Any, shared: dict[str, Any]
) -> dict[str, int]:
    """Two complete activities and a bare one; 2025 is closed, and then without the bare one."""
    v = f.maak_verantwoording(session, project, kalenderjaar=jaar)
    made = {}
    for naam in ("activiteit", "tweede"):
        a = f.maak_activiteit(session, v, shared["doel"], naam=f"{merk} {naam}", omschrijving=merk)
        rij = f.maak_activiteit_school(session, a, shared["scholen"][0])
        last = f.maak_last(
            session,
            a,
            toelichting=merk,
            leverancier=merk,
            betaald_op=date(jaar, 5, 1),
            boekstuknummer=merk,
        )
        groep = f.maak_activiteit_doelgroep(session, a, shared["groepen"][0])
        koppeling = f.maak_activiteit_partner(session, a, partner)
        made[naam] = a.id
        if naam == "activiteit":
            made |= {
                "school_rij": rij.id,
                "last": last.id,
                "doelgroep_koppeling": groep.id,
                "partner_koppeling": koppeling.id,
            }
    if jaar == 2026:
        made["kaal"] = f.maak_activiteit(session, v, shared["doel"], naam=f"{merk} kaal").id
        f.maak_reactie(session, f.maak_vraag(session, v, tekst=merk), tekst=merk)
    else:
        v.sluit(None)
        session.flush()
    return made | {"verantwoording": v.id}
