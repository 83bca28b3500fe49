"""Uploaded files: checked, stored under a random name, served as attachment or as a picture."""

import re
import secrets
import zipfile
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import IO

from flask import Response, current_app, send_file
from sqlalchemy import select
from werkzeug.datastructures import FileStorage
from werkzeug.exceptions import ServiceUnavailable

from cmk_admin import images
from cmk_admin.gate import acting_as, system
from cmk_admin.storage import StorageFailed, storage
from models.base import Entiteit, Fout, MetBestand, RegelFout, entiteiten

#: Extension → media type and how such a file begins; content and extension must agree.
KINDS: dict[str, tuple[str, tuple[bytes, ...]]] = {
    "pdf": ("application/pdf", (b"%PDF-",)),
    "png": ("image/png", (b"\x89PNG\r\n\x1a\n",)),
    "jpg": ("image/jpeg", (b"\xff\xd8\xff",)),
    "jpeg": ("image/jpeg", (b"\xff\xd8\xff",)),
    "docx": (
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        (b"PK\x03\x04",),
    ),
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", (b"PK\x03\x04",)),
    "odt": ("application/vnd.oasis.opendocument.text", (b"PK\x03\x04",)),
    "ods": ("application/vnd.oasis.opendocument.spreadsheet", (b"PK\x03\x04",)),
}
#: Extension → a part that such an office file must have: not every ZIP is a document.
PARTS = {
    "docx": "word/document.xml",
    "xlsx": "xl/workbook.xml",
    "odt": "content.xml",
    "ods": "content.xml",
}
ACCEPT = ",".join(f".{extension}" for extension in KINDS)
FIELD = "bestand_naam"
#: How old a file is before nobody can still be saving the row that will name it.
BEING_SAVED = timedelta(days=1)
#: How long a file that no row names is set aside before it goes.
SET_ASIDE = timedelta(days=30)
NOT_STORED = (
    "Het bestand kon nu niet worden opgeslagen; er is niets bewaard. Kies het opnieuw en probeer"
    " het nog eens."
)
SWEEPER = system("bestanden opruimen")


@dataclass(frozen=True, slots=True)
class Stored:
    """A file in storage: its name for people, its random name, type, size and checksum."""

    naam: str
    sleutel: str
    type: str
    grootte: int
    sha256: str


def store(upload: FileStorage) -> Stored:
    """Check and store an upload, safely in storage before any row names it.

    Raises RegelFout with a sentence at the field.
    """
    naam = clean_name(upload.filename or "")
    extension = naam.rsplit(".", 1)[-1].lower() if "." in naam else ""
    if extension not in KINDS:
        soorten = ", ".join(KINDS)
        raise RegelFout(Fout(f"Dit soort bestand kan hier niet. Wel: {soorten}.", FIELD))
    type_, beginnings = KINDS[extension]
    head = upload.stream.read(16)
    if not head.startswith(beginnings) or not _is_whole(upload, extension):
        raise RegelFout(
            Fout(f"De inhoud van dit bestand is geen {extension}, of het is leeg.", FIELD)
        )
    upload.stream.seek(0)
    sleutel = f"{secrets.token_urlsafe(24)}.{extension}"
    try:
        grootte, sha256 = storage().write(sleutel, upload.stream)
    except StorageFailed:
        current_app.logger.exception("an upload could not be stored")
        raise RegelFout(Fout(NOT_STORED, FIELD)) from None
    return Stored(naam, sleutel, type_, grootte, sha256)


def _is_whole(upload: FileStorage, extension: str) -> bool:
    """Whether what follows the beginning is such a file too."""
    check = images.CHECKS.get(extension)
    if check is not None:
        upload.stream.seek(0)
        return check(upload.stream)
    return _has_part(upload, extension)


def _has_part(upload: FileStorage, extension: str) -> bool:
    part = PARTS.get(extension)
    if part is None:
        return True
    try:
        with zipfile.ZipFile(upload.stream) as archive:
            return part in archive.namelist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        return False


def forget(stored: Stored) -> None:
    """Remove a file that no row came to name."""
    storage().remove(stored.sleutel)


def sweep(moment: datetime) -> None:
    """Set aside what no row names any more, and remove what was set aside long enough.

    A file stays behind when its row is deleted or gets another, or when the process ends
    between storing the file and saving the row.
    """
    with acting_as(SWEEPER) as session:
        named = {
            key
            for entity in entiteiten()
            if issubclass(entity, MetBestand)
            for key in session.scalars(select(entity.bestand_sleutel))
        }
    place = storage()
    for name in place.names_before(moment - BEING_SAVED):
        if name not in named:
            place.set_aside(name, moment.date())
    place.clear_aside((moment - SET_ASIDE).date())


def clean_name(name: str) -> str:
    """The last part of a name, without what a file system or header would stumble over."""
    last = re.split(r"[\\/]", name)[-1]
    plain = re.sub(r"[\x00-\x1f\x7f\"<>|:*?\u202a-\u202e\u2066-\u2069]", "", last).strip(". ")
    stem, dot, extension = plain.rpartition(".")
    return f"{stem[:150]}{dot}{extension[:10]}" if dot else plain[:150]


def attach(row: MetBestand, stored: Stored) -> None:
    """Let a row name a stored file."""
    row.bestand_naam = stored.naam
    row.bestand_sleutel = stored.sleutel
    row.bestand_type = stored.type
    row.bestand_grootte = stored.grootte
    row.bestand_sha256 = stored.sha256


def serve(row: Entiteit) -> Response | None:
    """The file of a row as a download; None when the row has none, or it is gone or damaged."""
    if not isinstance(row, MetBestand):
        return None
    file = _read(row)
    return None if file is None else _answer(row, file, as_attachment=True)


def picture(row: Entiteit) -> Response | None:
    """The file of a row to show in the page; None as in `serve`, and when it is no picture.

    What it is was told when it was uploaded; before a browser opens it, it is looked at again.
    """
    if not is_picture(row) or not isinstance(row, MetBestand):
        return None
    file = _read(row)
    if file is None:
        return None
    check = images.CHECKS.get((row.bestand_sleutel or "").rpartition(".")[2])
    if check is None or not check(file):
        file.close()
        current_app.logger.error("stored file %s is no picture", row.bestand_sleutel)
        return None
    file.seek(0)
    return _answer(row, file, as_attachment=False)


def is_picture(row: Entiteit) -> bool:
    """Whether a row has a file that can be shown as a picture."""
    return (
        isinstance(row, MetBestand)
        and bool(row.bestand_sleutel)
        and row.bestand_type in images.TYPES
    )


def _read(row: MetBestand) -> IO[bytes] | None:
    if not row.bestand_sleutel:
        return None
    try:
        file = storage().read(row.bestand_sleutel, row.bestand_sha256)
    except StorageFailed:
        current_app.logger.exception("storage does not answer")
        raise ServiceUnavailable from None
    if file is None:
        current_app.logger.error("stored file %s is gone or damaged", row.bestand_sleutel)
    return file


def _answer(row: MetBestand, file: IO[bytes], as_attachment: bool) -> Response:
    response: Response = send_file(
        file, row.bestand_type, as_attachment=as_attachment, download_name=row.bestand_naam
    )
    if row.bestand_grootte is not None:
        response.content_length = row.bestand_grootte
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response
