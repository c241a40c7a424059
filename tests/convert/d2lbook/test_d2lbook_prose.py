"""Prose: roles, labels, figures, tables, formulas, tabs, marks of slides."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("see :numref:`sec_a`.", "see {numref}`sec_a`."),
        ("在 :numref:`a` 中，见 :eqref:`b`和 :ref:`c` 。", "在{numref}`a`中，见{eq}`b`和{ref}`c`。"),
        ("（层） :cite:`A,B`", "（层）{cite}`A,B`"),
        ("“层” :cite:`A` and “end” :cite:`B`", "“层”{cite}`A` and “end” {cite}`B`"),
        ("use :citet:`A`, :citep:`B`", "use {cite:t}`A`, {cite:p}`B`"),
        (":func:`f` :class:`C` :mod:`m`", "{py:func}`f` {py:class}`C` {py:mod}`m`"),
        (":option:`-x`", "{std:option}`-x`"),
        ("twice :numref:``sec_a`` as much", "twice {numref}`sec_a` as much"),
        ("`:numref:` and `` :numref:`x` `` stay", "`:numref:` and `` :numref:`x` `` stay"),
        ("$a:ref:b$ :numref:`x`", "$a:ref:b$ {numref}`x`"),
        ("[**a**](http://x.y) and (**b**) and [**c,\nd**]", "[**a**](http://x.y) and b and c,\nd"),
        ("one ` tick\n\n(**mark**)\n\nand ` more", "one ` tick\n\nmark\n\nand ` more"),
        ("[**先**] (**后**) 。", "先后。"),
        ("如果 (**$f$的极限**) 是 (**它**)", "如果 $f$的极限是它"),
        ("*先* :cite:`a` 和 **后** ", "*先*{cite}`a`和 **后** "),
        ("(**$$a = b$$**)\n:eqlabel:`eq_a`", "$$a = b$$ (eq_a)"),
        ("$$a\n= b$$\n\n:eqlabel:`eq_a`\n\nnext", "$$a\n= b$$ (eq_a)\n\nnext"),
        ("- item\n  $$a$$\n  :eqlabel:`eq_a`", "- item\n  $$a$$ (eq_a)"),
        ("so $$a = b$$ holds", "so\n$$a = b$$\nholds"),
        ("`f(**kw)` and $(**x**)$", "`f(**kw)` and $(**x**)$"),
        ("keep (~~for slides~~) this\nline", "% for slides\nkeep this\nline"),
        ("\n(~~one~~)\nb", "% one\nb"),
        ("a\n\n(~~one\ntwo~~)\n\nb", "a\n\n% one\n% two\n\nb"),
        ("of which\n% are text", "of which\n\\% are text"),
        ("    :numref:`in code`", "    :numref:`in code`"),
        ("## A [**title**]\n:label:`sec_a`\n:label:`sec_b`", "(sec_a)=\n(sec_b)=\n## A title"),
        ("Title\n-----\n\n:label:`sec_a`\n\ntext", "(sec_a)=\nTitle\n-----\n\ntext"),
        ("text\n\n## Summary\n\n* all", "text\n\n## Summary {.unnumbered}\n\n* all"),
        (":bibliography:`works.bib`", "```{bibliography}\n```"),
        ("```{.bash}\nls\n```", "```bash\nls\n```"),
        ("1. one\n   ```python\n   :numref:`x`\n   ```", "1. one\n   ```python\n   :numref:`x`\n   ```"),
        ("a {{ name }} and `{{ x }}`", "a \\{{ name }} and `{{ x }}`"),
        (":unknown:`x` stays", ":unknown:`x` stays"),
    ],
)  # fmt: skip
def test_prose(made, before, after):
    assert f"{after}\n" == made(f"{before}\n").page


def test_a_picture_alone_is_a_figure_with_its_caption_and_size(made):
    page = "![A die, $p=1/6$,\nsee :numref:`sec_a`](img/a.svg)\n:width:`200px`\n\n:label:`fig_a`\n\ntext\n"
    result = made(page, **{"img/a.svg": "<svg/>"})
    assert result.page == (
        "```{figure} img/a.svg\n:label: fig_a\n:width: 200px\nA die, $p=1/6$,\nsee {numref}`sec_a`\n```\n"
        "\ntext\n"
    )
    assert [("img/a.svg", "img/a.svg")] == [(one.source, one.path) for one in result.converted.copies]


def test_a_figure_in_a_list_stays_there(made):
    picture = "    ![:odd:`a` cap](http://x.y/a.svg)\n    :label:`fig_a`\n"
    page = f"text\n* one\n\n{picture}\n    $$a$$\n    :eqlabel:`eq_a`\n* two\n"
    figure = "    ```{figure} http://x.y/a.svg\n    :label: fig_a\n    :odd:`a` cap\n    ```\n"
    assert made(page).page == f"text\n* one\n\n{figure}\n    $$a$$ (eq_a)\n* two\n"


def test_a_second_label_of_a_figure_is_told(made):
    result = made("![](http://x.y/a.svg)\n:label:`a`\n:width:`3px`\n:label:`b`\n")
    assert "```{figure} http://x.y/a.svg\n:label: a\n:width: 3px\n```\n" == result.page
    assert ["kept", "lost"] == [fate for fate, _, _ in result.told(":label:")]


def test_a_picture_in_a_line_stays(made):
    assert made("see ![a](http://x.example/a.svg) here\n").page == "see ![a](http://x.example/a.svg) here\n"


def test_a_missing_picture_is_told(made):
    assert [("lost", 1, "there is no file `a.svg`")] == [
        one for one in made("![a](a.svg)\n").told("![caption]()") if one[0] == "lost"
    ]


@pytest.mark.parametrize(
    "table",
    [
        ":A caption :cite:`A`\n\n|a|b|\n|-|-|\n|1|2|\n:label:`tab_a`\n",
        ":A caption :cite:`A`\n:label:`tab_a`\n\n|a|b|\n|-|-|\n|1|2|\n",
        ": A caption\n:cite:`A`\n\n|a|b|\n|-|-|\n|1|2|\n\n:label:`tab_a`\n",
        "|a|b|\n|-|-|\n|1|2|\n\n: A caption :cite:`A`\n:label:`tab_a`\n",
    ],
)
def test_a_table_has_its_caption_and_label(made, table):
    page = made(table).page
    assert page == "```{table} A caption {cite}`A`\n:label: tab_a\n\n|a|b|\n|-|-|\n|1|2|\n```\n"


def test_a_label_far_from_its_target_goes_to_the_nearest_before_it(made):
    result = made("## One\n\ntext\n\n:label:`sec_a`\n\nmore\n")
    assert result.page == "(sec_a)=\n## One\n\ntext\n\nmore\n"
    assert result.told(":label:") == [
        ("kept", 5, "given to the nearest heading, figure or table before it, as d2lbook does")
    ]


def test_marks_without_anything_before_them_are_told(made):
    result = made(":width:`3px`\n\ntext\n\n:eqlabel:`eq_a`\n")
    assert [":eqlabel:", ":width:"] == sorted(set(result.lost()) & {":eqlabel:", ":width:"})


def test_an_open_mark_of_slides_stays_and_is_told(made):
    result = made("one\n[**two\n")
    assert "one\n[**two\n" == result.page
    assert [("changed", 2, "the mark is never closed, and stays")] == result.told("[**…")


def test_lines_are_told_as_they_are_in_the_source(made):
    result = made("(~~a\nb~~)\n\n(~~c~~)\ntext (~~d~~) more\n\nsee :numref:`x`\n")
    assert [("kept", 7, "`{numref}`")] == result.told(":numref:")


def test_prose_of_a_tab(tabbed):
    page = (
        ":begin_tab:`numpy, python`\n\nwords :numref:`x`\n\n```text\n:end_tab:\n```\n\n:end_tab:\n\nafter\n"
    )
    assert tabbed(page).page == (
        ":::{variant} numpy, python\n\nwords {numref}`x`\n\n```text\n:end_tab:\n```\n:::\n\nafter\n"
    )


def test_tabs_that_do_not_fit_together_are_told(tabbed):
    result = tabbed(":end_tab:\n\n:begin_tab:`numpy`\na\n\n:begin_tab:`python`\nb\n")
    assert ":::{variant} numpy\na\n:::\n:::{variant} python\nb\n:::\n" == result.page
    assert ["changed"] == [fate for fate, _, _ in result.told(":end_tab:")]
    assert [("kept", 3), ("changed", 6), ("kept", 6), ("changed", 6)] == sorted(
        ((fate, line) for fate, line, _ in result.told(":begin_tab:")), key=lambda one: one[1]
    )


def test_discussions_are_the_threads_of_the_page(tabbed):
    page = "text\n\n" + "\n".join(
        f":begin_tab:`{tab}`\n[Discussions](https://forum.example/{tab})\n:end_tab:\n"
        for tab in ("numpy", "python")
    )
    assert tabbed(page).page == (
        "---\ndiscussion:\n  numpy: https://forum.example/numpy\n  python: https://forum.example/python\n---\n\ntext\n"
    )
    assert tabbed("[讨论](https://f.example/1)\n").page == "---\ndiscussion: https://f.example/1\n---\n\n"


def test_a_tab_with_a_discussion_and_words_keeps_its_words(tabbed):
    page = tabbed(":begin_tab:`numpy`\nwords\n\n[Discussions](https://f.example/1)\n:end_tab:\n").page
    assert page.endswith("---\n\n:::{variant} numpy\nwords\n:::\n")


def test_a_thread_of_the_page_stays_beside_those_of_variants(tabbed):
    result = tabbed(
        "text\n\n[Discussions](https://f.example/1)\n\n"
        ":begin_tab:`numpy`\n[Discussions](https://f.example/2)\n:end_tab:\n"
    )
    assert result.page == (
        "---\ndiscussion:\n  numpy: https://f.example/2\n---\n\ntext\n\n[Discussions](https://f.example/1)\n"
    )
    assert [3] == [line for fate, line, _ in result.told("[Discussions]") if fate == "changed"]


@pytest.mark.parametrize(
    ("before", "first"),
    [
        ("---\n\ntext\n\n---\n", "***"),
        ("\n--- \nNot a key: it is text\n---\n", "***"),
        ("---\n", "***"),
        ("---\ntitle: Dice\n---\n", "---"),
    ],
)
def test_a_rule_at_the_beginning_is_no_front_matter(made, before, first):
    assert first == made(before).page.partition("\n")[0]
