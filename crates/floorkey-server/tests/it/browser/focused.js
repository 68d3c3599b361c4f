// Returns an element's name, which comes from its labels or from the element itself.
const [element] = arguments;
if (!element || element === document.body) return "";
const squash = text => (text || "").replace(/\s+/g, " ").trim();
const words = element => {
  const copy = element.cloneNode(true);
  copy.querySelectorAll("input, select, textarea, [hidden]").forEach(inner => inner.remove());
  return squash(copy.textContent);
};
const by = element.getAttribute("aria-labelledby");
if (by) {
  return squash(by.split(/\s+/).map(id => document.getElementById(id)).map(e => e ? e.textContent : "").join(" "));
}
return squash(element.getAttribute("aria-label"))
  || (element.labels && element.labels.length ? squash([...element.labels].map(words).join(" ")) : "")
  || (element.matches("input") ? squash(element.value) : words(element))
  || squash(element.title);
