"""The settings as the environment gives them; what can't be is said in Dutch before the start."""

from pathlib import Path
from typing import Any

import pytest
from werkzeug.sansio.utils import host_is_trusted

from cmk_admin.settings import Settings, SettingsError

REAL = {"CMK_DEMO": "0", "CMK_SECRET_KEY": "x" * 32}


def of(tmp_path: Path, **env: Any) -> Settings:
    return Settings.from_env({"CMK_INSTANCE": str(tmp_path)} | env)


def test_without_anything_it_is_a_demo_on_this_machine(tmp_path: Path) -> None:
    settings = of(tmp_path)
    assert settings.demo
    assert settings.base_url == "http://127.0.0.1:8000"
    assert settings.database_url == f"sqlite:///{tmp_path / 'cmk.sqlite3'}"
    assert not settings.secure_cookies
    assert of(tmp_path).secret_key == settings.secret_key


@pytest.mark.parametrize(
    ("host", "address"),
    [("127.0.0.1", "127.0.0.1:8080"), ("localhost", "localhost:8080")],
)
def test_the_address_is_one_that_a_browser_takes_and_is_trusted(
    tmp_path: Path, host: str, address: str
) -> None:
    settings = of(tmp_path, CMK_HOST=host, PORT="8080")
    assert settings.base_url == f"http://{address}"
    assert host_is_trusted(address, list(settings.trusted_hosts))
    assert not host_is_trusted("elders.example", list(settings.trusted_hosts))


def test_an_address_of_ipv6_stands_in_brackets(tmp_path: Path) -> None:
    assert of(tmp_path, CMK_HOST="::1", **REAL).base_url == "http://[::1]:8000"


def test_a_real_one_says_its_own_address(tmp_path: Path) -> None:
    given = {"BASE_URL": "https://cmk.example/", "TRUSTED_HOSTS": "cmk.example, www.cmk.example"}
    settings = of(tmp_path, **REAL, **given)
    assert (settings.base_url, settings.secure_cookies) == ("https://cmk.example", True)
    assert settings.trusted_hosts == ("cmk.example", "www.cmk.example")


@pytest.mark.parametrize(
    ("env", "words"),
    [
        ({"PORT": "0"}, "PORT moet een getal tussen 1 en 65535 zijn"),
        ({"PORT": "65536"}, "PORT"),
        ({"PORT": "²"}, "PORT"),
        ({"CMK_MAX_UPLOAD_MB": "veel"}, "CMK_MAX_UPLOAD_MB moet een getal tussen 1 en 1000 zijn"),
        ({"CMK_HOST": "0.0.0.0"} | REAL | {"CMK_DEMO": "1"}, "alleen op dit eigen apparaat"),
        ({"CMK_HOST": "::1", "CMK_DEMO": "1"}, "alleen op dit eigen apparaat"),
        ({"CMK_DEMO": "0"}, "Zet CMK_SECRET_KEY"),
        (REAL | {"CMK_SECRET_KEY": "x" * 31}, "minstens 32 tekens"),
        ({"CMK_FILES": "zomaar://iets"}, "niets geïnstalleerd"),
        (REAL | {"BASE_URL": "http://cmk.example"}, "leesbaar over het netwerk"),
        (REAL | {"BASE_URL": "cmk.example"}, "leesbaar over het netwerk"),
        (REAL | {"BASE_URL": "http://[::1"}, "BASE_URL is geen adres"),
        (REAL | {"CMK_HOST": "0.0.0.0"}, "BASE_URL is http://0.0.0.0:8000"),
        (REAL | {"TRUSTED_HOSTS": "cmk.example"}, "BASE_URL is http://127.0.0.1:8000"),
    ],
)
def test_what_can_not_be_stops_the_start(tmp_path: Path, env: dict[str, str], words: str) -> None:
    with pytest.raises(SettingsError, match=words):
        of(tmp_path, **env)


@pytest.mark.parametrize(
    "env",
    [
        {"BASE_URL": "https://cmk.example", "CMK_HOST": "0.0.0.0", "TRUSTED_HOSTS": "cmk.example"},
        {"BASE_URL": "http://127.0.0.1:8080"},
        {"BASE_URL": "http://intranet", "CMK_PLAIN_HTTP": "1"},
    ],
)
def test_a_real_one_is_reached_over_https_unless_told_otherwise(
    tmp_path: Path, env: dict[str, str]
) -> None:
    settings = of(tmp_path, **REAL, **env)
    assert settings.secure_cookies is env["BASE_URL"].startswith("https")
