"""The lines of a financial overview: a page at a time, or all of them to print or search."""

from collections.abc import Sequence
from dataclasses import replace

from flask import request

from cmk_admin import tables
from cmk_admin.page import Option, Pager
from models.financieel import Financieel, Post

#: So many activities on a page: most years have all of theirs on one.
LINES = 100
ALL = "alle"
#: The id of their table: whoever turns a page looks on there.
PLACE = "per-activiteit"


def lines(money: Financieel) -> tuple[Sequence[Post], Pager]:
    """The activities that the address asks for, and the ways on."""
    address = tables.Address.of(request.path, request.args, ("page", "regels"), PLACE)
    everything, number = address.get("regels") == ALL, money.activiteiten

    def fetch(_order: object, start: int, many: int) -> tuple[Sequence[Post], int]:
        return money.regels(start, many), number

    table = tables.fetched(fetch, (), address, max(LINES, number) if everything else LINES)
    if number <= LINES:
        return table.items, table.pager
    sizes = (
        Option(address.url(regels="", page=""), str(LINES), not everything),
        Option(address.url(regels=ALL, page=""), ALL, everything),
    )
    return table.items, replace(table.pager, page_sizes=sizes)
