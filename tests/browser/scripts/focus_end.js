// Looks no longer, and takes the focus away; answers what was seen.
() => {
  window.removeEventListener("keyup", stops.look, true);
  document.activeElement.blur();
  return { faults: stops.faults, reached: stops.reached.size };
}
