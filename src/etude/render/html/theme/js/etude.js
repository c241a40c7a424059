/* Etude's theme. A classic script, so that it also runs from file://; all state is in the page itself.
   Listeners are on the document, so that a page whose text is replaced needs no new ones. */
(() => {
"use strict";
const root = document.documentElement;
const memory = {
  get(key) { try { return localStorage.getItem(key); } catch { return null; } },
  set(key, value) { try { value ? localStorage.setItem(key, value) : localStorage.removeItem(key); } catch { /* private mode */ } },
};
const byId = (id) => document.getElementById(id);
const all = (selector, from = document) => [...from.querySelectorAll(selector)];

/* Change the page without moving what the reader looks at. */
const keeping = (element, change) => {
  const before = element.getBoundingClientRect().top;
  change();
  const after = element.getBoundingClientRect().top;
  if (after !== before && after !== 0) scrollBy({ top: after - before, behavior: "instant" });
};

/* Colours: as the system has them, light, dark. */
const themes = ["", "light", "dark"];
const showTheme = () => {
  const button = document.querySelector("button.theme");
  if (!button) return;
  const name = button.dataset.names.split("|")[themes.indexOf(root.dataset.theme || "")];
  button.title = button.getAttribute("aria-label").split(/[:：]/)[0] + ": " + name;
  button.setAttribute("aria-label", button.title);
};
const nextTheme = () => {
  const dark = matchMedia("(prefers-color-scheme: dark)").matches;
  const order = dark ? ["", "light", "dark"] : ["", "dark", "light"];
  const chosen = order[(order.indexOf(root.dataset.theme || "") + 1) % 3];
  if (chosen) root.dataset.theme = chosen; else delete root.dataset.theme;
  memory.set("etude-theme", chosen);
  showTheme();
};

/* Variants: the radio buttons in the bar are the state; labels above groups only lead to them. */
const chooseVariant = (radio, near) => {
  keeping(near, () => { radio.checked = true; });
  markWide();
  memory.set("etude-variant", radio.value);
  const address = new URL(location.href);
  address.searchParams.set("variant", radio.value);
  try { history.replaceState(history.state, "", address); } catch { /* file:// */ }
  markVariant();
};
const markVariant = () => {
  for (const label of all(".variants .switch label")) {
    const chosen = byId(label.htmlFor)?.checked;
    label.setAttribute("role", "button");
    label.setAttribute("aria-pressed", String(!!chosen));
    label.tabIndex = 0;
  }
};

/* Tabs that belong together. */
const syncTabs = (radio) => {
  const key = radio.dataset.sync;
  if (!key) return;
  keeping(radio, () => {
    for (const other of all(".tabs > input[data-sync]")) if (other.dataset.sync === key) other.checked = true;
  });
  memory.set("etude-tab " + key.split(":")[0], key);
};
const restoreTabs = () => {
  for (const radio of all(".tabs > input[data-sync]"))
    if (memory.get("etude-tab " + radio.dataset.sync.split(":")[0]) === radio.dataset.sync) radio.checked = true;
};

/* Copying code: without marks, prompts and the outputs of sessions. */
const codeOf = (block) => {
  const code = block.querySelector("code").cloneNode(true);
  const session = code.querySelector(".gp");
  for (const part of all(".gp, .go, .mark", code)) part.remove();
  const text = code.textContent.replace(/\n$/, "");
  return session ? text.split("\n").filter((line) => line.trim()).join("\n") : text;
};
const copyWords = () => document.body.dataset.copy?.split("|") ?? ["Copy", "Copied"];
const addCopyButtons = () => {
  for (const block of all(".code:not(:has(> .copy))")) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "copy";
    button.textContent = copyWords()[0];
    block.append(button);
    block.tabIndex = -1;
  }
};
const copy = async (button) => {
  const text = codeOf(button.parentElement);
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const area = Object.assign(document.createElement("textarea"), { value: text });
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  }
  button.textContent = copyWords()[1];
  setTimeout(() => { button.textContent = copyWords()[0]; }, 1600);
};

/* What is wider than its place scrolls: it says so, and can be reached by keyboard. */
const markWide = () => {
  for (const box of all(".scroll, .rich, .code > pre, .outputs > pre")) {
    const wide = box.scrollWidth > box.clientWidth + 1;
    if (box.classList.toggle("more", wide) && box.tabIndex < 0) box.tabIndex = 0;
  }
};

/* Variants may share a label: the ids of such twins differ in the number at their end, and readers know them by
   the same name. An address of one leads to the one of the chosen variant. */
const ofChosen = (block) => {
  for (let at = block.closest("[data-variant]"); at; at = at.parentElement.closest("[data-variant]"))
    if (!at.dataset.variant.split(" ").some((key) => byId("variant-" + key)?.checked)) return false;
  return true;
};
const nameOf = (block) => block.querySelector(".label, .number")?.textContent;
const twinOf = (target) => {
  if (ofChosen(target)) return target;
  const name = nameOf(target);
  const stems = [target.id, name && target.id.replace(/-\d+$/, "")];
  const isTwin = (other) => stems.includes(other.id) || stems.includes(other.id.replace(/-\d+$/, ""));
  return all("[data-variant] [data-label]").find((other) => isTwin(other) && nameOf(other) === name && ofChosen(other)) ?? target;
};

/* What an address points to may lie in something closed. */
const reveal = () => {
  let id = location.hash.slice(1);
  try { id = decodeURIComponent(id); } catch { /* kept as it is */ }
  let target = id && byId(id);
  if (!target) return;
  target = twinOf(target);
  for (let at = target; at; at = at.parentElement) {
    if (at.localName === "details") at.open = true;
    if (at.classList.contains("tab")) at.previousElementSibling.previousElementSibling.checked = true;
    if (at.dataset.variant && !at.getClientRects().length) {
      const radio = byId("variant-" + at.dataset.variant.split(" ")[0]);
      if (radio) { radio.checked = true; markVariant(); }
    }
  }
  target.scrollIntoView();
};

/* The same place in another language: blocks that their author named have the same id there. */
const placeFor = (link) => {
  const line = innerHeight / 3;
  let id = "";
  for (const block of all("#main [data-label][id]")) {
    const box = block.getBoundingClientRect();
    if (!box.width && !box.height) continue;
    if (box.top > line) break;
    id = block.id;
  }
  link.hash = scrollY > 200 ? id : "";
  const variant = document.querySelector('[name="variant"]:checked');
  if (variant) link.search = location.search;
};

/* The section that is being read, in the page's contents. */
let sections = [];
const findSections = () => {
  sections = all(".toc a").map((link) => [byId(decodeURIComponent(link.hash.slice(1))), link]).filter(([head]) => head);
  markSection();
};
const markSection = () => {
  let current = sections[0];
  for (const section of sections) if (section[0].getBoundingClientRect().top < 130) current = section;
  if (scrollY > 0 && innerHeight + scrollY >= document.documentElement.scrollHeight - 4) current = sections.at(-1);
  for (const [, link] of sections) link === current[1] ? link.setAttribute("aria-current", "location") : link.removeAttribute("aria-current");
};
let waiting = false;
addEventListener("scroll", () => {
  if (waiting || !sections.length) return;
  waiting = true;
  requestAnimationFrame(() => { waiting = false; markSection(); });
}, { passive: true });

document.addEventListener("click", (event) => {
  const element = event.target.closest("button, a, label");
  if (!element) return;
  if (element.matches("button.theme")) nextTheme();
  else if (element.matches("button.copy")) copy(element);
  else if (element.matches(".variants .switch label")) {
    event.preventDefault();
    chooseVariant(byId(element.htmlFor), element);
  } else if (element.matches("a.language")) placeFor(element);
  else if (element.matches("a")) {
    if (element.matches(".toc a")) element.closest("details").open = false;
    document.querySelector("#nav:popover-open")?.hidePopover();
    if (element.hash && element.href === location.href) reveal();
  }
});
document.addEventListener("keydown", (event) => {
  const label = event.target;
  if ((event.key === "Enter" || event.key === " ") && label.matches?.(".variants .switch label")) {
    event.preventDefault();
    label.click();
  }
});
document.addEventListener("change", (event) => {
  const radio = event.target;
  if (radio.name === "variant") {
    const middle = document.elementFromPoint(innerWidth / 2, innerHeight / 3);
    chooseVariant(radio, middle?.closest("#main *") ?? radio);
  } else if (radio.matches(".tabs > input")) syncTabs(radio);
});
addEventListener("resize", markWide);
addEventListener("load", markWide);
document.addEventListener("toggle", (event) => { if (event.target.open) markWide(); }, true);
addEventListener("hashchange", reveal);
addEventListener("beforeprint", () => { for (const box of all("#main details:not([open])")) { box.open = true; box.dataset.shut = ""; } });
addEventListener("afterprint", () => { for (const box of all("#main details[data-shut]")) { box.open = false; delete box.dataset.shut; } });

const start = () => {
  showTheme();
  markVariant();
  restoreTabs();
  addCopyButtons();
  findSections();
  markWide();
  const current = document.querySelector('#nav [aria-current="page"]');
  const nav = byId("nav");
  if (current && nav && nav.scrollHeight > nav.clientHeight) nav.scrollTop = current.offsetTop - nav.clientHeight / 3;
  if (location.hash) reveal();
};
addEventListener("etude:replaced", start);
start();
})();
