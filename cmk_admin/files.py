"""Uploaded files: checked, stored under a random name, served as attachment."""

import hashlib
import os
import re
import secrets
import zipfile
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from flask import Response, current_app, send_file
from sqlalchemy import select
from werkzeug.datastructures import FileStorage

from cmk_admin.gate import acting_as, system
from models.base import Fout, MetBestand, RegelFout, entiteiten

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
BLOCK = 1024 * 1024
SWEEPER = system("bestanden opruimen")


@dataclass(frozen=True, slots=True)
class Stored:
    """A file in storage: its name for people, its random name, type, size and checksum."""

    naam: str
    sleutel: str
    type: str
    grootte: int
    sha256: str


def folder() -> Path:
    path = Path(current_app.instance_path) / "files"
    path.mkdir(parents=True, exist_ok=True)
    return path


def store(upload: FileStorage) -> Stored:
    """Check and store an upload, safely on disk before any row names it.

    Raises RegelFout with a sentence at the field.
    """
    naam = clean_name(upload.filename or "")
    extension = naam.rsplit(".", 1)[-1].lower() if "." in naam else ""
    if extension not in KINDS:
        soorten = ", ".join(KINDS)
        raise RegelFout(Fout(f"Dit soort bestand kan hier niet. Wel: {soorten}.", FIELD))
    type_, beginnings = KINDS[extension]
    head = upload.stream.read(16)
    if not head.startswith(beginnings) or not _has_part(upload, extension):
        raise RegelFout(
            Fout(f"De inhoud van dit bestand is geen {extension}, of het is leeg.", FIELD)
        )
    upload.stream.seek(0)
    sleutel = f"{secrets.token_urlsafe(24)}.{extension}"
    grootte, sha256 = _write(upload, folder() / sleutel)
    return Stored(naam, sleutel, type_, grootte, sha256)


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
    (folder() / stored.sleutel).unlink(missing_ok=True)


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
    aside = folder() / "verweesd"
    aside.mkdir(exist_ok=True)
    for path in _older(folder(), moment - BEING_SAVED):
        if path.name not in named:
            os.utime(path, (moment.timestamp(), moment.timestamp()))
            path.rename(aside / path.name)
    for path in _older(aside, moment - SET_ASIDE):
        path.unlink()


def _older(where: Path, moment: datetime) -> list[Path]:
    files = (path for path in where.iterdir() if path.is_file())
    return [path for path in files if path.stat().st_mtime < moment.timestamp()]


def _write(upload: FileStorage, path: Path) -> tuple[int, str]:
    digest, size = hashlib.sha256(), 0
    with path.open("xb") as file:
        while block := upload.stream.read(BLOCK):
            digest.update(block)
            size += len(block)
            file.write(block)
        file.flush()
        os.fsync(file.fileno())
    return size, digest.hexdigest()


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


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


def serve(row: MetBestand) -> Response | None:
    """The file of a row as a download; None when the row has none, or it is gone or damaged."""
    if not row.bestand_sleutel:
        return None
    path = folder() / row.bestand_sleutel
    if not path.is_file() or _digest(path) != row.bestand_sha256:
        current_app.logger.error("stored file %s is gone or damaged", row.bestand_sleutel)
        return None
    response: Response = send_file(
        path, row.bestand_type, as_attachment=True, download_name=row.bestand_naam
    )
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response
