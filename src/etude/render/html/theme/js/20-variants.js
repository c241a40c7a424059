/* Variants: the radio buttons in the bar are the state; labels above groups only lead to them, and are buttons
   where scripts run. */
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
    const button = Object.assign(document.createElement("button"), { type: "button", textContent: label.textContent });
    button.dataset.radio = label.htmlFor;
    label.replaceWith(button);
  }
  for (const button of all(".variants .switch button"))
    button.setAttribute("aria-pressed", String(!!byId(button.dataset.radio)?.checked));
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
