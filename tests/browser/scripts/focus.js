// Puts the focus before the first stop, and looks at where each Tab leads: is it in view, not
// covered, and does it wear a ring? Answers how many stops Tab should reach.
() => {
  const stops = (window.stops = { reached: new Set(), faults: [], end: false });

  const faultOf = (here) => {
    const box = here.getBoundingClientRect();
    const inView = (x, y) => {
      const top = document.elementFromPoint(x, y);
      return top && (here.contains(top) || top.closest("label")?.control === here);
    };
    const at = [0.1, 0.5, 0.9].flatMap((part) => [
      [box.left + box.width * part, box.top + box.height / 2],
      [box.left + box.width * part, box.top + box.height * 0.1],
      [box.left + box.width * part, box.top + box.height * 0.9],
    ]);
    const rings = [here, here.closest(".choice, .tile")].filter(Boolean).map((each) => getComputedStyle(each));
    const ring = rings.some((style) => style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2);
    if (!at.some(([x, y]) => inView(x, y))) return "it is covered or out of view";
    return ring ? "" : "it has no ring";
  };

  // A key comes up at the new stop, once it has been scrolled to.
  const look = () => {
    const here = document.activeElement;
    if (stops.end || !here || here === document.body) return; // past the last: once round
    if (here === stops.last && here.type === "date") return; // month, day, year: a stop each
    stops.last = here;
    if (stops.reached.has(here)) return void (stops.end = true);
    stops.reached.add(here);
    const fault = faultOf(here);
    const name = (here.innerText || here.id || here.localName).slice(0, 40);
    if (fault) stops.faults.push(`focus on ${name}: ${fault}`);
  };
  window.addEventListener("keyup", (stops.look = look), true);

  document.activeElement?.blur();
  window.scrollTo(0, 0);
  const top = document.querySelector("dialog[open]") ?? document;
  const groups = new Set();
  return [...top.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary")]
    .filter((each) => each.checkVisibility({ visibilityProperty: true }))
    .filter((each) => {
      if (each.type !== "radio") return true;
      const isNew = !groups.has(each.name);
      groups.add(each.name);
      return isNew;
    }).length;
}
