"""The index at the back, and the order of its entries."""

from __future__ import annotations

import pytest

from etude.model import block as b
from etude.resolve.collate import group, sort_key


def tree(nodes):
    return [
        (node.text, node.group, [place.name for place in node.places], tree(node.children)) for node in nodes
    ]


def test_english(book, n):
    book.page(
        "a", n.h(1, "A"), n.p(n.mark("loss")), n.h(2, "B"), n.p(n.mark("Adam"), n.mark("loss", "squared"))
    )
    book.page(
        "b", n.h(1, "Back"), n.p(n.mark("loss", main=True)), n.h(2, "C"), n.p(n.mark("loss")), numbered=False
    )
    book.page("z", b.PrintIndex(n.span))
    done = book.resolve()
    loss = ("loss", "L", ["1", "Back"], [("squared", "S", ["1.1"], [])])
    assert [("Adam", "A", ["1.1"], []), loss] == tree(done.facts["z"].index)
    assert [place.main for place in done.facts["z"].index[1].places] == [False, True]
    assert [(place.page, place.id[:6]) for place in done.facts["z"].index[1].places] == [
        ("a", "index-"),
        ("b", "index-"),
    ]
    assert done.facts["a"].index == ()


def test_see(book, n):
    book.page(
        "a",
        n.p(n.mark("SGD", kind="see", see="gradient descent"), n.mark("SGD", kind="seealso", see="Adam")),
        b.PrintIndex(n.span),
    )
    (node,) = book.resolve().facts["a"].index
    assert (node.see, node.see_also, node.places) == (("gradient descent",), ("Adam",), ())


def test_chinese_by_pinyin(zh, n):
    words = [
        "梯度",
        "阿姆达尔定律",
        "损失",
        "Softmax",
        "熵",
        "算法",
        "重构",
        "重要性",
        "Adam",
        "k 近邻",
        "3D 卷积",
        "阈值",
    ]
    zh.page("a", n.h(1, "甲"), n.p(*(n.mark(word) for word in words)))
    zh.page("z", b.PrintIndex(n.span))
    found = [(node.group, node.text) for node in zh.resolve().facts["z"].index]
    assert found == [
        ("符号", "3D 卷积"),
        ("A", "Adam"),
        ("A", "阿姆达尔定律"),
        ("C", "重构"),
        ("K", "k 近邻"),
        ("S", "Softmax"),
        ("S", "熵"),
        ("S", "算法"),
        ("S", "损失"),
        ("T", "梯度"),
        ("Y", "阈值"),
        ("Z", "重要性"),
    ]


@pytest.mark.parametrize(
    ("text", "heading"),
    [
        ("卷积", "J"),
        ("鲁棒性", "L"),
        ("鞅", "Y"),
        ("行列式", "H"),
        ("行为", "X"),
        ("弹性网络", "T"),
        ("校准", "J"),
        ("啊", "A"),
        ("座", "Z"),
        ("𠀀", "Other"),
        ("__init__", "I"),
        ("Émile", "E"),
        ("…", "Symbols"),
        ("α", "Symbols"),
        ("", "Symbols"),
    ],
)
def test_groups(text, heading):
    assert heading == group(sort_key(text), "en")


def test_latin_ignores_case_and_marks():
    words = ["zip", "Boosting", "bagging", "*args", "ÉCole", "ecole b"]
    assert sorted(words, key=sort_key) == ["*args", "bagging", "Boosting", "ÉCole", "ecole b", "zip"]
