"""Bracketed spans: ``[words]{.class #id}``."""

from __future__ import annotations

from etude.convert.quarto.attributes import Attributes
from etude.convert.quarto.places import Context

__all__ = ["span", "visible"]

_TAGS = {"underline": "u", "ul": "u", "mark": "mark"}
_HTML = ("html", "html:js", "web")


def visible(given: Attributes) -> bool | None:
    """Whether content with conditions stands on the website; None when there are none."""
    if "content-visible" in given.classes:
        wanted = True
    elif "content-hidden" in given.classes:
        wanted = False
    else:
        return None
    when, unless = given.get("when-format"), given.get("unless-format")
    profile = given.get("when-profile") or given.get("when-meta")
    if profile and not when and not unless:
        return not wanted
    if given.get("unless-profile") or given.get("unless-meta"):
        return wanted
    if when:
        return wanted == when.startswith(_HTML)
    return wanted != unless.startswith(_HTML) if unless else wanted


def span(words: str, given: Attributes, context: Context, line: int) -> str:
    """The words in a span, with as much of its attributes as there is a word for."""
    account, path = context.account, context.path
    shown = visible(given)
    if shown is not None:
        if shown:
            account.changed("[…]{.content-visible}", path, line, "it is in every output now")
            return words
        account.lost("[…]{.content-hidden}", path, line, "what the website did not show is left out")
        return ""
    classes = [name for name in given.classes if name not in {"unnumbered", "nolink"}]
    if "aside" in classes or "column-margin" in classes:
        account.changed("[…]{.aside}", path, line, "a footnote")
        return context.footnote(" ".join(words.split()))
    if "kbd" in classes:
        account.kept("[…]{.kbd}", path, line, "{kbd}")
        return f"{{kbd}}`{words}`"
    anchor = f'<a id="{given.id}"></a>' if given.id else ""
    tag = next((_TAGS[name] for name in classes if name in _TAGS), "")
    construct = f"[…]{{.{classes[0]}}}" if classes else "[…]{…}"
    if tag:
        account.kept(construct, path, line, f"<{tag}>")
        return f"{anchor}<{tag}>{words}</{tag}>"
    if "smallcaps" in classes:
        account.changed(
            construct, path, line, "small capitals are plain letters, unless a style sheet says more"
        )
        return f'{anchor}<span class="smallcaps">{words}</span>'
    if not classes and not given.pairs:
        account.kept(construct, path, line, "<a id>" if anchor else "text")
        return f"{anchor}{words}"
    marks = f' class="{" ".join(classes)}"' if classes else ""
    marks += "".join(
        f' {key}="{value}"' for key, value in given.pairs if key in {"lang", "dir", "style", "title"}
    )
    account.kept(construct, path, line, "<span>")
    return f"{anchor}<span{marks}>{words}</span>" if marks else f"{anchor}{words}"
