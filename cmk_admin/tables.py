"""Lists of rows that come one by one: filtered by the caller, sorted and paged here.

Only the rows of the page that is asked, and when it is sorted those before it, are in memory.

For overviews whose columns are counted, not stored. As in every list, all is in the
address (`search`, `sort`, `page`), and what is absurd in it is left out, never an error.
"""

import heapq
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any, Generic, TypeVar
from urllib.parse import urlencode

from cmk_admin import formats
from cmk_admin.page import Column, Pager

T = TypeVar("T")
SIZE = 50


@dataclass(frozen=True, slots=True)
class Address:
    """The address of a list: its path and the parameters that it knows, as given.

    anchor: the id of the list, where its page begins with something else.
    """

    path: str
    given: Mapping[str, str]
    anchor: str = ""

    @classmethod
    def of(
        cls, path: str, arguments: Mapping[str, str], known: Iterable[str], anchor: str = ""
    ) -> "Address":
        found = {name: arguments.get(name, "").strip() for name in known}
        return cls(path, {name: value for name, value in found.items() if value}, anchor)

    def get(self, name: str) -> str:
        return self.given.get(name, "")

    def url(self, **changes: str) -> str:
        """The same list with some parameters changed; "" leaves one out."""
        wanted = {name: value for name, value in {**self.given, **changes}.items() if value}
        question = f"?{urlencode(wanted)}" if wanted else ""
        return f"{self.path}{question}{'#' if self.anchor else ''}{self.anchor}"


@dataclass(frozen=True, slots=True)
class Heading(Generic[T]):
    """A column of the list; key: what it sorts by, None sorts last.

    optional: left out where the list has little room.
    """

    name: str
    label: str
    key: Callable[[T], Any] | None = None
    numeric: bool = False
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Table(Generic[T]):
    """One page of `items`, and what stands around it."""

    items: Sequence[T]
    columns: tuple[Column, ...]
    pager: Pager


def table(
    items: Iterable[T], headings: Sequence[Heading[T]], address: Address, size: int = SIZE
) -> Table[T]:
    """Sort `items` as the address asks (else: as given) and cut out the page it asks for.

    Goes through them once. Beyond the last page is the last page.
    """
    asked, key = _number(address.get("page")), _key(headings, address)
    if key is None:
        shown, total = _as_given(items, asked, size)
    else:
        shown, total = _sorted(items, key, address.get("sort").startswith("-"), asked, size)
    return _laid_out(shown, total, headings, address, size)


def fetched(
    fetch: Callable[[Sequence[Any], int, int], tuple[Sequence[T], int]],
    headings: Sequence[Heading[None]],
    address: Address,
    size: int = SIZE,
) -> Table[T]:
    """The same of rows that the database sorts and cuts; a key gives the columns to sort by.

    fetch: order, from which row on and how many → these, and how many there are in all. When
    there are none from there on it may not know, and says 0.
    """
    key, backwards = _key(headings, address), address.get("sort").startswith("-")
    order = [column.desc() if backwards else column for column in key(None)] if key else []
    page = _number(address.get("page"))
    shown, total = fetch(order, (page - 1) * size, size)
    if page > 1 and not shown:
        total = total or fetch(order, 0, 1)[1]
        shown, total = fetch(order, (_pages(total, size) - 1) * size, size)
    return _laid_out(shown, total, headings, address, size)


def _key(headings: Sequence[Heading[Any]], address: Address) -> Callable[[Any], Any] | None:
    name = address.get("sort").removeprefix("-")
    return next((heading.key for heading in headings if heading.name == name), None)


def _pages(total: int, size: int) -> int:
    return max(1, -(-total // size))


def _laid_out(
    shown: Sequence[T],
    total: int,
    headings: Sequence[Heading[Any]],
    address: Address,
    size: int,
) -> Table[T]:
    last_page = _pages(total, size)
    page = min(_number(address.get("page")), last_page)
    first, sort = (page - 1) * size, address.get("sort") if _key(headings, address) else ""
    return Table(
        shown,
        tuple(_column(heading, address, sort) for heading in headings),
        Pager(
            first=first + 1 if shown else 0,
            last=first + len(shown),
            total=total,
            total_label=formats.number(total),
            previous_url=_page_url(address, page - 1) if page > 1 else None,
            next_url=_page_url(address, page + 1) if page < last_page else None,
        ),
    )


def _as_given(items: Iterable[T], page: int, size: int) -> tuple[list[T], int]:
    """The rows of the page, and how many rows there are."""
    shown: list[T] = []
    tail: deque[T] = deque(maxlen=size)
    total = 0
    for total, item in enumerate(items, start=1):
        tail.append(item)
        if (page - 1) * size < total <= page * size:
            shown.append(item)
    if not shown and total:
        shown = list(tail)[-((total - 1) % size + 1) :]
    return shown, total


def _sorted(
    items: Iterable[T], key: Callable[[T], Any], backwards: bool, page: int, size: int
) -> tuple[list[T], int]:
    """The same in the order of `key`; rows without one come last, in either direction."""
    seen = count()
    counted = (item for item, _ in zip(items, seen, strict=False))

    def place(item: T) -> tuple[bool, Any]:
        value = key(item)
        return (value is None) != backwards, value

    pick = heapq.nlargest if backwards else heapq.nsmallest
    best = pick(page * size, counted, key=place)
    total = next(seen)
    first = (min(page, _pages(total, size)) - 1) * size
    return best[first : first + size], total


def _column(heading: Heading[Any], address: Address, sort: str) -> Column:
    up, down = heading.name, f"-{heading.name}"
    return Column(
        heading.name,
        heading.label,
        numeric=heading.numeric,
        sort_url=address.url(sort=down if sort == up else up, page="") if heading.key else None,
        sorted={up: "ascending", down: "descending"}.get(sort, ""),  # type: ignore[arg-type]
        optional=heading.optional,
    )


def _number(text: str) -> int:
    return max(1, int(text)) if text.isascii() and text.isdigit() and len(text) < 7 else 1


def _page_url(address: Address, page: int) -> str:
    return address.url(page=str(page) if page > 1 else "")
