// @ts-check
/**
 * Shows at once, and beside the mouse, what browsers show late: the titles of marks and words. The
 * titles stay where they are for those who do not use a mouse.
 */
const tip = document.createElement("div");
tip.className = "tip";
tip.setAttribute("aria-hidden", "true");
tip.hidden = true;
document.body.append(tip);

/** Titles are taken away while they are shown, so that the browser does not show them, too.
 * @type {{ element: Element, title: string } | null} */
let hovered = null;
/** What a script said about the place under the mouse. */
let said = "";

document.addEventListener(
  "tip",
  (event) => said = /** @type {CustomEvent<string>} */ (event).detail,
);

document.addEventListener("pointermove", (event) => {
  if (event.pointerType === "touch") return;
  const text = said || titleAt(/** @type {Element} */ (event.target));
  said = "";
  tip.hidden = text === "";
  if (text === "") return;
  tip.textContent = text;
  const { width, height } = tip.getBoundingClientRect();
  const left = Math.min(event.clientX + 14, innerWidth - width - 8);
  const below = event.clientY + 18;
  tip.style.left = `${Math.max(8, left)}px`;
  tip.style.top = `${below + height > innerHeight ? event.clientY - height - 12 : below}px`;
});
document.addEventListener("pointerleave", release);
document.addEventListener("scroll", release, { passive: true, capture: true });

function release() {
  tip.hidden = true;
  if (hovered === null) return;
  giveBack(hovered.element, hovered.title);
  hovered = null;
}

/** @param {Element} target */
function titleAt(target) {
  const element = target.closest?.(".tw-figure [title], .explorer [title]") ?? withTitle(target);
  if (element !== null && element === hovered?.element) {
    // It may have been given another one meanwhile.
    const newer = element.getAttribute("title");
    if (newer) {
      hovered.title = newer;
      element.removeAttribute("title");
    }
    return hovered.title;
  }
  release();
  if (element === null) return "";
  const title = take(element);
  hovered = { element, title };
  return title;
}

/** @param {Element} target */
function withTitle(target) {
  for (let at = target.closest?.(".tw-figure svg *") ?? null; at; at = at.parentElement) {
    if (at.querySelector(":scope > title")) return at;
    if (at === hovered?.element) return at;
    if (at.tagName === "svg") break;
  }
  return target.closest?.("[data-tip-held]") ?? null;
}

/** @param {Element} element */
function take(element) {
  const child = element.querySelector(":scope > title");
  const title = child?.textContent ?? element.getAttribute("title") ?? "";
  if (child) child.textContent = "";
  else {
    element.removeAttribute("title");
    element.setAttribute("data-tip-held", "");
  }
  return title;
}

/** @param {Element} element @param {string} title */
function giveBack(element, title) {
  const child = element.querySelector(":scope > title");
  if (child) child.textContent = title;
  else if (!element.hasAttribute("title")) element.setAttribute("title", title);
  element.removeAttribute("data-tip-held");
}
