"""Documents to download in the demo: one-page PDFs, made here."""

from collections.abc import Iterable
from io import BytesIO
from typing import TypeVar

from werkzeug.datastructures import FileStorage

from cmk_admin import files
from models.base import MetBestand

M = TypeVar("M", bound=MetBestand)

#: Title of a general document and the lines on its page.
ALGEMEEN: dict[str, tuple[str, ...]] = {
    "Handleiding CMK Portaal (demo)": (
        "1. Voeg eerst je samenwerkingspartners toe, onder Stamdata.",
        "2. Open je verantwoording vanaf het dashboard en voeg activiteiten toe.",
        "3. Koppel bij elke activiteit de scholen en vul het aantal leerkrachten in.",
        "4. Vul de lasten in. De toelichting is verplicht, het bedrag mag later.",
        "5. Is alles ingevuld? Dan sluit de projectleider de verantwoording.",
    ),
    "Toelichting lasten en kostensoorten": (
        "Voer alleen kosten op die binnen het kalenderjaar zijn uitbetaald.",
        "Coördinatie, kennisdeling, monitoring en accountant tellen apart mee.",
        "Een correctie op een eerdere last voer je in als een negatief bedrag.",
    ),
}
#: Code of a documentsoort, title, and the lines on its page.
VAN_PROJECT: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    (
        "projectplan",
        "Projectplan 2025-2028",
        ("Goedgekeurd door Cultuur Oost.", "Dit is een verzonnen document bij de demo."),
    ),
    (
        "begroting",
        "Begroting 2025-2028",
        ("De posten staan ook in het portaal.", "Dit is een verzonnen document bij de demo."),
    ),
    (
        "projectovereenkomst",
        "Projectovereenkomst",
        ("Tussen Cultuur Oost en het cultuurpunt.", "Dit is een verzonnen document bij de demo."),
    ),
)


def met_pdf(rij: M, titel: str, regels: Iterable[str]) -> M:
    """`rij` with a stored PDF of that title and those lines."""
    naam = f"{titel.lower().replace(' ', '-')}.pdf"
    upload = FileStorage(BytesIO(pdf(titel, regels)), filename=naam)
    files.attach(rij, files.store(upload))
    return rij


def pdf(titel: str, regels: Iterable[str]) -> bytes:
    """One A4 page: the title, and the lines under it."""
    tekst = [f"BT /F1 20 Tf 60 760 Td ({_veilig(titel)}) Tj /F1 11 Tf"]
    tekst += [f"0 -26 Td ({_veilig(regel)}) Tj" for regel in regels]
    pagina = "\n".join([*tekst, "ET"]).encode("cp1252")
    lettertype = b"/Resources << /Font << /F1 5 0 R >> >>"
    objecten = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R %s >>" % lettertype,
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(pagina), pagina),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    return _bestand(objecten)


def _bestand(objecten: list[bytes]) -> bytes:
    """The objects of a PDF, numbered from 1, with the table of where each begins."""
    inhoud = b"%PDF-1.4\n"
    tabel = b"0000000000 65535 f \n"
    for nummer, objecttekst in enumerate(objecten, start=1):
        tabel += b"%010d 00000 n \n" % len(inhoud)
        inhoud += b"%d 0 obj\n%s\nendobj\n" % (nummer, objecttekst)
    omvang = len(objecten) + 1
    slot = b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (omvang, len(inhoud))
    return inhoud + b"xref\n0 %d\n" % omvang + tabel + slot


def _veilig(tekst: str) -> str:
    """Text between parentheses in a PDF."""
    return tekst.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
