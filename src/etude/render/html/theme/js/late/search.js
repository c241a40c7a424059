/* The search's dialog: what is found is asked of `find.js`, and marked on a page by `marks.js`. */
const { all, byId, memory } = etude;
let bare;
let formatted;
const button = document.querySelector(".bar button.search");
const site = etude.own.replace(/_static\/etude\.js(?:[?#].*)?$/, "");
const here = button.dataset.language;
const languages = button.dataset.languages.split("|").map((entry) => entry.split(/ (.*)/));
const [label, placeholder, everywhere, none, one, many, about, more, failed, hint, scopeLabel, close] = button.dataset.words.split("|");
const STEP = 8;
const session = {
  get() { try { return sessionStorage.getItem("etude-search") ?? ""; } catch { return ""; } },
  set(value) { try { sessionStorage.setItem("etude-search", value); } catch { /* private mode */ } },
};

const make = (name, properties = {}, ...children) => {
  const { role, ...rest } = properties;
  const element = Object.assign(document.createElement(name), rest);
  if (role) element.setAttribute("role", role);
  element.append(...children);
  return element;
};
const named = (element, label) => { element.setAttribute("aria-label", label); return element; };

/* -- the dialog ---------------------------------------------------------------------------------- */
const input = named(make("input", { type: "search", role: "combobox", placeholder, autocomplete: "off", enterKeyHint: "go", spellcheck: false }), label);
for (const [name, value] of [["aria-autocomplete", "list"], ["aria-controls", "_found"], ["aria-expanded", "false"], ["autocapitalize", "off"]]) input.setAttribute(name, value);
const shut = named(make("button", { type: "button", className: "shut-search", textContent: matchMedia("(hover: none)").matches ? close : "Esc" }), close);
const scopes = named(make("div", { className: "switch", role: "group" }), scopeLabel);
const status = make("p", { className: "status", role: "status" });
const list = named(make("div", { id: "_found", className: "found", role: "listbox" }), label);
const keys = make("p", { className: "keys", textContent: hint });
const icon = button.querySelector("svg").cloneNode(true);
const field = make("div", { className: "field" }, icon, input, shut);
const dialog = named(make("dialog", { className: "search" }), label);
dialog.append(make("div", { className: "box" }, field, make("div", { className: "about" }, status, scopes), list, keys));
document.body.append(dialog);

let scope = memory.get("etude-search-in") ?? "";
if (scope !== "*" && !languages.some(([code]) => code === scope)) scope = "";
const showScopes = () => {
  if (languages.length < 2) { scopes.hidden = true; return; }
  scopes.replaceChildren(...[...languages, ["*", everywhere]].map(([code, name]) => {
    const chip = make("button", { type: "button", textContent: name });
    if (code !== "*") chip.lang = code;
    chip.dataset.scope = code;
    chip.setAttribute("aria-pressed", String(code === (scope || here)));
    return chip;
  }));
};
scopes.addEventListener("click", (event) => {
  const chip = event.target.closest("[data-scope]");
  if (!chip) return;
  scope = chip.dataset.scope === here ? "" : chip.dataset.scope;
  memory.set("etude-search-in", scope);
  showScopes();
  input.focus();
  look();
});

/* -- results ------------------------------------------------------------------------------------- */
let asked = 0;
let limit = STEP;
let state = { total: 0, sure: true };
const seen = new Set();
let made = 0;
const options = () => all("[role=option]", list);
const active = () => byId(input.getAttribute("aria-activedescendant"));
const choose = (option) => {
  active()?.setAttribute("aria-selected", "false");
  if (!option) { input.removeAttribute("aria-activedescendant"); return; }
  option.setAttribute("aria-selected", "true");
  input.setAttribute("aria-activedescendant", option.id);
  option.scrollIntoView({ block: "nearest" });
};
const href = ({ page, id, marked: words }) => {
  const query = words.length ? "?mark=" + encodeURIComponent(words.join("|")) : "";
  return site + page.address + query + (id ? "#" + encodeURIComponent(id) : "");
};
const titleOf = (number, parts) => [...(number ? [make("span", { className: "number", textContent: number }), " "] : []), ...parts];
/* What stands above the page's first heading is the page itself when it comes first, else words below its title. */
const option = (result, place) => {
  const { page, id, number, title, titleMarks, context } = result;
  const top = !id && !place;
  const link = make("a", { role: "option", id: "_found" + ++made, href: href(result), tabIndex: -1, className: top ? "top" : "" });
  link.setAttribute("aria-selected", "false");
  if (id || top || !context.text) link.append(make("strong", {}, ...titleOf(id ? number : page.number, formatted(title || page.title, titleMarks))));
  if (context.text) link.append(make("span", { className: `in-${context.kind}` }, context.before ? "…" : "", ...formatted(context.text, context.marks), context.after ? "…" : ""));
  return link;
};
const group = (results) => {
  const { page, language } = results[0];
  const block = named(make("div", { role: "group", className: "of-page", lang: language }), bare(page.title));
  if (page.above) block.append(make("p", { className: "above", textContent: bare(page.above) }));
  if (results[0].id) block.append(make("p", { className: "page-title" }, ...titleOf(page.number, formatted(page.title, []))));
  block.append(...results.map(option));
  return block;
};
const keyOf = ({ language, page, id, context }) => [language, page.address, id, id ? "" : context.text].join("\n");
const add = (results) => {
  const pages = new Map();
  for (const result of results) {
    if (seen.has(keyOf(result))) continue;
    seen.add(keyOf(result));
    const name = result.language + result.page.address;
    pages.set(name, [...(pages.get(name) ?? []), result]);
  }
  list.append(...[...pages.values()].map(group));
};
const say = (words) => { status.textContent = words; };
const inLanguages = () => scope === "*" ? languages.map(([code]) => code) : [scope || here];
const loaded = async () => {
  const [find, shown] = await Promise.all([etude.late("find"), etude.late("formatted")]);
  ({ bare, formatted } = shown);
  return find;
};
const look = async () => {
  const query = input.value;
  const turn = ++asked;
  session.set(query);
  limit = STEP;
  const slow = setTimeout(() => { if (turn === asked) say(more); }, 200);
  try {
    const find = await loaded();
    const answer = await find(query, { languages: inLanguages(), limit });
    if (turn !== asked) return;
    show(query, answer);
  } catch {
    if (turn === asked) { list.replaceChildren(); say(failed); }
  } finally {
    clearTimeout(slow);
  }
};
const show = (query, answer) => {
  state = answer;
  seen.clear();
  list.replaceChildren();
  add(answer.results);
  list.scrollTop = 0;
  const first = options()[0];
  choose(first);
  input.setAttribute("aria-expanded", String(!!first));
  count(query);
};
const count = (query) => {
  say(!query.trim() ? "" : !state.total ? none : state.total === 1 ? one : (state.sure ? many : about).replace("{}", state.total));
};
let busy = false;
const furtherResults = async () => {
  if (busy || seen.size >= state.total && state.sure || !seen.size) return;
  busy = true;
  const turn = asked;
  const find = await loaded();
  limit = seen.size >= state.total ? Infinity : limit + STEP;
  const answer = await find(input.value, { languages: inLanguages(), limit }).catch(() => null);
  busy = false;
  if (turn !== asked || !answer) return;
  state = answer;
  add(answer.results);
  count(input.value);
};
list.addEventListener("scroll", () => {
  if (list.scrollTop + list.clientHeight > list.scrollHeight - 240) furtherResults();
}, { passive: true });

input.addEventListener("input", (event) => { if (!event.isComposing) look(); });
input.addEventListener("compositionend", look);
const move = async (step) => {
  const before = options();
  const at = before.indexOf(active());
  if (step > 0 && at + step >= before.length) await furtherResults();
  const now = options();
  choose(now[Math.max(0, Math.min(now.length - 1, at + step))]);
};
const STEPS = { ArrowDown: 1, ArrowUp: -1, PageDown: 5, PageUp: -5 };
dialog.addEventListener("keydown", (event) => {
  if (event.isComposing) return;
  if (STEPS[event.key] && event.target === input) { event.preventDefault(); move(STEPS[event.key]); }
  else if (event.key === "Enter" && event.target === input) { event.preventDefault(); active()?.dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true, ctrlKey: event.ctrlKey, metaKey: event.metaKey })); }
  else if (event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); event.stopPropagation(); dialog.close(); }
});
/* Escape closes at once; a browser would first empty the field, which keeps its words for the next time. */
input.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && !event.isComposing) { event.preventDefault(); dialog.close(); }
});
shut.addEventListener("click", () => dialog.close());
dialog.addEventListener("click", (event) => {
  if (event.target === dialog) dialog.close();
  const link = event.target.closest("[role=option]");
  if (!link) return;
  const samePage = link.href.split(/[?#]/)[0] === location.href.split(/[?#]/)[0];
  if (!samePage || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  dialog.close();
  const address = new URL(link.href);
  if (address.hash !== location.hash) location.hash = address.hash;
  etude.late("marks").then((marks) => marks.markPage(address));
});
list.addEventListener("pointermove", (event) => {
  const link = event.target.closest("[role=option]");
  if (link && link !== active()) { active()?.setAttribute("aria-selected", "false"); link.setAttribute("aria-selected", "true"); input.setAttribute("aria-activedescendant", link.id); }
}, { passive: true });

const open = () => {
  if (dialog.open) { input.select(); return; }
  document.querySelector("#nav:popover-open")?.hidePopover();
  showScopes();
  dialog.showModal();
  input.focus();
  const before = session.get();
  if (input.value !== before) input.value = before;
  input.select();
  loaded().then((find) => find.near(inLanguages())).catch(() => { /* told when something is looked for */ });
  if (input.value && !seen.size) look();
};

etude.search = { close: () => dialog.close(), find: async (...query) => (await etude.late("find"))(...query), open };
