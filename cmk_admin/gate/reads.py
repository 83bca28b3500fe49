"""Scoped reads: every SELECT of an entity is limited to the rows its actor has in view.

The criteria are fixed per set of memberships and made once: `with_loader_criteria`
reaches joins, relationship loads and subqueries, so that look-ups, exports and
reports follow by themselves.
"""

import weakref
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Select, Table, and_, false, or_, select
from sqlalchemy.orm import ORMExecuteState, with_loader_criteria
from sqlalchemy.orm.util import LoaderCriteriaOption

from cmk_admin.actor import Actor
from cmk_admin.gate.errors import AroundTheGate, Refused
from cmk_admin.gate.fence import BY_HAND, BY_ORM, SCOPED
from cmk_admin.policy import Verdict
from cmk_admin.rights import ACCOUNT_ENTITEITEN, SCOPE, Bereik
from models.base import Entiteit, VanContractpartij, entiteiten
from models.contractpartij import Contractpartij
from models.gebruiker import Gebruiker, Lidmaatschap, Rol
from models.historie import Bewerking, Wijziging

Criterion = ColumnElement[bool]
#: Statement → actor → the same with the criteria of that actor; for as long as the statement lives.
_scoped: "weakref.WeakKeyDictionary[Any, dict[Actor, Any]]" = weakref.WeakKeyDictionary()
#: Of one statement for so many actors: each copy takes some fifty kilobytes.
MOST_ACTORS = 20


def criterion_for(actor: Actor, entity: type[Entiteit]) -> Criterion | None:
    """Which rows of `entity` the actor has in view; None = all of them."""
    scope = SCOPE[entity.__name__]
    parts: list[Criterion] = []
    for rol in sorted(actor.rollen):
        bereik = scope[rol]
        if bereik is Bereik.ALLES:
            return None
        part = _part(actor, entity, rol, bereik)
        if part is not None:
            parts.append(part)
    return or_(*parts) if parts else false()


def _part(actor: Actor, entity: type[Any], rol: Rol, bereik: Bereik) -> Criterion | None:
    if bereik is Bereik.EIGEN:
        return _own(actor, entity, rol)
    if bereik is Bereik.ZELF:
        return _self(actor, entity)
    if bereik is Bereik.LEDEN:
        return or_(_self(actor, entity), _members(entity, actor.partijen(rol)))
    if bereik is Bereik.GEDEELD:
        shared = entity.voor_partij_id.in_(actor.partijen(rol))
        return or_(_self(actor, entity), entity.voor_rol == rol, shared)
    if bereik is Bereik.ZONDER_ACCOUNTS:
        return Wijziging.entiteit.not_in(ACCOUNT_ENTITEITEN)
    return None


def _own(actor: Actor, entity: type[Any], rol: Rol) -> Criterion:
    """Rows of the contractpartijen where the actor has this role."""
    eigen = actor.partijen(rol)
    column = entity.id if entity is Contractpartij else entity.contractpartij_id
    if entity is Wijziging and SCOPE["Lidmaatschap"][rol] is Bereik.ZELF:
        # Who sees no memberships of others, sees no history of them either.
        return and_(column.in_(eigen), Wijziging.entiteit.not_in(ACCOUNT_ENTITEITEN))
    if entity is Bewerking:
        # A step over two contractpartijen belongs to neither, but to who took it.
        return or_(column.in_(eigen), Bewerking.door_id == actor.gebruiker_id)
    return column.in_(eigen)  # type: ignore[no-any-return]


def _self(actor: Actor, entity: type[Any]) -> Criterion:
    column = entity.id if entity is Gebruiker else entity.gebruiker_id
    return column == actor.gebruiker_id  # type: ignore[no-any-return]


def _members(entity: type[Any], eigen: tuple[int, ...]) -> Criterion:
    if entity is Lidmaatschap:
        return Lidmaatschap.contractpartij_id.in_(eigen)
    # A Core table: the criterion must not meet itself again.
    lid: Table = Lidmaatschap.__table__.alias()  # type: ignore[assignment]
    members = select(lid.c.gebruiker_id).where(lid.c.contractpartij_id.in_(eigen))
    return entity.id.in_(members)  # type: ignore[no-any-return]


@lru_cache(maxsize=2048)
def options_for(actor: Actor) -> tuple[LoaderCriteriaOption, ...]:
    """The loader criteria of an actor, made once."""
    options: list[LoaderCriteriaOption] = []
    owned_ids = _owned_ids(actor)
    if owned_ids is not None:
        options.append(
            with_loader_criteria(
                VanContractpartij,
                lambda cls: cls.contractpartij_id.in_(owned_ids),
                include_aliases=True,
                propagate_to_loaders=False,
            )
        )
    for entity in entiteiten():
        if issubclass(entity, VanContractpartij):
            continue
        criterion = criterion_for(actor, entity)
        if criterion is not None:
            options.append(
                with_loader_criteria(
                    entity, criterion, include_aliases=True, propagate_to_loaders=False
                )
            )
    return tuple(options)


def _owned_ids(actor: Actor) -> tuple[int, ...] | None:
    """Contractpartijen whose rows the actor sees; None = of all."""
    if actor.cultuur_oost_rol is not None:
        return None
    return actor.partijen()


def scope_read(state: ORMExecuteState, actor: Actor) -> None:
    """Limit one statement of the session to the actor's rows, or refuse it."""
    if actor.is_system:
        return
    if actor.is_anonymous:
        raise Refused(Verdict(False, "Log in om dit te bekijken."))
    if not state.is_orm_statement or state.is_from_statement:
        raise AroundTheGate("Lees via de entiteiten; Core en tekst gaan om de poort heen.")
    own = state.is_column_load or state.is_relationship_load
    state.update_execution_options(**{SCOPED: BY_ORM if own else BY_HAND})
    if state.is_column_load:
        _scope_refresh(state, actor)
    elif own:
        state.statement = state.statement.options(*options_for(actor))
    else:
        state.statement = _with_criteria(state.statement, actor)


def _with_criteria(statement: Any, actor: Actor) -> Any:
    """The statement as it is for this actor.

    One that is made once is limited once per actor: SQLAlchemy then knows it again without going
    through it, with all criteria, each time that it is asked. Whose rights or memberships change
    is another actor from then on.
    """
    kept = _scoped.setdefault(statement, {})
    found = kept.get(actor)
    if found is None:
        if len(kept) >= MOST_ACTORS:
            kept.clear()
        found = statement.options(*options_for(actor))
        # A key that another thread noted on the statement meanwhile would come along with the
        # copy, and stay: that of the statement without these criteria.
        found.__dict__.pop("_generate_cache_key", None)
        kept[actor] = found
    return found


def _scope_refresh(state: ORMExecuteState, actor: Actor) -> None:
    """Loader criteria do not reach a refresh or deferred load: add the criterion by hand."""
    mapper = state.bind_mapper
    statement = state.statement
    if mapper is None or not isinstance(statement, Select):
        raise AroundTheGate("Een herlaadopdracht zonder entiteit.")
    criterion = criterion_for(actor, mapper.class_)
    if criterion is not None:
        state.statement = statement.where(criterion)
