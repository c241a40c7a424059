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

etude.twinOf = twinOf;

/* Open whatever an element lies in. */
const openAround = (element) => {
  for (let at = element; at; at = at.parentElement) {
    if (at.localName === "details") at.open = true;
    if (at.classList.contains("tab")) at.previousElementSibling.previousElementSibling.checked = true;
    if (at.dataset.variant && !at.getClientRects().length) {
      const radio = byId("variant-" + at.dataset.variant.split(" ")[0]);
      if (radio) { radio.checked = true; markVariant(); }
    }
  }
};
etude.openAround = openAround;

/* What an address points to may lie in something closed. */
const reveal = () => {
  let id = location.hash.slice(1);
  try { id = decodeURIComponent(id); } catch { /* kept as it is */ }
  if (id[0] === "~") return use("places", (made) => made.goTo(id));
  let target = id && byId(id);
  if (!target) return;
  target = twinOf(target);
  openAround(target);
  target.scrollIntoView();
};

/* The language link leads to the place that is being read; the script that knows it may have to come first. */
const crossOver = (event, link) => {
  memory.set("etude-language", link.hreflang);
  if (etude.places) return etude.places.keep(link);
  if (event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  late("places").then((made) => made.keep(link), () => { /* to the top, then */ }).then(() => { location.href = link.href; });
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
