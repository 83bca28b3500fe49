"""The pages of the log-in (Handleiding 1.2): password, then code; and logging out."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from cmk_admin.auth import account, clock, demo_mode, sessions
from cmk_admin.auth.access import public
from cmk_admin.auth.forms import CodeForm, LoginForm
from cmk_admin.web.targets import safe_target

blueprint = Blueprint("auth", __name__)

HOME = "/"
# One sentence for every reason: which accounts exist is nobody's business.
WRONG = "E-mailadres of wachtwoord klopt niet."
WRONG_CODE = "Deze code klopt niet of is al gebruikt. Wacht op de volgende code in je app."
TOO_LATE = "Het inloggen duurde te lang. Begin opnieuw."

Page = Response | tuple[str, int]


@blueprint.route("/inloggen", methods=["GET", "POST"])
@public
def login() -> Page:
    """E-mail address and password; the first half."""
    if current_user.is_authenticated:
        return _see(HOME)
    form = LoginForm()
    if form.validate_on_submit():
        found = account.check_password(form.email.data or "", form.wachtwoord.data or "")
        if found:
            target = safe_target(request.args.get("next"))
            sessions.begin_halfway(found.gebruiker_id, target, clock.now())
            return _see(url_for("auth.code"))
        form.form_errors.append(WRONG)
    return _page("auth/login.html", form, **demo_mode.login_context())


@blueprint.route("/inloggen/code", methods=["GET", "POST"])
@public
def code() -> Page:
    """The code of the authenticator app; the second half."""
    if current_user.is_authenticated:
        return _see(HOME)
    moment = clock.now()
    halfway = sessions.halfway(moment)
    found = account.find_by_id(halfway.gebruiker_id) if halfway else None
    if halfway is None or found is None:
        sessions.end()
        flash(TOO_LATE, "info")
        return _see(url_for("auth.login"))
    form = CodeForm()
    if form.validate_on_submit():
        person = account.check_code(found, form.code.data or "", moment)
        if person:
            sessions.begin(person, moment)
            return _see(halfway.target or HOME)
        form.code.errors = [WRONG_CODE]
    return _page(
        "auth/code.html",
        form,
        email=found.email,
        back_url=url_for("auth.login"),
        **demo_mode.code_context(found, moment),
    )


@blueprint.post("/uitloggen")
@public
def logout() -> Page:
    """End the session of this browser."""
    sessions.end()
    flash("Je bent uitgelogd.", "info")
    return _see(url_for("auth.login"))


def _page(template: str, form: Any, **context: Any) -> Page:
    return render_template(template, form=form, **context), 422 if form.errors else 200


def _see(url: str) -> Response:
    """Go there with a GET, whatever this request was."""
    return redirect(url, 303)
