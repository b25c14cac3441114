// Names what sticks out of the window, as it is and with the text spacing of WCAG 1.4.12.
() => {
  const faults = [];
  const look = (how) => {
    const root = document.documentElement;
    if (root.scrollWidth <= root.clientWidth) return;
    const wide = [...document.body.querySelectorAll("*")]
      .filter((each) => each.getBoundingClientRect().right > root.clientWidth + 0.5)
      .map((each) => `${each.localName}.${each.className?.baseVal ?? each.className}`);
    faults.push(`${how}: ${root.scrollWidth - root.clientWidth} px, by ${wide.slice(0, 4)}`);
  };
  look("plain");
  const spacing = new CSSStyleSheet();
  spacing.replaceSync(
    "* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important; }",
  );
  document.adoptedStyleSheets = [spacing];
  look("spaced");
  document.adoptedStyleSheets = [];
  return faults;
}
