"""What a bulk edit did, or would do, as people read it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from cmk_admin import formats, history_view, references
from cmk_admin.bulk import effects
from cmk_admin.bulk.run import Outcome, Task, main_row
from cmk_admin.gate import Skipped, entity_of
from cmk_admin.page import Change
from cmk_admin.page_batch import BulkPreview, LeftOut, Touched
from models.base import Entiteit, entiteiten
from models.historie import Wijziging, WijzigingSoort

Key = tuple[type[Entiteit], int]
ROWS = 100
NAMED = 5
MISSING = "Dit is er niet (meer), of is niet van jullie."


def preview(task: Task, outcome: Outcome, page: int) -> BulkPreview:
    """The whole outcome, with one page of its rows."""
    by_row = _by_row(task, outcome)
    last = max(1, -(-len(by_row) // ROWS))
    page = min(page, last)
    first = (page - 1) * ROWS
    shown = dict(list(by_row.items())[first : first + ROWS])
    return BulkPreview(
        lead=lead(task, outcome),
        what=task.what,
        rows=_touched(shown, task.spread, _names(task, outcome)),
        first=first + 1 if shown else 0,
        total=len(by_row),
        left_out=left_out(outcome),
        effects=effects.lines(outcome.effects),
        effect_note=_effect_note(task, outcome),
        fingerprint=outcome.fingerprint,
        previous_page=page - 1 if page > 1 else None,
        next_page=page + 1 if page < last else None,
    )


def first_rows(
    entity: type[Entiteit], rows: Iterable[Wijziging]
) -> tuple[tuple[Touched, ...], int]:
    """The first rows of a batch of one entity and its parts, and how many there are."""
    found: dict[Key, list[Wijziging]] = defaultdict(list)
    for row in rows:
        found[entity, main_row(entity, row) or 0].append(row)
    return _touched(dict(list(found.items())[:ROWS]), False, {}), len(found)


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


def _names(task: Task, outcome: Outcome) -> dict[Key, str]:
    """How the chosen rows were called, in the order of their list."""
    return {(task.entity, id_): name for id_, name in outcome.names.items()}


def _by_row(task: Task, outcome: Outcome) -> dict[Key, list[Wijziging]]:
    """Changes by the row that people take them to be of; chosen rows in the order of their list.

    What is spread over entities stays in the order in which it was done.
    """
    owners = _owners() if task.spread else {}
    found: dict[Key, list[Wijziging]] = defaultdict(list)
    for row in outcome.rows:
        if task.spread:
            above = owners.get(row.entiteit)
            key = (above, row.ouder_id) if above else (entity_of(row), row.rij_id)
        else:
            key = (task.entity, main_row(task.entity, row))
        found[key[0], key[1] or 0].append(row)
    if task.spread:
        return found
    place = {key: number for number, key in enumerate(_names(task, outcome))}
    return dict(sorted(found.items(), key=lambda group: place.get(group[0], len(place))))


def _owners() -> dict[str, type[Entiteit]]:
    """Entity that is part of another → the one that it is part of."""
    return {
        entity.__mapper__.relationships[relation].mapper.class_.__name__: entity
        for entity in entiteiten()
        for relation in entity.delen
    }


def _touched(
    groups: Mapping[Key, Sequence[Wijziging]], spread: bool, names: Mapping[Key, str]
) -> tuple[Touched, ...]:
    """Each changed row with its cells, and what came under it or went.

    spread: of several entities, so each says which. names: as they were before, where known.
    """
    labels = history_view.labels_of([row for group in groups.values() for row in group])
    titles = _titles({key: group for key, group in groups.items() if key not in names})
    found = []
    for (entity, id_), group in groups.items():
        own = [row for row in group if row.entiteit == entity.__name__]
        parts = [row for row in group if row.entiteit != entity.__name__]
        title = names.get((entity, id_)) or (own[0].titel if own else titles.get((entity, id_), ""))
        if spread:
            end = ": gaat weg" if _goes(own) else ""
            title = f"{entity.woord.titel} “{title}”{end}"
        cells = [c for row in own for c in history_view.changes_of(row, labels) if not _goes(own)]
        found.append(Touched(title, (*cells, *_part_changes(entity, parts))))
    return tuple(found)


def _goes(own: Sequence[Wijziging]) -> bool:
    return any(row.soort is WijzigingSoort.VERWIJDERD for row in own)


def _titles(groups: Mapping[Key, Sequence[Wijziging]]) -> dict[Key, str]:
    """Names of rows that did not change themselves, only what is under them."""
    wanted: dict[type[Entiteit], list[int]] = defaultdict(list)
    for (entity, id_), group in groups.items():
        if all(row.entiteit != entity.__name__ for row in group):
            wanted[entity].append(id_)
    return {
        (entity, id_): name
        for entity, ids in wanted.items()
        for id_, name in references.finder(entity)(ids).items()
    }


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
