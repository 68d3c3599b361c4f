// Returns the elements that extend beyond the right edge, except elements in containers with their own scroll bar.
const edge = document.documentElement.clientWidth;
if (document.scrollingElement.scrollWidth <= edge) return [];
const scrolls = element => /auto|scroll|hidden|clip/.test(getComputedStyle(element).overflowX);
const held = element => {
  for (let outer = element.parentElement; outer && outer !== document.body; outer = outer.parentElement) {
    if (scrolls(outer)) return true;
  }
  return false;
};
const over = [...document.body.querySelectorAll("*")]
  .filter(element => element.getBoundingClientRect().right > edge + 1 && !held(element));
const innermost = over.filter(element => !over.some(other => other !== element && element.contains(other)));
const shown = innermost.slice(0, 5)
  .map(e => `${Math.round(e.getBoundingClientRect().right)} px: ${e.outerHTML.slice(0, 160)}`);
return shown.length ? shown : [`the page itself is ${document.scrollingElement.scrollWidth} px wide`];
