"""The pages of the log-in (Handleiding 1.2): password, then code; and logging out."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import Any

from flask import Blueprint, abort, flash, jsonify, render_template, request, url_for
from flask_login import current_user
from flask_wtf.csrf import generate_csrf
from werkzeug.wrappers import Response

from cmk_admin import mail
from cmk_admin.auth import account, attempts, clock, demo_mode, interrupted, sessions
from cmk_admin.auth import recovery as recovery_codes
from cmk_admin.auth.access import public
from cmk_admin.auth.attempts import TooManyError
from cmk_admin.auth.forms import CodeForm, LoginForm, RecoveryForm
from cmk_admin.auth.fresh import fresh
from cmk_admin.auth.pages import Page, page, see, too_many
from cmk_admin.routes import signed_in
from cmk_admin.web.targets import safe_target

blueprint = Blueprint("auth", __name__)

HOME = "/"
# One sentence for every reason: which accounts exist is nobody's business.
WRONG = "E-mailadres of wachtwoord klopt niet."
WRONG_CODE = "Deze code klopt niet of is al gebruikt. Wacht op de volgende code in je app."
FILE_TITLE = "Herstelcodes van {email} voor het CMK Portaal; elke code werkt één keer."
WRONG_RECOVERY = "Deze herstelcode klopt niet of is al gebruikt."
NOTHING_KEPT = "Er staat geen formulier meer voor je klaar."
TOO_LATE = "Het inloggen duurde te lang. Begin opnieuw."


@blueprint.route("/inloggen", methods=["GET", "POST"])
@public
def login() -> Page:
    """E-mail address and password; the first half."""
    if current_user.is_authenticated:
        return see(HOME)
    form = LoginForm()
    if form.validate_on_submit():
        try:
            found = _try_password(form.email.data or "", form.wachtwoord.data or "")
        except TooManyError as error:
            return too_many("auth/login.html", form, error, **demo_mode.login_context())
        if found:
            sessions.begin_halfway(found, safe_target(request.args.get("next")), clock.now())
            return see(url_for("auth.code"))
        form.form_errors.append(WRONG)
    return page("auth/login.html", form, **demo_mode.login_context())


def _try_password(email: str, password: str) -> account.Credentials | None:
    with attempts.attempt(attempts.per_account(email)) as attempt:
        found = account.check_password(email, password)
        attempt.right = found is not None
    return found


@dataclass(frozen=True, slots=True)
class Second:
    """The second half: who is to prove it is them, where they want to go, and when."""

    halfway: sessions.Halfway
    found: account.Credentials
    moment: datetime


def second_half(view: Callable[[Second], Page]) -> Callable[[], Page]:
    """Decorator: for who typed a password that is still theirs; others begin again."""

    @wraps(view)
    def asked() -> Page:
        if current_user.is_authenticated:
            return see(HOME)
        moment = clock.now()
        halfway = sessions.halfway(moment)
        found = account.find_by_id(halfway.gebruiker_id) if halfway else None
        if halfway is None or found is None or not halfway.is_of(found):
            return _begin_again()
        return view(Second(halfway, found, moment))

    return asked


@blueprint.route("/inloggen/code", methods=["GET", "POST"])
@public
@second_half
def code(second: Second) -> Page:
    """The code of the authenticator app."""
    found, moment = second.found, second.moment
    context = {
        "email": found.email,
        "back_url": url_for("auth.login"),
        "recovery_url": url_for("auth.recovery"),
        **demo_mode.code_context(found, moment),
    }

    def inside(person: account.Account) -> Page:
        sessions.begin(person, moment)
        return see(second.halfway.target or HOME)

    return _prove("auth/code.html", CodeForm(), found, moment, inside, context)


@blueprint.route("/inloggen/herstelcode", methods=["GET", "POST"])
@public
@second_half
def recovery(second: Second) -> Page:
    """A recovery code instead of the code of the app."""
    found, moment = second.found, second.moment
    context = {"email": found.email, "back_url": url_for("auth.code")}

    def inside(person: account.Account) -> Page:
        sessions.begin(person, moment)
        _tell_of_recovery(person)
        return see(second.halfway.target or HOME)

    return _prove("auth/recovery.html", RecoveryForm(), found, moment, inside, context)


def _prove(
    template: str,
    form: CodeForm | RecoveryForm,
    found: account.Credentials,
    moment: datetime,
    proven: Callable[[account.Account], Page],
    context: dict[str, Any],
) -> Page:
    """The page that asks a code, of the app or to recover; once it is right, `proven` answers."""
    check, wrong = account.check_code, WRONG_CODE
    if isinstance(form, RecoveryForm):
        check, wrong = account.check_recovery, WRONG_RECOVERY
    if form.validate_on_submit():
        try:
            with attempts.attempt(attempts.per_factor(found.gebruiker_id)) as attempt:
                person = check(found, form.code.data or "", moment)
                attempt.right = person is not None
        except TooManyError as error:
            return too_many(template, form, error, **context)
        if person:
            return proven(person)
        form.code.errors = [wrong]
    return page(template, form, **context)


def _tell_of_recovery(person: account.Account) -> None:
    """On the screen; by mail as well, as it may have been somebody else (see check_recovery)."""
    count = recovery_codes.left(person.id)
    flash(
        f"Je gebruikte een herstelcode; er zijn er nog {count} over. Heb je een nieuwe telefoon?"
        " Koppel die dan bij Mijn gegevens → Tweestapsauthenticatie (2FA).",
        "warning",
    )
    mail.send_soon()


def _begin_again() -> Page:
    sessions.end()
    flash(TOO_LATE, "info")
    return see(url_for("auth.login"))


@blueprint.post("/uitloggen")
@public
def logout() -> Page:
    """End the session of this browser."""
    sessions.end()
    flash("Je bent uitgelogd.", "info")
    return see(url_for("auth.login"))


@blueprint.route("/zitting", methods=["GET", "POST"])
@signed_in
def session_left() -> Response:
    """How long this session still lasts when nothing is done; a POST does something."""
    moment, person = clock.now(), current_user._get_current_object()
    if request.method == "POST":
        sessions.note_activity(person, moment)
        person = sessions.current(person.id, moment) or person
    # The token, for a form that stayed open while its owner logged in again elsewhere.
    return jsonify(
        seconden=sessions.seconds_left(person, moment), wie=person.id, token=generate_csrf()
    )


@blueprint.get("/verder/<key>")
@signed_in
def resume(key: str) -> Page:
    """What was typed when the session had ended, to go on with; a button brings the form back."""
    found = interrupted.find(key, current_user.id, clock.now())
    if found is None:
        flash(NOTHING_KEPT, "info")
        return see(HOME)
    return render_template("auth/resume.html", draft=found), 200


@blueprint.post("/herstelcodes/bewaard")
@signed_in
def recovery_saved() -> Page:
    """They stand on paper now, and no longer on the dashboard."""
    recovery_codes.saved(current_user.id)
    flash("Mooi. Je herstelcodes staan hier nu niet meer.", "success")
    return see(HOME)


@blueprint.get("/herstelcodes")
@signed_in
@fresh
def recovery_show() -> Page:
    """To the dashboard, where they stand for who just typed a code."""
    return see(HOME)


@blueprint.get("/herstelcodes.txt")
@signed_in
@fresh
def recovery_file() -> Response:
    """The codes to keep, as long as they are not saved."""
    codes = recovery_codes.to_save(current_user.id)
    if not codes:
        abort(404)
    text = "\r\n".join((FILE_TITLE.format(email=current_user.email), "", *codes, ""))
    headers = {"Content-Disposition": "attachment; filename=herstelcodes-cmk-portaal.txt"}
    return Response(text, headers=headers, mimetype="text/plain")


@blueprint.route("/bevestigen", methods=["GET", "POST"])
@signed_in
def confirm() -> Page:
    """A code before something by which a stolen browser could keep the account."""
    found, moment = account.find_by_id(current_user.id), clock.now()
    if found is None:
        return _begin_again()
    context = {
        "email": found.email,
        "recovery_url": url_for("auth.confirm_recovery", next=_wanted()),
        **demo_mode.code_context(found, moment),
    }
    return _prove(
        "auth/confirm.html", CodeForm(), found, moment, lambda _: _confirmed(moment), context
    )


@blueprint.route("/bevestigen/herstelcode", methods=["GET", "POST"])
@signed_in
def confirm_recovery() -> Page:
    """The same by a recovery code: who lost the app comes here to couple another."""
    found, moment = account.find_by_id(current_user.id), clock.now()
    if found is None:
        return _begin_again()
    context = {"email": found.email, "back_url": url_for("auth.confirm", next=_wanted())}

    def proven(person: account.Account) -> Page:
        _tell_of_recovery(person)
        return _confirmed(moment)

    return _prove("auth/recovery.html", RecoveryForm(), found, moment, proven, context)


def _wanted() -> str | None:
    """Where somebody was going when they were asked for a code."""
    return safe_target(request.args.get("next"))


def _confirmed(moment: datetime) -> Page:
    sessions.confirm(current_user, moment)
    return see(_wanted() or HOME)
