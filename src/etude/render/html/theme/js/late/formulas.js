/* Formulas as LaTeX: a button at displayed ones, and what is copied from a page has the source in their place.
   A long formula within a line is set in pieces, of which the first has the source. */
const { all, words, copyText } = etude;
const formulas = () => all("#main math, .preview math");
const wholeOf = (math) => {
  const every = formulas();
  let first = every.indexOf(math);
  while (first > 0 && every[first].dataset.tex === "") first--;
  let end = first + 1;
  while (every[end]?.dataset.tex === "") end++;
  return [every[first], every[end - 1]];
};
const sourceOf = (math) => math.dataset.tex ?? math.textContent;
const mathAt = (node) => (node.nodeType === 1 ? node : node.parentElement)?.closest("math");

const onCopy = (event) => {
  const selection = getSelection();
  if (!selection.rangeCount || selection.isCollapsed || event.target.closest?.("input, textarea")) return;
  const range = selection.getRangeAt(0).cloneRange();
  const [from, to] = [mathAt(range.startContainer), mathAt(range.endContainer)];
  if (from) range.setStartBefore(wholeOf(from)[0]);
  if (to) range.setEndAfter(wholeOf(to)[1]);
  const part = range.cloneContents();
  const found = all("math", part);
  if (!found.length) return;
  const alone = from && to && wholeOf(from)[0] === wholeOf(to)[0];
  const plain = document.createElement("div");
  plain.append(part.cloneNode(true));
  for (const math of all("math", plain)) {
    const tex = sourceOf(math);
    const shown = math.getAttribute("display") === "block" ? `$$${tex}$$` : `$${tex}$`;
    if (tex) math.replaceWith(alone ? tex : shown); else math.remove();
  }
  for (const node of all("button, .anchor, .side, .hidden", plain)) node.remove();
  /* Laid out, so that lines are parted where the page parts them. */
  plain.className = "prose laid-out";
  plain.ariaHidden = "true";
  document.body.append(plain);
  const text = plain.innerText.trim();
  plain.remove();
  const rich = document.createElement("div");
  rich.append(part);
  event.clipboardData.setData("text/plain", text);
  event.clipboardData.setData("text/html", rich.innerHTML);
  event.preventDefault();
};

const addButtons = async () => {
  const said = await words();
  for (const block of all("#main .equation:not(:has(> .copy))")) {
    const math = block.querySelector("math[data-tex]");
    if (!math) continue;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "copy tex";
    button.textContent = said.tex;
    button.setAttribute("aria-label", said.texName);
    button.addEventListener("click", async () => {
      await copyText(sourceOf(math));
      button.textContent = said.copied;
      setTimeout(() => { button.textContent = said.tex; }, 1600);
    });
    block.append(button);
  }
};
let begun = false;
etude.formulas = {
  start: () => {
    addButtons();
    if (!begun) document.addEventListener("copy", onCopy);
    begun = true;
  },
};
