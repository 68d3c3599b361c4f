// Returns whether the focus is visible, which means that a style on or around the focused element changes with the
// focus. Labels are also checked, because some elements' boxes are drawn by their labels.
const now = document.activeElement;
const drawn = element => {
  const style = getComputedStyle(element);
  return [style.outlineStyle, style.outlineWidth, style.outlineColor, style.boxShadow, style.borderColor,
    style.backgroundColor, style.textDecorationLine].join("|");
};
const watched = [now, now.nextElementSibling, now.parentElement, ...(now.labels || [])].filter(Boolean);
const outlined = element => {
  const style = getComputedStyle(element);
  return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0;
};
if (watched.some(outlined)) return true;
const before = watched.map(drawn);
now.blur();
const seen = watched.some((element, at) => drawn(element) !== before[at]);
now.focus({ preventScroll: true });
return seen;
