// Bulk edit: adds and removes tokens on the page. Without JavaScript, the server does this.
for (const form of document.querySelectorAll("[data-tokens]")) {
  const list = form.querySelector(".tokens");
  const picker = form.querySelector("#pick");
  const said = form.querySelector("[data-said]");
  const put = (token, state, name) => {
    token.className = `chip ${state}`;
    for (const part of token.querySelectorAll("input, strong, button")) part.remove();
    if (state) {
      const field = Object.assign(document.createElement("input"), { type: "hidden", value: token.dataset.token });
      field.name = state === "added" ? "add" : "remove";
      const mark = document.createElement("strong");
      mark.textContent = state;
      token.append(field, mark, " ");
    }
    const button = document.createElement("button");
    button.name = "do";
    button.value = `${state ? "keep" : "take"}:${token.dataset.token}`;
    button.textContent = state === "removed" ? "undo" : "×";
    if (state !== "removed") button.setAttribute("aria-label", `${state ? "Do not add" : "Remove"} ${name}`);
    token.append(button);
    if (said) said.textContent = `${name} ${state || "stays as it is"}`;
    return button;
  };
  form.addEventListener("submit", (event) => {
    const button = event.submitter;
    const [step, id] = (button?.name === "do" ? button.value : "").split(":");
    if (form.querySelector("[name=replace]").checked) return;
    let token = id && list.querySelector(`[data-token="${CSS.escape(id)}"]`);
    let name = token?.querySelector("span, del")?.textContent;
    let state = { take: "removed", keep: "", give: "added" }[step];
    if (step === "pick") {
      const wanted = picker.value.trim().toLowerCase();
      const option = [...picker.list.options].find((one) => one.value.toLowerCase() === wanted);
      if (!option) return;
      name = option.value;
      state = "added";
      token = list.querySelector(`[data-token="${CSS.escape(option.dataset.id)}"]`);
      if (!token) {
        token = document.createElement("li");
        token.dataset.token = option.dataset.id;
        token.dataset.new = "";
        const text = document.createElement("span");
        text.textContent = name;
        token.append(text, " ");
        list.append(token);
      }
      picker.value = "";
    }
    if (!token || state === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    if (state === "" && "new" in token.dataset) { token.remove(); picker.focus(); return; }
    const shown = put(token, state, name);
    if (step === "pick") picker.focus(); else shown.focus();
  });
}
