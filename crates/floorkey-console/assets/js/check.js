// Suggests names while the user types. The server returns only names that the user can see. The data-suggest-at
// attribute has the address of the suggestions.
for (const field of document.querySelectorAll("[data-suggest]")) {
  const list = field.list ?? document.createElement("datalist");
  if (!list.id) {
    list.id = `${field.id}-suggestions`;
    field.after(list);
    field.setAttribute("list", list.id);
  }
  let waiting = 0;
  let asked = "";
  field.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(async () => {
      const text = field.value.trim();
      if (text.length < 2 || text === asked) return;
      asked = text;
      const query = new URLSearchParams({ for: field.dataset.suggest, q: text });
      for (const name of ["kind", "can"]) query.set(name, field.form.elements[name]?.value ?? "");
      const at = field.dataset.suggestAt ?? "/connect/check-access/suggest";
      const answer = await fetch(`${at}?${query}`).catch(() => null);
      if (!answer?.ok || text !== asked) return;
      const options = (await answer.json()).map(([value, words]) => new Option(words, value));
      list.replaceChildren(...options);
    }, 150);
  });
}

// Leaves empty fields out of the URL when the form is submitted: <form method="get" data-lean>.
for (const form of document.querySelectorAll("form[data-lean]")) {
  form.addEventListener("submit", () => {
    const empty = [...form.elements].filter((field) => field.name && !field.value && !field.disabled);
    for (const field of empty) field.disabled = true;
    setTimeout(() => { for (const field of empty) field.disabled = false; });
  });
}
