// Names what has no room once every word is 40 % longer, read from the left and from the right.
() => {
  const faults = new Set();
  const root = document.documentElement;
  const NO_BOX = ".skip, noscript, option, textarea, script";
  const ON_TOP = ".action-bar, .bar, dialog";

  const texts = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) if (walker.currentNode.data.trim()) texts.push(walker.currentNode);
  const before = texts.map((text) => text.data);
  const longer = (word) => word + word.slice(0, Math.ceil(word.length * 0.4));

  // Asked once of each element: lists have many words in few boxes.
  const once = (ask) => {
    const known = new Map();
    return (element) => {
      if (!known.has(element)) known.set(element, ask(element));
      return known.get(element);
    };
  };

  const clipped = once(
    (element) =>
      element !== root && (getComputedStyle(element).clipPath !== "none" || clipped(element.parentElement)),
  );
  const seen = (element) =>
    element.checkVisibility() && !element.closest(NO_BOX) && !clipped(element);
  const linesOf = (text) => {
    const range = document.createRange();
    range.selectNodeContents(text);
    return [...range.getClientRects()].filter((line) => line.width > 1);
  };

  // The nearest box that a line leaves at a side, or leaves at all if the box hides the rest.
  const edgeOf = (box) => {
    const { display, overflowY } = getComputedStyle(box);
    if (display === "inline" || display === "contents") return null;
    const { left, right, top, bottom } = box.getBoundingClientRect();
    return { left, right, top, bottom, overflowY };
  };
  const boxLeft = (edgeHere, element, line) => {
    for (let box = element; box !== root; box = box.parentElement) {
      const edge = edgeHere(box);
      if (!edge) continue;
      if (line.left < edge.left - 1 || line.right > edge.right + 1) return box;
      const hidden = line.top < edge.top - 1 || line.bottom > edge.bottom + 1;
      if (hidden && edge.overflowY === "hidden") return box;
    }
    return null;
  };

  // Lines may touch, letters may not: only the middle half of a line's height counts.
  const thing = (name, element, box) => ({
    name,
    plane: element.closest(ON_TOP),
    left: box.left + 1,
    right: box.right - 1,
    top: box.top + box.height / 4,
    bottom: box.bottom - box.height / 4,
  });
  const overlap = (one, other) =>
    one.plane === other.plane &&
    one.left < other.right && other.left < one.right &&
    one.top < other.bottom && other.top < one.bottom;

  const look = (way) => {
    const over = root.scrollWidth - root.clientWidth;
    if (over > 0) faults.add(`${way}: ${over} px sideways`);
    const [things, edgeHere] = [[], once(edgeOf)];
    for (const text of texts.filter(({ parentElement }) => seen(parentElement))) {
      const name = text.data.trim().slice(0, 30);
      for (const line of linesOf(text)) {
        const box = boxLeft(edgeHere, text.parentElement, line);
        if (box) faults.add(`${way}: "${name}" sticks out of ${box.localName}.${box.className}`);
        things.push(thing(name, text.parentElement, line));
      }
    }
    for (const each of document.querySelectorAll("svg, input:not([type=hidden])")) {
      if (seen(each)) things.push(thing(each.localName, each, each.getBoundingClientRect()));
    }
    things.forEach((one, number) => {
      const hit = things.slice(number + 1).find((other) => overlap(one, other));
      if (hit) faults.add(`${way}: "${one.name}" lies over "${hit.name}"`);
    });
  };

  for (const text of texts) text.data = text.data.replace(/\S+/g, longer);
  for (const way of ["ltr", "rtl"]) {
    root.dir = way;
    look(way);
  }
  root.removeAttribute("dir");
  texts.forEach((text, number) => (text.data = before[number]));
  return [...faults].slice(0, 8);
}
