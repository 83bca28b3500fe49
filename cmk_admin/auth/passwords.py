"""Passwords: argon2id, as much work for an account that does not exist as for one that does."""

import os
import unicodedata
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

# RFC 9106, "low memory": 64 MiB, three passes. The library raises it as machines grow,
# and `needs_rehash` then renews a hash when its owner logs in.
_hasher = PasswordHasher()

AT_ONCE = 2
WAIT_SECONDS = 10
# Far beyond any password manager; ordering a million accents would take minutes.
LONGEST = 1024
# Every computation takes 64 MiB and a core: a flood of log-ins must not take the machine.
_turns = BoundedSemaphore(AT_ONCE)


class TooBusyError(RuntimeError):
    """No turn came free in time: too many passwords are being checked at this moment."""


def hash_password(text: str) -> str:
    """The hash to store; raises TooBusyError, and ValueError beyond LONGEST characters."""
    if len(text) > LONGEST:
        raise ValueError(f"Een wachtwoord heeft hoogstens {LONGEST} tekens.")
    with _turn():
        return _hasher.hash(_normal(text))


def verify(stored: str | None, text: str) -> bool:
    """Whether `text` is the password behind the hash `stored`; raises TooBusyError.

    Exactly one argon2 computation, also for None (no such account, or one without a
    password), so that the time it takes tells nobody which accounts exist.
    """
    if len(text) > LONGEST:
        stored, text = None, ""
    with _turn():
        try:
            return _hasher.verify(stored or _nobody(), _normal(text))
        except (VerificationError, InvalidHashError):
            return False


def needs_rehash(stored: str) -> bool:
    """Whether `stored` was made with other parameters than we use now."""
    return _hasher.check_needs_rehash(stored)


@contextmanager
def _turn() -> Iterator[None]:
    if not _turns.acquire(timeout=WAIT_SECONDS):
        raise TooBusyError("Er wordt op dit moment te vaak tegelijk ingelogd.")
    try:
        yield
    finally:
        _turns.release()


def _normal(text: str) -> bytes:
    """One spelling per password: é is one character or two, depending on the keyboard.

    A surrogate can't be encoded and can't be typed; it becomes a question mark.
    """
    return unicodedata.normalize("NFKC", text).encode("utf-8", "replace")


def _nobody() -> str:
    """A hash that no password has, with our own parameters; made without computing one."""
    salt, digest = os.urandom(_hasher.salt_len), os.urandom(_hasher.hash_len)
    cost = f"m={_hasher.memory_cost},t={_hasher.time_cost},p={_hasher.parallelism}"
    return f"$argon2id$v=19${cost}${_b64(salt)}${_b64(digest)}"


def _b64(data: bytes) -> str:
    return b64encode(data).decode("ascii").rstrip("=")
