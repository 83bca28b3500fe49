"""Every shape of statement that could bring a row of another contractpartij."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import (
    case,
    exists,
    func,
    insert,
    literal_column,
    select,
    text,
    true,
    union,
    union_all,
    update,
)
from sqlalchemy.orm import (
    Bundle,
    Session,
    aliased,
    contains_eager,
    defer,
    joinedload,
    load_only,
    raiseload,
    selectinload,
    subqueryload,
    with_loader_criteria,
)

from cmk_admin.gate import GateSession
from models.activiteit import Activiteit, ActiviteitSchool, Last
from models.base import VanContractpartij
from models.contractpartij import Contractpartij
from models.gebruiker import Gebruiker, Lidmaatschap
from models.historie import Wijziging
from models.lijsten import Doel
from models.school import School

A, Tabel = Activiteit, Activiteit.__table__
Alias = Tabel.alias()

Shape = Callable[[GateSession], Any]
SHAPES: dict[str, Shape] = {
    "entity": lambda s: [a.naam for a in s.scalars(select(A))],
    "legacy query": lambda s: [a.naam for a in s.query(A)],
    "columns": lambda s: s.execute(select(A.naam, A.omschrijving)).all(),
    "bundle": lambda s: [str(b.naam) for b in s.scalars(select(Bundle[Any]("b", A.naam)))],
    "distinct": lambda s: s.execute(select(A.naam).distinct()).all(),
    "aggregate": lambda s: s.execute(select(func.min(A.naam), func.max(A.naam))).all(),
    "group by": lambda s: s.execute(select(A.naam, func.count()).group_by(A.naam)).all(),
    "join": lambda s: s.execute(
        select(School.naam, Last.toelichting)
        .join(ActiviteitSchool, ActiviteitSchool.school_id == School.id)
        .join(ActiviteitSchool.activiteit)
        .join(A.lasten)
    ).all(),
    "outer join": lambda s: s.execute(
        select(Doel.naam, A.naam).outerjoin(A, A.doel_id == Doel.id)
    ).all(),
    "cross join": lambda s: s.execute(select(Doel.naam, A.naam).join(A, true())).all(),
    "aliased": lambda s: [a.naam for a in s.scalars(select(aliased(A)))],
    "aliased subquery": lambda s: [
        a.naam for a in s.scalars(select(aliased(A, select(A).subquery())))
    ],
    "subquery": lambda s: s.execute(select(select(A.naam).subquery())).all(),
    "scalar subquery": lambda s: s.execute(
        select(Doel.naam, select(func.max(A.naam)).scalar_subquery())
    ).all(),
    "subquery in a function": lambda s: s.scalars(
        select(func.coalesce(select(func.max(A.naam)).scalar_subquery(), ""))
    ).all(),
    "order by subquery": lambda s: s.execute(
        select(A.naam).order_by(select(func.max(Last.toelichting)).scalar_subquery())
    ).all(),
    "cte": lambda s: s.execute(select(select(A.naam).cte())).all(),
    "recursive cte": lambda s: s.execute(select(_recursive())).all(),
    "union in subquery": lambda s: s.execute(
        select(union_all(select(A.naam), select(Last.toelichting)).subquery())
    ).all(),
    "union as entity": lambda s: [
        a.naam for a in s.scalars(select(aliased(A, union_all(select(A), select(A)).subquery())))
    ],
    "exists": lambda s: s.scalars(
        select(Contractpartij.naam).where(exists().where(A.contractpartij_id == Contractpartij.id))
    ).all(),
    "in": lambda s: s.scalars(
        select(Contractpartij.naam).where(Contractpartij.id.in_(select(A.contractpartij_id)))
    ).all(),
    "any and has": lambda s: s.scalars(
        select(A.naam).where(A.lasten.any(), A.verantwoording.has())
    ).all(),
    "window": lambda s: s.execute(select(A.naam, func.row_number().over(order_by=A.naam))).all(),
    "case": lambda s: s.execute(
        select(Doel.id, case((true(), select(func.max(A.naam)).scalar_subquery())))
    ).all(),
    "limit by id": lambda s: s.execute(select(A.naam).order_by(A.id.desc()).limit(3)).all(),
    "lazy load": lambda s: [
        (x.toelichting, a.verantwoording.project.titel)
        for a in s.scalars(select(A))
        for x in a.lasten
    ],
    "joinedload": lambda s: [
        x.toelichting
        for a in s.scalars(select(A).options(joinedload(A.lasten))).unique()
        for x in a.lasten
    ],
    "joinedload with limit": lambda s: [
        x.toelichting
        for a in s.scalars(select(A).limit(3).options(joinedload(A.lasten))).unique()
        for x in a.lasten
    ],
    "selectinload": lambda s: [
        x.toelichting
        for a in s.scalars(select(A).options(selectinload(A.lasten)))
        for x in a.lasten
    ],
    "subqueryload": lambda s: [
        x.toelichting
        for a in s.scalars(select(A).options(subqueryload(A.lasten)))
        for x in a.lasten
    ],
    "contains_eager": lambda s: [
        x.toelichting
        for a in s.scalars(select(A).join(A.lasten).options(contains_eager(A.lasten))).unique()
        for x in a.lasten
    ],
    "from global to owned": lambda s: s.execute(
        select(School.naam, A.naam)
        .join(ActiviteitSchool, ActiviteitSchool.school_id == School.id)
        .join(A, A.id == ActiviteitSchool.activiteit_id)
    ).all(),
    "yield_per": lambda s: [
        a.naam
        for part in s.scalars(select(A).execution_options(yield_per=2)).partitions()
        for a in part
    ],
    "populate_existing": lambda s: [
        a.naam for a in s.scalars(select(A).execution_options(populate_existing=True))
    ],
    "criteria of its own": lambda s: s.execute(
        select(A.naam).options(with_loader_criteria(VanContractpartij, lambda cls: true()))
    ).all(),
    "raiseload": lambda s: [a.naam for a in s.scalars(select(A).options(raiseload("*")))],
    "deferred": lambda s: [a.naam for a in s.scalars(select(A).options(defer(A.naam)))],
    "load_only": lambda s: [
        a.omschrijving for a in s.scalars(select(A).options(load_only(A.naam)))
    ],
    "history": lambda s: [(w.titel, w.waarden) for w in s.scalars(select(Wijziging))],
    "people": lambda s: s.execute(select(Gebruiker.naam)).all(),
    "memberships": lambda s: [str(x) for x in s.scalars(select(Lidmaatschap))],
    "for update": lambda s: s.scalars(select(A.naam).with_for_update()).all(),
}


def _recursive() -> Any:
    anchor = select(A.naam, A.id).cte(recursive=True)
    return anchor.union_all(select(A.naam, A.id).where(A.id == anchor.c.id + 1000))


#: Ways around: refused to people, whatever they would have answered.
AROUND: dict[str, Shape] = {
    "text": lambda s: s.execute(text("SELECT naam FROM activiteit")).all(),
    "text as columns": lambda s: s.execute(
        select(text("naam")).select_from(text("activiteit"))
    ).all(),
    "text in where": lambda s: s.execute(select(A.naam).where(text("1=1 OR 1=1"))).all(),
    "text in order": lambda s: s.execute(select(A.naam).order_by(text("1"))).all(),
    "from_statement": lambda s: s.scalars(
        select(A).from_statement(text("SELECT * FROM activiteit"))
    ).all(),
    "from_statement of a union": lambda s: s.scalars(
        select(A).from_statement(union(select(A), select(A)))
    ).all(),
    "union on top": lambda s: s.execute(union(select(A.naam), select(Last.toelichting))).all(),
    "core": lambda s: s.execute(select(Tabel.c.naam)).all(),
    "core beside an entity": lambda s: s.execute(
        select(Doel.naam, Tabel.c.naam).where(Tabel.c.doel_id == Doel.id)
    ).all(),
    "core alias beside an entity": lambda s: s.execute(
        select(Doel.naam, Alias.c.naam).where(Alias.c.doel_id == Doel.id)
    ).all(),
    "core joined to an entity": lambda s: s.execute(
        select(Doel.naam).join(Tabel, Tabel.c.doel_id == Doel.id)
    ).all(),
    "core in exists": lambda s: s.execute(
        select(Doel.naam).where(exists().where(Tabel.c.naam.like("%zuid%")))
    ).all(),
    "core in subquery": lambda s: s.execute(
        select(Doel.naam, select(func.max(Tabel.c.naam)).scalar_subquery())
    ).all(),
    "core from": lambda s: s.execute(
        select(Doel.naam, func.count())
        .select_from(Doel, Tabel)
        .where(Tabel.c.doel_id == Doel.id)
        .group_by(Doel.naam)
    ).all(),
    "literal_column": lambda s: s.execute(
        select(Doel.naam, literal_column("(SELECT max(naam) FROM activiteit)"))
    ).all(),
    "connection with an entity": lambda s: s.connection().execute(select(A.naam)).all(),
    "connection with core": lambda s: s.connection().execute(select(Tabel.c.naam)).all(),
    "connection with text": lambda s: (
        s.connection().execute(text("SELECT naam FROM activiteit")).all()
    ),
    "driver sql": lambda s: s.connection().exec_driver_sql("SELECT naam FROM activiteit").all(),
    "engine": lambda s: _engine(s, select(A.naam)),
    "engine with core": lambda s: _engine(s, select(Tabel.c.naam)),
    "a session that is no gate": lambda s: Session(s.get_bind()).scalars(select(A.naam)).all(),
    "the mark of a scoped read by hand": lambda s: (
        s.connection().execute(select(A.naam), execution_options={"gate_scoped": True}).all()
    ),
    "with … delete": lambda s: s.execute(text("WITH x AS (SELECT 1) DELETE FROM activiteit")),
    "driver with … delete": lambda s: s.connection().exec_driver_sql(
        "WITH x AS (SELECT 1) DELETE FROM activiteit"
    ),
    "insert": lambda s: s.execute(insert(Doel).values(naam="x")),
    "update": lambda s: s.execute(update(A).values(naam="x")),
    "pragma": lambda s: s.connection().exec_driver_sql("PRAGMA foreign_keys=OFF"),
    "explain": lambda s: s.connection().exec_driver_sql("EXPLAIN SELECT naam FROM activiteit"),
}


def _engine(session: GateSession, statement: Any) -> Any:
    with session.get_bind().connect() as connection:  # type: ignore[union-attr]
        return connection.execute(statement).all()


def parties_in(answer: Any) -> set[str]:
    """Whose rows an answer holds, by the names in it."""
    return {name for name in ("noord", "zuid", "west") if f"kanarie-{name}" in repr(answer)}
