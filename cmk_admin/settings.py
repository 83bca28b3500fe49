"""Settings from the environment. Production without a secret refuses to start."""

import contextlib
import os
import secrets
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import fsspec

#: Not ::1: Werkzeug trusts no address in brackets, so every page would be refused.
LOOPBACK = ("127.0.0.1", "localhost")


class SettingsError(Exception):
    """A setting is missing or cannot be right; the message says which and what to do."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that differs between installations.

    instance: folder for the database, files, mail and keys of the embedded default.
    demo: demo accounts on the login page; only on loopback.
    base_url: address in mails; never taken from the Host header.
    files: address of the storage of uploads, as fsspec writes it; None is the folder `files` of
    the instance.
    proxies: how many proxies of our own stand in front and say where a visitor comes from.
    """

    instance: Path
    database_url: str
    secret_key: str
    demo: bool = False
    testing: bool = False
    host: str = "127.0.0.1"
    port: int = 8000
    base_url: str = "http://127.0.0.1:8000"
    trusted_hosts: tuple[str, ...] = ("127.0.0.1", "localhost")
    mail_from: str = "cmk@cultuuroost.nl"
    smtp_url: str | None = None
    max_upload_mb: int = 20
    files: str | None = None
    proxies: int = 0

    @classmethod
    def from_env(cls, env: Mapping[str, str] | None = None) -> "Settings":
        """Read `CMK_*`, `PORT` and `DATABASE_URL`; raises SettingsError."""
        env = os.environ if env is None else env
        instance = Path(env.get("CMK_INSTANCE", "instance")).resolve()
        host = env.get("CMK_HOST", "127.0.0.1")
        port = _whole("PORT", env.get("PORT", "8000"), 65535)
        demo = env.get("CMK_DEMO", "1" if host in LOOPBACK else "0") == "1"
        if demo and host not in LOOPBACK:
            raise SettingsError(
                f"De demo start alleen op dit eigen apparaat (127.0.0.1), niet op {host}."
                " Zet CMK_DEMO=0 voor een echte omgeving."
            )
        shown = f"[{host}]" if ":" in host else host
        base_url = env.get("BASE_URL", f"http://{shown}:{port}")
        trusted = env.get("TRUSTED_HOSTS", "127.0.0.1,localhost").split(",")
        trusted_hosts = tuple(naam.strip() for naam in trusted if naam.strip())
        if not demo and env.get("CMK_PLAIN_HTTP") != "1":
            _require_https(base_url, trusted_hosts)
        return cls(
            instance=instance,
            database_url=env.get("DATABASE_URL", f"sqlite:///{instance / 'cmk.sqlite3'}"),
            secret_key=_secret(env, instance, demo),
            demo=demo,
            host=host,
            port=port,
            base_url=base_url.rstrip("/"),
            trusted_hosts=trusted_hosts,
            mail_from=env.get("CMK_MAIL_FROM", "cmk@cultuuroost.nl"),
            smtp_url=env.get("SMTP_URL"),
            max_upload_mb=_whole("CMK_MAX_UPLOAD_MB", env.get("CMK_MAX_UPLOAD_MB", "20"), 1000),
            files=_storage(env.get("CMK_FILES", "")),
            proxies=_whole("CMK_PROXIES", env["CMK_PROXIES"], 10) if "CMK_PROXIES" in env else 0,
        )

    def flask_config(self) -> dict[str, Any]:
        """The same, as Flask and its extensions read it."""
        return {
            "SECRET_KEY": self.secret_key,
            "TESTING": self.testing,
            "TRUSTED_HOSTS": list(self.trusted_hosts),
            "SQLALCHEMY_DATABASE_URI": self.database_url,
            # What people typed does not belong in a log.
            "SQLALCHEMY_ENGINE_OPTIONS": {"hide_parameters": True},
            "MAX_CONTENT_LENGTH": self.max_upload_mb * 1024 * 1024,
            "MAX_FORM_PARTS": 25_000,
            "FILES_ADDRESS": self.files,
            "WTF_CSRF_TIME_LIMIT": None,
            "FLASK_ADMIN_RAISE_ON_VIEW_EXCEPTION": True,
        }

    @property
    def secure_cookies(self) -> bool:
        """Cookies only over https, wherever the portal is reached over https."""
        return self.base_url.startswith("https://")


def _whole(name: str, text: str, most: int) -> int:
    if not (text.isascii() and text.isdigit()) or not 0 < int(text) <= most:
        raise SettingsError(f"{name} moet een getal tussen 1 en {most} zijn, niet “{text}”.")
    return int(text)


def _storage(address: str) -> str | None:
    """An address that fsspec can open; said at the start, not at the first upload."""
    if not address:
        return None
    try:
        fsspec.get_filesystem_class(fsspec.utils.get_protocol(address))
    except (ImportError, ValueError):
        raise SettingsError(
            f"CMK_FILES is “{address}”: voor zo'n adres is hier niets geïnstalleerd. Zet er een"
            " map neer (file:///pad) of installeer het pakket van fsspec voor deze opslag."
        ) from None
    return address


def _require_https(base_url: str, trusted_hosts: Iterable[str]) -> None:
    """Over plain http a cookie is anybody's; only this machine talks to itself that way."""
    try:
        parts = urlsplit(base_url)
        names = {parts.hostname or "", *trusted_hosts}
    except ValueError:
        raise SettingsError(f"BASE_URL is geen adres: “{base_url}”.") from None
    if parts.scheme != "https" and not all(map(_is_here, names)):
        raise SettingsError(
            f"BASE_URL is {base_url}: wachtwoorden en cookies gaan dan leesbaar over het netwerk."
            " Zet BASE_URL op het https-adres van het portaal, of CMK_PLAIN_HTTP=1 als je dit"
            " toch wilt."
        )


def _is_here(name: str) -> bool:
    try:
        return name == "localhost" or ip_address(name).is_loopback
    except ValueError:
        return False


def _secret(env: Mapping[str, str], instance: Path, demo: bool) -> str:
    """The key that signs cookies and encrypts second factors.

    A demo makes its own once and keeps it in the instance folder; production must be given one.
    """
    given = env.get("CMK_SECRET_KEY", "")
    if given:
        if len(given) < 32:
            raise SettingsError("CMK_SECRET_KEY moet minstens 32 tekens hebben.")
        return given
    if not demo:
        raise SettingsError(
            "Zet CMK_SECRET_KEY (minstens 32 willekeurige tekens) voor een echte omgeving."
        )
    instance.mkdir(parents=True, exist_ok=True)
    path = instance / "secret_key"
    if not path.exists():
        _write_once(path, secrets.token_urlsafe(48))
    return path.read_text().strip()


def _write_once(path: Path, text: str) -> None:
    """Of several processes that start at once, one makes the file; it is never half there."""
    with tempfile.NamedTemporaryFile("w", dir=path.parent, prefix=path.name) as file:
        file.write(text)
        file.flush()
        with contextlib.suppress(FileExistsError):
            os.link(file.name, path)
