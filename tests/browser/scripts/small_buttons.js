// Names every visible button-like control that is smaller than 44 by 44 pixels.
() => [...document.querySelectorAll(".button, .button-plain, .input, .choice, .tile, .text-link")]
  .filter((each) => each.checkVisibility() && !each.closest(".footer"))
  .map((each) => ({ name: each.innerText || each.id, box: each.getBoundingClientRect() }))
  .filter(({ box }) => box.height < 44 || box.width < 44)
  .map(({ name, box }) => `${name.slice(0, 40)} (${Math.round(box.width)}x${Math.round(box.height)})`)
