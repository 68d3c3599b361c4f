
// Security profiles in the user form: adds and removes tokens on the page. Without JavaScript, the server does this.
for (const box of document.querySelectorAll("[data-held]")) {
  const list = box.querySelector("[data-held-list]");
  const pick = box.querySelector("[data-held-pick]");
  const dates = box.querySelector("[data-held-dates]");
  const option = (id) => pick.querySelector(`option[value="${CSS.escape(id)}"]`);
  const field = (id, name, word) => {
    const div = document.createElement("div");
    div.className = "field";
    const label = document.createElement("label");
    label.htmlFor = `${word}-${id}`;
    label.textContent = `${name} ${word}`;
    const input = document.createElement("input");
    input.type = "datetime-local";
    input.id = input.name = `${word}-${id}`;
    div.append(label, input);
    return div;
  };
  const add = () => {
    const id = pick.value;
    if (!id) return;
    const name = option(id).textContent;
    const token = document.createElement("li");
    token.className = "chip";
    token.dataset.heldOne = id;
    const hidden = document.createElement("input");
    hidden.type = "hidden"; hidden.name = "profile"; hidden.value = id;
    const text = document.createElement("span");
    text.textContent = name;
    const drop = document.createElement("button");
    drop.name = "drop"; drop.value = id; drop.textContent = "×";
    drop.setAttribute("aria-label", `Remove ${name}`);
    token.append(hidden, text, drop);
    list.append(token);
    if (dates) {
      const row = document.createElement("div");
      row.className = "columns";
      row.dataset.dates = id;
      row.append(field(id, name, "from"), field(id, name, "until"));
      dates.append(row);
    }
    option(id).disabled = true;
    pick.value = "";
    pick.focus();
  };
  box.querySelector("[data-held-add]").addEventListener("click", (event) => { event.preventDefault(); add(); });
  list.addEventListener("click", (event) => {
    const drop = event.target.closest("[name=drop]");
    if (!drop) return;
    event.preventDefault();
    const id = drop.value;
    drop.closest("[data-held-one]").remove();
    dates?.querySelector(`[data-dates="${CSS.escape(id)}"]`)?.remove();
    if (option(id)) option(id).disabled = false;
    pick.focus();
  });
}
