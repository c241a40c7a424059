/* Variants: the radio buttons in the bar are the state; labels above groups only lead to them, and are buttons
   where scripts run. */
const chooseVariant = (radio, near) => {
  keeping(near, () => { radio.checked = true; });
  markWide();
  memory.set("etude-variant", radio.value);
  say(radio.value);
  markVariant();
  dispatchEvent(new Event("etude:variant"));
};
const say = (variant) => {
  const address = new URL(location.href);
  address.searchParams.set("variant", variant);
  try { history.replaceState(history.state, "", address); } catch { /* file:// */ }
};

/* The address of a page says its variant, unless that is the first and nobody has asked for it. Links to other
   pages of the book say it too: what is remembered from the disk may be remembered for one file only. */
const variants = () => [...document.getElementsByName("variant")];
const inAddress = () => new URLSearchParams(location.search).get("variant");
const variantName = () => {
  const [first, ...others] = variants();
  const chosen = others.find((radio) => radio.checked) ?? (inAddress() ? first : null);
  return first ? chosen?.value : inAddress();
};
const carry = (link) => {
  if ((link.search && !link.dataset.carries) || link.pathname === location.pathname) return;
  if (!link.href.startsWith(site) || !link.pathname.endsWith(".html")) return;
  const name = variantName();
  link.search = name ? "?variant=" + encodeURIComponent(name) : "";
  link.dataset.carries = "1";
};
etude.variant = () => {
  const name = variants().find((radio) => radio.checked)?.value ?? inAddress() ?? memory.get("etude-variant") ?? "";
  return name.replace(/[^\p{L}\p{N}_-]/gu, (sign) => `_${sign.codePointAt(0).toString(16)}_`);
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
