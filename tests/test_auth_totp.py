"""The second factor: the codes of RFC 6238, sealed at rest, each accepted once."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pyotp
import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from cmk_admin.auth import sealing, totp
from cmk_admin.auth.sealing import UnreadableSecretError
from cmk_admin.auth.totp import Factor
from cmk_admin.gate import AroundTheGate, acting_as, system
from tests.auth_support import Person, add_person, change_person, oathtool, stored
from tests.support.strictness import FULL

# RFC 6238, appendix B: the secret, and per moment the code of eight digits.
RFC_SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
RFC_CODES = [
    (59, "94287082"),
    (1111111109, "07081804"),
    (1111111111, "14050471"),
    (1234567890, "89005924"),
    (2000000000, "69279037"),
    (20000000000, "65353130"),
]
NOON = datetime(2026, 3, 29, 12, 0, 5, tzinfo=UTC)
ROUNDS = 1000 if FULL else 3
AT_ONCE = 16


def moment_of(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


# --- codes --------------------------------------------------------------------


@pytest.mark.parametrize(("seconds", "code"), RFC_CODES)
def test_codes_are_those_of_the_rfc(seconds: int, code: str) -> None:
    assert totp.code_at(RFC_SECRET, moment_of(seconds)) == code[-6:]


def test_codes_are_those_of_another_program() -> None:
    for minute in range(8):
        secret, moment = pyotp.random_base32(), NOON + timedelta(minutes=minute * 777.7)
        assert totp.code_at(secret, moment) == oathtool(secret, moment)


def test_a_code_does_not_depend_on_the_time_zone() -> None:
    there = NOON.astimezone(ZoneInfo("Europe/Amsterdam"))
    assert there.hour != NOON.hour
    assert totp.code_at(RFC_SECRET, there) == totp.code_at(RFC_SECRET, NOON)


@pytest.mark.parametrize("steps", range(-3, 4))
def test_one_step_early_or_late_still_counts(steps: int) -> None:
    shown = totp.code_at(RFC_SECRET, NOON + timedelta(seconds=30 * steps))
    expected = totp.step_at(NOON) + steps if abs(steps) <= 1 else None
    assert totp.matching_step(RFC_SECRET, shown, NOON) == expected


@pytest.mark.parametrize("written", ["{0} {1}", " {0}{1} ", "{0}\u00a0{1}\n"])
def test_a_code_may_be_typed_in_two_groups(written: str) -> None:
    shown = totp.code_at(RFC_SECRET, NOON)
    typed = written.format(shown[:3], shown[3:])
    assert totp.matching_step(RFC_SECRET, typed, NOON) == totp.step_at(NOON)


def test_only_six_plain_digits_are_a_code() -> None:
    shown = totp.code_at(RFC_SECRET, NOON)
    arabic = shown.translate({ord("0") + n: 0x0660 + n for n in range(10)})
    for typed in ["", " ", shown[:5], f"{shown}0", f"0{shown}", f"-{shown[1:]}", "abcdef", arabic]:
        assert totp.matching_step(RFC_SECRET, typed, NOON) is None


@given(st.text(max_size=12))
def test_nothing_else_is_accepted_or_breaks_it(typed: str) -> None:
    valid = {totp.code_at(RFC_SECRET, NOON + timedelta(seconds=30 * n)) for n in (-1, 0, 1)}
    found = totp.matching_step(RFC_SECRET, typed, NOON)
    assert (found is not None) == ("".join(typed.split()) in valid)


def test_the_time_left_runs_from_thirty_to_one() -> None:
    assert [totp.seconds_left(moment_of(at)) for at in (0, 1, 29, 30)] == [30, 29, 1, 30]


# --- at rest ------------------------------------------------------------------


@pytest.fixture
def bare() -> Flask:
    """No more of the app than the key."""
    bare = Flask(__name__)
    bare.config["SECRET_KEY"] = "een sleutel van genoeg tekens voor deze test"
    return bare


def test_a_secret_is_sealed_and_opens_again(bare: Flask) -> None:
    with bare.app_context():
        first, second = totp.encrypt(RFC_SECRET), totp.encrypt(RFC_SECRET)
        assert totp.decrypt(first) == totp.decrypt(second) == RFC_SECRET
    assert first != second, "the same nonce twice gives the key away"
    assert RFC_SECRET.encode() not in first


def test_a_changed_secret_does_not_open(bare: Flask) -> None:
    with bare.app_context():
        sealed = totp.encrypt(RFC_SECRET)
        for place in range(len(sealed)):
            changed = bytearray(sealed)
            changed[place] ^= 1
            with pytest.raises(UnreadableSecretError):
                totp.decrypt(bytes(changed))
        for short in (b"", sealed[:5], sealed[:-1]):
            with pytest.raises(UnreadableSecretError):
                totp.decrypt(short)


def test_another_key_does_not_open_it(bare: Flask) -> None:
    with bare.app_context():
        sealed = totp.encrypt(RFC_SECRET)
        bare.config["SECRET_KEY"] += "!"
        with pytest.raises(UnreadableSecretError, match="CMK_SECRET_KEY"):
            totp.decrypt(sealed)


def test_what_was_sealed_for_something_else_does_not_open(bare: Flask) -> None:
    with bare.app_context():
        sealed = sealing.seal(b"iets anders", RFC_SECRET.encode())
        with pytest.raises(UnreadableSecretError):
            totp.decrypt(sealed)


# --- once ---------------------------------------------------------------------


def factor_of(app: Flask, person: Person) -> Factor:
    row = stored(app, person)
    assert row.totp_geheim
    return Factor(row.id, row.totp_geheim, row.totp_stap)


def use(app: Flask, factor: Factor, code: str, moment: datetime) -> bool:
    with app.app_context(), acting_as(system("inloggen")) as session:
        accepted = totp.use_code(session, factor, code, moment)
        session.commit()
    return accepted


@pytest.mark.beide
def test_a_step_is_accepted_once(app: Flask) -> None:
    person = add_person(app)
    shown = totp.code_at(person.secret, NOON)

    assert use(app, factor_of(app, person), shown, NOON)
    assert stored(app, person).totp_stap == totp.step_at(NOON)
    assert not use(app, factor_of(app, person), shown, NOON)
    assert not use(app, factor_of(app, person), shown, NOON + timedelta(seconds=30))


@pytest.mark.beide
def test_an_older_code_does_not_work_after_a_newer_one(app: Flask) -> None:
    person = add_person(app)
    older, newer = (totp.code_at(person.secret, NOON + timedelta(seconds=s)) for s in (0, 30))

    assert use(app, factor_of(app, person), newer, NOON)
    assert not use(app, factor_of(app, person), older, NOON)
    assert use(
        app,
        factor_of(app, person),
        totp.code_at(person.secret, NOON + timedelta(seconds=60)),
        NOON + timedelta(seconds=60),
    )


@pytest.mark.parametrize(
    "change",
    [
        lambda: {"actief": False},
        lambda: {"totp_geheim": totp.encrypt(pyotp.random_base32())},
        lambda: {"totp_geheim": None},
        lambda: {"totp_stap": totp.step_at(NOON) - 5},
    ],
    ids=["not active", "other secret", "no secret", "used meanwhile"],
)
@pytest.mark.beide
def test_a_code_counts_only_for_the_account_as_it_was_read(
    app: Flask, change: Callable[[], dict[str, object]]
) -> None:
    person = add_person(app)
    as_read = factor_of(app, person)
    with app.app_context():
        values = change()
    change_person(app, person, **values)

    assert not use(app, as_read, totp.code_at(person.secret, NOON), NOON)


def race(app: Flask, factor: Factor, code: str, moment: datetime) -> list[bool]:
    """The answers to as many simultaneous tries."""
    barrier = threading.Barrier(AT_ONCE)

    def attempt(_number: int) -> bool:
        barrier.wait()
        return use(app, factor, code, moment)

    with ThreadPoolExecutor(AT_ONCE) as crowd:
        return list(crowd.map(attempt, range(AT_ONCE)))


@pytest.mark.beide
def test_of_sixteen_at_once_exactly_one_succeeds(app: Flask) -> None:
    person = add_person(app)
    for number in range(ROUNDS):
        moment = NOON + timedelta(minutes=number)
        factor, shown = factor_of(app, person), totp.code_at(person.secret, moment)

        assert sum(race(app, factor, shown, moment)) == 1


def test_the_first_use_and_later_ones_settle_alike(app: Flask) -> None:
    """Two who read "never used" at the same moment: the second is refused."""
    person = add_person(app)
    never_used = factor_of(app, person)
    later = NOON + timedelta(seconds=30)

    assert never_used.last_step is None
    assert use(app, never_used, totp.code_at(person.secret, NOON), NOON)
    assert not use(app, never_used, totp.code_at(person.secret, later), later)


def test_a_code_leaves_no_trace_in_version_or_history(app: Flask) -> None:
    person = add_person(app)
    before = stored(app, person)
    use(app, factor_of(app, person), totp.code_at(person.secret, NOON), NOON)
    after = stored(app, person)

    assert (after.versie, after.gewijzigd_op) == (before.versie, before.gewijzigd_op)


def test_nobody_but_the_system_uses_codes(app: Flask) -> None:
    from cmk_admin.actor import Actor

    person = add_person(app)
    factor = factor_of(app, person)
    with (
        app.app_context(),
        acting_as(Actor.person(person.id, "Piet", None, ())) as session,
        pytest.raises(AroundTheGate),
    ):
        totp.use_code(session, factor, totp.code_at(person.secret, NOON), NOON)


def test_the_demo_shows_a_code_that_will_be_accepted(app: Flask) -> None:
    person = add_person(app)
    for _ in range(2):
        factor = factor_of(app, person)
        with app.app_context():
            shown = factor.usable_code(NOON)
        assert use(app, factor, shown, NOON)
