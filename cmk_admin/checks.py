"""Checks at the start: an entity or route that lacks something stops the app, with a
sentence that says what to write."""

from collections.abc import Iterator

from flask import Flask
from sqlalchemy import UniqueConstraint, inspect

from cmk_admin import routes
from cmk_admin.rights import RIGHTS, SCOPE
from models.base import STEMPELS, Afgeleid, Basis, Entiteit, Woord, entiteiten, kolom_ui, tabel_van
from models.gebruiker import Rol


class Misconfigured(RuntimeError):
    """What is missing, a line each."""


def verify(app: Flask) -> None:
    """Raises Misconfigured when an entity or a route is not complete."""
    problems = [*_entities(), *_tables(), *_routes(app)]
    if problems:
        raise Misconfigured("\n".join(problems))


def _entities() -> Iterator[str]:
    for entity in entiteiten():
        name = entity.__name__
        if not isinstance(getattr(entity, "woord", None), Woord):
            yield f'{name}: schrijf woord = Woord("enkelvoud", "meervoud", "de" of "het").'
        for table, what in ((RIGHTS, "RIGHTS"), (SCOPE, "SCOPE")):
            if set(table.get(name, ())) != set(Rol):
                yield f"{name}: schrijf een rij in {what} (cmk_admin/rights.py), voor elke rol."
        if not tabel_van(entity).dialect_options["sqlite"]["autoincrement"]:
            yield f"{name}: schrijf __table_args__ = tabel(…), anders komen nummers terug."
        if entity.__mapper__.version_id_col is None:
            yield f"{name}: heeft geen versie."
        if entity.__str__ is Entiteit.__str__:
            yield f"{name}: schrijf __str__, zo heet een rij op het scherm."
        yield from _columns(entity)
        yield from _relations(entity)


def _columns(entity: type[Entiteit]) -> Iterator[str]:
    for column in entity.__table__.columns:
        if column.name != "id" and column.name not in STEMPELS and kolom_ui(column) is None:
            yield f'{entity.__name__}.{column.name}: schrijf info=ui("Label", …).'


def _relations(entity: type[Entiteit]) -> Iterator[str]:
    for relation in inspect(entity).relationships:
        where = f"{entity.__name__}.{relation.key}"
        if relation.secondary is not None:
            yield f"{where}: geen secondary; maak van de koppeling een entiteit."
        if relation.passive_deletes:
            yield f"{where}: geen passive_deletes; de poort moet elke rij zien."
        if relation.cascade.delete_orphan:
            yield f"{where}: geen delete-orphan; verwijder onderdelen zelf."


def _tables() -> Iterator[str]:
    known = {entity.__table__ for entity in (*entiteiten(), *Afgeleid.__subclasses__())}
    for table in Basis.metadata.tables.values():
        if table not in known:
            yield f"{table.name}: een tabel zonder entiteit gaat om de poort heen."
        for constraint in table.constraints:
            if isinstance(constraint, UniqueConstraint) and constraint.name is None:
                yield f"{table.name}: geef elke constraint een naam."


def _routes(app: Flask) -> Iterator[str]:
    for rule in app.url_map.iter_rules():
        if routes.policy_of(app, rule.endpoint) is None:
            yield (
                f"{rule.endpoint}: schrijf @signed_in of @requires(Handeling.…, Entiteit)"
                " boven deze weg (cmk_admin/routes.py), of @public."
            )
