
// The grid of permissions: <form data-grid>. The data-needs attribute of a checkbox lists the permissions that the
// checkbox requires. Its data-with attribute lists the permissions that are usually selected together with it. The
// server applies the same rules when the form is saved.
for (const form of document.querySelectorAll("form[data-grid]")) {
  const boxes = new Map([...form.querySelectorAll("input[name=p]")].map((box) => [box.value, box]));
  const list = (text) => (text ? text.split(" ") : []);
  const needs = (name) => list(boxes.get(name)?.dataset.needs);
  const start = new Set([...boxes.values()].filter((box) => box.defaultChecked).map((box) => box.value));
  const needed = new Set(list(form.elements.needed.value));
  const said = form.querySelector("[data-said]");
  const words = (name) => {
    const label = boxes.get(name).closest("label");
    return (label.querySelector(".visually-hidden")?.textContent ?? "") + (label.querySelector(".act")?.textContent ?? name);
  };
  const all = (names) => names.map(words).join(", ");
  const search = form.elements.q, view = form.elements.show;
  // The checkboxes that match the search or the view, if a search or a view is set.
  const matching = new Set();
  const live = document.createElement("input");
  Object.assign(live, { type: "hidden", name: "live", value: "1" });
  form.append(live);

  const whole = (name, into = new Set()) => {
    for (const next of needs(name)) if (!into.has(next)) { into.add(next); whole(next, into); }
    return into;
  };
  const holders = (name) => [...boxes.values()].filter((box) => box.checked && whole(box.value).has(name)).map((box) => box.value);

  function say(text, ...acts) {
    const from = document.activeElement;
    said.replaceChildren(text);
    for (const [label, act] of acts) {
      const button = document.createElement("button");
      Object.assign(button, { type: "button", className: "button small", textContent: label });
      button.addEventListener("click", () => { said.replaceChildren(); act(); show(); from.focus(); });
      said.append(button);
    }
  }
  // Returns the permissions that the selected names grant. A legacy name grants the newer permissions that it stands
  // for, and is not counted itself.
  const granted = (ticked) => new Set([...ticked].flatMap((name) => {
    const box = boxes.get(name);
    if (!box.closest("[data-group]")) return [];
    return "legacy" in box.dataset ? list(box.dataset.legacy) : [name];
  }));
  const isSet = () => search.value.trim() !== "" || view.value !== "";
  // Returns the checkboxes that a button selects or clears: matching ones in its group or row, without legacy names.
  const part = (button) => form.querySelector(`[data-row="${button.dataset.allOf}"], [data-group="${button.dataset.allOf}"]`);
  const found = (button) => [...part(button).querySelectorAll("input[name=p]")].filter((box) => !isSet() || matching.has(box));
  const selectable = (button) => found(button).filter((box) => !("legacy" in box.dataset));
  function label(button) {
    const own = selectable(button);
    const verb = own.every((box) => box.checked) ? "Clear" : "Select";
    const group = part(button).dataset.group && part(button).querySelector("summary").firstChild.textContent.trim();
    button.hidden = own.length === 0;
    const words = isSet() ? `${verb} ${own.length}${group ? ` found in ${group}` : ""}` : `${verb} all${group ? ` of ${group}` : ""}`;
    (button.querySelector("[data-select]") ?? button).textContent = words;
  }
  function show() {
    form.elements.needed.value = [...needed].filter((name) => boxes.get(name)?.checked).join(" ");
    const ticked = new Set();
    for (const [name, box] of boxes) if (box.checked) ticked.add(name);
    const grants = granted(ticked);
    for (const [name, box] of boxes) {
      const cell = box.closest(".cell");
      if (!cell) continue;
      const by = box.checked && needed.has(name) ? holders(name) : [];
      cell.classList.toggle("needed", by.length > 0);
      const why = cell.querySelector(".why");
      const row = words(name).split(": ")[0] + ": ";
      if (by.length) why.textContent = "for " + by.slice(0, 3).map((other) => words(other).replace(row, "")).join(", ");
      else if (!box.checked && grants.has(name)) why.textContent = "by a legacy name";
      else if (/^(for|by) /.test(why.textContent)) why.textContent = "";
    }
    for (const row of form.querySelectorAll("[data-comes]")) row.hidden = !list(row.dataset.comes).some((name) => ticked.has(name));
    for (const row of form.querySelectorAll("[data-offer]")) row.hidden = !ticked.has(row.dataset.when) || ticked.has(row.dataset.offer);
    for (const row of form.querySelectorAll("[data-works]")) row.hidden = !list(row.dataset.works).some((name) => ticked.has(name)) || list(row.dataset.without).every((name) => ticked.has(name));
    for (const group of form.querySelectorAll("[data-group]")) {
      const own = [...group.querySelectorAll("input[name=p]:not([data-legacy])")];
      group.querySelector("[data-count]").textContent = `${own.filter((box) => grants.has(box.value)).length} of ${own.length}`;
    }
    form.querySelector("[data-total]").textContent = `(${grants.size} ${grants.size === 1 ? "permission" : "permissions"})`;
    for (const button of form.querySelectorAll("[data-all-of]")) label(button);
    let changes = 0;
    for (const name of boxes.keys()) if (ticked.has(name) !== start.has(name)) changes += 1;
    const at = form.querySelector("[data-changed]");
    if (at) at.textContent = changes ? `${changes} ${changes === 1 ? "permission" : "permissions"} changed, not saved yet` : "";
  }
  // Returns a function that restores the selection: the checkboxes, and which of them are required by others.
  function undoing(checked) {
    const before = new Set(checked), neededBefore = [...needed];
    return () => {
      for (const box of boxes.values()) box.checked = before.has(box);
      needed.clear();
      neededBefore.forEach((name) => needed.add(name));
    };
  }
  function tick(name) {
    const undo = undoing([...boxes.values()].filter((box) => box.checked && box.value !== name));
    const more = [...whole(name)].filter((other) => !boxes.get(other).checked);
    for (const other of more) { boxes.get(other).checked = true; needed.add(other); }
    needed.delete(name);
    const usual = list(boxes.get(name).dataset.with).filter((other) => !boxes.get(other).checked);
    for (const other of usual) boxes.get(other).checked = true;
    const offer = [...form.querySelectorAll("[data-offer]")].find((row) => row.dataset.when === name && !boxes.get(row.dataset.offer).checked);
    if (more.length) say(`${all(more)} selected because ${words(name)} needs it. `, ["Undo", undo]);
    else if (usual.length) say(`${all(usual)} selected as well by default. You can clear it. `, ["Undo", undo]);
    else if (offer) say(`${words(offer.dataset.offer)} is often used with it, and not selected. `, ["Select it", () => { boxes.get(offer.dataset.offer).checked = true; tick(offer.dataset.offer); }]);
    else said.replaceChildren();
  }
  function untick(name) {
    const by = holders(name);
    if (by.length) {
      boxes.get(name).checked = true;
      say(`${words(name)} stays: ${all(by.slice(0, 4))} ${by.length === 1 ? "needs" : "need"} it. `,
        [by.length === 1 ? "Clear both" : "Clear them too", () => {
          for (const other of [name, ...by]) { boxes.get(other).checked = false; needed.delete(other); }
          loosen();
        }]);
      return;
    }
    needed.delete(name);
    loosen();
    said.replaceChildren();
  }
  // A checkbox that no other checkbox requires stays selected, and counts as selected by the user.
  function loosen() { for (const name of [...needed]) if (!holders(name).length) needed.delete(name); }

  form.addEventListener("change", (event) => {
    if (event.target.name !== "p") return;
    if (event.target.checked) tick(event.target.value); else untick(event.target.value);
    loosen();
    show();
  });
  for (const button of form.querySelectorAll("[data-all-of]")) {
    button.addEventListener("click", (event) => {
      event.preventDefault();
      const own = selectable(button), left = found(button).length - own.length;
      const on = !own.every((box) => box.checked);
      const undo = undoing([...boxes.values()].filter((box) => box.checked));
      const along = new Set();
      for (const box of own) { box.checked = on; needed.delete(box.value); }
      const held = [...boxes.values()].filter((box) => box.checked).flatMap((box) => [...whole(box.value)]);
      for (const name of held) {
        const box = boxes.get(name);
        if (!box.checked) { box.checked = true; needed.add(name); along.add(name); }
      }
      loosen();
      show();
      const said = [`${on ? "Selected" : "Cleared"} ${own.length}.`];
      if (along.size) said.push(`${all([...along].slice(0, 4))}${along.size > 4 ? ` and ${along.size - 4} more` : ""} ${on ? "selected as well" : "kept"}, because something needs ${along.size === 1 ? "it" : "them"}.`);
      if (left) said.push(`${left} legacy ${left === 1 ? "name was" : "names were"} left out: the newer permissions stand for the same.`);
      say(`${said.join(" ")} `, ["Undo", undo]);
    });
  }

  // Search and views work without a request to the server, so unsaved changes are kept.
  const shows = {
    "": () => true,
    chosen: (box) => box.checked && !needed.has(box.value),
    required: (box) => box.checked && needed.has(box.value),
    inherited: (box) => box.closest(".cell").classList.contains("names"),
    risky: (box) => box.closest(".cell").querySelector(".risk"),
    differs: (box) => box.closest(".cell").classList.contains("differs"),
  };
  function filter() {
    const sought = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const set = isSet();
    matching.clear();
    for (const group of form.querySelectorAll("[data-group]")) {
      let any = false;
      for (const row of group.querySelectorAll("[data-row]")) {
        const meanings = [...row.querySelectorAll("dt")];
        let open = false;
        const fits = [...row.querySelectorAll("input[name=p]")].filter((box) => {
          if (!shows[view.value](box)) return false;
          const meaning = meanings.find((term) => term.querySelector("code").textContent === box.value)?.nextElementSibling.textContent.toLowerCase() ?? "";
          const named = `${words(box.value)} ${box.value} ${group.querySelector("summary").textContent}`.toLowerCase();
          if (sought.every((word) => named.includes(word))) return true;
          if (!sought.every((word) => meaning.includes(word))) return false;
          open = true;
          return true;
        });
        row.hidden = set && !fits.length;
        const about = row.querySelector("th details");
        if (sought.length) about.open = open && fits.length > 0;
        any ||= fits.length > 0;
        fits.forEach((box) => matching.add(box));
      }
      group.hidden = set && !any;
      if (set && any) group.open = true;
    }
    form.querySelector("[data-found]").textContent = set ? (matching.size ? `${matching.size} match. What you selected elsewhere is kept.` : "No permission matches. Nothing you selected is lost; clear the search to see all.") : "";
    for (const button of form.querySelectorAll("[data-all-of]")) label(button);
  }
  form.querySelector("[data-filter]").hidden = true;
  search.addEventListener("input", filter);
  view.addEventListener("change", filter);
  search.addEventListener("keydown", (event) => { if (event.key === "Enter") event.preventDefault(); });
  // The Enter key saves the form. In the fields of a new condition, it adds the condition. Without JavaScript, Enter
  // presses the first button of the form, which only reloads it.
  form.addEventListener("keydown", (event) => {
    const act = event.target.closest(".condition-new") ? "condition" : "save";
    const save = form.querySelector(`button[value=${act}]`);
    if (event.key === "Enter" && save && event.target.matches("input:not([type=checkbox], [type=search])")) { event.preventDefault(); save.click(); }
  });

  // Arrow keys move between the checkboxes of a table.
  form.addEventListener("keydown", (event) => {
    const step = { ArrowRight: [0, 1], ArrowLeft: [0, -1], ArrowDown: [1, 0], ArrowUp: [-1, 0] }[event.key];
    const cell = event.target.matches("input[name=p]") && event.target.closest("td");
    if (!step || !cell) return;
    event.preventDefault();
    const shown = (row) => !row.hidden && row.getClientRects().length > 0;
    const rows = [...cell.closest("tbody").rows].filter(shown);
    const inside = [...cell.querySelectorAll("input")];
    const next = inside[inside.indexOf(event.target) + step[1]];
    if (step[1] && next) { next.focus(); return; }
    let row = rows.indexOf(cell.parentElement), column = cell.cellIndex;
    for (;;) {
      row += step[0];
      column += step[1];
      const at = rows[row]?.cells[column];
      if (!at || column < 1) return;
      const box = at.querySelector("input");
      if (box) { box.focus(); return; }
    }
  });
  if (isSet()) filter();
  show();
}
