document.addEventListener("click", (event) => {
  const element = event.target.closest("button, a, label");
  if (!element) return;
  if (element.matches("button.theme")) nextTheme();
  else if (element.matches("button.copy")) copy(element);
  else if (element.matches(".variants .switch button")) chooseVariant(byId(element.dataset.radio), element);
  else if (element.matches("a.language")) placeFor(element);
  else if (element.matches("a")) {
    if (element.matches(".toc a")) element.closest("details").open = false;
    document.querySelector("#nav:popover-open")?.hidePopover();
    if (element.hash && element.href === location.href) reveal();
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
