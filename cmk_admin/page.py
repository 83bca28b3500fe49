"""What a template gets: one typed picture of a screen.

Views fill these, templates only lay them out. Nothing here knows a database,
a request or a right: what is not allowed simply is not in the picture.
"""

from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

CellKind = Literal["tekst", "getal", "geld", "datum", "chip", "leeg"]
Tone = Literal["goed", "let_op", "fout", "info", "neutraal"]


@dataclass(frozen=True, slots=True)
class MenuItem:
    """One line of the left menu; `children` make it a group that unfolds."""

    label: str
    url: str
    icon: str = ""
    active: bool = False
    children: tuple["MenuItem", ...] = ()


@dataclass(frozen=True, slots=True)
class Crumb:
    label: str
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Tab:
    label: str
    url: str
    active: bool = False
    count: int | None = None


@dataclass(frozen=True, slots=True)
class Chip:
    """A status word with a colour; the word carries the meaning, never the colour."""

    label: str
    tone: Tone = "neutraal"


class Action(NamedTuple):
    """A button or link. `method='post'` renders a form with a CSRF token.

    A tuple, as are Cell and Row: the lines of a list take them apart at once (`parts/table.html`).
    """

    label: str
    url: str
    icon: str = ""
    method: Literal["get", "post"] = "get"
    primary: bool = False
    danger: bool = False
    name: str = ""


@dataclass(frozen=True, slots=True)
class PageHeader:
    title: str
    crumbs: tuple[Crumb, ...] = ()
    subtitle: str = ""
    chips: tuple[Chip, ...] = ()
    actions: tuple[Action, ...] = ()
    tabs: tuple[Tab, ...] = ()


@dataclass(frozen=True, slots=True)
class Empty:
    """What to say where nothing is yet, and the first step to offer; others beside it."""

    title: str
    text: str = ""
    action: Action | None = None
    others: tuple[Action, ...] = ()


@dataclass(frozen=True, slots=True)
class Column:
    name: str
    label: str
    numeric: bool = False
    sort_url: str | None = None
    sorted: Literal["", "ascending", "descending"] = ""
    choices: tuple["Option", ...] = ()
    """What may be chosen when a cell of this column is changed in place."""
    optional: bool = False
    """Left out where the list has little room; the `note` of a cell tells it then."""
    kind: CellKind = "tekst"
    """Of what may be changed in place: an amount is typed without its euro sign."""


class Cell(NamedTuple):
    """One value as people read it. editable: it may be changed in place.

    note: what optional columns say, in a small line under it where they have no room. picture:
    address of a picture to show with it. badge: words beside a chip, that lead to its url.
    """

    text: str
    kind: CellKind = "tekst"
    url: str | None = None
    tone: Tone = "neutraal"
    editable: bool = False
    note: str = ""
    picture: str = ""
    badge: str = ""


class Row(NamedTuple):
    id: int
    label: str
    cells: tuple[Cell, ...]
    actions: tuple[Action, ...] = ()
    selectable: bool = False


@dataclass(frozen=True, slots=True)
class Option:
    value: str
    label: str
    selected: bool = False


@dataclass(frozen=True, slots=True)
class FilterControl:
    """One filter of the filter bar.

    `kind`: keuze (select of `options`), zoek (combobox fed by `lookup_url`),
    tekst, datum (from/until: `name`_van, `name`_tot) or bedrag (idem). errors: what of it
    was not understood, by the name of its parameter.
    """

    name: str
    label: str
    kind: Literal["keuze", "zoek", "tekst", "datum", "bedrag"]
    options: tuple[Option, ...] = ()
    value: str = ""
    value_until: str = ""
    lookup_url: str = ""
    errors: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class ActiveFilter:
    """A filter that was asked. wrong: it is not understood."""

    label: str
    value: str
    remove_url: str
    wrong: bool = False


@dataclass(frozen=True, slots=True)
class Pager:
    """`first`/`last` are 1-based row numbers on screen; `total` None = unknown."""

    first: int
    last: int
    total: int | None
    total_label: str
    first_url: str | None = None
    previous_url: str | None = None
    next_url: str | None = None
    last_url: str | None = None
    page_sizes: tuple[Option, ...] = ()


@dataclass(frozen=True, slots=True)
class ListPage:
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    pager: Pager
    empty: Empty
    search: str = ""
    search_label: str = ""
    searchable: bool = False
    filters: tuple[FilterControl, ...] = ()
    active_filters: tuple[ActiveFilter, ...] = ()
    clear_url: str = ""
    bulk_actions: tuple[Action, ...] = ()
    exports: tuple[Action, ...] = ()
    hidden: tuple[tuple[str, str], ...] = ()
    return_url: str = ""
    column_choice: tuple[Option, ...] = ()
    """Every column that the list can show; `carried` is what else its address holds."""
    carried: tuple[tuple[str, str], ...] = ()
    edit_url: str = ""
    """Where a cell that is changed in place is sent."""
    totals: tuple[str, ...] = ()
    """A cell per column for the row under the list; empty when there is none."""
    views: tuple[Action, ...] = ()
    """The saved views of this list, and keeping this one."""
    everything: str = ""
    """Words for choosing every row of this list, not only those of this page."""


@dataclass(frozen=True, slots=True)
class Detail:
    label: str
    cell: Cell
    help: str = ""


@dataclass(frozen=True, slots=True)
class FormError:
    field_id: str
    label: str
    message: str


@dataclass(frozen=True, slots=True)
class Change:
    """One changed field in the history or in a conflict.

    part: of a choice of several rows, only what came and went.
    """

    label: str
    old: str
    new: str
    part: bool = False


@dataclass(frozen=True, slots=True)
class HistoryItem:
    when: str
    who: str
    what: str
    tone: Tone = "neutraal"
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True, slots=True)
class Conflict:
    """A field that someone else changed while this form was open.

    mine: None where this person left the field alone; then theirs is taken over.
    """

    label: str
    field_id: str
    mine: str | None
    theirs: str
    before: str


@dataclass(frozen=True, slots=True)
class CheckItem:
    """One line of a checklist: done, missing (with the link that mends it) or a notice."""

    state: Literal["goed", "ontbreekt", "melding"]
    text: str
    link_label: str = ""
    url: str | None = None


@dataclass(frozen=True, slots=True)
class CurrentUser:
    id: int
    name: str
    initials: str
    role: str
    email: str
    logout_url: str
    downloads_url: str
    downloads_active: bool = False


@dataclass(frozen=True, slots=True)
class FormSection:
    """A numbered card of a form: the names of its fields in order."""

    title: str
    fields: tuple[str, ...]
    intro: str = ""


@dataclass(frozen=True, slots=True)
class RunningTotal:
    """A total in the bar under a form, kept live by script.

    `kind` and what `of` names: som ("lasten", "bedrag"), aantal ("scholen", "school"),
    uren (names of the fields aantal, duur and, if any, the meaning of the duration).
    lead stands before the figure, label after it.
    """

    kind: Literal["som", "aantal", "uren"]
    of: tuple[str, ...]
    text: str
    label: str = ""
    lead: str = ""


@dataclass(frozen=True, slots=True)
class Related:
    """Rows elsewhere that a row is about: a heading with links. more: not shown.

    items: label, address and a note for each.
    """

    title: str
    items: tuple[tuple[str, str, str], ...]
    nothing: str
    more: int = 0


@dataclass(frozen=True, slots=True)
class DraftOffer:
    """Where a form keeps its draft. stand: the version it goes on from.

    told: when the draft that is offered was kept; "" when there is none, or it was taken.
    """

    form: str
    stand: str = ""
    told: str = ""


@dataclass(frozen=True, slots=True)
class FormPage:
    header: PageHeader
    form: Any
    action_url: str
    cancel_url: str
    submit_label: str = "Bewaren"
    errors: tuple[FormError, ...] = ()
    extra_submits: tuple[Action, ...] = field(default=())
    intro: str = ""
    conflicts: tuple[Conflict, ...] = ()
    conflict_by: str = ""
    sections: tuple[FormSection, ...] = ()
    totals: tuple[RunningTotal, ...] = ()
    draft: DraftOffer | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    """A figure with a bar: "€ 48.210,00" of "€ 61.500,00", 78 percent."""

    label: str
    text: str
    of_text: str
    percent: int


@dataclass(frozen=True, slots=True)
class ActiveReport:
    """A card of the dashboard: one open verantwoording and what is next."""

    title: str
    url: str
    year: str = ""
    chips: tuple[Chip, ...] = ()
    progress: tuple[Progress, ...] = ()
    actions: tuple[Action, ...] = ()


@dataclass(frozen=True, slots=True)
class Slice:
    """A slice of a donut; `rest` paints it grey (not yet spent, not yet reached).

    url: where its figure is explained.
    """

    label: str
    value: float
    text: str
    rest: bool = False
    url: str = ""


@dataclass(frozen=True, slots=True)
class Note:
    """A remark under figures. figure: the one in it, which `url` explains; `text` follows it."""

    text: str
    figure: str = ""
    url: str = ""
    lead: str = ""


@dataclass(frozen=True, slots=True)
class Donut:
    """A ring with the same figures as a table; `colour`: where its colours begin.

    explain: where the figure in the middle is explained.
    """

    title: str
    centre: str
    centre_label: str
    slices: tuple[Slice, ...]
    notes: tuple[Note, ...] = ()
    explain: Action | None = None
    colour: int = 1
