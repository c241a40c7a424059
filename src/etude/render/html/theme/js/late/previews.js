/* Previews of figures, formulas, terms, works, notes and whatever else is referred to. What stands on this page is
   copied; of another page its script of blocks is loaded (see `previews.py`), so that it works from a disk too. */
const { all, byId, late, words } = etude;
const home = etude.site;
const REST = 220;
const LEAVE = 280;

/* What other pages have to show: name -> title and blocks. */
const pages = {};
const asked = {};
etude.blocks = (name, title, blocks) => { pages[name] = { title, blocks }; };
const load = (name) => (asked[name] ??= new Promise((resolve) => {
  const script = document.createElement("script");
  script.src = `${home}_static/blocks/${name}.js`;
  script.onload = () => resolve(pages[decodeURI(name)]);
  script.onerror = () => { delete asked[name]; resolve(); };
  document.head.append(script);
}));

/* The variant of what is shown: that of this page, else the one chosen before. */
const seenIn = (keys, chosen = etude.variant()) => !keys || !chosen || keys.split(" ").includes(chosen);
const stem = (id) => id.replace(/-\d+$/, "");
const numberIn = (html) => /class="(?:label|number)"[^>]*>([^<]*)/.exec(html)?.[1];
const parts = (found) => (typeof found === "string" ? [found, ""] : found);
const twin = (blocks, id) => {
  const [html, keys] = parts(blocks[id]);
  if (seenIn(keys)) return html;
  const other = Object.keys(blocks).find((name) => {
    const [text, whose] = parts(blocks[name]);
    return whose && seenIn(whose) && stem(name) === stem(id) && numberIn(text) === numberIn(html);
  });
  return other ? parts(blocks[other])[0] : html;
};

/* On this page: the block, or what belongs to the place. */
const copyOf = (target) => {
  const out = document.createDocumentFragment();
  const put = (node) => node && out.append(node.cloneNode(true));
  if (/^H[1-6]$/.test(target.localName.toUpperCase())) {
    put(target);
    let next = target.localName === "h1" ? document.querySelector(".prose > p") : target.nextElementSibling;
    while (next && !/^(p|h[1-6])$/.test(next.localName)) next = next.nextElementSibling;
    if (next?.localName === "p") put(next);
  } else if (target.localName === "dt") {
    const list = document.createElement("dl");
    list.append(target.cloneNode(true));
    for (let next = target.nextElementSibling; next?.localName === "dd"; next = next.nextElementSibling) list.append(next.cloneNode(true));
    out.append(list);
  } else if (target.localName === "li") {
    const box = document.createElement("div");
    box.className = target.className.replace("beside", "");
    box.append(...target.cloneNode(true).childNodes);
    out.append(box);
  } else put(target.localName === "span" ? target.closest("p, li, dd, td, figure, .equation") : target);
  return out;
};

/* Without what would be there twice or leads nowhere; addresses are those of the page it comes from. */
const tidy = (fragment, address) => {
  const there = new URL(address);
  for (const node of all("a[href], img[src], source[src], video[src], video[poster]", fragment))
    for (const name of ["href", "src", "poster"])
      if (node.hasAttribute(name)) node.setAttribute(name, new URL(node.getAttribute(name), there).href);
  for (const tabs of all(".tabs", fragment)) {
    const first = tabs.querySelector("input:checked + label + .tab") ?? tabs.querySelector(".tab");
    tabs.replaceWith(...(first?.childNodes ?? []));
  }
  const panels = all("[data-variant]", fragment);
  const chosen = panels.some((node) => seenIn(node.dataset.variant)) && etude.variant() || panels[0]?.dataset.variant.split(" ")[0];
  for (const node of panels) if (!seenIn(node.dataset.variant, chosen)) node.remove();
  for (const node of all(".anchor, .back, .side, .switch, .hidden, .whose, .tall, button, script, input", fragment)) node.remove();
  for (const node of all("[id], [tabindex]", fragment)) { node.removeAttribute("id"); node.removeAttribute("tabindex"); }
  for (const image of all("img", fragment)) image.loading = "eager";
  for (const node of all("details.solution", fragment)) node.open = true;
  return fragment;
};
const made = (html) => {
  const template = document.createElement("template");
  template.innerHTML = html;
  return template.content;
};

/* An object of another project: nobody is asked, its inventory said all this when the book was built. */
const aboutApi = (link) => {
  const { name, kind, project } = link.dataset;
  const box = document.createElement("div");
  box.className = "about";
  const code = document.createElement("code");
  code.textContent = name;
  const line = document.createElement("p");
  line.textContent = [kind, project].filter(Boolean).join(" · ");
  const where = document.createElement("p");
  where.textContent = new URL(link.href).host;
  box.append(code, line, where);
  return box;
};

/* What a link leads to, and the page it is on when that is another one. */
const lookUp = async (link) => {
  if (link.matches(".api")) return { content: aboutApi(link) };
  const url = new URL(link.href);
  let id = url.hash.slice(1);
  try { id = decodeURIComponent(id); } catch { /* kept as it is */ }
  url.hash = url.search = "";
  if (url.href === location.href.replace(/[?#].*/s, "")) {
    const target = id ? byId(id) : document.querySelector("h1");
    return target && { content: tidy(copyOf(etude.twinOf(target)), url) };
  }
  if (!url.href.startsWith(home) || !url.href.endsWith(".html")) return undefined;
  const page = await load(url.href.slice(home.length, -5));
  if (!page || !(id in page.blocks)) return undefined;
  return { content: tidy(made(twin(page.blocks, id)), url), title: page.title };
};

/* The box. It lies above all, beside its link and never on it. */
const box = document.createElement("div");
box.className = "preview";
box.id = "_preview";
box.popover = "manual";
box.tabIndex = -1;
box.setAttribute("role", "dialog");
box.innerHTML = '<div class="prose"></div><p class="way"><a></a><button type="button"></button></p>';
const [body, way] = box.children;
document.body.append(box);
let point;
const place = (link) => {
  const rects = [...link.getClientRects()];
  const rect = rects.find((one) => point && one.top - 3 <= point.y && point.y <= one.bottom + 3) ?? rects[0];
  if (!rect) return false;
  const [wide, high, gap] = [document.documentElement.clientWidth, innerHeight, 8];
  box.style.maxHeight = box.style.top = box.style.bottom = "";
  const [above, below] = [rect.top - 2 * gap, high - rect.bottom - 2 * gap];
  const up = box.offsetHeight > below && above > below;
  box.style.maxHeight = `min(26rem, ${Math.max(up ? above : below, 0)}px)`;
  if (up) box.style.bottom = `${high - rect.top + gap}px`; else box.style.top = `${rect.bottom + gap}px`;
  box.style.left = `${Math.max(gap, Math.min(rect.left - 16, wide - box.offsetWidth - gap))}px`;
  return true;
};

let [waiting, leaving, how, last] = [0, 0, "", null];
let left = null; // the link that has the focus again, and is not asked about once more
const hide = () => {
  clearTimeout(waiting);
  clearTimeout(leaving);
  if (!etude.shown) return;
  if (box.contains(document.activeElement)) (left = etude.shown).focus({ preventScroll: true });
  for (const name of ["aria-describedby", "aria-expanded"]) etude.shown.removeAttribute(name);
  etude.shown = null;
  box.hidePopover();
};
const show = async (link, by) => {
  last = link;
  const found = await lookUp(link);
  if (last !== link) return true;
  if (!found) { hide(); return false; }
  if (etude.shown && etude.shown !== link) hide();
  const said = await words();
  if (last !== link) return true;
  [etude.shown, how] = [link, by];
  box.setAttribute("aria-label", said.preview);
  body.replaceChildren(found.content);
  body.className = `prose${link.closest(".fn") ? " note" : ""}`;
  const [open, close] = way.children;
  open.href = link.href;
  open.innerHTML = !found.title ? said.go : by === "touch" ? said.goTo.replace("{}", found.title) : found.title;
  close.textContent = said.close;
  way.hidden = by !== "touch" && !found.title;
  close.hidden = by !== "touch";
  box.showPopover();
  box.scrollTop = 0;
  body.scrollTop = 0;
  if (!place(link)) hide();
  if (by === "focus") link.setAttribute("aria-describedby", box.id);
  /* Who cannot see it is told of it, as the tap has led nowhere: what is read goes on in the box. */
  if (by === "touch" && etude.shown === link) {
    link.setAttribute("aria-expanded", "true");
    box.focus({ preventScroll: true });
  }
  if (link.title) link.removeAttribute("title");
  return true;
};

const wait = (link, by) => {
  clearTimeout(waiting);
  clearTimeout(leaving);
  if (link === etude.shown) return;
  waiting = setTimeout(() => show(link, by), REST);
};
const leave = () => {
  clearTimeout(waiting);
  last = etude.shown;
  clearTimeout(leaving);
  leaving = setTimeout(hide, LEAVE);
};

document.addEventListener("pointerout", (event) => {
  const from = event.target.closest?.(".preview") ?? etude.linkOf(event.target);
  const to = event.relatedTarget;
  if (!from || event.pointerType === "touch" || from.contains(to)) return;
  if (box.contains(to) || (etude.shown && etude.linkOf(to) === etude.shown)) return;
  if (how === "focus" && etude.shown && from !== box) { clearTimeout(waiting); return; }
  if (!box.contains(document.activeElement)) leave();
});
box.addEventListener("pointerover", () => clearTimeout(leaving));
document.addEventListener("pointerdown", (event) => {
  if (etude.shown && !box.contains(event.target) && etude.linkOf(event.target) !== etude.shown) hide();
});
document.addEventListener("focusout", (event) => {
  const from = etude.linkOf(event.target) ?? event.target.closest?.(".preview");
  if (from && !box.contains(event.relatedTarget) && event.relatedTarget !== etude.shown) { clearTimeout(waiting); if (how !== "touch") hide(); }
});
document.addEventListener("keydown", (event) => {
  if (!etude.shown || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Escape") { event.preventDefault(); hide(); }
  if (event.key === "p" && document.activeElement === etude.shown) { event.preventDefault(); box.focus(); }
});
/* Who moves on has seen enough; what the keyboard has asked for goes along with its link. */
addEventListener("scroll", () => {
  if (!etude.shown) return;
  const rect = etude.shown.getBoundingClientRect();
  if (how === "focus" && rect.bottom > 0 && rect.top < innerHeight) place(etude.shown); else hide();
}, { passive: true });
new ResizeObserver(() => { if (etude.shown) place(etude.shown); }).observe(document.body);
addEventListener("resize", hide);
addEventListener("etude:replaced", hide);
way.lastChild.addEventListener("click", hide);
box.addEventListener("click", (event) => { if (event.target.closest("a")) hide(); });

etude.previews = {
  rest: (link, event) => {
    if (!link.isConnected || event.pointerType === "touch") return;
    if (event.type === "focusin" && link === left) { left = null; return; }
    point = event.type === "focusin" ? null : { y: event.clientY };
    wait(link, event.type === "focusin" ? "focus" : "pointer");
  },
  tap: async (link) => {
    point = null;
    if (!(await show(link, "touch"))) location.href = link.href;
  },
};
