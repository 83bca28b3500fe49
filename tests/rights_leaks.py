"""What may never be in an answer: the marks of the world, and whom they may not reach."""

import io
import re
import zipfile
from collections.abc import Iterator

from werkzeug.test import TestResponse

from tests.portal_world import GEHEIM, KANARIE, POSTDUIF
from tests.rights_table import ANONIEM, BEZOEKERS, CULTUURPUNT
from tests.support.portal import Bezoeker

#: A search echoes its word; what leaks comes with the name of its column behind it.
OTHERS = re.compile(rf"{KANARIE}(mens)?[ .]\w", re.IGNORECASE)
PEOPLE = re.compile(rf"{KANARIE}mens", re.IGNORECASE)
SECRET = re.compile(GEHEIM, re.IGNORECASE)
POST = re.compile(rf"{POSTDUIF}[ .]\w", re.IGNORECASE)
CULTUURPUNTEN = [name for name, roles in BEZOEKERS.items() if set(roles.values()) <= CULTUURPUNT]
#: Visitor → what may never be on their screen.
FORBIDDEN = {
    **dict.fromkeys((*CULTUURPUNTEN, ANONIEM), (OTHERS, POST, SECRET)),
    "adviseur": (PEOPLE, POST, SECRET),
    "datamanager": (PEOPLE, POST, SECRET),
    "beheerder": (SECRET,),
}


def text_of(response: TestResponse) -> str:
    """Everything in an answer that somebody could read; a workbook is unpacked."""
    if "spreadsheet" in (response.mimetype or ""):
        with zipfile.ZipFile(io.BytesIO(response.data)) as book:
            return "\n".join(book.read(name).decode() for name in book.namelist())
    return f"{response.data.decode('utf-8', 'replace')}{response.headers}"


def leaks(visitor: str, path: str, response: TestResponse) -> Iterator[str]:
    yield from _found(visitor, f"{path} ({response.status_code})", text_of(response))


def told(visitor: str, browser: Bezoeker) -> Iterator[str]:
    """The same in the message that the next page would show; it is not shown then."""
    with browser.client.session_transaction() as cookie:
        messages = cookie.pop("_flashes", [])
    yield from _found(visitor, "melding", str(messages))


def _found(visitor: str, where: str, text: str) -> Iterator[str]:
    for pattern in FORBIDDEN[visitor]:
        found = pattern.search(text)
        if found:
            around = text[max(0, found.start() - 80) : found.end() + 40]
            yield f"{visitor} {where}: …{around}…"
