"""Sealing: what opens at its place only, and no nonce twice."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import assume, given
from hypothesis import strategies as st

from handoff.storage import keys
from handoff.storage.keys import NoKey, Stock, place, seal, unseal
from tests.test_keys import MASTER

#: The parts of a place are names of ours and random ids; none holds the sign between them.
parts = st.tuples(*[st.text(st.characters(exclude_characters="|", codec="utf-8"))] * 3)
purposes = st.sampled_from(keys.PURPOSES)


@given(st.binary(), st.tuples(parts, purposes))
def test_what_was_sealed_opens_at_its_place(
    plain: bytes, at: tuple[tuple[str, str, str], keys.Purpose]
) -> None:
    cipher = AESGCM(MASTER)
    where = place(*at[0], at[1])

    assert unseal(cipher, seal(cipher, os.urandom, plain, where), where) == plain


@given(st.tuples(parts, purposes), st.tuples(parts, purposes))
def test_a_value_that_is_moved_to_another_place_does_not_open(
    at: tuple[tuple[str, str, str], keys.Purpose],
    elsewhere: tuple[tuple[str, str, str], keys.Purpose],
) -> None:
    assume(at != elsewhere)
    cipher = AESGCM(MASTER)
    sealed = seal(cipher, os.urandom, b"hello", place(*at[0], at[1]))

    with pytest.raises(NoKey):
        unseal(cipher, sealed, place(*elsewhere[0], elsewhere[1]))


@given(st.binary(min_size=1, max_size=40), st.data())
def test_a_value_that_was_changed_anywhere_does_not_open(plain: bytes, data: st.DataObject) -> None:
    cipher = AESGCM(MASTER)
    sealed = bytearray(seal(cipher, os.urandom, plain, b"here"))
    sealed[data.draw(st.integers(0, len(sealed) - 1))] ^= data.draw(st.integers(1, 255))

    with pytest.raises(NoKey):
        unseal(cipher, bytes(sealed), b"here")


@given(st.binary(max_size=keys.NONCE_BYTES + 20))
def test_rubbish_does_not_open_and_is_no_other_error(rubbish: bytes) -> None:
    with pytest.raises(NoKey):
        unseal(AESGCM(MASTER), rubbish, b"here")


def test_the_same_text_is_never_sealed_the_same_way_twice() -> None:
    cipher = AESGCM(MASTER)

    assert len({seal(cipher, os.urandom, b"yes", b"here") for _ in range(100)}) == 100


def test_no_nonce_is_handed_out_twice_whoever_asks_at_the_same_time() -> None:
    asked: list[int] = []

    def counted(size: int) -> bytes:
        asked.append(size)
        return os.urandom(size)

    stock = Stock(counted)
    with ThreadPoolExecutor(4) as threads:
        found = list(threads.map(lambda _: stock(12), range(20_000)))

    assert len(set(found)) == 20_000 and {len(one) for one in found} == {12}
    assert len(asked) < 200, "fetched one by one"
