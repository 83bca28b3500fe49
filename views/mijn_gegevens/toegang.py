"""Mijn gegevens → E-mailadres, Wachtwoord and Tweestapsauthenticatie (Handleiding 2.8)."""

from typing import Any

from flask import Blueprint, flash, render_template, request, url_for
from flask_login import current_user

from cmk_admin import formats, mail
from cmk_admin.auth import account, activation, attempts, clock, own, recovery, sessions
from cmk_admin.auth.activation_views import qr_context
from cmk_admin.auth.attempts import Limit, TooManyError
from cmk_admin.auth.forms import ChangeEmailForm, ChangePasswordForm, CodeForm
from cmk_admin.auth.fresh import fresh
from cmk_admin.auth.interrupted import given_back, kept
from cmk_admin.auth.judgement import fault_in
from cmk_admin.auth.pages import Page, page, see, too_many
from cmk_admin.forms.fields import to_id
from cmk_admin.page import Crumb, PageHeader
from cmk_admin.routes import signed_in
from models.base import RegelFout
from views.mijn_gegevens.onderdelen import PARTS, header, me

blueprint = Blueprint("toegang", __name__, url_prefix="/mijn-gegevens")

WRONG_CODE = "Deze code klopt niet. Wacht op de volgende code in de nieuwe app."
RESET = (
    "Je app en je herstelcodes werken niet meer.",
    "Je krijgt een mail met een link. Daarmee kies je een wachtwoord en koppel je je app opnieuw.",
    "Tot je dat doet, kan niemand met je account inloggen.",
)
ASKED = (
    "Er is een mail met een link gestuurd naar {email}. Pas als je die opent, verandert je"
    " e-mailadres. De link werkt een uur."
)


def _stay(moment: Any) -> None:
    """All sessions of this person ended, this one too; here they go on in a new one."""
    person = account.load_account(current_user.id)
    if person is not None:
        sessions.begin(person, moment)


@blueprint.route("/e-mailadres", methods=["GET", "POST"])
@signed_in
@kept
@fresh
def email() -> Page:
    """See and change one's address; the new one has to be confirmed from its own mailbox."""
    form, context = ChangeEmailForm(), {"header": header("toegang.email"), "email": me().email}
    if not given_back() and form.validate_on_submit():
        wanted = form.email.data or ""
        try:
            with attempts.attempt(Limit(f"adres van {current_user.id}", attempts.PER_ACCOUNT)):
                own.ask_email(current_user.id, wanted, clock.now())
        except TooManyError as error:
            return too_many("mijn_gegevens/email.html", form, error, **context)
        except RegelFout as refused:
            form.email.errors = [fout.tekst for fout in refused.fouten]
            return page("mijn_gegevens/email.html", form, **context)
        mail.send_soon()
        flash(ASKED.format(email=wanted.strip().lower()), "info")
        return see(url_for("toegang.email"))
    return page("mijn_gegevens/email.html", form, **context)


@blueprint.route("/wachtwoord", methods=["GET", "POST"])
@signed_in
@fresh
def wachtwoord() -> Page:
    """Change the password; below it where one is logged in."""
    form, moment = ChangePasswordForm(), clock.now()
    context = {
        "header": header("toegang.wachtwoord"),
        "places": [
            (place, formats.moment(place.since), formats.moment(place.seen))
            for place in sessions.places(current_user, moment)
        ],
    }
    if form.validate_on_submit():
        try:
            done = _change_password(form)
        except TooManyError as error:
            return too_many("mijn_gegevens/wachtwoord.html", form, error, **context)
        if done:
            _stay(moment)
            mail.send_soon()
            flash("Je wachtwoord is gewijzigd. Op andere apparaten ben je uitgelogd.", "success")
            return see(url_for("toegang.wachtwoord"))
    return page("mijn_gegevens/wachtwoord.html", form, **context)


def _change_password(form: ChangePasswordForm) -> bool:
    person = me()
    with attempts.attempt(attempts.per_account(person.email)) as attempt:
        known = account.check_password(person.email, form.huidig.data or "")
        attempt.right = known is not None
    fault = fault_in(form.wachtwoord.data or "", (person.naam, person.email))
    if fault:
        form.wachtwoord.errors = [fault]
    if not attempt.right:
        form.huidig.errors = ["Dit is niet je huidige wachtwoord."]
    if fault or not attempt.right:
        return False
    own.change_password(current_user, form.wachtwoord.data or "")
    return True


@blueprint.post("/wachtwoord/uitloggen")
@signed_in
def uitloggen() -> Page:
    """End one other session, or all others."""
    chosen = request.form.get("zitting", "")
    try:
        number = to_id(chosen) if chosen else None
    except ValueError:
        number = 0
    count = sessions.end_other(current_user, number)
    flash(
        "Er was niets meer om uit te loggen." if not count else "Daar ben je nu uitgelogd.",
        "success" if count else "info",
    )
    if not sessions.current(current_user.id, clock.now()):
        return see(url_for("auth.login"))
    return see(url_for("toegang.wachtwoord"))


@blueprint.route("/tweestapsauthenticatie", methods=["GET", "POST"])
@signed_in
@fresh
def tweestaps() -> Page:
    """The state of the second factor; a POST does what its button says."""
    if request.method == "POST":
        steps = {"app": _new_app, "codes": _new_codes, "reset": _reset}
        step = steps.get(request.form.get("doe", ""))
        return step() if step else see(url_for("toegang.tweestaps"))
    html = render_template(
        "mijn_gegevens/tweestaps.html",
        header=header("toegang.tweestaps"),
        left=recovery.left(current_user.id),
        codes=recovery.to_save(current_user.id),
    )
    return html, 200


def _new_app() -> Page:
    own.begin_factor(current_user.id)
    return see(url_for("toegang.nieuwe_app"))


def _new_codes() -> Page:
    own.new_recovery_codes(current_user.id)
    mail.send_soon()
    flash("Dit zijn je nieuwe herstelcodes. De oude werken niet meer.", "success")
    return see(url_for("toegang.tweestaps"))


def _reset() -> Page:
    """Asked first: until the mail is there, nobody gets in with this account."""
    if "zeker" not in request.form:
        html = render_template(
            "admin/model/action.html",
            header=PageHeader(
                "Tweestapsauthenticatie resetten",
                crumbs=(Crumb(PARTS["toegang.tweestaps"], url_for("toegang.tweestaps")),),
            ),
            intro="Je wordt overal uitgelogd, ook hier.",
            items=RESET,
            action_url=url_for("toegang.tweestaps"),
            hidden=(("doe", "reset"), ("zeker", "ja")),
            cancel_url=url_for("toegang.tweestaps"),
            submit_label="Resetten",
            danger=True,
        )
        return html, 200
    activation.reset_own_factor(current_user.id, clock.now())
    mail.send_soon()
    sessions.end()
    flash("Je tweestapsauthenticatie is gereset. Er is een mail naar je onderweg.", "info")
    return see(url_for("auth.login"))


@blueprint.route("/tweestapsauthenticatie/nieuwe-app", methods=["GET", "POST"])
@signed_in
@fresh
def nieuwe_app() -> Page:
    """Scan the new QR code and confirm it with a code; until then the old app works."""
    secret = activation.pending_secret(current_user.id)
    if secret is None:
        return see(url_for("toegang.tweestaps"))
    form, moment = CodeForm(), clock.now()
    context = {"header": header("toegang.tweestaps"), **qr_context(secret, me().email)}
    if form.validate_on_submit():
        try:
            with attempts.attempt(attempts.per_factor(current_user.id)) as attempt:
                attempt.right = own.confirm_factor(current_user.id, form.code.data or "", moment)
        except TooManyError as error:
            return too_many("mijn_gegevens/nieuwe_app.html", form, error, **context)
        if attempt.right:
            _stay(moment)
            mail.send_soon()
            flash("Vanaf nu gebruik je de nieuwe app. De oude codes werken niet meer.", "success")
            return see(url_for("toegang.tweestaps"))
        form.code.errors = [WRONG_CODE]
    return page("mijn_gegevens/nieuwe_app.html", form, **context)
