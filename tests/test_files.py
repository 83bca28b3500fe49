"""Uploads and downloads: what is taken, what is kept, and how it is given back."""

import hashlib
import io
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import TestResponse

from cmk_admin import files, images
from models.activiteit import Activiteit, Last
from models.dashboard import AlgemeenDocument
from models.project import Document
from tests.pages import Page
from tests.portal_forms import edit_body, error_at, new_values, sending
from tests.support.pictures import BEGIN, JPEG, chunk, png
from tests.support.portal import Portaal

NEW = "/beheer/documenten/new/"
LONG = b"inhoud " * 1000


def zipped(*parts: str) -> bytes:
    """A ZIP with these parts, as office files are."""
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w") as archive:
        for part in parts:
            archive.writestr(part, LONG)
    return whole.getvalue()


GOOD = {
    "plan.pdf": (b"%PDF-1.7\n" + LONG, "application/pdf"),
    "foto.png": (png(), "image/png"),
    "foto.JPG": (JPEG, "image/jpeg"),
    # Telephones put a film or a depth map behind it.
    "foto.jpeg": (JPEG + LONG, "image/jpeg"),
    "brief.docx": (
        zipped("[Content_Types].xml", "word/document.xml"),
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ),
    "begroting.xlsx": (
        zipped("[Content_Types].xml", "xl/workbook.xml"),
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ),
    "brief.odt": (zipped("mimetype", "content.xml"), "application/vnd.oasis.opendocument.text"),
    "begroting.ods": (
        zipped("mimetype", "content.xml"),
        "application/vnd.oasis.opendocument.spreadsheet",
    ),
}


def send(portaal: Portaal, name: str, content: bytes, **changes: Any) -> TestResponse:
    values = new_values(portaal, Document, "eigen", "open")
    values["bestand_naam"] = (io.BytesIO(content), name)
    return portaal.bezoeker("projectleider").post(NEW, sending(values | changes))


def stored(portaal: Portaal) -> list[Path]:
    """The files on disk, without those of the world."""
    folder = Path(portaal.app.instance_path) / "files"
    files = (path for path in folder.iterdir() if path.is_file())
    return [path for path in files if not path.name.startswith("bestand-")]


@pytest.fixture(autouse=True)
def _no_files(portaal: Portaal) -> None:
    for path in stored(portaal):
        path.unlink()


def newest(portaal: Portaal) -> dict[str, Any]:
    with portaal.als() as session:
        row = session.query(Document).order_by(Document.id.desc()).first()
        assert row is not None
        return {c.name: getattr(row, c.name) for c in Document.__table__.columns}


@pytest.mark.parametrize("name", GOOD)
def test_a_file_comes_back_as_it_was_and_only_as_attachment(portaal: Portaal, name: str) -> None:
    content, media_type = GOOD[name]
    assert send(portaal, name, content).status_code == 302
    row = newest(portaal)
    assert (row["bestand_naam"], row["bestand_grootte"]) == (name, len(content))
    assert row["bestand_sha256"] == hashlib.sha256(content).hexdigest()
    [path] = stored(portaal)
    assert path.name == row["bestand_sleutel"]
    assert Path(name).stem not in path.name
    assert path.read_bytes() == content

    answer = portaal.bezoeker("routebegeleider").get(f"/beheer/documenten/bestand/?id={row['id']}")

    assert answer.data == content
    assert answer.mimetype == media_type
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=")
    assert answer.headers["Content-Security-Policy"].startswith("sandbox")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in answer.headers["Cache-Control"]


SCRIPT = b"<html><script>alert(document.cookie)</script>"
#: What is one thing to its name and another to who looks differently.
POLYGLOTS = {
    "web.pdf": b"%PDF-1.7\n" + SCRIPT,
    "archief.pdf": b"%PDF-1.7\n" + zipped("virus.exe"),
    "web.png": png(more=chunk(b"tEXt", b"Comment\0" + SCRIPT)),
    "web.jpg": JPEG[:2] + b"\xff\xfe" + (len(SCRIPT) + 2).to_bytes(2, "big") + SCRIPT + JPEG[2:],
    "archief.jpg": JPEG + zipped("virus.exe"),
    "web.docx": zipped("[Content_Types].xml", "word/document.xml") + SCRIPT,
}


@pytest.mark.parametrize("name", POLYGLOTS)
def test_what_is_two_things_at_once_is_only_ever_the_one(portaal: Portaal, name: str) -> None:
    """No browser may guess what it is, and in none of them it runs as a page of ours."""
    assert send(portaal, name, POLYGLOTS[name]).status_code == 302
    visitor, id_ = portaal.bezoeker("projectleider"), newest(portaal)["id"]
    for route in ("bestand", "afbeelding"):
        answer = visitor.get(f"/beheer/documenten/{route}/?id={id_}")
        if answer.status_code == 404:
            assert (route, name[-3:] in ("png", "jpg")) == ("afbeelding", False)
            continue
        assert answer.data == POLYGLOTS[name]
        assert answer.mimetype == files.KINDS[name.rpartition(".")[2]][0]
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
        shown = answer.headers["Content-Disposition"].partition(";")[0]
        assert shown == ("attachment" if route == "bestand" else "inline")


BAD = {
    "plan.exe": b"MZ",
    "plan.html": b"<html>",
    "plan.svg": b"<svg xmlns='http://www.w3.org/2000/svg'/>",
    "plan.js": b"alert(1)",
    "plan.pdf.exe": b"%PDF-1.7",
    "plan": b"%PDF-1.7",
    "plan.": b"%PDF-1.7",
    ".pdf": b"",
    "plan.xlsm": b"PK\x03\x04",
    "plan.zip": b"PK\x03\x04",
    "leeg.pdf": b"",
    "web.pdf": b"<html><script>alert(1)</script>",
    "web.png": b"<svg/>",
    "foto.png": b"\xff\xd8\xff\xe0",
    "foto.jpg": b"\x89PNG\r\n\x1a\n",
    "begin.png": BEGIN + LONG,
    "half.png": png()[:-20],
    "kapot.png": png().replace(b"IDAT", b"IDAX"),
    "zonder-beeld.png": BEGIN + chunk(b"IHDR", bytes(13)) + chunk(b"IEND", b""),
    "oneindig.png": png(said=2_000_000_000),
    "leugen.png": BEGIN + b"\xff\xff\xff\xffIHDR" + LONG,
    "en-meer.png": png() + zipped("virus.exe"),
    "begin.jpg": b"\xff\xd8\xff\xe0" + LONG,
    "half.jpg": JPEG[:-2],
    "zonder-maat.jpg": JPEG.replace(b"\xff\xc2", b"\xff\xfe"),
    "gif.jpg": b"GIF89a" + LONG,
    "brief.docx": b"%PDF-1.7",
    "afgebroken.docx": zipped("word/document.xml")[:200],
    "archief.docx": zipped("virus.exe"),
    "tekst.xlsx": zipped("word/document.xml"),
    "laat.pdf": b" " * 20 + b"%PDF-1.7",
}


@pytest.mark.parametrize("name", BAD)
def test_what_is_no_document_is_refused_at_the_field(portaal: Portaal, name: str) -> None:
    answer = send(portaal, name, BAD[name], titel="Mijn titel")
    assert answer.status_code == 422
    page = Page(answer.text)
    message = error_at(page, "bestand_naam")
    assert message.startswith(("Dit soort bestand", "De inhoud van dit bestand")), message
    assert page.form()["titel"] == ["Mijn titel"]
    assert not portaal.changed()
    assert stored(portaal) == []


def test_a_document_needs_a_file(portaal: Portaal) -> None:
    values = new_values(portaal, Document, "eigen", "open") | {"bestand_naam": ""}
    answer = portaal.bezoeker("projectleider").post(NEW, sending(values))
    assert answer.status_code == 422
    assert error_at(Page(answer.text), "bestand_naam") == "Kies een bestand."


NAMES = {
    "../../etc/passwd.pdf": "passwd.pdf",
    "/absoluut/plan.pdf": "plan.pdf",
    "plan\u202efdp.pdf": "planfdp.pdf",
    "…café ☕.pdf": "…café ☕.pdf",
    "x" * 300 + ".pdf": "x" * 150 + ".pdf",
    "..pdf.pdf": "pdf.pdf",
}


@pytest.mark.parametrize(
    ("name", "clean"),
    [
        ("..\\..\\windows\\plan.pdf", "plan.pdf"),
        ("C:\\Users\\piet\\plan.pdf", "plan.pdf"),
        ('a"b.pdf', "ab.pdf"),
        ("a\r\nX-Kop: b.pdf", "aX-Kop b.pdf"),
        ("nul\x00.pdf", "nul.pdf"),
        ("plan.pdf.", "plan.pdf"),
        ("..", ""),
        ("", ""),
    ],
)
def test_what_no_file_system_takes_is_left_out(name: str, clean: str) -> None:
    """As browsers of other systems send it; the test client can't send some of these."""
    assert files.clean_name(name) == clean


@pytest.mark.parametrize("name", NAMES)
def test_a_name_is_only_a_name(portaal: Portaal, name: str) -> None:
    assert send(portaal, name, b"%PDF-1.7").status_code == 302
    row = newest(portaal)
    assert row["bestand_naam"] == NAMES[name]
    [path] = stored(portaal)
    assert path.parent == Path(portaal.app.instance_path) / "files"
    answer = portaal.bezoeker("projectleider").get(f"/beheer/documenten/bestand/?id={row['id']}")
    assert answer.status_code == 200
    assert "\n" not in answer.headers["Content-Disposition"]


def test_what_is_too_large_is_refused_before_it_is_read(
    portaal: Portaal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(portaal.app.config, "MAX_CONTENT_LENGTH", 200_000)
    answer = send(portaal, "groot.pdf", b"%PDF-1.7" + b"x" * 300_000)
    assert answer.status_code == 413
    assert "groter dan het portaal aanneemt" in answer.text
    assert not portaal.changed()
    assert stored(portaal) == []
    assert send(portaal, "klein.pdf", b"%PDF-1.7" + b"x" * 100_000).status_code == 302


def test_a_long_form_is_too_large_as_well(portaal: Portaal) -> None:
    visitor = portaal.bezoeker("projectleider")
    body = sending({"naam": "x" * 2_000_000})
    answer = visitor.post("/stamdata/samenwerkingspartners/new/", body)
    assert answer.status_code == 413
    assert not portaal.changed()


def test_an_edit_without_a_file_keeps_the_old_one(portaal: Portaal) -> None:
    id_ = portaal.wereld.id(Document, "eigen")
    path = f"/beheer/documenten/edit/?id={id_}"
    visitor = portaal.bezoeker("projectleider")
    with portaal.als() as session:
        before = session.get_one(Document, id_).bestand_sleutel
    body = edit_body(portaal, Document, id_, titel="Nieuwe titel")
    assert visitor.post(path, body).status_code == 302
    with portaal.als() as session:
        row = session.get_one(Document, id_)
        assert (row.titel, row.bestand_sleutel) == ("Nieuwe titel", before)
    newer = (io.BytesIO(b"%PDF-1.7 nieuwer"), "nieuwer.pdf")
    body = edit_body(portaal, Document, id_, bestand_naam=newer)
    assert visitor.post(path, body).status_code == 302
    answer = visitor.get(f"/beheer/documenten/bestand/?id={id_}")
    assert answer.data == b"%PDF-1.7 nieuwer"


def test_a_key_can_not_be_typed(portaal: Portaal) -> None:
    """The name in storage is the portal's own: no form can point at another file."""
    id_ = portaal.wereld.id(Document, "eigen")
    with portaal.als() as session:
        before = session.get_one(Document, id_).bestand_sleutel
        strange = session.get_one(Document, portaal.wereld.id(Document, "vreemd")).bestand_sleutel
    for key in (strange, "../secret_key", "/etc/passwd"):
        body = edit_body(portaal, Document, id_, bestand_sleutel=key, bestand_naam="x.pdf")
        portaal.bezoeker("projectleider").post(f"/beheer/documenten/edit/?id={id_}", body)
        with portaal.als() as session:
            assert session.get_one(Document, id_).bestand_sleutel == before


def test_a_file_that_is_gone_is_a_page(portaal: Portaal) -> None:
    assert send(portaal, "weg.pdf", b"%PDF-1.7").status_code == 302
    [path] = stored(portaal)
    path.unlink()
    id_ = newest(portaal)["id"]
    visitor = portaal.bezoeker("projectleider")
    assert visitor.get(f"/beheer/documenten/bestand/?id={id_}").status_code == 404
    assert visitor.get(f"/beheer/documenten/details/?id={id_}").status_code == 200


def test_a_file_that_changed_on_disk_is_not_given_out(portaal: Portaal) -> None:
    assert send(portaal, "plan.pdf", b"%PDF-1.7 echt").status_code == 302
    [path] = stored(portaal)
    path.write_bytes(b"%PDF-1.7 nep!")
    url = f"/beheer/documenten/bestand/?id={newest(portaal)['id']}"
    assert portaal.bezoeker("projectleider").get(url).status_code == 404
    path.write_bytes(b"%PDF-1.7 echt")
    assert portaal.bezoeker("projectleider").get(url).status_code == 200


def test_the_same_name_twice_is_two_files(portaal: Portaal) -> None:
    ids = []
    for content in (b"%PDF-1.7 een", b"%PDF-1.7 twee"):
        assert send(portaal, "plan.pdf", content, titel="Plan").status_code == 302
        ids.append(newest(portaal)["id"])
    assert len({path.name for path in stored(portaal)}) == 2
    visitor = portaal.bezoeker("projectleider")
    found = [visitor.get(f"/beheer/documenten/bestand/?id={id_}") for id_ in ids]
    assert [answer.data for answer in found] == [b"%PDF-1.7 een", b"%PDF-1.7 twee"]
    assert {answer.headers["Content-Disposition"] for answer in found} == {
        "attachment; filename=plan.pdf"
    }


# --- a picture is seen where it is named ---------------------------------------------


@pytest.mark.parametrize("name", ["foto.png", "foto.JPG"])
def test_a_picture_is_shown_to_who_may_see_the_row(portaal: Portaal, name: str) -> None:
    content, media_type = GOOD[name]
    assert send(portaal, name, content).status_code == 302
    row = newest(portaal)
    address = f"/beheer/documenten/afbeelding/?id={row['id']}"
    visitor = portaal.bezoeker("routebegeleider")
    for page in (
        f"/projecten/{row['project_id']}/documenten",
        f"/beheer/documenten/details/?id={row['id']}",
    ):
        seen = Page(visitor.get(page).text)
        assert address in [image.get("src") for image in seen.all("img")]
        [link] = [a for a in seen.all("a") if a.get("href") == address]
        assert link.get("aria-label") == f"{name} bekijken"
    answer = visitor.get(address)
    assert (answer.data, answer.mimetype) == (content, media_type)
    assert answer.content_length == len(content)
    assert portaal.bezoeker("zonder").get(address).status_code in (403, 404)


def test_what_is_no_picture_is_not_shown_as_one(portaal: Portaal) -> None:
    """Nor what came into storage before pictures were looked at, or by another way."""
    assert send(portaal, "plan.pdf", b"%PDF-1.7").status_code == 302
    assert send(portaal, "foto.png", png()).status_code == 302
    row, visitor = newest(portaal), portaal.bezoeker("projectleider")
    pdf = f"/beheer/documenten/afbeelding/?id={row['id'] - 1}"
    assert visitor.get(pdf).status_code == 404
    assert pdf not in visitor.get(f"/projecten/{row['project_id']}/documenten").text
    with portaal.als() as session:
        session.get_one(Document, row["id"]).bestand_sha256 = hashlib.sha256(SCRIPT).hexdigest()
        session.commit()
    path = Path(portaal.app.instance_path) / "files" / row["bestand_sleutel"]
    path.write_bytes(SCRIPT)
    assert visitor.get(f"/beheer/documenten/bestand/?id={row['id']}").data == SCRIPT
    assert visitor.get(f"/beheer/documenten/afbeelding/?id={row['id']}").status_code == 404


class Counted(io.BytesIO):
    """Knows how often it was read."""

    reads = 0

    def read(self, size: int | None = -1, /) -> bytes:
        self.reads += 1
        return super().read(size)


@pytest.mark.parametrize("part", [b"\xff", b"\xff\x01", b"\xff\xfe\x00\x02"])
def test_a_picture_that_takes_long_to_look_through_is_none(part: bytes) -> None:
    """Bytes that fill room, markers without a length, parts without content: some, not millions."""
    for times, whole in ((100, True), (100_000, False)):
        stream = Counted(JPEG[:2] + part * times + JPEG[2:])
        assert images.is_jpeg(stream) is whole
        assert stream.reads < 20_000


def test_an_invoice_that_is_a_picture_is_seen_beside_its_last(portaal: Portaal) -> None:
    id_ = portaal.wereld.id(Last, "eigen")
    body = edit_body(portaal, Last, id_, bestand_naam=(io.BytesIO(JPEG), "bon.jpg"))
    visitor = portaal.bezoeker("routebegeleider")
    path = f"/beheer/lasten/edit/?id={id_}"
    assert visitor.post(path, body).status_code == 302
    page = visitor.get(
        f"/activiteiten/{portaal.wereld.id(Activiteit, 'eigen')}/financieel-overzicht"
    )
    [shown] = [a for a in Page(page.text).all("a") if a.get("aria-label") == "bon.jpg bekijken"]
    assert visitor.get(shown.get("href")).data == JPEG


def test_a_document_for_all_is_for_all(portaal: Portaal) -> None:
    id_ = portaal.wereld.id(AlgemeenDocument)
    for who in ("routebegeleider", "projectleider", "adviseur", "dubbel"):
        path = f"/beheer/algemene-documenten/bestand/?id={id_}"
        assert portaal.bezoeker(who).get(path).status_code == 200, who


# --- what no row names any more ------------------------------------------------------


def sweep(portaal: Portaal, **later: float) -> None:
    with portaal.app.app_context():
        files.sweep(datetime.now(UTC) + timedelta(**later))


def test_a_file_that_no_row_names_is_set_aside_and_goes_a_month_later(portaal: Portaal) -> None:
    assert send(portaal, "plan.pdf", b"%PDF-1.7 plan").status_code == 302
    [kept] = stored(portaal)
    orphan = kept.with_name("niemands.pdf")
    orphan.write_bytes(b"%PDF-1.7")

    def aside() -> bool:
        return any((kept.parent / "verweesd").glob(f"*/{orphan.name}"))

    sweep(portaal, hours=23)  # its row may be on its way
    assert orphan.exists()
    sweep(portaal, hours=25)
    assert (orphan.exists(), aside()) == (False, True)
    sweep(portaal, days=30)
    assert aside()
    sweep(portaal, days=32)
    assert not aside()
    assert kept.read_bytes() == b"%PDF-1.7 plan"
