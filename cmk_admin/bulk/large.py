"""A bulk edit of more rows than somebody waits for: a job, all or nothing.

What was chosen and filled in goes along as plain values; the job does the same as the page
would, in one transaction. Killed halfway, nothing happened, and it is done again;
stopped halfway, nothing happened either.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from flask import current_app

from cmk_admin import attributes, formats, selection, tasks
from cmk_admin.bulk import run
from cmk_admin.bulk.changes import Change, Hoe
from cmk_admin.bulk.run import Edit
from cmk_admin.gate import GateSession, as_plain, from_plain, once
from models.base import Entiteit, RegelFout, entiteiten, tabel_van

#: The kind of job.
KIND = "wijzigen"
#: Rows of one job: some minutes, in which nobody else can save on SQLite.
MOST = 50_000
#: Rows that are tried on the page, to show what such a job will do.
SAMPLE = 200
SAME = "Er veranderde niets: alles stond al zo, of kan niet gewijzigd worden."


def start(gebruiker_id: int, task: Edit, sleutel: str) -> int:
    """Put it in line; the number of the job. Raises RegelFout when too many are under way.

    sleutel: of the form that asked for it; what was asked once is done once.
    """
    arguments = {
        "sleutel": sleutel,
        "entiteit": task.entity.__name__,
        "rijen": selection.pack(task.ids),
        "wijzigingen": [_plain(change) for change in task.changes],
    }
    number = formats.number(len(task.ids))
    title = f"{number} {task.entity.woord.meervoud}: {task.name}"
    return tasks.start(gebruiker_id, KIND, title, arguments, len(task.ids))


def work(job: tasks.Run, session: GateSession) -> tasks.Outcome:
    """Carry it out with the rights that its maker has by now."""
    task = task_of(job.arguments)
    job.total = len(task.ids)

    def heard(done: int) -> None:
        job.advance(0)
        job.done = done

    def do() -> str:
        outcome = run.carry_out(session, task, heard)
        if not outcome.touched:
            raise RegelFout(SAME)
        job.advance(0)
        paths = current_app.url_map.bind("")
        return paths.build("bewerkingen.details", {"id": outcome.stap.id})

    where = once(session, job.arguments["sleutel"], do)
    return tasks.Outcome("Gewijzigd. Wat er per rij gebeurde, staat bij de bewerking.", url=where)


def task_of(arguments: Mapping[str, Any]) -> Edit:
    """The task that was put in line; raises RegelFout for an entity that is no more."""
    found = [e for e in entiteiten() if e.__name__ == arguments["entiteit"]]
    if not found:
        raise RegelFout("Deze lijst bestaat niet (meer).")
    changes = tuple(_change(found[0], plain) for plain in arguments["wijzigingen"])
    return Edit(found[0], tuple(selection.unpack(arguments["rijen"], MOST)), changes)


def _plain(change: Change) -> dict[str, Any]:
    value = change.value
    return {
        "veld": change.attribute.name,
        "hoe": change.how.value,
        "waarde": list(value) if isinstance(value, (list, tuple)) else as_plain(value),
        "zoek": change.find,
        "door": change.replace,
        "getal": str(change.number),
    }


def _change(entity: type[Entiteit], plain: Mapping[str, Any]) -> Change:
    attribute = attributes.attribute(entity, plain["veld"])
    value = plain["waarde"]
    if attribute.plural is None:
        value = from_plain(tabel_van(entity).columns[attribute.name], value)
    return Change(
        attribute, Hoe(plain["hoe"]), value, plain["zoek"], plain["door"], Decimal(plain["getal"])
    )
