// Search over everything, in a dialog. Without JavaScript, the links with data-palette lead to a page that does the same.
{
  const opener = document.querySelector("[data-palette]");
  const shortcuts = document.documentElement.dataset.shortcuts !== "off";
  const known = new Map();
  let dialog, field, results, wanted, isEntered = false;

  if (opener) {
    opener.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      open();
    });
    document.addEventListener("keydown", (event) => {
      const key = event.key.toLowerCase();
      const chord = key === "k" && (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey;
      const slash = shortcuts && key === "/" && !event.ctrlKey && !event.metaKey
        && !event.target.closest("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable], dialog");
      if (chord || slash) { event.preventDefault(); open(); }
    });
  }

  function open() {
    if (!dialog) build();
    if (dialog.open) return;
    for (const menu of document.querySelectorAll(":popover-open")) menu.hidePopover();
    dialog.showModal();
    field.select();
    show(field.value);
  }

  function build() {
    dialog = document.createElement("dialog");
    dialog.className = "palette";
    dialog.setAttribute("aria-label", "Search everything");
    field = Object.assign(document.createElement("input"), { type: "search", className: "palette-input", autocomplete: "off", spellcheck: false });
    field.placeholder = "Users, profiles, permissions, pages, actions";
    for (const [name, value] of Object.entries({ role: "combobox", "aria-label": "Search everything", "aria-autocomplete": "list", "aria-controls": "palette-results", "aria-expanded": "true" })) {
      field.setAttribute(name, value);
    }
    results = document.createElement("div");
    results.id = "palette-results";
    results.className = "palette-results";
    results.setAttribute("role", "listbox");
    results.setAttribute("aria-label", "Results");
    const top = document.createElement("div");
    top.className = "palette-field";
    top.append(opener.querySelector("svg").cloneNode(true), field);
    const keys = document.createElement("p");
    keys.className = "palette-keys";
    for (const [key, about] of [["↑ ↓", "choose"], ["Enter", "open"], ["Esc", "close"]]) {
      const cap = document.createElement("kbd");
      cap.textContent = key;
      const pair = document.createElement("span");
      pair.append(cap, ` ${about}`);
      keys.append(pair);
    }
    dialog.append(top, results, keys);
    document.body.append(dialog);

    field.addEventListener("input", () => { isEntered = false; show(field.value); });
    field.addEventListener("keydown", (event) => {
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (step) { event.preventDefault(); move(step); }
      if (event.key === "Enter") {
        event.preventDefault();
        const link = results.querySelector("a.active");
        // The results for the last keystrokes may not be there yet.
        if (wanted !== results.dataset.query) { isEntered = true; return; }
        if (!link) return;
        if (event.ctrlKey || event.metaKey) { window.open(link.href); } else { link.click(); }
      }
    });
    // A click on the backdrop hits the dialog itself.
    dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
  }

  // The server renders the results. A document that XMLHttpRequest parses runs no scripts.
  function show(text) {
    const query = text.trim();
    wanted = query;
    if (known.has(query)) { put(query, known.get(query)); return; }
    const request = new XMLHttpRequest();
    request.open("GET", `/connect/search?palette=1&q=${encodeURIComponent(query)}`);
    request.responseType = "document";
    request.addEventListener("load", () => {
      const found = request.status === 200 && request.response?.querySelector(".found-list");
      // After the end of the session, the answer is the page for signing in.
      if (!found) { location.href = `/connect/search?q=${encodeURIComponent(query)}`; return; }
      known.set(query, found);
      if (wanted === query) put(query, found);
    });
    request.addEventListener("error", () => {
      if (wanted === query) results.textContent = "The server can’t be reached. Try again in a moment.";
    });
    request.send();
  }

  function put(query, found) {
    results.replaceChildren(document.importNode(found, true));
    results.dataset.query = query;
    results.scrollTop = 0;
    const first = results.querySelector("a[role=option]");
    choose(first);
    if (isEntered && first) first.click();
  }

  function move(step) {
    const links = [...results.querySelectorAll("a[role=option]")];
    const at = links.findIndex((link) => link.classList.contains("active"));
    choose(links[(at + step + links.length) % links.length]);
  }

  function choose(link) {
    for (const other of results.querySelectorAll("a.active")) { other.classList.remove("active"); other.setAttribute("aria-selected", "false"); }
    if (!link) { field.removeAttribute("aria-activedescendant"); return; }
    link.classList.add("active");
    link.setAttribute("aria-selected", "true");
    link.scrollIntoView({ block: "nearest" });
    field.setAttribute("aria-activedescendant", link.id);
  }
}
