"""Reading a CSV file as DUO publishes it: encoding, delimiter and columns decided per file."""

import csv
import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

BOM = b"\xef\xbb\xbf"
DELIMITERS = ";,"


class WrongFileError(Exception):
    """A file that cannot be taken in; the message is one Dutch sentence for people."""


@dataclass(frozen=True, slots=True)
class Plek:
    """Where a value came from."""

    bestand: str
    regel: int

    def __str__(self) -> str:
        return f"regel {self.regel} van {self.bestand}"


@dataclass(frozen=True, slots=True)
class Rij:
    """One line of a file: its cells by normalised column name, "" where nothing is.

    aantal: how many cells the line has; other than the number of columns means that
    cells have shifted and none can be trusted.
    """

    plek: Plek
    cellen: dict[str, str]
    aantal: int


@dataclass(frozen=True, slots=True)
class Tabel:
    """A file as read: `kolommen` as written there, at least one row."""

    bestand: str
    kolommen: tuple[str, ...]
    rijen: tuple[Rij, ...]


def sleutel(kolom: str) -> str:
    """A column name without case, spaces, underscores and hyphens."""
    return re.sub(r"[\W_]", "", kolom).casefold()


def lees(pad: Path) -> Tabel:
    """The table in `pad`; raises WrongFileError when it is no CSV file with rows."""
    try:
        tekst = _decodeer(pad.name, pad.read_bytes())
    except OSError as fout:
        raise WrongFileError(f"{pad.name} is niet te lezen: {fout.strerror}.") from fout
    kop = tekst.partition("\n")[0]
    scheiding = max(DELIMITERS, key=kop.count)
    try:
        regels = csv.reader(io.StringIO(tekst, newline=""), delimiter=scheiding)
        kolommen = tuple(naam.strip() for naam in next(regels, []))
        rijen = tuple(_rijen(pad.name, [sleutel(naam) for naam in kolommen], regels))
    except csv.Error as fout:
        raise WrongFileError(f"{pad.name} is geen goed CSV-bestand: {fout}.") from fout
    if not rijen:
        raise WrongFileError(
            f"Verwacht werd een regel met kolomnamen en daaronder gegevens, maar {pad.name}"
            f" heeft {'alleen kolomnamen' if kolommen else 'geen inhoud'}."
        )
    return Tabel(pad.name, kolommen, rijen)


def _decodeer(naam: str, inhoud: bytes) -> str:
    """UTF-8 where the bytes are UTF-8, else Windows-1252, which DUO uses as well."""
    if b"\0" in inhoud:
        raise WrongFileError(
            f"Verwacht werd een CSV-bestand van DUO, maar {naam} is geen tekstbestand"
            " (sla een Excel-werkmap eerst op als CSV)."
        )
    try:
        return inhoud.removeprefix(BOM).decode("utf-8")
    except UnicodeDecodeError:
        pass
    try:
        return inhoud.decode("cp1252")
    except UnicodeDecodeError as fout:
        raise WrongFileError(
            f"Verwacht werd tekst in UTF-8 of Windows-1252, maar {naam} is geen van beide"
            f" (byte {fout.start + 1})."
        ) from fout


def _rijen(bestand: str, kolommen: list[str], regels: Iterable[list[str]]) -> Iterator[Rij]:
    """Every line that is not empty, under the number of its first line in the file."""
    eerste = 2
    for cellen in regels:
        plek = Plek(bestand, eerste)
        # A cell between quotes may run over several lines.
        eerste += 1 + sum(cel.count("\n") for cel in cellen)
        schoon = [_schoon(cel) for cel in cellen]
        if any(schoon):
            # The first of two columns with one name counts.
            paren = zip(reversed(kolommen), reversed(schoon[: len(kolommen)]), strict=False)
            yield Rij(plek, dict(paren), len(cellen))


def _schoon(cel: str) -> str:
    """A cell without spaces around it (DUO's empty cell is one space), without invisible
    characters, and without the second escaping that the pupils file gives its quotes."""
    tekst = " ".join(cel.split()).replace('""', '"')
    return tekst if tekst.isprintable() else "".join(filter(str.isprintable, tekst))
