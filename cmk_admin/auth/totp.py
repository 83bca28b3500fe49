"""The second factor: time-based codes (RFC 6238), encrypted at rest, each used once."""

import hmac
from dataclasses import dataclass
from datetime import datetime

import pyotp

from cmk_admin.auth.sealing import seal, unseal
from cmk_admin.gate import GateSession, stamp
from models.gebruiker import Gebruiker

STEP_SECONDS = 30
DIGITS = 6
# A clock that is off, or a slow typist: the step before and the step after count as well.
DRIFT = (0, -1, 1)

PURPOSE = b"cmk-portaal/gebruiker.totp_geheim/1"


# --- at rest ------------------------------------------------------------------


def encrypt(secret: str) -> bytes:
    """The base32 `secret` as it is stored; needs an app context for its key."""
    return seal(PURPOSE, secret.encode("ascii"))


def decrypt(stored: bytes) -> str:
    """The base32 secret behind `stored`; raises UnreadableSecretError."""
    return unseal(PURPOSE, stored).decode("ascii")


# --- codes --------------------------------------------------------------------


def step_at(moment: datetime) -> int:
    """The number of the time step that `moment` lies in."""
    return int(moment.timestamp()) // STEP_SECONDS


def code_at(secret: str, moment: datetime) -> str:
    """The code that an authenticator app shows at `moment`."""
    return _code(secret, step_at(moment))


def seconds_left(moment: datetime) -> int:
    """How long the code of `moment` still shows."""
    return STEP_SECONDS - int(moment.timestamp()) % STEP_SECONDS


def matching_step(secret: str, code: str, moment: datetime) -> int | None:
    """The time step, at most one from `moment`, whose code this is; None when wrong."""
    typed = "".join(code.split())
    if len(typed) != DIGITS or not (typed.isascii() and typed.isdigit()):
        return None
    now = step_at(moment)
    for drift in DRIFT:
        if hmac.compare_digest(_code(secret, now + drift), typed):
            return now + drift
    return None


def _code(secret: str, step: int) -> str:
    return pyotp.TOTP(secret, digits=DIGITS, interval=STEP_SECONDS).at(step * STEP_SECONDS)


# --- once ---------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Factor:
    """The second factor of one account, as read from the database.

    stored: the encrypted secret. last_step: the time step of the last accepted code.
    """

    gebruiker_id: int
    stored: bytes
    last_step: int | None

    @property
    def secret(self) -> str:
        return decrypt(self.stored)

    def usable_code(self, moment: datetime) -> str:
        """The first code from `moment` on that was not used yet; for the demo."""
        step = step_at(moment)
        if self.last_step is not None:
            step = max(step, self.last_step + 1)
        return _code(self.secret, step)


def use_code(session: GateSession, factor: Factor, code: str, moment: datetime) -> bool:
    """Accept `code` for this account, at most once ever.

    One UPDATE settles it: it counts only while the account is as it was read, so of any
    number of simultaneous tries one succeeds, and a code never works after a newer one.
    """
    step = matching_step(factor.secret, code, moment)
    if step is None or (factor.last_step is not None and step <= factor.last_step):
        return False
    as_read = {
        "id": factor.gebruiker_id,
        "actief": True,
        "totp_geheim": factor.stored,
        "totp_stap": factor.last_step,
    }
    return stamp(session, Gebruiker, as_read, {"totp_stap": step}) == 1
