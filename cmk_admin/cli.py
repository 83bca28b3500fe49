"""Commands for people who keep the portal: `flask --app app …`."""

import sqlite3
from collections.abc import Callable, Iterable
from datetime import datetime
from functools import wraps
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import click
from flask import Flask, current_app
from flask.cli import with_appcontext
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError, ProgrammingError
from sqlalchemy.orm.exc import StaleDataError

from cmk_admin import database, formats, mail, retention
from cmk_admin.auth import clock
from cmk_admin.auth import first as eerste
from cmk_admin.basislijsten import laad
from cmk_admin.demo.loader import is_leeg, laad_demo
from cmk_admin.duo.files import WrongFileError
from cmk_admin.duo.importer import importeer
from cmk_admin.duo.report import verslag
from cmk_admin.gate import acting_as, is_passing, system
from models.base import RegelFout

#: Differences that are written out.
MOST_SHOWN = 20
AMSTERDAM = ZoneInfo("Europe/Amsterdam")


def register(app: Flask) -> None:
    """Add the commands of the portal to `flask`."""
    for command in (import_duo, basislijsten, demo, eerste_beheerder, opruimen, stand):
        app.cli.add_command(command)


class RefusedError(click.ClickException):
    """A Dutch sentence on stderr, without a traceback; nothing has changed."""

    def show(self, file: Any = None) -> None:
        click.echo(f"{self.format_message()}\nEr is niets veranderd.", err=True)


class WrongInputError(RefusedError):
    """What was given is not what the command takes at all."""

    exit_code = 2


def refuses(command: Callable[..., None]) -> Callable[..., None]:
    """A broken rule of the portal becomes a sentence; nothing has changed then."""

    @wraps(command)
    def wrapped(*args: Any, **kwargs: Any) -> None:
        try:
            command(*args, **kwargs)
        except (DBAPIError, StaleDataError) as fout:
            raise RefusedError(_wat_de_database_zegt(fout)) from fout
        except RegelFout as fout:
            zinnen = "\n".join(dict.fromkeys(f.tekst for f in fout.fouten))
            raise RefusedError(zinnen) from fout

    return wrapped


def _wat_de_database_zegt(fout: DBAPIError | StaleDataError) -> str:
    """The sentence for a fault of the database; raises it again when it says nothing to people."""
    if isinstance(fout, StaleDataError | IntegrityError):
        return "Iemand anders wijzigde intussen hetzelfde. Probeer het nog eens."
    if is_passing(fout):
        return "De database is bezig met het werk van iemand anders. Probeer het straks nog eens."
    if isinstance(fout, OperationalError | ProgrammingError) and _is_er_niet(fout):
        return (
            "De database is er niet, of is niet bijgewerkt. Doe eerst: flask --app app db upgrade"
        )
    raise fout


def _is_er_niet(fout: DBAPIError) -> bool:
    """Whether the database, or a table or column in it, could not be found."""
    staat = getattr(fout.orig, "sqlstate", None)
    if isinstance(fout.orig, sqlite3.Error):
        return str(fout.orig).startswith(("no such", "unable to open"))
    # 42P01 and 42703: no such table, no such column. No state at all: nobody answered.
    return staat in {None, "42P01", "42703"}


@click.command("import-duo")
@click.argument(
    "bestanden",
    metavar="BESTAND…",
    nargs=-1,
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
)
@click.option("--sla-over", is_flag=True, help="Laat geweigerde regels weg; neem de rest over.")
@with_appcontext
@refuses
def import_duo(bestanden: Iterable[Path], sla_over: bool) -> None:
    """Neem scholen, besturen, gemeenten en leerlingaantallen over uit bestanden van DUO.

    De bestanden mogen zo zijn als DUO ze geeft, in elke volgorde. Wat voor bestand het
    is, blijkt uit de kolomnamen. Het gaat goed om nog eens te doen.
    """
    with acting_as(system("import-duo")) as session:
        try:
            uitkomst = importeer(session, bestanden, sla_over=sla_over)
        except WrongFileError as fout:
            raise WrongInputError(str(fout)) from fout
        for regel in verslag(uitkomst):
            click.echo(regel)
    if not uitkomst.bewaard:
        raise click.exceptions.Exit(RefusedError.exit_code)


@click.command("basislijsten")
@with_appcontext
@refuses
def basislijsten() -> None:
    """Voeg ontbrekende keuzes toe aan de lijsten: doelen, doelgroepen, kostensoorten en meer."""
    with acting_as(system("basislijsten")) as session:
        aantal = laad(session)
        session.commit()
    click.echo(f"{aantal} keuzes toegevoegd." if aantal else "Alle keuzes staan er al.")


@click.command("eerste-beheerder")
@click.argument("naam")
@click.argument("email")
@with_appcontext
@refuses
def eerste_beheerder(naam: str, email: str) -> None:
    """Maak de eerste beheerder van een nieuwe omgeving, en mail de link om te activeren.

    Zonder SMTP_URL staat de link ook hier: dan kan niemand anders de mail lezen. Werkt alleen
    zolang er geen beheerder is die kan inloggen.
    """
    if current_app.extensions["cmk_settings"].demo:
        raise RefusedError("Dit is een demo. Zet CMK_DEMO=0 voor een echte omgeving.")
    with acting_as(system("eerste-beheerder")) as session:
        adres = eerste.nodig_uit(session, naam, email)
        session.commit()
    mail.send_waiting()
    click.echo(f"{naam} is beheerder. Activeer het account binnen een week met de link in de mail.")
    if current_app.extensions["cmk_settings"].smtp_url is None:
        click.echo(adres)


@click.command("opruimen")
@click.option("--doen", is_flag=True, help="Ruim het op; zonder dit staat hier alleen wat weggaat.")
@with_appcontext
@refuses
def opruimen(doen: bool) -> None:
    """Ruim op waarvan de bewaartermijn voorbij is; laat anders zien wat er weg zou gaan."""
    moment = clock.now()
    due = retention.clean_up(system("opruimen"), moment) if doen else retention.preview(moment)
    for each in due:
        click.echo(f"{each.soort.label} (tot {formats.moment(each.before)}): {each.total}")
        for what, since in () if doen else each.rows:
            click.echo(f"  {formats.moment(since)} {what}")
    if any(each.total for each in due):
        click.echo("Dit is opgeruimd." if doen else "Met --doen wordt dit opgeruimd.")


@click.command("stand")
@click.option("--herstel", is_flag=True, help="Zet neer wat er geteld is.")
@with_appcontext
@refuses
def stand(herstel: bool) -> None:
    """Tel na of de tellingen achter Rapportages kloppen met de regels zelf.

    De database houdt ze bij met triggers. Alleen wie die omzeilt, bijvoorbeeld bij het terugzetten
    van losse tabellen, heeft --herstel nodig.
    """
    anders = database.recount(herstel)
    if not anders:
        click.echo("Alle tellingen kloppen.")
        return
    for verschil in anders[:MOST_SHOWN]:
        click.echo(
            f"verantwoording {verschil.verantwoording_id}: {verschil.soort} {verschil.sleutel}"
        )
    click.echo(f"{formats.number(len(anders))} tellingen klopten niet.")
    if not herstel:
        raise RefusedError("Herstel dit met: flask --app app stand --herstel")
    click.echo("Dit is hersteld.")


@click.command("demo")
@click.option("--if-empty", is_flag=True, help="Doe niets als er al accounts zijn.")
@click.option(
    "--today",
    "vandaag",
    type=click.DateTime(["%Y-%m-%d"]),
    help="Laat de demo op deze dag spelen (JJJJ-MM-DD).",
)
@with_appcontext
@refuses
def demo(if_empty: bool, vandaag: datetime | None) -> None:
    """Laad verzonnen cultuurpunten, scholen, activiteiten en accounts om mee te oefenen."""
    if not current_app.extensions["cmk_settings"].demo:
        raise RefusedError(
            "Iedereen kent het wachtwoord van de demo-accounts. Zet CMK_DEMO=1 om de demo te laden,"
            " en doe dat nooit in een echte omgeving."
        )
    with acting_as(system("demo")) as session:
        if if_empty and not is_leeg(session):
            return
        nieuw = laad_demo(session, (vandaag or datetime.now(AMSTERDAM)).date())
    click.echo("De demogegevens zijn geladen." if nieuw else "De demogegevens staan er al.")
