/* How an output was made, on request: what had been imported up to it. All is on the page, at its end. */
const { all, words } = etude;
const slip = document.createElement("div");
slip.className = "slip";
slip.popover = "auto";
document.body.append(slip);

const show = async (button, outputs) => {
  const said = await words();
  const runs = all(".origins [data-run]");
  const run = runs.find((one) => one.dataset.run === etude.variant()) ?? runs[0];
  const last = Number(outputs.dataset.cell);
  const taken = outputs.dataset.origin && document.querySelector(".origins .taken");
  const known = taken || !run ? [] : all("span", run).filter((one) => !one.dataset.from || Number(one.dataset.from) <= last);
  slip.replaceChildren(Object.assign(document.createElement("strong"), { textContent: said.origin }));
  const list = document.createElement("ul");
  const name = run?.previousElementSibling?.matches("dt") ? [run.previousElementSibling.textContent] : [];
  for (const line of [...name, ...(taken ? [taken.dataset.said ?? taken.textContent] : []), ...known.map((one) => one.textContent)]) list.append(Object.assign(document.createElement("li"), { textContent: line }));
  slip.append(list);
  slip.showPopover({ source: button });
  [at, seen] = [button, false];
  place();
};
let [at, seen] = [null, false];
const place = () => {
  const rect = at.getBoundingClientRect();
  const gone = rect.bottom < 0 || rect.top > innerHeight;
  if (gone && seen) { slip.hidePopover(); return; }
  seen ||= !gone;
  const under = rect.bottom + 6 + slip.offsetHeight < innerHeight;
  slip.style.top = `${Math.max(6, gone ? 6 : under ? rect.bottom + 6 : rect.top - 6 - slip.offsetHeight)}px`;
  slip.style.left = `${Math.max(6, rect.right - slip.offsetWidth)}px`;
};
addEventListener("scroll", () => { if (slip.matches(":popover-open")) place(); }, { passive: true });

etude.origins = {
  start: async () => {
    const said = await words();
    for (const outputs of all("#main .outputs[data-cell]:not(:has(> .origin))")) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "origin";
      button.setAttribute("aria-label", said.origin);
      button.textContent = "i";
      button.addEventListener("click", () => show(button, outputs));
      outputs.append(button);
    }
  },
};
