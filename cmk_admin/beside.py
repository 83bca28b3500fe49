"""What a generated screen has beside the usual: the little that is its entity's own."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from cmk_admin.page import Action, PageHeader, Related


@dataclass(frozen=True)
class Beside:
    """row_url: the row's own page, where it has one beside the generated details.
    row_extra: further buttons of a row. prepare: fills in a new row what no form asks.
    header: adds to what stands above the list. related: what its details tell of rows elsewhere.
    """

    row_url: Callable[[Any], str] | None = None
    row_extra: Callable[[Any], Sequence[Action]] | None = None
    prepare: Callable[[Any], None] | None = None
    header: Callable[[PageHeader], PageHeader] | None = None
    related: Callable[[Any], Sequence[Related]] | None = None


USUAL = Beside()
