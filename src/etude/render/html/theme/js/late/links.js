/* Links of blocks to themselves. One that is followed has its address copied: with the variant that its block
   belongs to. A block with neither number nor title gets one at its edge. */
const { all, root, byId, words, copyText } = etude;
const chip = document.createElement("div");
chip.className = "chip";
chip.popover = "manual";
chip.setAttribute("role", "status");
document.body.append(chip);
let shown;
const say = (text, near) => {
  chip.showPopover();
  chip.textContent = text;
  const rect = near.getBoundingClientRect();
  const top = rect.top > chip.offsetHeight + 12 ? rect.top - chip.offsetHeight - 6 : rect.bottom + 6;
  chip.style.top = `${Math.max(6, Math.min(top, innerHeight - chip.offsetHeight - 6))}px`;
  chip.style.left = `${Math.max(6, Math.min(rect.left, root.clientWidth - chip.offsetWidth - 6))}px`;
  clearTimeout(shown);
  shown = setTimeout(() => chip.hidePopover(), 1600);
};
const copy = async (link) => {
  const address = new URL(link.href);
  const key = link.closest("[data-variant]")?.dataset.variant.split(" ")[0];
  const variant = key && byId("variant-" + key)?.value;
  if (variant) address.searchParams.set("variant", variant);
  await copyText(address.href);
  const said = await words();
  requestAnimationFrame(() => say(said.linked, link));
};
const start = async () => {
  const said = await words();
  for (const block of all("#main :is([data-label][id]:not(span, tr, td, th), .glossary > dt[id], .bibliography > li[id])")) {
    const own = "#" + encodeURIComponent(block.id);
    if (all("a.anchor, a.label, a.number", block).some((link) => decodeURI(link.hash) === decodeURI(own))) continue;
    const link = document.createElement("a");
    link.className = "anchor edge";
    link.href = own;
    link.setAttribute("aria-label", said.here);
    (block.matches("p, dt, li, h1") ? block : block.querySelector(".title, summary, figcaption, .code, p, li") ?? block).prepend(link);
  }
};
etude.links = { copy, start };
