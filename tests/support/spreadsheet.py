"""Workbooks in a real spreadsheet: LibreOffice opens them, calculates, and saves what it sees."""

import re
import shutil
import subprocess
import zipfile
from pathlib import Path

from openpyxl import load_workbook
from openpyxl.workbook import Workbook

from tests.support.parts import office, required

SECONDS = 180


def recalculated(book: Path, folder: Path) -> Workbook:
    """`book` as LibreOffice has it after calculating everything, with values for formulas."""
    folder.mkdir()
    without = folder / book.name
    _forget_values(book, without)
    out = folder / "out"
    profile = f"-env:UserInstallation=file://{folder / 'profile'}"
    command = [str(required(office(), "libreoffice-calc-nogui")), profile, "--headless"]
    command += ["--convert-to", "xlsx", "--outdir", str(out), str(without)]
    subprocess.run(command, check=True, timeout=SECONDS, stdout=subprocess.DEVNULL)
    return load_workbook(out / book.name, data_only=True)


def _forget_values(book: Path, target: Path) -> None:
    """Without what each formula came to: whatever is there afterwards was calculated."""
    with zipfile.ZipFile(book) as given, zipfile.ZipFile(target, "w") as made:
        for name in given.namelist():
            content = given.read(name)
            if name.startswith("xl/worksheets/"):
                content = re.sub(rb"(</f>)<v>[^<]*</v>", rb"\1", content)
            made.writestr(name, content)


def changed(book: Path, sheet: str, cell: str, value: float, target: Path) -> Path:
    """A copy with another value in one cell, as somebody might type it."""
    shutil.copyfile(book, target)
    loaded = load_workbook(book)
    loaded[sheet][cell] = value
    loaded.save(target)
    return target
