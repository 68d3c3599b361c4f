// Keyboard shortcuts: `?` lists them. A link or button with data-keys="g u" or data-key="n" is clicked by its keys.
{
  const isTyping = (at) => at.closest("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable], dialog, [popover]:popover-open");
  const enabled = document.documentElement.dataset.shortcuts !== "off";
  let waiting = "";
  document.addEventListener("keydown", (event) => {
    if (!enabled || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || isTyping(event.target)) return;
    if (waiting) {
      const link = document.querySelector(`[data-keys="${waiting} ${CSS.escape(event.key)}"]`);
      waiting = "";
      if (link) { event.preventDefault(); link.click(); }
      return;
    }
    if (event.key === "g") { waiting = "g"; setTimeout(() => { waiting = ""; }, 1500); return; }
    if (event.key === "?") { showKeys(); return; }
    if (event.key === "f") {
      const field = document.querySelector("main [data-search], main input[type=search]");
      if (field) { event.preventDefault(); field.focus(); field.select?.(); }
      return;
    }
    const button = document.querySelector(`main [data-key="${CSS.escape(event.key)}"]`);
    if (button) { event.preventDefault(); button.click(); }
  });

  for (const button of document.querySelectorAll("[data-show-keys]")) {
    button.hidden = !enabled;
    button.addEventListener("click", () => { button.closest("[popover]")?.hidePopover(); showKeys(); });
  }

  function showKeys() {
    const text = (element) => (element.dataset.keyHelp || element.textContent).trim();
    const here = [...document.querySelectorAll("main [data-key]")].map((one) => [one.dataset.key, text(one)]);
    if (document.querySelector("main [data-search], main input[type=search]")) here.unshift(["f", "Search this list"]);
    const groups = [
      ["Everywhere", [["Ctrl K", "Search everything"], ["/", "Search everything"], ["?", "Show this list"], ["Esc", "Close"]]],
      ["Go to", [...document.querySelectorAll("[data-keys]")].map((one) => [one.dataset.keys, text(one)])],
      ["On this page", here],
    ];
    document.querySelector("#keys")?.remove();
    const make = (name, className, ...content) => {
      const element = Object.assign(document.createElement(name), { className });
      element.append(...content);
      return element;
    };
    const title = make("h2", "", "Keyboard shortcuts");
    title.id = "keys-title";
    const dialog = make("dialog", "stack", title);
    dialog.id = "keys";
    dialog.setAttribute("aria-labelledby", "keys-title");
    for (const [heading, entries] of groups.filter(([, entries]) => entries.length)) {
      const list = make("dl", "keys");
      for (const [keys, about] of entries) {
        const caps = keys.split(" ").flatMap((key) => [make("kbd", "", key), " "]);
        list.append(make("div", "", make("dt", "", about), make("dd", "", ...caps)));
      }
      dialog.append(make("h3", "", heading), list);
    }
    const close = make("button", "button", "Close");
    close.addEventListener("click", () => dialog.close());
    dialog.append(make("div", "actions", close));
    document.body.append(dialog);
    dialog.showModal();
  }
}
