"""Taking back a batch of more rows than somebody waits for: a job, all or nothing.

Rights, closed years and later edits are asked when the job does it, as on the page; killed
halfway, nothing happened, and it is done again; stopped halfway, nothing happened either.
"""

from flask import current_app
from sqlalchemy import select

from cmk_admin import formats, tasks
from cmk_admin.gate import GateSession, Undone, once, undo
from models.base import RegelFout, entiteiten
from models.historie import Bewerking, BewerkingSoort, Wijziging

#: The kind of job.
KIND = "terugzetten"
#: Changes that one waits for; more of them are a job.
MOST = 5000
#: Rows that are named in a message.
NAMED = 5
#: What a batch made and its undoing takes away: one, several.
GONE_AGAIN = {
    BewerkingSoort.DUPLICEREN: ("kopie", "kopieën"),
    BewerkingSoort.KLAARZETTEN: ("activiteit", "activiteiten"),
}
GONE = "Deze bewerking bestaat niet (meer)."
DONE = "Gedaan. Wat er per rij gebeurde, staat bij de bewerking."


def is_large(stap: Bewerking) -> bool:
    """Whether taking it back takes longer than a page may."""
    return stap.aantal > MOST


def asks_code(session: GateSession, bewerking_id: int) -> bool:
    """Whether taking it back changes who may come in or what they may do. The worker has no
    browser to ask a code, so the page does before it starts the job."""
    guarded = [entity.__name__ for entity in entiteiten() if entity.verse_code]
    change = select(Wijziging.id).where(
        Wijziging.bewerking_id == bewerking_id, Wijziging.entiteit.in_(guarded)
    )
    return session.scalar(change.limit(1)) is not None


def start(gebruiker_id: int, stap: Bewerking) -> int:
    """Put it in line; the number of the job. Raises RegelFout when too many are under way."""
    again = stap.soort is BewerkingSoort.ONGEDAAN
    title = f"{'Opnieuw uitvoeren' if again else 'Ongedaan maken'}: {stap.omschrijving}"
    return tasks.start(gebruiker_id, KIND, title, {"bewerking": stap.id}, stap.aantal)


def work(job: tasks.Run, session: GateSession) -> tasks.Outcome:
    """Carry it out with the rights that its maker has by now."""
    said = [DONE]

    def heard(begun: int) -> None:
        job.advance(0)
        job.done = begun

    def do() -> str:
        stap = session.get(Bewerking, job.arguments["bewerking"])
        if stap is None:
            raise RegelFout(GONE)
        undone = undo(session, stap, heard)
        job.advance(0)
        said[:] = [text for text, _tone in told(stap, undone)]
        paths = current_app.url_map.bind("")
        return paths.build("bewerkingen.details", {"id": undone.bewerking_id})

    where = once(session, job.key, do)
    return tasks.Outcome(" ".join(said), url=where)


def told(stap: Bewerking, undone: Undone) -> list[tuple[str, str]]:
    """What is said of it, with its tone: what went back, and what stays as it is."""
    again = stap.soort is BewerkingSoort.ONGEDAAN
    if again:
        text = f"Opnieuw uitgevoerd bij {formats.number(undone.rows)} {_rows(undone.rows)}."
    elif stap.soort in GONE_AGAIN:
        one, several = GONE_AGAIN[stap.soort]
        rows = f"{one} is weer weg" if undone.rows == 1 else f"{several} zijn weer weg"
        text = f"Ongedaan gemaakt: {formats.number(undone.rows)} {rows}."
    else:
        stand = "staat" if undone.rows == 1 else "staan"
        rows = f"{_rows(undone.rows)} {stand} weer zoals eerst"
        text = f"Ongedaan gemaakt: {formats.number(undone.rows)} {rows}."
    if undone.already:
        stood = "stond" if undone.already == 1 else "stonden"
        text += f" {formats.number(undone.already)} {stood} al {'zo' if again else 'terug'}."
    said = [(text, "success")]
    if undone.kept:
        named = [f"{one.title}: {one.reason}" for one in undone.kept[:NAMED]]
        more = len(undone.kept) - len(named)
        named += [f"En nog {formats.number(more)}."] if more else []
        whole = "Niet overal lukte dat." if again else "Niet alles ging terug."
        said.append((f"{whole} {' '.join(named)}", "warning"))
    return said


def _rows(number: int) -> str:
    return "rij" if number == 1 else "rijen"
