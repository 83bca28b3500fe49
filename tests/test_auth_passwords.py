"""Passwords: the same work for every answer, and never more at once than the machine bears."""

import threading
import time
from typing import Any

import pytest
from argon2 import PasswordHasher

from cmk_admin.auth import passwords

CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
PASSWORD = "Cultuur-in-Gelderland-2026"


@pytest.fixture
def cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "_hasher", CHEAP)


class Counting(PasswordHasher):
    """Counts its work, and how much of it goes on at once."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.lock = threading.Lock()
        self.verified = self.running = self.most = 0

    __slots__ = ("lock", "most", "running", "verified")

    def verify(self, hash: str | bytes, password: str | bytes) -> Any:  # noqa: A002
        with self.lock:
            self.verified += 1
            self.running += 1
            self.most = max(self.most, self.running)
        time.sleep(0.02)
        try:
            return super().verify(hash, password)
        finally:
            with self.lock:
                self.running -= 1


@pytest.fixture
def counting(monkeypatch: pytest.MonkeyPatch) -> Counting:
    counter = Counting(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr(passwords, "_hasher", counter)
    return counter


def test_a_password_is_stored_as_argon2id_as_strong_as_rfc_9106_asks() -> None:
    stored = passwords.hash_password(PASSWORD)

    assert stored.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert passwords.verify(stored, PASSWORD)
    assert not passwords.verify(stored, PASSWORD + "!")
    assert len(stored) <= 200, "past what the column holds"


@pytest.mark.usefixtures("cheap")
def test_two_hashes_of_one_password_differ() -> None:
    assert passwords.hash_password(PASSWORD) != passwords.hash_password(PASSWORD)


@pytest.mark.parametrize("stored", [None, "", "geen hash", "$argon2id$v=19$m=8,t=1,p=1$x$y"])
@pytest.mark.usefixtures("cheap")
def test_without_a_usable_hash_no_password_is_right(stored: str | None) -> None:
    assert not passwords.verify(stored, PASSWORD)
    assert not passwords.verify(stored, "")


def test_an_unknown_account_costs_exactly_one_computation_too(counting: Counting) -> None:
    stored = passwords.hash_password(PASSWORD)
    for known, typed in [
        (stored, PASSWORD),
        (stored, "fout"),
        (None, PASSWORD),
        (stored, "x" * 9999),
    ]:
        before = counting.verified
        passwords.verify(known, typed)
        assert counting.verified == before + 1


def test_the_computation_for_nobody_is_as_heavy_as_for_somebody() -> None:
    real, nobody = passwords.hash_password(PASSWORD), passwords._nobody()

    assert [len(part) for part in real.split("$")] == [len(part) for part in nobody.split("$")]
    assert real.split("$")[:4] == nobody.split("$")[:4]
    assert nobody != passwords._nobody(), "a fixed one could be looked for"


def test_only_a_few_are_computed_at_once(counting: Counting) -> None:
    crowd = [threading.Thread(target=passwords.verify, args=(None, "x")) for _ in range(12)]
    for one in crowd:
        one.start()
    for one in crowd:
        one.join()

    assert counting.verified == 12
    assert counting.most == passwords.AT_ONCE


@pytest.mark.usefixtures("cheap")
def test_who_waits_too_long_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "WAIT_SECONDS", 0.05)
    with passwords._turn(), passwords._turn(), pytest.raises(passwords.TooBusyError):
        passwords.verify(None, "x")
    assert not passwords.verify(None, "x"), "a turn was lost"


@pytest.mark.usefixtures("cheap")
def test_a_turn_comes_back_after_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "WAIT_SECONDS", 0.05)
    for _ in range(passwords.AT_ONCE + 1):
        assert not passwords.verify("geen hash", "x")


def test_weaker_parameters_ask_for_a_new_hash() -> None:
    assert passwords.needs_rehash(CHEAP.hash(PASSWORD))
    assert not passwords.needs_rehash(passwords.hash_password(PASSWORD))


@pytest.mark.usefixtures("cheap")
def test_an_accent_is_the_same_letter_however_it_is_typed() -> None:
    composed, loose = "caf\u00e9 in Ede 2026", "cafe\u0301 in Ede 2026"
    assert composed != loose
    assert passwords.verify(passwords.hash_password(composed), loose)


@pytest.mark.usefixtures("cheap")
@pytest.mark.parametrize("text", ["", "\x00", "\ud800", "x" * 1024, "🎭" * 100])
def test_any_text_can_be_a_password_or_at_least_be_refused(text: str) -> None:
    assert passwords.verify(passwords.hash_password(text), text)
    assert not passwords.verify(passwords.hash_password(text), text[:-1] + "y")


@pytest.mark.usefixtures("cheap")
def test_a_huge_password_is_refused_at_once() -> None:
    """Sorting that many accents takes seconds, and four times that for twice as many."""
    huge = "a" + "\u0301\u0316" * 30_000
    start = time.monotonic()

    assert not passwords.verify(passwords.hash_password("x"), huge)
    with pytest.raises(ValueError, match="1024"):
        passwords.hash_password(huge)
    assert time.monotonic() - start < 2
