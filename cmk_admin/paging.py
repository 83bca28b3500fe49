"""The order of a list as keys, and going on from a row in it without counting up to there.

A cursor is the key values of a row. What comes after it is asked by those values, so a page
far into the list costs what the first one costs, and rows that come or go meanwhile move
nothing: no row is seen twice or missed.
"""

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, cast

from sqlalchemy import Boolean, ColumnElement, Integer, Select, and_, false, or_
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import aliased
from sqlalchemy.sql.functions import FunctionElement

from cmk_admin import attributes
from cmk_admin.attributes import Attribute
from cmk_admin.gate.column_rules import CONTROL
from cmk_admin.gate.history import plain
from cmk_admin.gate.restore import from_plain
from cmk_admin.rights import SCOPE, Bereik
from models.base import Centen, Entiteit
from models.vouwen import volgens

LONGEST = 2000
LARGEST = 2**62
NUMBERS = (Integer, Centen, Boolean)


class Walked(FunctionElement[Any]):
    """A column as it is, of which SQLite leaves the index alone."""

    inherit_cache = True

    def __init__(self, column: Any) -> None:
        super().__init__(column)
        self.type = column.type


@compiles(Walked)
def _walked(element: Walked, compiler: Any, **options: Any) -> str:
    sign = "+" if compiler.dialect.name == "sqlite" else ""
    return f"{sign}{compiler.process(element.clauses, **options)}"


@dataclass(frozen=True, slots=True)
class Key:
    """One thing that rows are ordered by. empty_last: those without it come last, both ways."""

    column: Any
    descending: bool = False
    empty_last: bool = False


@dataclass(frozen=True, slots=True)
class Order:
    """A total order of the rows of an entity. join: what has to be joined for it.

    inner: everybody sees the row that is joined, and there always is one.
    """

    keys: tuple[Key, ...]
    join: Any = None
    inner: bool = False

    def apply(self, statement: Select[Any], backwards: bool = False) -> Select[Any]:
        """In this order, or in the opposite one."""
        if self.join is not None:
            statement = statement.join(self.join, isouter=not self.inner)
        for key in self.keys:
            if key.empty_last:
                empty = key.column.is_(None)
                statement = statement.order_by(empty.desc() if backwards else empty)
            down = key.descending is not backwards
            statement = statement.order_by(key.column.desc() if down else key.column.asc())
        return statement

    def beyond(self, values: Sequence[Any], backwards: bool = False) -> ColumnElement[bool]:
        """The rows that come after the row with these key values, or before it."""
        found: ColumnElement[bool] = false()
        for key, value in reversed(list(zip(self.keys, values, strict=True))):
            found = _beyond(key, value, backwards, found)
        return found

    def cursor(self, row: Sequence[Any]) -> str:
        """The key values of a row, as text for an address."""
        values = [plain(value) for value in row]
        text = json.dumps(values, separators=(",", ":"), ensure_ascii=False)
        return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")

    def read(self, cursor: str) -> list[Any] | None:
        """The key values in a cursor; None when it is not one of this order."""
        try:
            padded = cursor + "=" * (-len(cursor) % 4)
            values = json.loads(base64.urlsafe_b64decode(padded)) if len(cursor) < LONGEST else None
            if not isinstance(values, list) or len(values) != len(self.keys):
                return None
            return [_typed(key, value) for key, value in zip(self.keys, values, strict=True)]
        except (ValueError, TypeError, ArithmeticError, RecursionError):
            return None


def _typed(key: Key, value: Any) -> Any:
    """The value as the column has it; raises ValueError for what the column cannot hold."""
    if value is None:
        if not key.empty_last:
            raise ValueError
        return None
    kind = key.column.type
    if isinstance(kind, NUMBERS):
        if not isinstance(value, int) or abs(value) > LARGEST:
            raise ValueError
    elif not isinstance(value, str) or CONTROL.search(value):
        raise ValueError
    found = from_plain(key.column, value)
    if isinstance(found, Decimal) and not (found.is_finite() and abs(found) < LARGEST):
        raise ValueError
    return found


def _beyond(
    key: Key, value: Any, backwards: bool, same: ColumnElement[bool]
) -> ColumnElement[bool]:
    """After this value by this key, or at it and then by the next ones: `same`."""
    column = key.column
    if value is None:
        # The empty ones are the last: behind them is nothing, before them is all else.
        among = and_(column.is_(None), same)
        return or_(column.is_not(None), among) if backwards else among
    up = key.descending is backwards
    past = column > value if up else column < value
    at = column >= value if up else column <= value
    # The bound stands apart, so that an index on the column is entered at the right place.
    found = and_(at, or_(past, same))
    if key.empty_last and not backwards:
        return or_(found, column.is_(None))
    return found


def order_of(entity: type[Entiteit], sort: str) -> Order:
    """The order that `sort` asks for, else the entity's own; by id last, so that it is total."""
    if not sort:
        keys = [_key(entity, name) for name in entity.volgorde]
        if "id" in (name.removeprefix("-") for name in entity.volgorde):
            return Order(tuple(keys))
        return Order((*keys, Key(entity.id)))
    name, descending = sort.removeprefix("-"), sort.startswith("-")
    attribute = attributes.attribute(entity, name)
    column = volgens(entity, name)
    optional = attribute.computed or entity.__table__.columns[name].nullable
    if attribute.target is not None:
        return _by_relation(entity, attribute, descending)
    return Order((Key(column, descending, bool(optional)), Key(entity.id, descending)))


def _by_relation(entity: type[Entiteit], attribute: Attribute, descending: bool) -> Order:
    """By what the row it points at is called; those that point at the same row together."""
    target = cast(type[Entiteit], attribute.target)
    other = aliased(target)
    join = getattr(entity, attribute.relation).of_type(other)
    name = target.volgorde[0].removeprefix("-")
    required = attribute.required and target.__table__.columns[name].nullable is False
    inner = required and set(SCOPE[target.__name__].values()) == {Bereik.ALLES}
    keys = (
        Key(volgens(other, name), descending, not inner),
        Key(other.id, descending, not inner),
        Key(entity.id, descending),
    )
    return Order(keys if name != "id" else keys[1:], join, inner)


def _key(entity: type[Entiteit], name: str) -> Key:
    plain_name = name.removeprefix("-")
    optional = entity.__table__.columns[plain_name].nullable
    return Key(volgens(entity, plain_name), name.startswith("-"), bool(optional))
