// Finds an element by the name that users see, which is the label of a field, or the text of a button or link. The
// arguments are the kind of element, its name, and the names of the enclosing elements. Returns the element, or a
// message that says why there is no such element.
const [kind, wanted, scopes] = arguments;

const squash = text => (text || "").replace(/\s+/g, " ").trim();
const shown = element => element.checkVisibility({ visibilityProperty: true });

// Returns a label's text without the text of the fields in the label.
const words = element => {
  const copy = element.cloneNode(true);
  copy.querySelectorAll("input, select, textarea, [hidden], script, style").forEach(inner => inner.remove());
  return squash(copy.textContent);
};

const nameOf = element => {
  const by = element.getAttribute("aria-labelledby");
  if (by) {
    return squash(by.split(/\s+/).map(id => document.getElementById(id)).map(e => e ? e.textContent : "").join(" "));
  }
  const own = squash(element.getAttribute("aria-label"));
  if (own) return own;
  if (element.labels && element.labels.length) return squash([...element.labels].map(words).join(" "));
  if (element.matches("input")) return squash(element.value || element.title);
  if (element.matches("select, textarea")) return squash(element.title);
  const pictures = [...element.querySelectorAll("img[alt], svg[aria-label]")];
  const said = words(element) || pictures.map(e => e.getAttribute("alt") || e.getAttribute("aria-label")).join(" ");
  return squash(said) || squash(element.title);
};

const kinds = {
  field: "input:not([type=hidden], [type=submit], [type=button], [type=reset], [type=image]), select, textarea",
  tick: "input[type=checkbox], input[type=radio], [role=checkbox], [role=radio], [role=switch]",
  press: "a[href], button, input[type=submit], input[type=button], input[type=reset], summary, "
    + "[role=button], [role=link], [role=tab], [role=menuitem], [role=option]",
};

const scopeName = element => {
  if (element.matches("[aria-label], [aria-labelledby]")) return nameOf(element);
  const direct = selector => [...element.children].find(child => child.matches(selector));
  if (element.matches("fieldset")) return words(direct("legend") || document.createElement("i"));
  if (element.matches("table")) return words(direct("caption") || document.createElement("i"));
  if (element.matches("details")) return words(direct("summary") || document.createElement("i"));
  if (element.matches("tr")) return words(element.querySelector("th") || element.querySelector("td") || element);
  const heading = element.querySelector("h1, h2, h3, h4, h5, h6, dt, legend");
  return heading ? words(heading) : element.matches("li") ? words(element) : "";
};

const matching = (elements, name, nameOf) => {
  const named = elements.map(element => [element, nameOf(element)]).filter(([, own]) => own);
  const lower = name.toLowerCase();
  for (const fits of [own => own === name, own => own.toLowerCase().startsWith(lower),
    own => own.toLowerCase().includes(lower)]) {
    const found = named.filter(([, own]) => fits(own));
    if (found.length) return found.map(([element]) => element);
  }
  return [];
};

let root = document;
for (const scope of scopes) {
  const all = [...root.querySelectorAll("fieldset, table, details, tr, section, article, nav, form, dialog, li, "
    + "aside, main, header, footer, [role=group], [role=region], [role=dialog]")].filter(shown);
  const found = matching(all, scope, scopeName);
  if (!found.length) {
    const names = [...new Set(all.map(scopeName).filter(Boolean))];
    return `nothing is called "${scope}"; there are ${JSON.stringify(names)}`;
  }
  // If the found elements are nested, the innermost element is used.
  root = found.find(element => !found.some(other => other !== element && element.contains(other)));
}

// Elements hidden from screen readers are ignored, because they exist only for the keyboard.
const all = [...root.querySelectorAll(kinds[kind])].filter(e => !e.closest("[aria-hidden=true]")
  && (shown(e) || (e.labels && [...e.labels].some(shown))));
let found = matching(all, wanted, nameOf);
// Links to the same address count as one link.
if (found.length > 1 && found.every(e => e.href && e.href === found[0].href)) found = found.slice(0, 1);
if (found.length === 1) return found[0];
const names = [...new Set(all.map(nameOf))].map(name => name || "(no name)");
return found.length
  ? `${found.length} are called "${wanted}" (${found.map(e => e.outerHTML.slice(0, 120)).join(" ")}): say within what`
  : `none is called "${wanted}"; there are ${JSON.stringify(names.slice(0, 200))}`;
