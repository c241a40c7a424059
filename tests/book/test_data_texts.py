"""The book's tables, texts and series: as packed, from made packages, and made up."""

import io
import tarfile
from collections import Counter
from dataclasses import replace
from pathlib import Path

import data
import numpy as np
import pytest
from data import _ames, _files, _glove, _made, _movies, _resolver, _reviews
from data._dataset import Contents, DataSet, File
from data._split import split_by_text
from data.make_samples import _office

from tests.book.toys import fill, sha256

pytestmark = pytest.mark.usefixtures("cache")


def carried(dataset: DataSet, contents: Contents) -> DataSet:
    """Describe a data set with these contents, and put it into the cache."""
    files = tuple(File(name, sha256(value)) for name, value in contents.items())
    fill(_files.cache_folder(dataset), dict(contents))
    return replace(dataset, files=files, packages=())


def parts(split: data.Split) -> list[int]:
    """Return the sizes of the parts, which together must be all examples."""
    every = [split.train, split.valid, split.test]
    together = np.sort(np.concatenate(every))
    np.testing.assert_array_equal(np.arange(len(together)), together)
    return [len(part) for part in every]


def test_split_is_that_which_is_documented() -> None:
    # The SHA-256 of "a" begins with ca978112ca1bbdca, which is 14598278634844962250 in decimal digits.
    split = split_by_text(["a", "q", "b", "a"])
    assert ([0, 3], [1], [2]) == (split.test.tolist(), split.valid.tolist(), split.train.tolist())


# --- the competition -------------------------------------------------------


def test_houses() -> None:
    ames = data.ames()
    assert (1465, 1465, 2930) == (len(ames.train), len(ames.test), ames.source.examples)
    assert ames.source.full
    for houses in (ames.train, ames.test):
        assert (35, 44) == (len(houses.numeric), len(houses.words))
        assert not {"Number", "SalePrice"} & (houses.numeric.keys() | houses.words.keys())
        assert {(1465,)} == {column.shape for column in houses.numeric.values()}
    assert set(range(1, 2931)) == {*ames.train.number.tolist(), *ames.test.number.tolist()}
    assert (215_000, 13_100, 745_000) == (ames.price[0], ames.price.min(), ames.price.max())


def test_columns_of_words_have_the_same_codes_in_both_parts() -> None:
    ames = data.ames()
    for name, column in ames.train.words.items():
        assert column.names == ames.test.words[name].names
        assert list(column.names) == sorted(column.names)
    alley = ames.train.words["Alley"]
    assert ("Grvl", "Pave") == alley.names
    assert (None, -1) == (alley.words[0], alley.codes[0])
    missing = 0
    for houses in (ames.train, ames.test):
        missing += sum(int((column.codes < 0).sum()) for column in houses.words.values())
        missing += sum(int(np.isnan(column).sum()) for column in houses.numeric.values())
    assert missing == 15_749


def test_scores_are_those_of_two_halves() -> None:
    ames = data.ames()
    constant = np.full(1465, np.exp(np.log(ames.price).mean()))
    assert (0.4033, 0.4147) == (
        pytest.approx(data.ames_score(constant), abs=1e-4),
        pytest.approx(data.ames_final(constant), abs=1e-4),
    )
    prices, public = _ames.reveal(_resolver.find(_ames.DATASET).contents["hidden.bin"])
    assert (732, 0.0, 0.0) == (public.sum(), data.ames_score(prices), data.ames_final(prices))
    prices[public] *= np.e
    assert (1.0, 0.0) == (pytest.approx(data.ames_score(prices)), data.ames_final(prices))


@pytest.mark.parametrize(
    ("predictions", "message"),
    [
        (np.ones(1464), r"shape \(1464,\); expected \(1465,\)"),
        (np.zeros(1465), "positive number of dollars"),
        (np.full(1465, np.nan), "positive number of dollars"),
    ],
)
def test_predictions_that_cannot_be_scored(predictions: np.ndarray, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        data.ames_score(predictions)


def test_hidden_prices_cannot_be_read_by_accident() -> None:
    prices = np.array([12_789, 755_000])
    hidden = _ames.hide(prices, np.array([True, False]))
    assert not np.isin(prices, np.frombuffer(hidden, "<u4") // 2).any()
    back, public = _ames.reveal(hidden)
    assert ([12_789, 755_000], [True, False]) == (back.tolist(), public.tolist())


# --- texts that are packed whole -------------------------------------------


def test_pairs_of_sentences() -> None:
    pairs = data.hsk_sentences()
    assert {4270} == {len(pairs.chinese), len(pairs.english), len(pairs.words), len(pairs.level)}
    assert ("老师，您好！", "Hello, teacher!", ("老师", "您", "好"), 1) == (
        pairs.chinese[0],
        pairs.english[0],
        pairs.words[0],
        pairs.level[0],
    )
    assert (np.diff(pairs.level) >= 0).all()
    assert not [text for text in pairs.english if "placeholder" in text or text.startswith("PH")]
    assert [3444, 415, 411] == parts(pairs.split)


def test_pairs_of_paragraphs() -> None:
    pairs = data.libreoffice_help()
    assert {10_341} == {len(pairs.english), len(pairs.chinese), len(set(pairs.english))}
    assert {*range(3, 13)} == {len(_office.WORD.findall(text)) for text in pairs.english}
    place = pairs.english.index("Working with Text Documents")
    assert "使用文本文档" == pairs.chinese[place]
    assert [8281, 1023, 1037] == parts(pairs.split)


def test_novel() -> None:
    novel = data.austen()
    assert (61, [49, 6, 6]) == (len(novel.chapters), parts(novel.split))
    assert novel.chapters[0].startswith("It is a truth universally acknowledged, that a single man")
    assert novel.chapters[-1].endswith("had been the means of uniting them.")
    assert not [text for text in novel.chapters if "_" in text or "\n\n" in text or "Chapter" in text]


def test_poems() -> None:
    poems = data.quatrains()
    assert {3749} == {len(poems.titles), len(poems.authors), len(poems.lines), len(set(poems.lines))}
    assert {(5, 5, 5, 5)} == {tuple(map(len, lines)) for lines in poems.lines}
    dawn = poems.titles.index("春曉")
    assert ("孟浩然", ("春眠不覺曉", "處處聞啼鳥", "夜來風雨聲", "花落知多少")) == (
        poems.authors[dawn],
        poems.lines[dawn],
    )
    assert [3008, 371, 370] == parts(poems.split)


def test_carbon_dioxide() -> None:
    air = data.co2()
    assert (2284, 59) == (len(air.time), int(np.isnan(air.fraction).sum()))
    assert {7} == set(np.diff(air.time).astype(int).tolist())
    assert (np.datetime64("1958-03-29"), 316.1) == (air.time[0], air.fraction[0])
    assert (np.datetime64("2001-12-29"), 371.5) == (air.time[-1], air.fraction[-1])


# --- texts that are fetched, or made up ------------------------------------


def test_sentences_are_taken_out_of_the_package(tmp_path: Path) -> None:
    rows = "1\t2.26666666667\tA ''grand'' film &amp; more.\n2\t-0.6\tcaf\u00e9  dull\n3\t1.0\tcaf\u00e9 dull"
    folder = tmp_path / _movies.FOLDER
    folder.mkdir(parents=True)
    with tarfile.open(folder / "hutto_ICWSM_2014.tar.gz", "w:gz") as archive:
        entry = tarfile.TarInfo("hutto_ICWSM_2014/movieReviewSnippets_GroundTruth.txt")
        entry.size = len(rows.encode())
        archive.addfile(entry, io.BytesIO(rows.encode()))
    extracted = _movies.DATASET.packages[0].extract(tmp_path)
    assert {"sentences.tsv": '2.267\tA "grand" film & more.\n-0.6\tcafé dull\n'.encode()} == extracted


def test_movie_sentences_that_were_fetched() -> None:
    dataset = carried(_movies.DATASET, {"sentences.tsv": b"2.267\tGrand.\n-0.6\tDull.\n"})
    movies = data.movie_sentences(dataset)
    assert (("Grand.", "Dull."), [2.267, -0.6]) == (movies.sentences, movies.score.tolist())
    assert (2, True) == (sum(parts(movies.split)), movies.source.full)


def test_reviews_are_taken_out_of_the_package(tmp_path: Path) -> None:
    folder = tmp_path / _reviews.FOLDER
    folder.mkdir(parents=True)
    (folder / "pos_sentences.txt").write_text("很好\n很好 \n\n一般\n写信：a.b@c.com\n好\ue001书\n", "utf-8")
    (folder / "neg_sentences.txt").write_text("一般\n很差，电话13800000000\n", "utf-8")
    extracted = _reviews.DATASET.packages[0].extract(tmp_path)
    assert "1\t很好\n1\t写信：…\n1\t好书\n0\t很差，电话…\n" == extracted["reviews.tsv"].decode()


def test_shop_reviews_that_were_fetched() -> None:
    dataset = carried(_reviews.DATASET, {"reviews.tsv": "1\t很好\n0\t很差\n".encode()})
    reviews = data.shop_reviews(dataset)
    assert (("很好", "很差"), [1, 0]) == (reviews.texts, reviews.label.tolist())
    assert (2, True) == (sum(parts(reviews.split)), reviews.source.full)


def test_sentences_are_made_up_where_none_can_be_had(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ETUDE_OFFLINE", "1")
    movies, reviews = data.movie_sentences(), data.shop_reviews()
    for source in (movies.source, reviews.source):
        assert (1600, False, "made") == (source.examples, source.full, source.origin)
        assert "1,600 examples (made up for this book)\n" in str(source)
    assert 1600 == len(set(movies.sentences))
    assert 1600 == len(set(reviews.texts))
    assert (-4 <= movies.score).all()
    assert (movies.score <= 4).all()
    assert min(np.mean(movies.score > 0.5), np.mean(movies.score < -0.5)) > 0.35
    assert {0: 800, 1: 800} == Counter(reviews.label.tolist())
    assert all(size > 100 for split in (movies.split, reviews.split) for size in parts(split))


def test_what_is_made_up_is_the_same_everywhere() -> None:
    assert ("What stays with you is the cast, which is rather dull.", -2.01) == _made.movie_sentences()[0]
    assert ("这台电脑散热让人失望，触摸板根本不行。后悔了。", 0) == _made.shop_reviews()[-1]


# --- words as vectors ------------------------------------------------------


def test_vectors_of_asked_words() -> None:
    found = data.glove(["queen", "zzzqq", "king", "queen"])
    assert (("queen", "zzzqq", "king", "queen"), [True, False, True, True]) == (
        found.words,
        found.known.tolist(),
    )
    assert ((4, 50), np.dtype(np.float32)) == (found.vectors.shape, found.vectors.dtype)
    assert not found.vectors[1].any()
    np.testing.assert_array_equal(found.vectors[0], found.vectors[3])
    assert (6000, False) == (found.source.examples, found.source.full)


def test_packed_words_do_what_is_told_of_them() -> None:
    every = data.glove()
    assert ((6000, 50), "the") == (every.vectors.shape, every.words[0])
    unit = every.vectors / np.linalg.norm(every.vectors, axis=1, keepdims=True)
    for a, b, c, answer in (("king", "man", "woman", "queen"), ("paris", "france", "italy", "rome")):
        one, two, three = data.glove([a, b, c]).vectors
        order = np.argsort(-unit @ (one - two + three))
        assert answer == next(word for i in order if (word := every.words[i]) not in {a, b, c})
    made = {word.strip(".,").lower() for text, _ in _made.movie_sentences() for word in text.split()}
    assert data.glove(sorted(made)).known.all()


def test_all_words_where_they_are_installed() -> None:
    vectors = np.arange(100, dtype=np.float32).reshape(2, 50)
    dataset = carried(_glove.DATASET, _glove.pack(["one", "two"], vectors))
    found = data.glove(["two"], dataset)
    assert (2, True) == (found.source.examples, found.source.full)
    np.testing.assert_array_equal(vectors[1:], found.vectors)
