// Puts the focus before the first stop; answers how many stops Tab should reach.
() => {
  window.stops = new Set();
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
