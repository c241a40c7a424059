"""Sentences made up by small grammars, for where those of others cannot be had.

They let a page run without a network; what is learned from them says nothing
of how people write.  They are the same on every machine.
"""

import random
from collections.abc import Sequence

__all__ = ["COUNT", "movie_sentences", "shop_reviews"]

COUNT = 1600
"""How many sentences each function gives."""

PARTS = (
    *("story", "plot", "cast", "script", "ending", "music", "camera work", "dialogue", "humor", "direction"),
    *("first half", "lead actor", "villain", "romance", "pacing", "soundtrack", "final scene", "premise"),
)
JUDGEMENTS = {
    "brilliant": 3.3,
    "wonderful": 3.1,
    "moving": 2.4,
    "charming": 2.3,
    "clever": 2.1,
    "fresh": 1.8,
    "funny": 1.9,
    "good": 1.9,
    "solid": 1.3,
    "watchable": 0.9,
    "uneven": -0.8,
    "slow": -0.9,
    "predictable": -1.1,
    "thin": -1.2,
    "clumsy": -1.8,
    "dull": -2.0,
    "bad": -2.4,
    "tedious": -2.3,
    "lifeless": -2.5,
    "awful": -3.2,
}
DEGREES = {
    "": 1.0,
    "rather ": 0.8,
    "somewhat ": 0.6,
    "really ": 1.15,
    "truly ": 1.2,
    "never ": -0.7,
    "not ": -0.6,
}
FRAMES = (
    "The {part} is {view}.",
    "I found the {part} {view}.",
    "For all its faults, the {part} is {view}.",
    "What stays with you is the {part}, which is {view}.",
    "Most viewers will find the {part} {view}.",
)
TURNS = (
    "The {part} is {view}, but the {other} is {second}.",
    "Its {part} is {view} and its {other} {second}.",
)

THINGS = {
    "这家酒店": ("房间", "前台", "早餐", "床", "位置", "隔音", "卫生间", "服务员"),
    "这台电脑": ("键盘", "屏幕", "散热", "电池", "做工", "外观", "速度", "触摸板"),
    "这本书": ("内容", "纸张", "印刷", "翻译", "故事", "包装", "插图", "作者的文笔"),
}
PRAISE = ("很好", "不错", "让人满意", "比想象的好", "非常棒", "没得说", "挺舒服", "值得称赞")
BLAME = ("很差", "太糟糕了", "让人失望", "不如以前", "实在一般", "问题不少", "不敢恭维", "根本不行")
GOOD_ENDS = ("下次还会选。", "推荐给大家。", "性价比很高。", "很满意。", "值得买。", "")
BAD_ENDS = ("不会再来了。", "不推荐。", "后悔了。", "太不值了。", "希望能改进。", "")


def movie_sentences() -> tuple[tuple[str, float], ...]:
    """Return different sentences, each with a score from -4 to 4."""
    chance = random.Random(1)  # noqa: S311 - the same every time is what is wanted
    made: dict[str, float] = {}
    while len(made) < COUNT:
        part, other = _pick(chance, PARTS), _pick(chance, PARTS)
        (view, first), (second, then) = _view(chance), _view(chance)
        if part != other and chance.random() < 0.4:
            sentence = _pick(chance, TURNS).format(part=part, view=view, other=other, second=second)
            score = (first + then) / 2
        else:
            sentence, score = _pick(chance, FRAMES).format(part=part, view=view), first
        made.setdefault(sentence, round(max(-4.0, min(4.0, score + chance.random() - 0.5)), 2))
    return tuple(made.items())


def shop_reviews() -> tuple[tuple[str, int], ...]:
    """Return different reviews in Chinese, each with 1 for content or 0; as many of each."""
    chance = random.Random(2)  # noqa: S311 - the same every time is what is wanted
    made: dict[int, dict[str, None]] = {1: {}, 0: {}}
    while min(map(len, made.values())) < COUNT // 2:
        label = int(chance.random() < 0.5)
        thing = _pick(chance, tuple(THINGS))
        mine, others = (PRAISE, BLAME) if label else (BLAME, PRAISE)
        one, two = _pick(chance, THINGS[thing]), _pick(chance, THINGS[thing])
        text = f"{thing}{one}{_pick(chance, mine)}"
        if one != two:
            alike = chance.random() < 0.7
            text += f"，{'' if alike else '虽然'}{two}{_pick(chance, mine if alike else others)}"
        text += "。" + _pick(chance, GOOD_ENDS if label else BAD_ENDS)
        if len(made[label]) < COUNT // 2:
            made[label][text] = None
    return tuple((text, label) for label in (1, 0) for text in made[label])


def _view(chance: random.Random) -> tuple[str, float]:
    """Choose an adjective, with an adverb or none; return it and what it is worth."""
    word, degree = _pick(chance, tuple(JUDGEMENTS)), _pick(chance, tuple(DEGREES))
    return degree + word, JUDGEMENTS[word] * DEGREES[degree]


def _pick(chance: random.Random, choices: Sequence[str]) -> str:
    """Choose one; by `random` only, whose numbers Python keeps the same in all versions."""
    return choices[int(chance.random() * len(choices))]
