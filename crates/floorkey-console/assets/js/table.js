// Suggests filters while the user types: <form data-filter="/path/suggest">. The server makes the suggestions.
for (const form of document.querySelectorAll("form[data-filter]")) {
  const input = form.querySelector("input[type=search]");
  const list = Object.assign(document.createElement("ul"), { id: "suggestions", className: "suggestions", hidden: true });
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", "Suggestions");
  input.after(list);
  const attributes = { role: "combobox", "aria-controls": list.id, "aria-autocomplete": "list", "aria-expanded": "false" };
  for (const [name, value] of Object.entries(attributes)) input.setAttribute(name, value);
  let active = null;
  let asked = null;
  let waiting = 0;

  const mark = (option) => {
    active?.setAttribute("aria-selected", "false");
    active = option;
    if (option) {
      option.setAttribute("aria-selected", "true");
      option.scrollIntoView({ block: "nearest" });
      input.setAttribute("aria-activedescendant", option.id);
    } else input.removeAttribute("aria-activedescendant");
  };
  const show = (suggestions) => {
    const options = suggestions.map(({ text, detail, href, fill }, at) => {
      const option = Object.assign(document.createElement("li"), { id: `suggestion-${at}` });
      option.setAttribute("role", "option");
      option.setAttribute("aria-selected", "false");
      Object.assign(option.dataset, href ? { href } : { fill });
      for (const [words, style] of [[fill ? `${text} …` : text, ""], [detail, "quiet"]]) {
        if (words) option.append(Object.assign(document.createElement("span"), { textContent: words, className: style }));
      }
      return option;
    });
    mark(null);
    list.replaceChildren(...options);
    list.hidden = !options.length;
    input.setAttribute("aria-expanded", String(!list.hidden));
  };
  const close = () => { asked = null; clearTimeout(waiting); show([]); };
  const ask = async () => {
    const text = input.value;
    asked = text;
    const query = new URLSearchParams(location.search);
    for (const name of ["page", "add", "operator", "value"]) query.delete(name);
    query.set("text", text);
    const answer = await fetch(`${form.dataset.filter}?${query}`).catch(() => null);
    if (answer?.ok && text === asked) show(await answer.json());
  };
  const choose = (option) => {
    if (option.dataset.href) { location.assign(option.dataset.href); return; }
    input.value = option.dataset.fill;
    input.focus();
    ask();
  };

  input.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(ask, 120); });
  input.addEventListener("click", () => { if (list.hidden) ask(); });
  input.addEventListener("blur", close);
  input.addEventListener("keydown", (event) => {
    const options = [...list.children];
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && list.hidden) ask();
    if (step) {
      event.preventDefault();
      const at = options.indexOf(active) + (active || step > 0 ? step : 0);
      mark(options.at(at % (options.length || 1)) ?? null);
    } else if (event.key === "Enter" && active) {
      event.preventDefault();
      choose(active);
    } else if (event.key === "Escape" && !list.hidden) {
      event.preventDefault();
      close();
    }
  });
  list.addEventListener("pointerdown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => { const option = event.target.closest("li"); if (option) choose(option); });

  // With suggestions, the form that adds a filter is not needed.
  const menu = document.querySelector(".filter-menu:not([open])");
  if (menu) {
    const button = Object.assign(document.createElement("button"), { type: "button", className: "button" });
    button.append(...menu.querySelector("summary").childNodes);
    button.addEventListener("click", () => { input.focus(); ask(); });
    menu.replaceWith(button);
  }
}

// Selected rows: <form data-selection="users" data-field="user">. The selection is kept until an action succeeds, while
// the user pages, sorts and filters.
for (const form of document.querySelectorAll("form[data-selection]")) {
  const { selection, field, noun } = form.dataset;
  // The server accepts about 8 kB in a URL. Longer selections are posted.
  const inUrlMax = 80;
  const key = `floorkey-selected-${selection}`;
  const page = location.search;
  const boxes = [...form.querySelectorAll(`tbody input[name="${CSS.escape(field)}"]`)];
  const ofPage = form.querySelector("[data-select-page]");
  const all = form.querySelector("[data-select-all]");
  const clear = form.querySelector("[data-clear-selection]");
  const label = form.querySelector("[data-selected]");
  let selected = new Map();
  let last = null;

  const save = () => {
    try { sessionStorage.setItem(key, JSON.stringify([...selected])); } catch { /* Only this page's selection counts. */ }
  };
  const show = () => {
    for (const box of boxes) box.checked = selected.has(box.value);
    const here = boxes.filter((box) => box.checked).length;
    ofPage.checked = here > 0 && here === boxes.length;
    ofPage.indeterminate = here > 0 && here < boxes.length;
    const pages = new Set(selected.values()).size;
    const text = `${selected.size} selected${pages > 1 ? ` on ${pages} pages` : ""}`;
    label.textContent = selected.size ? text : all?.checked ? "All selected" : `Select ${noun}s to change them`;
    clear.hidden = !selected.size;
    form.toggleAttribute("data-none", !selected.size && !all?.checked);
  };
  const select = (chosen, isSelected) => {
    for (const box of chosen) {
      if (isSelected) selected.set(box.value, selected.get(box.value) ?? page); else selected.delete(box.value);
    }
    save();
    show();
  };
  const load = () => {
    try { selected = new Map(JSON.parse(sessionStorage.getItem(key) ?? "[]")); } catch { selected = new Map(); }
    if (document.querySelector(".flash.good")) { selected = new Map(); save(); }
    show();
  };

  form.addEventListener("click", (event) => {
    const at = boxes.indexOf(event.target);
    if (at < 0) return;
    const begin = event.shiftKey && last !== null ? last : at;
    select(boxes.slice(Math.min(begin, at), Math.max(begin, at) + 1), event.target.checked);
    last = at;
  });
  ofPage.hidden = false;
  ofPage.addEventListener("change", () => select(boxes, ofPage.checked));
  all?.addEventListener("change", show);
  clear.addEventListener("click", () => { selected.clear(); save(); show(); boxes[0]?.focus(); });
  form.addEventListener("submit", () => {
    if (all?.checked) return;
    const shown = new Set(boxes.map((box) => box.value));
    const hidden = (name, value) => Object.assign(document.createElement("input"), { type: "hidden", name, value });
    const added = [...selected.keys()].filter((id) => !shown.has(id)).map((id) => hidden(field, id));
    if (selected.size > inUrlMax && "post" in form.dataset) {
      form.method = "post";
      added.push(hidden("do", "edit"));
    }
    form.append(...added);
    setTimeout(() => { for (const one of added) one.remove(); form.method = "get"; });
  });
  addEventListener("pageshow", (event) => { if (event.persisted) load(); });
  load();
}
