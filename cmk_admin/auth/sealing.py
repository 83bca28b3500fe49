"""Keys for one purpose each, made from the key outside the database."""

import hmac
import os
from functools import lru_cache
from hashlib import sha256

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from flask import current_app

NONCE_BYTES = 12


class UnreadableSecretError(RuntimeError):
    """What was sealed does not open: CMK_SECRET_KEY is not the one it was sealed with."""


def seal(purpose: bytes, clear: bytes) -> bytes:
    """Encrypt for this purpose; needs an app context for its key."""
    nonce = os.urandom(NONCE_BYTES)
    return nonce + AESGCM(_key(purpose)).encrypt(nonce, clear, purpose)


def unseal(purpose: bytes, sealed: bytes) -> bytes:
    """What was sealed for this purpose; raises UnreadableSecretError."""
    try:
        return AESGCM(_key(purpose)).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], purpose)
    except (InvalidTag, ValueError):
        raise UnreadableSecretError(
            "Wat versleuteld is opgeslagen, is niet te lezen. Is CMK_SECRET_KEY veranderd?"
        ) from None


def mark(purpose: bytes, text: str) -> str:
    """A fingerprint that nobody can make, or guess the text from, without the key."""
    return hmac.new(_key(purpose), text.encode("utf-8", "replace"), sha256).hexdigest()


def digest(key: str) -> str:
    """How a random key is known again: whoever reads the table has no key."""
    return sha256(key.encode("utf-8", "replace")).hexdigest()


def _key(purpose: bytes) -> bytes:
    return _derive(current_app.config["SECRET_KEY"].encode("utf-8"), purpose)


@lru_cache(maxsize=32)
def _derive(key: bytes, purpose: bytes) -> bytes:
    """A key for this purpose only: the signing key itself is never used."""
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose).derive(key)
