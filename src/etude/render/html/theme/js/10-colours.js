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
