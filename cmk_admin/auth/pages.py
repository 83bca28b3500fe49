"""How the pages of the log-in answer."""

from typing import Any

from flask import redirect, render_template
from werkzeug.wrappers import Response

from cmk_admin.auth.attempts import TooManyError

Page = Response | tuple[str, int]


def page(template: str, form: Any, **context: Any) -> Page:
    """The page, with 422 when something in its form is wrong."""
    return render_template(template, form=form, **context), 422 if form.errors else 200


def too_many(template: str, form: Any, error: TooManyError, **context: Any) -> Page:
    """The same for every account, whether there is one or not."""
    form.form_errors.append(str(error))
    html = render_template(template, form=form, **context)
    return Response(html, 429, {"Retry-After": str(error.minutes * 60)}, mimetype="text/html")


def see(url: str) -> Response:
    """Go there with a GET, whatever this request was."""
    return redirect(url, 303)
