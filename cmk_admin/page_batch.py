"""What a template gets to show a batch, done or only tried: see `page.py`."""

from dataclasses import dataclass

from cmk_admin.page import Change, Chip


@dataclass(frozen=True, slots=True)
class Touched:
    """One row that a bulk edit changes, with each cell old → new."""

    title: str
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Rows that stay as they are for the same reason; `titles` names the first of them."""

    reason: str
    count: int
    titles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class EffectLine:
    """What changes for one verantwoording: lasten, schools, closing."""

    title: str
    url: str
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class BulkPreview:
    """What a bulk edit will do. `first`: number of the first of `rows`, of `total` in all."""

    lead: str
    what: tuple[str, ...]
    rows: tuple[Touched, ...]
    first: int
    total: int
    left_out: tuple[LeftOut, ...]
    effects: tuple[EffectLine, ...]
    effect_note: str
    fingerprint: str
    previous_page: int | None = None
    next_page: int | None = None


@dataclass(frozen=True, slots=True)
class BatchRow:
    """One change of a batch. `state`: what became of it since; `undoable`: has a button."""

    id: int
    title: str
    what: str
    changes: tuple[Change, ...]
    state: Chip | None
    undoable: bool


@dataclass(frozen=True, slots=True)
class BatchLink:
    """Another batch. offers: what can be done there, as its button says; empty when nothing."""

    title: str
    url: str
    offers: str


@dataclass(frozen=True, slots=True)
class Batch:
    """A batch with a part of its rows; `undo_url` takes `wijziging` back.

    before: what it took back; after: what took it back.
    """

    who: str
    when: str
    undone: str
    total: str
    rows: tuple[BatchRow, ...]
    undo_url: str
    before: BatchLink | None = None
    after: BatchLink | None = None
    first_url: str | None = None
    next_url: str | None = None
