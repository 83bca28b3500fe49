"""The demo shows everybody's code on the log-in page, so it only works on this very computer.

It refuses to start elsewhere, and refuses every request that may have come from elsewhere.
"""

from dataclasses import replace
from datetime import datetime
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, request
from sqlalchemy import exists, inspect, select

from cmk_admin.actor import system
from cmk_admin.auth import clock, totp
from cmk_admin.auth.account import Credentials
from cmk_admin.extensions import db
from cmk_admin.gate import acting_as
from cmk_admin.settings import LOOPBACK, Settings, SettingsError
from cmk_admin.web.errors import Fault, answer
from models.gebruiker import Gebruiker

KEY = "demo_mode"
GUARD = system("demo")

ELSEWHERE = Fault(
    403,
    "Deze demo is niet van buiten te bereiken",
    "De demo werkt alleen op de computer waarop zij draait, zonder iets ertussen.",
    "Wil je het portaal echt gebruiken? Zet CMK_DEMO=0 en volg de aanwijzingen in de README.",
)
REAL_ACCOUNT = replace(
    ELSEWHERE,
    code=503,
    title="De demo is gestopt",
    text="Er is een echt account in deze database. De demo toont ieders inlogcode en stopt daarom.",
)

# What proxies and tunnels add: each says that somebody stands between us and the browser.
FORWARDED = ("x-forwarded", "x-original-", "x-envoy-", "cf-", "fly-", "fastly-")
FORWARDED_EXACTLY = frozenset(
    {
        "forwarded",
        "forwarded-for",
        "true-client-ip",
        "via",
        "x-client-ip",
        "x-cluster-client-ip",
        "x-host",
        "x-proxyuser-ip",
        "x-real-ip",
    }
)


def register(app: Flask, settings: Settings) -> None:
    """Guard a demo; raises SettingsError where it must not start. Needs the database bound."""
    app.extensions[KEY] = settings.demo
    if not settings.demo:
        return
    if settings.host not in LOOPBACK:
        raise SettingsError(f"De demo start alleen op dit eigen apparaat, niet op {settings.host}.")
    with app.app_context():
        present = _is_migrated() and has_real_account()
        # Whoever starts us may fork yet; a connection must not go along.
        db.engine.dispose()
    if present:
        raise SettingsError(
            "In deze database staat een echt account; de demo, die ieders code toont,"
            " start dan niet. Zet CMK_DEMO=0."
        )
    # Before all others: nothing about the request is looked at, and nobody loaded, before this.
    app.before_request_funcs.setdefault(None, []).insert(0, _refuse)


def _is_migrated() -> bool:
    with acting_as(GUARD) as session:
        return inspect(session.connection()).has_table(Gebruiker.__tablename__)


def _refuse() -> Response | None:
    """The refusal of a request that the demo must not serve.

    Whether a real account appeared is asked at every request but those for static files:
    one look at a table of a few rows, so there is no moment in which it can be missed.
    """
    if not (_from_here() and _to_here() and not _forwarded()):
        return answer(ELSEWHERE)
    if request.endpoint != "static" and has_real_account():
        return answer(REAL_ACCOUNT)
    return None


def has_real_account() -> bool:
    """Whether any account is not a demo account."""
    with acting_as(GUARD) as session:
        return bool(session.scalar(select(exists().where(~Gebruiker.demo))))


def _from_here() -> bool:
    return _is_loopback(request.remote_addr or "")


def _to_here() -> bool:
    """Whether the browser asked for this computer by a name that can't be anyone else's."""
    try:
        name = urlsplit(f"//{request.environ.get('HTTP_HOST', '')}").hostname or ""
    except ValueError:
        return False
    return name == "localhost" or _is_loopback(name)


def _forwarded() -> bool:
    names = (name.lower() for name, _ in request.headers)
    return any(name.startswith(FORWARDED) or name in FORWARDED_EXACTLY for name in names)


def _is_loopback(text: str) -> bool:
    try:
        address = ip_address(text)
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return bool((mapped or address).is_loopback)


# --- what the log-in pages show -----------------------------------------------


def login_context() -> dict[str, Any]:
    """The accounts with the code of this moment; nothing outside a demo."""
    if not current_app.extensions[KEY]:
        return {"demo_accounts": []}
    from cmk_admin.demo.accounts import DEMO_ACCOUNTS, DEMO_PASSWORD

    moment = clock.now()
    accounts = [
        {
            "email": account.email,
            "rol": account.rol,
            "code": totp.code_at(account.totp_secret, moment),
            "seconden": totp.seconds_left(moment),
        }
        for account in DEMO_ACCOUNTS
    ]
    return {"demo_accounts": accounts, "demo_password": DEMO_PASSWORD}


def code_context(found: Credentials, moment: datetime) -> dict[str, Any]:
    """The code that will be accepted now; nothing outside a demo."""
    if not current_app.extensions[KEY]:
        return {}
    return {"demo_code": found.factor.usable_code(moment)}
