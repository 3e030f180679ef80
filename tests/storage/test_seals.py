"""Seals open under every accepted secret, those of earlier databases too, and say nothing of when."""

import hmac
from base64 import b64decode

import pytest

from storage.keys import Keys, keyed_hash, mac

NEW, OLD = "a new secret, long enough to be one", "an old secret, long enough to be one"
# What an earlier release sealed under the old secret: a Fernet token with the time zero.
EARLIER = (
    "gAAAAAAAAAAA1Ir0Sj5DpwJfIJGltVXJdRolsE2ivZOcgL1dSacg2FfRQCJAaG27idfE7Pcx8NSbqbvQ0uPfSW0KSp"
    "dT6XGaf58EpBiQXM6V78q7zU47VGD_PfS1oNuuk71oYkAvFLLZ"
)
WORDS = "lời góp ý từ bản trước"


@pytest.mark.parametrize("text", ["", "x", WORDS, "\x00", "\x01", "1.", "góp ý " * 500])
def test_what_was_sealed_opens_under_its_secret_alone(text: str) -> None:
    keys = Keys(NEW)
    assert keys.open(keys.seal(text)) == text
    with pytest.raises(ValueError, match="no longer configured"):
        Keys(OLD).open(keys.seal(text))


def test_an_older_secret_still_opens_and_never_seals() -> None:
    both = Keys(NEW, (OLD,))
    assert both.open(Keys(OLD).seal(WORDS)) == WORDS
    assert Keys(NEW).open(both.seal(WORDS)) == WORDS


def test_what_an_earlier_release_sealed_is_opened() -> None:
    assert Keys(OLD).open(EARLIER) == WORDS
    assert Keys(NEW, (OLD,)).open(EARLIER) == WORDS
    with pytest.raises(ValueError, match="no longer configured"):
        Keys(NEW).open(EARLIER)


def test_two_seals_of_one_text_share_nothing_and_begin_alike() -> None:
    keys = Keys(NEW)
    first, second = (b64decode(keys.seal(WORDS)[2:]) for _ in range(2))
    assert len(first) == len(second)
    assert all(first[at : at + 8] != second[at : at + 8] for at in range(len(first) - 7))


def test_whatever_is_not_a_seal_is_refused_as_one() -> None:
    keys = Keys(NEW)
    sealed = keys.seal(WORDS)
    cut = [sealed[:length] for length in range(len(sealed))]
    changed = [sealed[:at] + "AB"[sealed[at] == "A"] + sealed[at + 1 :] for at in range(2, 30)]
    for bad in (*cut, *changed, "", "x", "é", "1.é", "1.!!", "1.AA==", EARLIER[:-4]):
        with pytest.raises(ValueError, match=r".*"):
            keys.open(bad)


def test_keyed_hashes_are_hmac_and_tell_parts_apart() -> None:
    for key in (b"", b"k" * 32, b"k" * 64):
        for message in (b"", b"m", b"m" * 200):
            assert mac(key, message) == hmac.digest(key, message, "sha256")
    assert keyed_hash(b"k", "ab", "c") != keyed_hash(b"k", "a", "bc")
    assert len(keyed_hash(b"k", 1, "x")) == 43
