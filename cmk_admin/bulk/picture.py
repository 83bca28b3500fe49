"""What a bulk edit did, or would do, as people read it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from cmk_admin import formats, history_view, references
from cmk_admin.bulk import effects
from cmk_admin.bulk.run import Outcome, Task, main_row
from cmk_admin.gate import Skipped
from cmk_admin.page import Change
from cmk_admin.page_batch import BulkPreview, LeftOut, Touched
from models.base import Entiteit
from models.historie import Wijziging, WijzigingSoort

ROWS = 100
NAMED = 5
MISSING = "Dit is er niet (meer), of is niet van jullie."


def preview(task: Task, outcome: Outcome, page: int) -> BulkPreview:
    """The whole outcome, with one page of its rows."""
    by_row = _by_row(task.entity, outcome.rows)
    last = max(1, -(-len(by_row) // ROWS))
    page = min(page, last)
    first = (page - 1) * ROWS
    shown = dict(list(by_row.items())[first : first + ROWS])
    return BulkPreview(
        lead=lead(task, outcome),
        what=task.what,
        rows=touched(task.entity, shown),
        first=first + 1 if shown else 0,
        total=len(by_row),
        left_out=left_out(outcome),
        effects=effects.lines(outcome.effects),
        effect_note=_effect_note(task, outcome),
        fingerprint=outcome.fingerprint,
        previous_page=page - 1 if page > 1 else None,
        next_page=page + 1 if page < last else None,
    )


def lead(task: Task, outcome: Outcome) -> str:
    """How many of the chosen rows change."""
    word = task.entity.woord
    total = len(task.ids)
    if total == 1:
        this = word.deze.capitalize()
        return f"{this} {f'wordt {task.done}' if outcome.touched else 'blijft onveranderd'}."
    return (
        f"{formats.number(outcome.touched)} van de {formats.number(total)} gekozen"
        f" {word.meervoud} {'wordt' if outcome.touched == 1 else 'worden'} {task.done}."
    )


def _by_row(entity: type[Entiteit], rows: Iterable[Wijziging]) -> dict[int, list[Wijziging]]:
    found: dict[int, list[Wijziging]] = defaultdict(list)
    for row in rows:
        found[main_row(entity, row) or 0].append(row)
    return found


def touched(
    entity: type[Entiteit], groups: Mapping[int, Sequence[Wijziging]]
) -> tuple[Touched, ...]:
    """Each changed row with its cells, and what came under it or went."""
    labels = history_view.labels_of([row for group in groups.values() for row in group])
    titles = _titles(entity, groups)
    found = []
    for id_, group in groups.items():
        own = [row for row in group if row.entiteit == entity.__name__]
        parts = [row for row in group if row.entiteit != entity.__name__]
        cells = [c for row in own for c in history_view.changes_of(row, labels)]
        title = own[0].titel if own else titles.get(id_, "")
        found.append(Touched(title, (*cells, *_part_changes(entity, parts))))
    return tuple(found)


def _titles(entity: type[Entiteit], groups: Mapping[int, Sequence[Wijziging]]) -> dict[int, str]:
    """Names of rows that did not change themselves, only what is under them."""
    wanted = [
        id_
        for id_, group in groups.items()
        if all(row.entiteit != entity.__name__ for row in group)
    ]
    return references.finder(entity)(wanted) if wanted else {}


def _part_changes(entity: type[Entiteit], parts: Sequence[Wijziging]) -> Iterable[Change]:
    """What was linked or added, and what was unlinked or taken away, per kind."""
    chosen = {plural.relatie: plural.ui.label for plural in entity.meervouden.values()}
    for relation in entity.delen:
        part = entity.__mapper__.relationships[relation].mapper.class_
        mine = [row for row in parts if row.entiteit == part.__name__]
        if mine:
            gone = [r.titel for r in mine if r.soort is WijzigingSoort.VERWIJDERD]
            come = [r.titel for r in mine if r.soort is WijzigingSoort.AANGEMAAKT]
            label = chosen.get(relation, relation.capitalize())
            yield Change(label, ", ".join(gone), ", ".join(come), part=True)


def left_out(outcome: Outcome) -> tuple[LeftOut, ...]:
    """Why rows stay as they are, most frequent reason first."""
    by_reason: dict[str, list[Skipped]] = defaultdict(list)
    for one in outcome.skipped:
        by_reason[one.reason].append(one)
    found = [
        LeftOut(reason, len(rows), tuple(row.title for row in rows[:NAMED]))
        for reason, rows in by_reason.items()
    ]
    if outcome.same:
        found.append(LeftOut("Staat er al zo.", outcome.same))
    if outcome.missing:
        found.append(LeftOut(MISSING, outcome.missing))
    return tuple(sorted(found, key=lambda group: -group.count))


def _effect_note(task: Task, outcome: Outcome) -> str:
    if outcome.effects or task.entity.ouder not in effects.BELOW:
        return ""
    return "Lasten, bereikte scholen en wat er nodig is om te sluiten blijven gelijk."
