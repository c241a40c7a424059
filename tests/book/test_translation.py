"""What the chapter on translation saves to `etudes.text`: pieces, marks, and a search."""

from __future__ import annotations

import pytest

from tests.book.test_library import load, package  # noqa: F401

np = pytest.importorskip("numpy")


@pytest.fixture(scope="module")
def text(load):  # noqa: F811
    return load("text")


def test_pieces_are_the_text_again(text):
    cut = text.BPE([" the cat sat on the mat.", " the cat ran"], 6)
    for line in (" the cat sat.", " the rat"):
        assert line == "".join(cut.split(line))
        assert line.strip() == cut.decode([1, *cut.encode(line), 2, 0])
    assert " the" in cut.split(" the cat")
    assert [3] == cut.encode("楼")


def test_pairs_are_joined_from_the_left(text):
    assert ["aa", "a", "b"] == text.join(list("aaab"), ("a", "a"))
    assert ["ab", "ab"] == text.join(list("abab"), ("a", "b"))


def test_bleu_counts_clipped_runs_and_punishes_shortness(text):
    same = text.bleu_counts("He has not got up yet.", "He has not got up yet.")
    assert 100 == pytest.approx(float(text.bleu(same)))
    assert [4, 2, 1, 4] == list(text.bleu_counts("the the the the", "the cat")[:4])
    assert 0 == text.bleu(text.bleu_counts("", "a cat"))
    short = text.bleu_counts("a b c d", "a b c d e f g h")
    assert 100 * np.exp(-1) == pytest.approx(float(text.bleu(short)))
    assert (2,) == text.bleu(np.stack([same, short])).shape


def test_chrf_is_between_nothing_and_everything(text):
    assert 100 == pytest.approx(text.chrf(["it is so"], ["it is so"]))
    assert 0 == text.chrf(["xyz"], ["abc"])
    assert 0 < text.chrf(["he walks"], ["he walked"]) < 100


def test_a_beam_finds_what_greed_misses(text):
    follows = {1: {3: 0.6, 4: 0.4}, 3: {2: 0.4, 5: 0.3, 6: 0.3}, 4: {2: 1.0}}

    def step(lines):
        p = np.full((len(lines), 7), -1e9)
        for row, line in zip(p, lines, strict=True):
            for piece, chance in follows.get(int(line[-1]), {2: 1.0}).items():
                row[piece] = np.log(chance)
        return p

    assert [[1, 3, 2]] == text.beam_search(step, 1).tolist()
    assert [[1, 4, 2]] == text.beam_search(step, 1, 2, alpha=0).tolist()
