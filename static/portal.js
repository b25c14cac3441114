// Comforts on top of pages that work without them: a dialog, copying, the title, focus, a lost
// connection.
(() => {
  const plainTitle = document.title;
  let heldFocus = null;

  const focusedPart = () => document.activeElement?.closest("[data-live]")?.id;

  // The link's own address shows the same content as a page (experience 2.0).
  document.addEventListener("click", (event) => {
    const opener = event.target.closest("a[data-dialog]");
    const dialog = opener && document.getElementById(opener.dataset.dialog);
    if (!dialog?.showModal || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    dialog.showModal();
  });

  // A message to copy is text that anybody may select; with a script, one press does it.
  const showCopying = () => {
    for (const button of document.querySelectorAll("[data-copy]")) button.hidden = false;
  };
  showCopying();
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-copy]");
    if (!button) return;
    const text = document.getElementById(button.dataset.copy), said = button.nextElementSibling;
    text.select();
    navigator.clipboard?.writeText(text.value).then(() => (said.textContent = said.dataset.copied));
  });

  // "Add 5 classes": the number on the button is that of the ticks; without a script it says none.
  const countTicks = () => {
    for (const button of document.querySelectorAll("[data-ticks]")) {
      const ticks = button.form.querySelectorAll("[type=checkbox]:checked").length;
      const { none, one, many } = button.dataset;
      button.textContent = ticks > 1 ? many.replace("#", ticks) : ticks ? one : none;
    }
  };
  countTicks();
  document.addEventListener("change", countTicks);

  document.addEventListener("htmx:before:swap", () => {
    heldFocus = focusedPart();
  });

  // A button that was pressed may be gone afterwards: its part's heading takes the focus.
  document.addEventListener("htmx:after:swap", () => {
    const part = heldFocus && document.getElementById(heldFocus);
    if (part && !part.contains(document.activeElement)) part.querySelector("h2")?.focus();
    const progress = document.querySelector("[data-progress]")?.dataset.progress;
    document.title = progress ? `(${progress}) ${plainTitle}` : plainTitle;
    showLostTouch(false);
    showCopying();
    countTicks();
  });

  const showLostTouch = (lost) => {
    const notice = document.getElementById("lost-touch");
    if (notice) notice.hidden = !lost;
  };
  document.addEventListener("htmx:error", () => showLostTouch(true));
  document.addEventListener("htmx:response:error", (event) => {
    if (event.detail.ctx.response.status >= 500) setTimeout(() => showLostTouch(true));
  });
})();
