"""Where uploads stand: a folder, or whatever fsspec knows by its address.

A file is written under another name and gets its own when it is whole, so a name that is there is
never half a file. Names are random and are never given out twice.
"""

import contextlib
import hashlib
import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import IO, Any

import fsspec
from flask import current_app
from fsspec.implementations.local import LocalFileSystem

#: In the configuration of the app; without it the folder `files` of the instance.
ADDRESS = "FILES_ADDRESS"
BLOCK = 1024 * 1024
#: As much of a file as stays in memory while it is sent.
IN_MEMORY = 8 * BLOCK
UNFINISHED = ".deel"
ASIDE = "verweesd"


class StorageFailed(Exception):
    """The storage did not do what was asked of it."""


@dataclass(frozen=True, slots=True)
class Storage:
    """Files by their random name. system: of fsspec; root: the path of the folder in it."""

    system: Any
    root: str

    def write(self, name: str, stream: IO[bytes]) -> tuple[int, str]:
        """Store what is left of `stream`; its size and SHA-256 when it is safely there.

        Raises StorageFailed with nothing left behind, as far as the storage still answers.
        """
        making = self._path(name + UNFINISHED)
        try:
            size, digest = self._copy(stream, making)
            self.system.mv(making, self._path(name))
            self._settle(name, size)
        except Exception as error:
            self.remove(name + UNFINISHED)
            self.remove(name)
            raise StorageFailed(str(error)) from error
        return size, digest

    def _copy(self, stream: IO[bytes], path: str) -> tuple[int, str]:
        digest, size = hashlib.sha256(), 0
        with self.system.open(path, "wb") as file:
            while block := stream.read(BLOCK):
                digest.update(block)
                size += len(block)
                file.write(block)
            if self._is_folder:
                file.flush()
                os.fsync(file.fileno())
        return size, digest.hexdigest()

    def _settle(self, name: str, size: int) -> None:
        """Whole, and in a folder its name on disk as well; other storage answers for that."""
        if self.system.size(self._path(name)) != size:
            raise StorageFailed(f"{name} is not whole")
        if self._is_folder:
            number = os.open(self.root, os.O_RDONLY)
            try:
                os.fsync(number)
            finally:
                os.close(number)

    @property
    def _is_folder(self) -> bool:
        return isinstance(self.system, LocalFileSystem)

    def read(self, name: str, sha256: str | None) -> IO[bytes] | None:
        """A copy of a file to send; None when it is gone, or no longer what was stored.

        What was checked is what is sent, whatever happens to the file meanwhile.
        """
        copy = tempfile.SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 - whoever sends it closes it
        digest = hashlib.sha256()
        try:
            with self.system.open(self._path(name), "rb") as file:
                while block := file.read(BLOCK):
                    digest.update(block)
                    copy.write(block)
        except FileNotFoundError:
            copy.close()
            return None
        except Exception as error:
            copy.close()
            raise StorageFailed(str(error)) from error
        if digest.hexdigest() != sha256:
            copy.close()
            return None
        copy.seek(0)
        return copy

    def remove(self, name: str) -> None:
        """Take a file away that no row came to name; what stays behind is for the sweep."""
        try:
            self.system.rm_file(self._path(name))
        except FileNotFoundError:
            pass
        except Exception:
            current_app.logger.exception("file %s stayed behind", name)

    def names_before(self, moment: datetime) -> Iterator[str]:
        """The files that have been here since before this moment."""
        for found in self._list(self.root):
            if found["type"] == "file" and _utc(self.system.modified(found["name"])) < moment:
                yield found["name"].rsplit("/", 1)[-1]

    def set_aside(self, name: str, day: date) -> None:
        """Put a file in the folder of this day, out of reach of every row."""
        folder = f"{self._path(ASIDE)}/{day.isoformat()}"
        self.system.makedirs(folder, exist_ok=True)
        self.system.mv(self._path(name), f"{folder}/{name}")

    def clear_aside(self, until: date) -> None:
        """Remove for good what was set aside before this day."""
        for found in self._list(self._path(ASIDE)):
            with contextlib.suppress(ValueError):
                if date.fromisoformat(found["name"].rsplit("/", 1)[-1]) < until:
                    self.system.rm(found["name"], recursive=True)

    def _list(self, path: str) -> list[dict[str, Any]]:
        self.system.invalidate_cache(path)
        with contextlib.suppress(FileNotFoundError):
            return list(self.system.ls(path, detail=True))
        return []

    def _path(self, name: str) -> str:
        return f"{self.root}/{name}"


def _utc(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def storage() -> Storage:
    """The storage of the app of this moment."""
    address = current_app.config.get(ADDRESS) or f"file://{current_app.instance_path}/files"
    system, root = fsspec.url_to_fs(address)
    found = Storage(system, root.rstrip("/"))
    if found._is_folder:
        system.makedirs(found.root, exist_ok=True)
    return found
