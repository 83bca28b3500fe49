"""Packing chosen rows into a form field, and reading them back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cmk_admin.selection import TooMany, pack, unpack

IDS = st.sets(st.integers(0, 2**31 - 1), max_size=60) | st.sets(st.integers(0, 50))


@given(IDS)
def test_what_goes_in_comes_out(ids: set[int]) -> None:
    assert unpack(pack(ids), 100) == sorted(ids)


def test_neighbours_are_short() -> None:
    assert pack([3, 1, 2, 7, 9, 10]) == "1-3,7,9-10"
    assert len(pack(range(10_000))) < 10


@pytest.mark.parametrize("text", ["1-100", "1-60,1-60", "0-2147483647"])
def test_more_than_was_agreed_is_not_even_written_out(text: str) -> None:
    with pytest.raises(TooMany):
        unpack(text, 80)


@given(st.text(max_size=30))
def test_nonsense_is_an_error_or_ids(text: str) -> None:
    try:
        found = unpack(text, 1000)
    except ValueError:
        return
    assert all(0 <= id_ < 2**31 for id_ in found)
