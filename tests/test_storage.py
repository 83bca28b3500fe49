"""Where uploads stand: whole or not at all, and what was acknowledged is really there."""

import errno
import hashlib
import io
import os
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import fsspec
import pytest
from fsspec.implementations.local import LocalFileOpener, LocalFileSystem
from werkzeug.test import TestResponse

from cmk_admin import files, storage
from cmk_admin.storage import ADDRESS, Storage
from models.project import Document
from tests.pages import Page
from tests.portal_forms import edit_body, error_at, new_values, sending
from tests.support.portal import Portaal

NEW = "/beheer/documenten/new/"
#: More than one block, and less than what the test client would put in a file of its own.
LARGE = b"%PDF-1.7" + b"x" * 250_000
FULL = OSError(errno.ENOSPC, "No space left on device")


@pytest.fixture(params=["folder", "elsewhere"])
def place(
    portaal: Portaal,
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> Iterator[Storage]:
    """An empty storage: a folder, and one that is no folder at all."""
    there = f"memory://{uuid.uuid4().hex}"
    address = f"file://{tmp_path}/op slag" if request.param == "folder" else there
    monkeypatch.setitem(portaal.app.config, ADDRESS, address)
    monkeypatch.setattr(storage, "BLOCK", 100_000)
    system, root = fsspec.url_to_fs(address)
    yield Storage(system, root)
    if system.exists(root):
        system.rm(root, recursive=True)


def names(place: Storage) -> list[str]:
    """Every file, whole or half, set aside or not."""
    found = place.system.find(place.root) if place.system.exists(place.root) else []
    return [name.removeprefix(f"{place.root}/") for name in found]


def send(portaal: Portaal, content: bytes, **changes: Any) -> TestResponse:
    values = new_values(portaal, Document, "eigen", "open")
    values["bestand_naam"] = (io.BytesIO(content), "plan.pdf")
    return portaal.bezoeker("projectleider").post(NEW, sending(values | changes))


def newest(portaal: Portaal) -> int:
    with portaal.als() as session:
        found = session.query(Document).order_by(Document.id.desc()).first()
        assert found is not None
        return found.id


def test_a_file_comes_back_wherever_it_stands(portaal: Portaal, place: Storage) -> None:
    assert send(portaal, LARGE).status_code == 302
    [name] = names(place)
    assert "plan" not in name
    visitor = portaal.bezoeker("routebegeleider")
    address = f"/beheer/documenten/bestand/?id={newest(portaal)}"
    assert visitor.get(address).data == LARGE
    place.system.pipe_file(f"{place.root}/{name}", b"%PDF-1.7 iets anders")
    assert visitor.get(address).status_code == 404


def test_what_no_row_names_is_set_aside_and_goes(portaal: Portaal, place: Storage) -> None:
    """Wherever it stands; what was left half by a process that ended as well."""
    assert send(portaal, LARGE).status_code == 302
    [kept] = names(place)
    for orphan in ("niemands.pdf", "half.pdf.deel"):
        place.system.pipe_file(f"{place.root}/{orphan}", b"%PDF-1.7")
    now = datetime.now(UTC)
    with portaal.app.app_context():
        files.sweep(now + timedelta(hours=23))
        assert len(names(place)) == 3
        files.sweep(now + timedelta(hours=25))
        assert sorted(name.split("/")[0] for name in names(place)) == sorted(
            [kept, "verweesd", "verweesd"]
        )
        files.sweep(now + timedelta(days=33))
    assert names(place) == [kept]


# --- storage that fails --------------------------------------------------------------


def _breaks_writing(monkeypatch: pytest.MonkeyPatch, place: Storage) -> None:
    """The second block finds the disk full."""
    written: list[int] = []

    def write(self: Any, block: bytes) -> int:
        written.append(len(block))
        if len(written) > 1:
            raise FULL
        return int(self.f.write(block))

    monkeypatch.setattr(LocalFileOpener, "write", write, raising=False)


def _breaks_syncing(monkeypatch: pytest.MonkeyPatch, place: Storage) -> None:
    def fsync(_number: int) -> None:
        raise FULL

    monkeypatch.setattr(os, "fsync", fsync)


def _breaks_naming(monkeypatch: pytest.MonkeyPatch, place: Storage) -> None:
    def move(*_args: Any, **_kwargs: Any) -> None:
        raise TimeoutError

    monkeypatch.setattr(type(place.system), "mv", move)


def _loses_the_end(monkeypatch: pytest.MonkeyPatch, place: Storage) -> None:
    monkeypatch.setattr(type(place.system), "size", lambda _self, _path: 5)


FAILURES = {
    "the disk fills up": ("folder", _breaks_writing),
    "the disk does not confirm": ("folder", _breaks_syncing),
    "no name for it": ("folder", _breaks_naming),
    "no name for it, elsewhere": ("elsewhere", _breaks_naming),
    "the end is missing": ("elsewhere", _loses_the_end),
}
ASKED = [pytest.param(place, breaks, id=name) for name, (place, breaks) in FAILURES.items()]


@pytest.mark.parametrize(("place", "breaks"), ASKED, indirect=["place"])
def test_storage_that_fails_leaves_nothing_half(
    portaal: Portaal, place: Storage, breaks: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is saved, what was typed stands there, and what was there before still is."""
    assert send(portaal, b"%PDF-1.7 van eerst").status_code == 302
    before, id_ = names(place), newest(portaal)
    portaal.changed()
    with monkeypatch.context() as broken:
        breaks(broken, place)
        answer = send(portaal, LARGE, titel="Mijn titel")
        assert answer.status_code == 422
        page = Page(answer.text)
        assert error_at(page, "bestand_naam").startswith(
            "Het bestand kon nu niet worden opgeslagen"
        )
        assert page.form()["titel"] == ["Mijn titel"]
        # Nor does a newer file push out the one that was acknowledged.
        newer = {"bestand_naam": (io.BytesIO(LARGE), "nieuw.pdf"), "titel": "Anders"}
        body = edit_body(portaal, Document, id_, **newer)
        visitor = portaal.bezoeker("projectleider")
        assert visitor.post(f"/beheer/documenten/edit/?id={id_}", body).status_code == 422
    assert not portaal.changed()
    assert names(place) == before
    found = visitor.get(f"/beheer/documenten/bestand/?id={id_}")
    assert found.data == b"%PDF-1.7 van eerst"
    assert send(portaal, LARGE).status_code == 302


def test_storage_that_does_not_answer_is_said_so(
    portaal: Portaal, place: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not that the file is gone: it is there, when storage is."""
    assert send(portaal, b"%PDF-1.7 plan").status_code == 302
    address = f"/beheer/documenten/bestand/?id={newest(portaal)}"

    def opens(*_args: Any, **_kwargs: Any) -> None:
        raise TimeoutError

    visitor = portaal.bezoeker("projectleider")
    with monkeypatch.context() as broken:
        broken.setattr(type(place.system), "open", opens)
        assert visitor.get(address).status_code == 503
    assert visitor.get(address).status_code == 200


@pytest.mark.parametrize("place", ["folder"], indirect=True)
def test_what_is_acknowledged_has_reached_the_disk(
    portaal: Portaal, place: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """First what is in it, then its name, then the folder that knows the name."""
    steps: list[str] = []
    sync, move = os.fsync, LocalFileSystem.mv

    def fsync(number: int) -> None:
        folder = os.path.isdir(f"/proc/self/fd/{number}")  # noqa: PTH112 - a descriptor is no path
        steps.append("folder" if folder else "content")
        sync(number)

    def mv(*args: Any, **kwargs: Any) -> None:
        steps.append("name")
        move(*args, **kwargs)

    monkeypatch.setattr(os, "fsync", fsync)
    monkeypatch.setattr(LocalFileSystem, "mv", mv)
    assert send(portaal, LARGE).status_code == 302
    assert steps == ["content", "name", "folder"]


@pytest.mark.parametrize("place", ["folder"], indirect=True)
def test_no_row_then_no_file_either(portaal: Portaal, place: Storage) -> None:
    """The file was stored, the row was refused: nothing stays behind."""
    assert send(portaal, LARGE, soort_id="999999").status_code == 422
    assert send(portaal, LARGE, titel="x" * 500).status_code == 422
    assert names(place) == []


def test_without_an_address_it_is_a_folder_of_the_instance(portaal: Portaal) -> None:
    content = b"%PDF-1.7 in de map"
    assert send(portaal, content).status_code == 302
    with portaal.als() as session:
        name = session.get_one(Document, newest(portaal)).bestand_sleutel or ""
    path = Path(portaal.app.instance_path) / "files" / name
    assert hashlib.sha256(path.read_bytes()).hexdigest() == hashlib.sha256(content).hexdigest()
    path.unlink()
