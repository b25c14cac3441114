// Looks at what has the focus now: is it in view, not covered, and does it wear a ring?
() => {
  const here = document.activeElement;
  if (!here || here === document.body) return { end: false, fault: "" }; // past the last: once round
  const anotherPart = here === window.lastStop && here.type === "date"; // month, day, year: a stop each
  if (anotherPart) return { end: false, fault: "" };
  if (window.stops.has(here)) return { end: true };
  window.stops.add((window.lastStop = here));
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
  const seen = at.some(([x, y]) => inView(x, y));
  const fault = !seen ? "it is covered or out of view" : !ring ? "it has no ring" : "";
  return { end: false, name: (here.innerText || here.id || here.localName).slice(0, 40), fault };
}
