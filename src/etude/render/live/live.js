/* Keeps a page as its source is. It stands at the end of the page and runs before the theme's scripts, so that it
   sees what the server has sent; from then on blocks whose HTML is other than that are replaced, and no others. */
(() => {
"use strict";
const self = document.getElementById("etude-live");
const words = {
  en: {
    problems: (n) => n === 1 ? "1 problem" : `${n} problems`, none: "no problems", running: "running…", paused: "not running",
    run: "Run all", cell: "Run this cell", again: "Run this cell again", stop: "Interrupt", pause: "Pause", resume: "Run after edits",
    follow: "Follow the editor", open: "Open in the editor", lost: "the server is gone; waiting for it", left: (s) => `about ${s} left`,
    stale: "edited since it was run", hint: "hint", gone: "This page is not in the book any more.", close: "Close", elsewhere: "elsewhere in the book",
  },
  zh: {
    problems: (n) => `${n} 个问题`, none: "没有问题", running: "正在运行……", paused: "未在运行",
    run: "全部运行", cell: "运行此单元", again: "重新运行此单元", stop: "中断", pause: "暂停", resume: "修改后自动运行",
    follow: "跟随编辑器", open: "在编辑器中打开", lost: "与服务器失去联系，正在重试", left: (s) => `约剩 ${s}`,
    stale: "修改后尚未运行", hint: "提示", gone: "书中已经没有这一页。", close: "关闭", elsewhere: "书中别处",
  },
}[self.dataset.language.startsWith("zh") ? "zh" : "en"];
const page = self.dataset.page;
let version = self.dataset.version;
let follow = sessionStorage.getItem("etude-follow") !== "no";

/* What the server has sent: blocks of the text as HTML without their places, and the regions around it. */
const regions = ["title", ".side-nav", ".bar .tools", ".bar .book", "header.title", "nav.toc", ".title-page", "nav.pager", ".cover > nav", ".colophon", "head > style"];
/* Style sheets that the page did not need before, or that have new content: faces come with them. The old one
   stays until the new one is there. */
const sheets = (root) => [...root.querySelectorAll("head link[rel=stylesheet]")];
const addressOf = (one) => new URL(one.getAttribute("href"), location.href);
const addSheets = (sent) => {
  const there = new Map(sheets(document).map((one) => [addressOf(one).pathname, one]));
  for (const one of sheets(sent)) {
    const { pathname, searchParams } = addressOf(one), old = there.get(pathname), made = document.importNode(one);
    if (!old) document.head.append(made);
    else if (addressOf(old).searchParams.get("v") !== searchParams.get("v")) {
      made.onload = made.onerror = () => old.remove();
      old.after(made);
    }
  }
};
const bare = (element) => element.outerHTML.replace(/ data-at="\d+"/g, "");
const proseOf = (root) => root.querySelector("#main .prose");
const blocksOf = (root) => [...(proseOf(root)?.children ?? [])].map(bare);
const regionsOf = (root) => regions.map((name) => [...root.querySelectorAll(name)].map((one) => one.outerHTML).join(""));
let blocks = blocksOf(document);
let around = regionsOf(document);

/* The places of an unchanged block are other ones when something before it has changed. */
const places = (live, fresh) => {
  const to = [live, ...live.querySelectorAll("[data-at]")], from = [fresh, ...fresh.querySelectorAll("[data-at]")];
  if (to.length !== from.length) return;
  from.forEach((one, i) => { if (one.dataset.at !== undefined) to[i].dataset.at = one.dataset.at; });
};

/* What a reader has opened, chosen and scrolled stays, in what takes the place of a block. */
const carry = (old, fresh) => {
  const pairs = (selector, apply) => {
    const a = [old, ...old.querySelectorAll("*")].filter((one) => one.matches(selector));
    const b = [fresh, ...fresh.querySelectorAll("*")].filter((one) => one.matches(selector));
    b.forEach((one, i) => { if (a[i]) apply(a[i], one); });
  };
  pairs("details", (a, b) => { b.open = a.open; });
  pairs("input", (a, b) => { if (a.id === b.id) b.checked = a.checked; });
  const scrolled = [];
  pairs("pre, .scroll, .rich", (a, b) => { if (a.scrollTop || a.scrollLeft) scrolled.push([b, a.scrollTop, a.scrollLeft, a.scrollTop + a.clientHeight >= a.scrollHeight - 2]); });
  return () => { for (const [box, top, left, end] of scrolled) { box.scrollTop = end ? box.scrollHeight : top; box.scrollLeft = left; } };
};

/* Which old block each new one is; -1 for what is new. Both ends are alike nearly always. */
const paired = (old, fresh) => {
  const found = new Array(fresh.length).fill(-1);
  let start = 0, end = 0;
  while (start < old.length && start < fresh.length && old[start] === fresh[start]) { found[start] = start; start++; }
  while (end < old.length - start && end < fresh.length - start && old[old.length - 1 - end] === fresh[fresh.length - 1 - end]) {
    found[fresh.length - 1 - end] = old.length - 1 - end; end++;
  }
  let next = start;
  for (let i = start; i < fresh.length - end; i++) {
    const at = old.indexOf(fresh[i], next);
    if (at >= 0 && at < old.length - end) { found[i] = at; next = at + 1; }
  }
  return found;
};

/* A paragraph or heading stays the element that it is. Browsers with formulas on a page look at all that lies in the
   parent of an element that comes: of the whole text, if a block comes; of a block, if its words do. */
const renewed = (old, fresh) => {
  if (old?.localName !== fresh.localName || !/^(p|h[1-6])$/.test(old.localName)) return false;
  for (const { name } of [...old.attributes]) if (!fresh.hasAttribute(name)) old.removeAttribute(name);
  for (const { name, value } of fresh.attributes) old.setAttribute(name, value);
  old.replaceChildren(...fresh.childNodes);
  return true;
};

/* Bring the page to what the server has sent now; gives the blocks that are new. */
const replace = (text) => {
  const sent = new DOMParser().parseFromString(text, "text/html");
  const prose = proseOf(document), wanted = proseOf(sent);
  const shape = (root) => [...(root.querySelector("#main > *")?.children ?? [])].map((one) => one.localName + "." + one.classList[0]).join();
  const now = regionsOf(sent);
  if (!prose || !wanted || now[2] !== around[2] || document.body.className !== sent.body.className) return null;
  addSheets(sent);
  if (shape(document) !== shape(sent)) {
    document.getElementById("main").replaceChildren(...sent.getElementById("main").childNodes);
    blocks = blocksOf(document);
    around = now;
    return [];
  }
  const children = [...wanted.children], fresh = children.map(bare);
  const pairs = paired(blocks, fresh), live = [...prose.children], kept = new Set(pairs);
  const added = [], after = [];
  let at = 0;
  for (let i = 0; i < children.length; i++) {
    if (pairs[i] >= 0) {
      at = pairs[i] + 1;
      places(live[pairs[i]], children[i]);
      continue;
    }
    const instead = at < live.length && !kept.has(at) ? live[at] : null;
    let made = document.importNode(children[i], true);
    if (renewed(instead, made)) made = live[at++];
    else if (instead) {
      after.push(carry(instead, made));
      instead.replaceWith(made);
      live[at++] = made;
    } else (live[at] ?? null) ? live[at].before(made) : prose.append(made);
    added.push(made);
    if (times.size) freshen(made);
  }
  const stay = new Set([...pairs.filter((i) => i >= 0).map((i) => live[i]), ...added]);
  for (const one of [...prose.children]) if (!stay.has(one)) one.remove();
  now.forEach((html, i) => {
    if (html === around[i]) return;
    const old = [...document.querySelectorAll(regions[i])], next = [...sent.querySelectorAll(regions[i])];
    if (old.length !== next.length) return;
    old.forEach((one, j) => {
      if (one.id === "nav") { const top = one.scrollTop; one.replaceChildren(...next[j].childNodes); one.scrollTop = top; }
      else { const made = document.importNode(next[j], true); carry(one, made); one.replaceWith(made); }
    });
  });
  blocks = fresh;
  around = now;
  for (const done of after) done();
  return added;
};

/* The block that a place in the source belongs to. */
const blockAt = (at) => {
  let found = null;
  for (const one of document.querySelectorAll("#main [data-at]")) if (Number(one.dataset.at) <= at) found = one;
  return found;
};
const seen = (element) => {
  const box = element.getBoundingClientRect();
  return box.top >= 60 && box.bottom <= innerHeight || box.top < innerHeight / 2 && box.bottom > innerHeight / 2;
};
let place = null;
const jump = () => {
  if (place === null || !follow) return;
  const block = blockAt(place);
  place = null;
  if (!block) return;
  if (!seen(block)) block.scrollIntoView({ block: "center", behavior: "instant" });
  block.classList.remove("etude-edited");
  void block.offsetWidth;
  block.classList.add("etude-edited");
};

/* Cells: what runs, what waits. */
let cells = [], stale = null;
const markCells = () => {
  for (const one of document.querySelectorAll(".cell[data-cell]")) {
    const number = Number(one.dataset.cell);
    const states = cells.filter(([, index]) => index === number).map(([, , state]) => state);
    let state = states.find((name) => name === "running" || name === "again") ?? states.find((name) => name === "failed") ?? states[0] ?? "";
    if (stale !== null && number >= stale && state !== "running" && state !== "done" && state !== "failed") state ||= "stale";
    one.dataset.state = state;
    one.title = state === "stale" ? words.stale : "";
    if (!one.querySelector(":scope > .etude-run")) {
      const button = Object.assign(document.createElement("button"), { type: "button", className: "etude-run", title: words.cell });
      button.setAttribute("aria-label", words.cell);
      one.prepend(button);
    }
  }
};

/* The panel: how things are, and what can be done. */
const make = (tag, attributes = {}, ...children) => {
  const one = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) name in one && name !== "list" ? one[name] = value : one.setAttribute(name, value);
  one.append(...children);
  return one;
};
const button = (className, label, act) => make("button", { type: "button", className, onclick: act }, label);
const dot = make("span", { className: "dot" });
const status = make("span", { className: "status" });
const count = button("count", "", () => { list.hidden = !list.hidden; });
const list = make("div", { className: "list", hidden: true });
const stop = button("stop", words.stop, () => say({ do: "interrupt" }));
const run = button("run", words.run, () => say({ do: "run" }));
const pause = button("pause", "", () => say({ do: "pause", on: !state.paused }));
const following = make("label", {}, make("input", { type: "checkbox", checked: follow, onchange: (event) => {
  follow = event.target.checked;
  sessionStorage.setItem("etude-follow", follow ? "yes" : "no");
} }), words.follow);
const panel = make("aside", { className: "etude-live" }, list, make("div", { className: "line" }, dot, status, count, stop, run, pause, following));
panel.setAttribute("aria-label", "Etude");
let state = { running: false, paused: false, left: null }, problems = [];
const seconds = (value) => value >= 90 ? `${Math.round(value / 60)} min` : `${Math.max(1, Math.round(value))} s`;
const showState = () => {
  panel.dataset.state = lost ? "lost" : state.running ? "running" : state.paused ? "paused" : "ready";
  status.textContent = lost ? words.lost : state.running ? words.running + (state.left ? " " + words.left(seconds(state.left)) : "") : state.paused ? words.paused : "";
  stop.hidden = !state.running;
  run.hidden = state.running || !state.paused;
  pause.textContent = state.paused ? words.resume : words.pause;
};
const showProblems = () => {
  const open = !list.hidden;
  count.textContent = problems.length ? words.problems(problems.length) : words.none;
  count.dataset.severity = problems[0]?.severity ?? "";
  list.replaceChildren(...problems.map((one) => item(one, true)));
  list.hidden = !problems.length || !open && !document.body.classList.contains("etude-empty");
  for (const old of document.querySelectorAll(".etude-problem")) old.remove();
  const main = document.getElementById("main");
  for (const one of problems.filter((found) => found.page === page || !main.children.length)) {
    const note = make("div", { className: "etude-problem" }, item(one, false));
    note.dataset.severity = one.severity;
    const block = one.at === undefined ? null : blockAt(one.at);
    const outer = block?.closest(".prose > *, header.title");
    if (outer) outer.after(note);
    else (proseOf(document) ?? main).prepend(note);
  }
};
const item = (one, whole) => {
  const where = one.path ? `${one.path}${one.line ? `:${one.line}:${one.column}` : ""}` : words.elsewhere;
  const link = button("where", where, () => say({ do: "open", path: one.path, line: one.line ?? 1, column: one.column ?? 1 }));
  const parts = [make("b", {}, `${one.severity}[${one.rule}]`), " ", one.message, " ", link];
  for (const hint of one.hints) parts.push(make("small", {}, `${words.hint}: ${hint}`));
  if (!whole && one.trace) parts.push(make("pre", {}, one.trace));
  const made = make("p", {}, ...parts);
  if (whole && one.page && one.page !== page) made.append(" ", make("a", { href: "/" + one.page }, "→"));
  return made;
};

/* The line to the server. */
let line = null, lost = false, wait = 100;
const say = (what) => { if (line?.readyState === WebSocket.OPEN) line.send(JSON.stringify(what)); };
const painted = (came) => requestAnimationFrame(() => {
  const channel = new MessageChannel();
  channel.port1.onmessage = () => dispatchEvent(new CustomEvent("etude:shown", { detail: { version, came } }));
  channel.port2.postMessage(null);
});
const take = (message) => {
  switch (message.kind) {
    case "page": {
      const begun = performance.now();
      if (document.body.classList.contains("etude-empty") || replace(message.html) === null) return location.reload();
      version = message.version;
      dispatchEvent(new Event("etude:replaced"));
      markCells();
      showProblems();
      jump();
      painted(begun);
      return;
    }
    case "at": place = message.at; return;
    case "go": if (follow && document.visibilityState === "visible") location.assign("/" + message.page + location.search); return;
    case "reload": return location.reload();
    case "gone": document.getElementById("main").replaceChildren(make("p", { className: "etude-gone" }, words.gone)); return;
    case "cells": cells = message.cells; stale = message.stale; markCells(); return;
    case "state": state = message; showState(); return;
    case "problems": problems = message.list; showProblems(); return;
    case "files": refresh(message.paths, message.leaves ?? {}); return;
  }
};
/* Files that pages show have changed, but their addresses have not: these say since when. */
const times = new Map(), leaves = new Map();
const freshen = (root) => {
  for (const [selector, name] of [["img[src], video[src], source[src], iframe[src]", "src"], ["link[rel=stylesheet]", "href"]]) {
    for (const one of root.querySelectorAll(selector)) {
      const url = new URL(one.getAttribute(name), location.href);
      const time = times.get(decodeURIComponent(url.pathname));
      if (!time || url.searchParams.get("t") === time) continue;
      url.searchParams.set("t", time);
      const leaf = leaves.get(decodeURIComponent(url.pathname));
      if (leaf && follow) url.hash = `page=${leaf}`; // browsers open a PDF there
      one.setAttribute(name, url.href);
    }
  }
};
const refresh = (paths, pages) => {
  for (const path of paths) times.set("/" + path, String(Date.now()));
  for (const [path, leaf] of Object.entries(pages)) leaves.set("/" + path, leaf);
  freshen(document);
};
const connect = () => {
  line = new WebSocket(`ws://${location.host}/_etude/line`);
  line.onopen = () => { lost = false; wait = 100; say({ do: "here", page, version }); showState(); };
  line.onmessage = (event) => take(JSON.parse(event.data));
  line.onclose = () => { lost = true; showState(); setTimeout(connect, wait = Math.min(wait * 1.6, 3000)); };
};

/* A click with Alt, or on a place, opens the editor there. */
document.addEventListener("click", (event) => {
  const runs = event.target.closest(".etude-run");
  if (runs) return say({ do: "run", cell: Number(runs.parentElement.dataset.cell) });
  if (!event.altKey) return;
  const block = event.target.closest("#main [data-at]");
  if (!block) return;
  event.preventDefault();
  say({ do: "open", at: Number(block.dataset.at) });
}, true);
/* Keys: e opens the editor at the middle of the screen, r runs the cell there, i interrupts. */
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest?.("input, textarea, select, dialog, [contenteditable]")) return;
  const middle = () => document.elementFromPoint(innerWidth / 2, innerHeight / 2);
  if (event.key === "e") { const block = middle()?.closest("#main [data-at]"); if (block) say({ do: "open", at: Number(block.dataset.at) }); }
  else if (event.key === "r") { const cell = (document.activeElement?.closest(".cell") ?? middle()?.closest(".cell")); if (cell) say({ do: "run", cell: Number(cell.dataset.cell) }); }
  else if (event.key === "R") say({ do: "run" });
  else if (event.key === "i") say({ do: "interrupt" });
  else return;
  event.preventDefault();
});
document.body.append(panel);
showState();
showProblems();
connect();
})();
