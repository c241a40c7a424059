/* The list of keys, which is also where those of letters and signs are switched off. */
const { memory, words } = etude;
const made = words().then((said) => {
  const box = document.createElement("dialog");
  box.className = "help";
  box.setAttribute("aria-labelledby", "_help");
  const rows = [
    [["/", "Ctrl K"], said.keySearch], [["←", "→"], said.keyPages], [["p"], said.keyPreview],
    [["Esc"], said.keyEscape], [["?"], said.keyHelp],
  ];
  const list = document.createElement("dl");
  for (const [keys, what] of rows) {
    const [name, text] = [document.createElement("dt"), document.createElement("dd")];
    for (const key of keys) name.append(Object.assign(document.createElement("kbd"), { textContent: key }), " ");
    text.textContent = what;
    list.append(name, text);
  }
  const head = Object.assign(document.createElement("h2"), { id: "_help", textContent: said.keys });
  const choice = document.createElement("label");
  const tick = Object.assign(document.createElement("input"), { type: "checkbox", checked: etude.keys() });
  tick.addEventListener("change", () => memory.set("etude-keys", tick.checked ? "" : "off"));
  choice.append(tick, " ", said.keyLetters);
  const form = Object.assign(document.createElement("form"), { method: "dialog" });
  form.append(Object.assign(document.createElement("button"), { textContent: said.close }));
  box.append(head, list, choice, form);
  box.addEventListener("click", (event) => { if (event.target === box) box.close(); });
  document.body.append(box);
  return box;
});
etude.help = { open: async () => { const box = await made; if (!box.open) box.showModal(); } };
