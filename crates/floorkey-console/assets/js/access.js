// Passkeys: <form data-passkey="get|create" data-question="JSON">, with a field `answer` for the browser's response.
for (const form of document.querySelectorAll("[data-passkey]")) {
  const kind = form.dataset.passkey;
  const parse = globalThis.PublicKeyCredential?.[kind === "get" ? "parseRequestOptionsFromJSON" : "parseCreationOptionsFromJSON"];
  if (!parse) continue;
  form.hidden = false;
  const problem = form.querySelector("[data-passkey-problem]");
  form.addEventListener("submit", async (event) => {
    if (form.elements.answer.value) return;
    event.preventDefault();
    problem.hidden = true;
    try {
      const publicKey = parse.call(PublicKeyCredential, JSON.parse(form.dataset.question).publicKey);
      const answer = await navigator.credentials[kind]({ publicKey });
      form.elements.answer.value = JSON.stringify(answer);
      delete form.dataset.sent; // The first submission was prevented, so it does not count as sent.
      form.requestSubmit();
    } catch {
      delete form.dataset.sent;
      problem.hidden = false;
    }
  });
}
