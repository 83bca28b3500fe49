"""What every response says to the browser, and which requests are too odd to read."""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from flask import Flask, request
from werkzeug.datastructures import Headers
from werkzeug.middleware.proxy_fix import ProxyFix

from cmk_admin.settings import Settings

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

# The typed text of one form, files not counted: one megabyte.
FORM_MEMORY = 1024 * 1024

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
UNUSED_FEATURES = ("camera", "display-capture", "geolocation", "microphone", "payment", "usb")
YEAR = 365 * 24 * 3600

ALWAYS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "Permissions-Policy": ", ".join(f"{name}=()" for name in UNUSED_FEATURES),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def register(app: Flask, settings: Settings) -> None:
    """Put the headers around the whole app, and set the hosts and forms it accepts."""
    own_host = urlsplit(settings.base_url).hostname
    app.config.update(
        TRUSTED_HOSTS=sorted({*settings.trusted_hosts, *filter(None, [own_host])}),
        MAX_FORM_MEMORY_SIZE=FORM_MEMORY,
    )
    # Before anything reads the form, the check of its token included.
    app.before_request_funcs.setdefault(None, []).insert(0, _limit_plain_form)
    if settings.proxies:
        # Attempts to log in are counted by where they come from: that is not the proxy.
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=settings.proxies, x_proto=0)  # type: ignore[method-assign]
    headers = dict(ALWAYS)
    if settings.secure_cookies:
        headers["Strict-Transport-Security"] = f"max-age={YEAR}"
    app.wsgi_app = SecurityHeaders(  # type: ignore[method-assign]
        app.wsgi_app, headers, static=f"{app.static_url_path}/"
    )


def _limit_plain_form() -> None:
    """A form without files is read as a whole: MAX_FORM_MEMORY_SIZE does not reach it, and
    twenty megabytes of empty fields would take gigabytes."""
    if request.mimetype != "multipart/form-data":
        limit = request.max_content_length
        request.max_content_length = min(limit or FORM_MEMORY, FORM_MEMORY)


class SecurityHeaders:
    """Adds headers to whatever the app answers.

    Around the app, not in `after_request`: an error in another such function would
    leave that one out. A response may set a header itself: an upload that is shown
    gets a stricter policy.
    """

    def __init__(self, app: "WSGIApplication", headers: dict[str, str], static: str) -> None:
        self.app = app
        self.headers = headers
        self.static = static

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        cacheable = environ.get("PATH_INFO", "").startswith(self.static)

        def start(
            status: str,
            given: list[tuple[str, str]],
            exc_info: Any = None,
            /,
        ) -> Callable[[bytes], object]:
            headers = Headers(given)
            for name, value in self.headers.items():
                headers.setdefault(name, value)
            if not (cacheable and status.startswith(("200", "206", "304"))):
                # Nothing about a person stays behind in a browser that others use too.
                headers["Cache-Control"] = "no-store"
            return start_response(status, headers.to_wsgi_list(), exc_info)

        return self.app(environ, start)
