"""What people see when something does not work: plain Dutch, never SQL or values."""

import json
import secrets
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, g, got_request_exception, render_template, request
from flask_wtf.csrf import CSRFError
from markupsafe import escape
from sqlalchemy.exc import DataError, IntegrityError, OperationalError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException, SecurityError

from cmk_admin.gate import Gone, Locked, Refused
from cmk_admin.web.targets import safe_target
from models.base import RegelFout


@dataclass(frozen=True, slots=True)
class Fault:
    """One error page. help: what the person can do, or who can."""

    code: int
    title: str
    text: str
    help: str = ""
    reference: str = ""


BACK = (
    "Ga met de terugknop van je browser terug: wat je typte staat er meestal nog."
    " Kopieer het voor je de pagina ververst."
)
ADVISER = "Lukt het niet? Vraag je adviseur bij Cultuur Oost."

FAULTS = {
    fault.code: fault
    for fault in (
        Fault(
            400,
            "Dit kunnen we niet verwerken",
            "Wat binnenkwam is niet compleet of klopt niet. Er is niets bewaard.",
            BACK,
        ),
        Fault(
            401, "Je bent niet ingelogd", "Log in en probeer het opnieuw. Er is niets gewijzigd."
        ),
        Fault(403, "Dit mag je niet", "Je hebt hier geen toegang toe.", ADVISER),
        Fault(
            404,
            "Deze pagina is er niet",
            "Misschien is wat hier stond verwijderd, of klopt het adres niet.",
            "Zoek het op via het menu.",
        ),
        Fault(
            405,
            "Zo werkt dit adres niet",
            "Deze pagina kun je niet rechtstreeks openen. Gebruik de knop die erbij hoort.",
        ),
        Fault(
            409,
            "Iemand anders was je voor",
            "Dit is intussen gewijzigd of wordt nog ergens gebruikt. Er is niets bewaard.",
            f"Bekijk eerst hoe het er nu voor staat. {BACK}",
        ),
        Fault(
            413,
            "Dit is te groot",
            "Het bestand of het formulier is groter dan het portaal aanneemt. Er is niets bewaard.",
            "Maak het bestand kleiner of verdeel het over meer bestanden.",
        ),
        Fault(
            429,
            "Even rustig aan",
            "Er kwamen te veel verzoeken achter elkaar.",
            "Wacht een minuut.",
        ),
        Fault(
            500,
            "Er ging iets mis",
            "De fout ligt bij het portaal, niet bij jou. Wat je wilde bewaren is niet bewaard.",
            BACK,
        ),
        Fault(
            503,
            "Even opnieuw proberen",
            "Het portaal is nu te druk of even niet bereikbaar. Er is niets bewaard.",
            f"Wacht een paar tellen en probeer het opnieuw. {BACK}",
        ),
    )
}
EXPIRED = Fault(
    400,
    "Het formulier is verlopen",
    "Het formulier is verlopen; er is niets bewaard. Dat gebeurt als je intussen opnieuw hebt"
    " ingelogd, of als de pagina te lang openstond.",
    f"{BACK} Log zo nodig opnieuw in, open het formulier opnieuw en bewaar nog een keer.",
)
# Headers of the original answer that the page must keep.
KEPT = ("Allow", "Retry-After", "Content-Range")


def register(app: Flask) -> None:
    """Every error becomes a page, or JSON for a script."""
    got_request_exception.connect(_give_reference, app)
    app.register_error_handler(HTTPException, _on_http)
    app.register_error_handler(CSRFError, lambda _error: answer(EXPIRED))
    app.register_error_handler(RegelFout, _on_rule)
    app.register_error_handler(Refused, _on_refusal)
    app.register_error_handler(StaleDataError, lambda _error: answer(FAULTS[409]))
    app.register_error_handler(IntegrityError, _on_integrity)
    app.register_error_handler(DataError, _on_absurd)
    app.register_error_handler(OverflowError, _on_absurd)
    app.register_error_handler(OperationalError, on_busy)


def answer(fault: Fault) -> Response:
    """The response for `fault`, in the form that the asker understands."""
    if wants_json():
        return Response(_as_json(fault), fault.code, mimetype="application/json")
    return Response(_as_page(fault), fault.code, mimetype="text/html")


def wants_json() -> bool:
    """Whether a script asks, rather than a person who looks at a page."""
    if request.headers.get("X-Requested-With") == "XMLHttpRequest":
        return True
    accepted = request.accept_mimetypes
    return accepted["application/json"] > accepted["text/html"]


def back_url() -> str:
    """The page the person came from, when it is one of ours and not this one again."""
    try:
        referrer = urlsplit(request.headers.get("Referer", ""))
    except ValueError:
        return "/"
    query = f"?{referrer.query}" if referrer.query else ""
    target = safe_target(f"{referrer.path}{query}")
    ours = referrer.netloc == request.environ.get("HTTP_HOST")
    if not ours or target is None or target == request.full_path.rstrip("?"):
        return "/"
    return target


# --- handlers -----------------------------------------------------------------


def _on_http(error: HTTPException) -> Response | HTTPException:
    if error.code is None or error.response is not None:
        return error
    general = FAULTS[400 if error.code < 500 else 500]
    fault = FAULTS.get(error.code) or replace(general, code=error.code)
    if error.code >= 500 and error.code != 503:
        fault = replace(fault, reference=_reference())
    response = answer(fault)
    for name, value in error.get_headers(request.environ):
        if name in KEPT:
            response.headers[name] = value
    return response


def _on_rule(error: RegelFout) -> Response:
    if isinstance(error, Gone):
        return answer(Fault(409, "Dit is er niet meer", str(error), BACK))
    return answer(Fault(400, "Dit kan niet", str(error), f"Er is niets bewaard. {BACK}"))


def _on_refusal(error: Refused) -> Response:
    if isinstance(error, Locked):
        return answer(Fault(409, "Dit is afgesloten", error.reason, error.help))
    return answer(Fault(403, "Dit mag je niet", error.reason, error.help))


def _on_integrity(error: IntegrityError) -> Response:
    """A constraint that no form foresaw: mostly two people who did the same at once."""
    return answer(replace(FAULTS[409], reference=_logged(error)))


def _on_absurd(error: DataError | OverflowError) -> Response:
    """A number or text that no column can hold: an address that was made up, or a bad form."""
    if request.method in {"GET", "HEAD"}:
        return answer(FAULTS[404])
    return answer(replace(FAULTS[400], reference=_logged(error)))


def on_busy(error: Exception) -> Response:
    """A lock that stayed taken, a database that is away: it passes."""
    response = answer(replace(FAULTS[503], reference=_logged(error)))
    response.headers["Retry-After"] = "5"
    return response


# --- the reference in the page and in the log ---------------------------------


def _reference() -> str:
    """Six characters that a person can read out, the same for the whole request."""
    if "fault_reference" not in g:
        g.fault_reference = "".join(
            secrets.choice("ABCDEFGHJKLMNPQRSTUVWXYZ23456789") for _ in range(6)
        )
    return str(g.fault_reference)


def _logged(error: Exception) -> str:
    """Write `error` to the log under a reference."""
    reference = _reference()
    current_app.logger.error(
        "Kenmerk %s: %s %s", reference, request.method, request.path, exc_info=error
    )
    return reference


def _give_reference(_app: Flask, exception: Exception, **_extra: object) -> None:
    """Flask logs an unforeseen error just after this; the note puts the reference in there."""
    exception.add_note(f"Kenmerk {_reference()}")


# --- rendering ----------------------------------------------------------------


def _as_json(fault: Fault) -> str:
    found = {
        "fout": fault.text,
        "titel": fault.title,
        "code": fault.code,
        "hulp": fault.help,
        "kenmerk": fault.reference,
    }
    return json.dumps(found, ensure_ascii=False)


def _as_page(fault: Fault) -> str:
    """The page in the portal's own look; a bare one when even that can't be made.

    For a host that is not ours no address can be made, so no page either.
    """
    if isinstance(request.routing_exception, SecurityError):
        return _as_bare_page(fault)
    try:
        return render_template(
            "fouten/fout.html",
            code=fault.code,
            title=fault.title,
            text=fault.text,
            help=fault.help,
            reference=fault.reference,
            back_url=back_url(),
        )
    except Exception:  # whatever broke the page may break its frame too: menu, database, address
        current_app.logger.exception("De foutpagina zelf kon niet gemaakt worden")
        return _as_bare_page(fault)


def _as_bare_page(fault: Fault) -> str:
    reference = (
        f"Vermeld dit kenmerk als je hulp vraagt: {fault.reference}" if fault.reference else ""
    )
    lines = "".join(
        f"<p>{escape(line)}</p>" for line in (fault.text, fault.help, reference) if line
    )
    title = escape(fault.title)
    return (
        '<!doctype html><html lang="nl"><head><meta charset="utf-8">'
        f"<title>{title} · CMK Portaal</title></head>"
        f'<body><main><h1>{title}</h1>{lines}<p><a href="/">Terug</a></p></main></body></html>'
    )
