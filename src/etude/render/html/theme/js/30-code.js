/* Copying code: without marks, prompts and the outputs of sessions. */
const codeOf = (block) => {
  const code = block.querySelector("code").cloneNode(true);
  const session = code.querySelector(".gp");
  for (const part of all(".gp, .go, .mark", code)) part.remove();
  const lines = code.textContent.replace(/\n$/, "").split("\n");
  if (session) return lines.filter((line) => line.trim()).join("\n");
  const prompt = /^(>>>|\.\.\.|\$|In \[\d*\]:| *\.\.\.:)( |$)/;
  if (!/^(>>> |\$ |In \[\d*\]: )/.test(lines[0])) return lines.join("\n");
  return lines.filter((line) => prompt.test(line)).map((line) => line.replace(prompt, "")).join("\n");
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
const copyText = async (text) => {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const area = Object.assign(document.createElement("textarea"), { value: text });
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  }
};
Object.assign(etude, { codeOf, copyText });
const copy = async (button) => {
  await copyText(codeOf(button.parentElement));
  button.textContent = copyWords()[1];
  setTimeout(() => { button.textContent = copyWords()[0]; }, 1600);
};

/* What is wider than its place scrolls: it says so, and can be reached by keyboard. */
const markWide = () => {
  for (const box of all(".scroll, .rich, .code > pre, .outputs pre")) {
    const wide = box.scrollWidth > box.clientWidth + 1;
    if (box.classList.toggle("more", wide) && box.tabIndex < 0) box.tabIndex = 0;
  }
};
