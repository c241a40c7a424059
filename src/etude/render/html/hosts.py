"""Links to where a book's source and its notebooks are kept, and to where notebooks run.

The configuration and a page enter, addresses leave; nothing is asked of any of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal
from urllib.parse import quote, urlsplit

from msgspec import Struct

from etude.model.config import Config
from etude.render.html.address import quoted

__all__ = ["Launch", "edit_link", "issues_link", "launches"]

Host = Literal["github", "gitlab", "gitee", "forgejo", ""]

_EDIT: dict[Host, str] = {
    "github": "{url}/edit/{branch}/{path}",
    "gitlab": "{url}/-/edit/{branch}/{path}",
    "gitee": "{url}/edit/{branch}/{path}",
    "forgejo": "{url}/_edit/{branch}/{path}",
}
_ISSUES: dict[Host, str] = {
    "github": "{url}/issues/new?title={title}",
    "gitlab": "{url}/-/issues/new?issue[title]={title}",
    "gitee": "{url}/issues",
    "forgejo": "{url}/issues/new?title={title}",
}


class Launch(Struct, frozen=True):
    """A place where a notebook runs."""

    name: str
    """As the place calls itself."""
    href: str


def _host(repository: str) -> tuple[Host, str]:
    """What a repository is kept by, and its address without a suffix."""
    url = repository.rstrip("/").removesuffix(".git")
    name = (urlsplit(url).hostname or "").removeprefix("www.")
    if name == "github.com":
        return "github", url
    if name == "gitee.com":
        return "gitee", url
    if name == "codeberg.org":
        return "forgejo", url
    return ("gitlab" if "gitlab" in name.split(".") else ""), url


def _joined(*parts: str) -> str:
    return "/".join(part for part in parts if part)


def edit_link(config: Config, path: str) -> str:
    """Where a page is edited; empty when that is not known or not wanted."""
    if config.html.edit is not None:
        return config.html.edit.replace("{path}", quoted(path))
    host, url = _host(config.repository)
    place = quoted(_joined(config.folder, path))
    return _EDIT[host].format(url=url, branch=quoted(config.branch), path=place) if host else ""


def issues_link(config: Config, title: str) -> str:
    """Where a problem of a page is reported; empty when that is not known or not wanted."""
    if config.html.issues is not None:
        return config.html.issues
    host, url = _host(config.repository)
    return _ISSUES[host].format(url=url, title=quote(title, safe="")) if host else ""


def launches(config: Config, notebook: str) -> Iterator[Launch]:
    """Every place where a notebook, a path below the folder of all, can be run."""
    launch = config.launch
    host, url = _host(launch.repository or config.repository)
    if not url:
        return
    branch = launch.branch or (config.branch if not launch.repository else "main")
    path = _joined(launch.folder, notebook)
    owner = urlsplit(url).path.strip("/")
    if launch.colab and host == "github":
        address = f"https://colab.research.google.com/github/{owner}/blob/{quoted(branch)}/{quoted(path)}"
        yield Launch("Colab", address)
    if launch.binder:
        where = {"github": f"gh/{owner}", "gitlab": f"gl/{quote(owner, safe='')}"}.get(
            host, f"git/{quote(url, safe='')}"
        )
        address = f"{launch.binder}/v2/{where}/{quote(branch, safe='')}?labpath={quote(path, safe='')}"
        yield Launch("Binder", address)
    if launch.jupyterhub:
        folder = url.rpartition("/")[2]
        opened = quote(f"lab/tree/{folder}/{path}", safe="")
        address = (
            f"{launch.jupyterhub.rstrip('/')}/hub/user-redirect/git-pull?repo={quote(url, safe='')}"
            f"&branch={quote(branch, safe='')}&urlpath={opened}"
        )
        yield Launch("JupyterHub", address)
