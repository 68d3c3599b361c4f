// Progressive enhancement: every page also works without JavaScript.

// Keyboard shortcuts: `/` focuses the search field; `g` and a letter open a page; `?` shows all shortcuts.
{
  let waiting = "";
  const typing = (at) => at.closest("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable], dialog");
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    if (event.key === "/") {
      const field = document.querySelector("[data-search], input[type=search]");
      if (field) { event.preventDefault(); field.focus(); field.select?.(); }
      return;
    }
    if (event.key === "?") { showKeys(); return; }
    if (event.key === "g") { waiting = "g"; setTimeout(() => { waiting = ""; }, 1500); return; }
    if (waiting) {
      const link = document.querySelector(`[data-keys="g ${CSS.escape(event.key)}"]`);
      waiting = "";
      if (link) link.click();
    }
  });

  function showKeys() {
    let dialog = document.querySelector("#keys");
    if (!dialog) {
      dialog = document.createElement("dialog");
      dialog.id = "keys";
      dialog.setAttribute("aria-labelledby", "keys-title");
      const title = document.createElement("h2");
      title.id = "keys-title";
      title.textContent = "Keys";
      const list = document.createElement("dl");
      list.className = "facts";
      const entry = (keys, text) => {
        const term = document.createElement("dt");
        for (const key of keys.split(" ")) {
          const cap = document.createElement("kbd");
          cap.textContent = key;
          term.append(cap, " ");
        }
        const words = document.createElement("dd");
        words.textContent = text;
        list.append(term, words);
      };
      entry("/", "Search");
      for (const link of document.querySelectorAll("[data-keys]")) entry(link.dataset.keys, link.textContent);
      entry("?", "This list");
      const close = document.createElement("button");
      close.className = "button";
      close.textContent = "Close";
      close.addEventListener("click", () => dialog.close());
      const actions = document.createElement("div");
      actions.className = "actions";
      actions.append(close);
      dialog.append(title, list, actions);
      document.body.append(dialog);
    }
    dialog.showModal();
  }
}

// Prevents repeated submits of a form.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.dataset.sent && !form.matches("[method=get]")) { event.preventDefault(); return; }
  form.dataset.sent = "1";
  setTimeout(() => { delete form.dataset.sent; }, 4000);
});

// Copy buttons: <button data-copy="#id-of-source" hidden>.
for (const button of document.querySelectorAll("[data-copy]")) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    const from = document.querySelector(button.dataset.copy);
    await navigator.clipboard.writeText(from.value ?? from.textContent.trim());
    const before = button.textContent;
    button.textContent = "Copied";
    setTimeout(() => { button.textContent = before; }, 2000);
  });
}

// Print buttons: <button data-print hidden>.
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}

// A checkbox that selects all checkboxes of a table: <input type="checkbox" data-all="user" hidden>.
for (const all of document.querySelectorAll("[data-all]")) {
  const boxes = () => [...document.querySelectorAll(`input[type=checkbox][name="${CSS.escape(all.dataset.all)}"]`)];
  const show = () => {
    const ticked = boxes().filter((box) => box.checked).length;
    all.checked = ticked > 0 && ticked === boxes().length;
    all.indeterminate = ticked > 0 && !all.checked;
    for (const at of document.querySelectorAll(`[data-ticked="${CSS.escape(all.dataset.all)}"]`)) {
      at.textContent = ticked ? `${ticked} selected` : "None selected";
    }
  };
  all.hidden = false;
  all.addEventListener("change", () => { for (const box of boxes()) box.checked = all.checked; show(); });
  document.addEventListener("change", (event) => { if (event.target.name === all.dataset.all) show(); });
  show();
}

// Submits the form when a selection changes: <select data-go>.
for (const field of document.querySelectorAll("[data-go]")) {
  field.addEventListener("change", () => field.form.requestSubmit());
}

// Filters the options of a long list: <input data-narrows="#select" hidden>. Selected options always stay in the list.
for (const field of document.querySelectorAll("[data-narrows]")) {
  const select = document.querySelector(field.dataset.narrows);
  const all = [...select.children].map((child) => [child, [...child.children]]);
  field.hidden = false;
  field.addEventListener("input", () => {
    const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
    for (const [child, options] of all) {
      if (!options.length) continue;
      const fits = (option) => option.selected
        || words.every((word) => `${child.label} ${option.label}`.toLowerCase().includes(word));
      const kept = options.filter(fits);
      child.replaceChildren(...kept);
      child.hidden = !kept.length;
      if (kept.length) { select.append(child); } else { child.remove(); }
    }
  });
  field.addEventListener("keydown", (event) => { if (event.key === "Enter") event.preventDefault(); });
}
