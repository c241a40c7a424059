document.addEventListener("click", (event) => {
  const element = event.target.closest("button, a, label");
  if (!element) return;
  if (element.matches("button.theme")) nextTheme();
  else if (element.matches("button.keys")) use("help", (made) => made.open());
  else if (element.matches("button.search")) openSearch();
  else if (element.matches(".code > .copy")) copy(element);
  else if (element.matches(".variants .switch button")) chooseVariant(byId(element.dataset.radio), element);
  else if (element.matches(previewed) && tap(event, element)) return;
  else if (element.matches("a")) {
    if (element.matches("a.language")) crossOver(event, element);
    else if (element.matches(permalinks) && !event.ctrlKey && !event.metaKey) use("links", (made) => made.copy(element));
    carry(element);
    if (element.matches(".toc a")) element.closest("details").open = false;
    document.querySelector("#nav:popover-open")?.hidePopover();
    if (element.hash && element.href === location.href) reveal();
  }
});
document.addEventListener("keydown", pressed);
document.addEventListener("change", (event) => {
  const radio = event.target;
  if (radio.name === "variant") {
    const middle = document.elementFromPoint(innerWidth / 2, innerHeight / 3);
    chooseVariant(radio, middle?.closest("#main *") ?? radio);
  } else if (radio.matches(".tabs > input")) syncTabs(radio);
});
document.addEventListener("pointerdown", (event) => { const link = event.target.closest("a[href]"); if (link) carry(link); });
addEventListener("resize", markWide);
addEventListener("load", markWide);
document.addEventListener("toggle", (event) => { if (event.target.open) markWide(); }, true);
addEventListener("hashchange", reveal);
addEventListener("beforeprint", () => { for (const box of all("#main details:not([open])")) { box.open = true; box.dataset.shut = ""; } });
addEventListener("afterprint", () => { for (const box of all("#main details[data-shut]")) { box.open = false; delete box.dataset.shut; } });

/* What the text of a page needs: at first, and where it was replaced. */
const dress = () => {
  markVariant();
  restoreTabs();
  addCopyButtons();
  findSections();
  markWide();
  later();
};
addEventListener("etude:replaced", dress);

const start = () => {
  showTheme();
  dress();
  const current = document.querySelector('#nav [aria-current="page"]');
  const nav = byId("nav");
  if (current && nav && nav.scrollHeight > nav.clientHeight) nav.scrollTop = current.offsetTop - nav.clientHeight / 3;
  if (variantName() && !inAddress()) say(variantName());
  if (location.hash) reveal();
  if (new URLSearchParams(location.search).has("mark")) late("marks").then((marks) => marks.arrive(), () => { /* the page is there without marks */ });
};
start();
