// Progressive enhancement: every page also works without JavaScript.

// Offers the browser's time zone to users who have not chosen one.
for (const form of document.querySelectorAll("[data-zone-offer]")) {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (!zone || /^(Etc\/)?(UTC|GMT|Universal|Zulu|Greenwich)$/.test(zone)) continue;
  const button = form.querySelector("button");
  button.value = zone;
  button.textContent = `Use ${zone.replaceAll("_", " ")}`;
  form.hidden = false;
}

// Sets a field to the browser's time zone: <button data-browser-zone="#field" hidden>.
for (const button of document.querySelectorAll("[data-browser-zone]")) {
  const field = document.querySelector(button.dataset.browserZone);
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (![...field.options].some((option) => option.value === zone) || field.value === zone) continue;
  button.hidden = false;
  button.textContent = `Use ${zone.replaceAll("_", " ")}, this browser’s time zone`;
  button.addEventListener("click", () => { field.value = zone; button.hidden = true; });
}

// Closes an open menu when the user presses Escape or clicks outside the menu.
{
  document.addEventListener("click", (event) => {
    for (const menu of document.querySelectorAll("details.menu[open]")) if (!menu.contains(event.target)) menu.open = false;
  });
  document.addEventListener("keydown", (event) => {
    const menu = event.key === "Escape" && document.querySelector("details.menu[open]");
    if (menu) { menu.open = false; menu.querySelector("summary").focus(); }
  });
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
