"""Lists of rows that are in memory already: filtered by the caller, sorted and paged here.

For overviews whose columns are counted, not stored. As in every list, all is in the
address (`search`, `sort`, `page`), and what is absurd in it is left out, never an error.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from urllib.parse import urlencode

from cmk_admin import formats
from cmk_admin.page import Column, Pager

T = TypeVar("T")
SIZE = 50


@dataclass(frozen=True, slots=True)
class Address:
    """The address of a list: its path and the parameters that it knows, as given."""

    path: str
    given: Mapping[str, str]

    @classmethod
    def of(cls, path: str, arguments: Mapping[str, str], known: Iterable[str]) -> "Address":
        found = {name: arguments.get(name, "").strip() for name in known}
        return cls(path, {name: value for name, value in found.items() if value})

    def get(self, name: str) -> str:
        return self.given.get(name, "")

    def url(self, **changes: str) -> str:
        """The same list with some parameters changed; "" leaves one out."""
        wanted = {name: value for name, value in {**self.given, **changes}.items() if value}
        return f"{self.path}?{urlencode(wanted)}" if wanted else self.path


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
    """Sort `items` as the address asks (else: as given) and cut out the page it asks for."""
    ordered, sort = _sorted(list(items), headings, address.get("sort"))
    last_page = max(1, -(-len(ordered) // size))
    page = min(_number(address.get("page")), last_page)
    first = (page - 1) * size
    shown = ordered[first : first + size]
    return Table(
        shown,
        tuple(_column(heading, address, sort) for heading in headings),
        Pager(
            first=first + 1 if shown else 0,
            last=first + len(shown),
            total=len(ordered),
            total_label=formats.number(len(ordered)),
            previous_url=_page_url(address, page - 1) if page > 1 else None,
            next_url=_page_url(address, page + 1) if page < last_page else None,
        ),
    )


def _sorted(items: list[T], headings: Sequence[Heading[T]], sort: str) -> tuple[list[T], str]:
    key = next((h.key for h in headings if h.name == sort.removeprefix("-")), None)
    if key is None:
        return items, ""
    filled = [item for item in items if key(item) is not None]
    empty = [item for item in items if key(item) is None]
    return [*sorted(filled, key=key, reverse=sort.startswith("-")), *empty], sort


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
