/* Variants: the radio buttons in the bar are the state; labels above groups only lead to them. */
const chooseVariant = (radio, near) => {
  keeping(near, () => { radio.checked = true; });
  markWide();
  memory.set("etude-variant", radio.value);
  const address = new URL(location.href);
  address.searchParams.set("variant", radio.value);
  try { history.replaceState(history.state, "", address); } catch { /* file:// */ }
  markVariant();
};
const markVariant = () => {
  for (const label of all(".variants .switch label")) {
    const chosen = byId(label.htmlFor)?.checked;
    label.setAttribute("role", "button");
    label.setAttribute("aria-pressed", String(!!chosen));
    label.tabIndex = 0;
  }
};

/* Tabs that belong together. */
const syncTabs = (radio) => {
  const key = radio.dataset.sync;
  if (!key) return;
  keeping(radio, () => {
    for (const other of all(".tabs > input[data-sync]")) if (other.dataset.sync === key) other.checked = true;
  });
  memory.set("etude-tab " + key.split(":")[0], key);
};
const restoreTabs = () => {
  for (const radio of all(".tabs > input[data-sync]"))
    if (memory.get("etude-tab " + radio.dataset.sync.split(":")[0]) === radio.dataset.sync) radio.checked = true;
};
