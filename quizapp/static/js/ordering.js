/* Ordering by moving things up and down. Without JavaScript each thing has a select for its place; here the selects stay,
   hidden, and say what the eye sees. */

const button = (sign, label, move) => {
  const element = document.createElement("button");
  element.type = "button";
  element.className = "ordering__move";
  element.textContent = sign;
  element.setAttribute("aria-label", label);
  element.addEventListener("click", move);
  return element;
};

function number(list) {
  [...list.children].forEach((item, index) => { item.querySelector("select").value = String(index + 1); });
}

function move(list, item, step, told) {
  const other = step < 0 ? item.previousElementSibling : item.nextElementSibling;
  if (!other) return;
  const focused = document.activeElement;
  if (step < 0) other.before(item); else other.after(item);
  number(list);
  focused.focus();
  const place = [...list.children].indexOf(item) + 1;
  told.textContent = `${item.querySelector("label").textContent}: place ${place} of ${list.children.length}`;
}

/** Give every ordering on the page its buttons; one that has them is left alone. */
function enableMoving() {
  for (const ordering of document.querySelectorAll(".ordering:not(.ordering--moving)")) {
    const list = ordering.querySelector(".ordering__list");
    const told = document.createElement("p");
    told.className = "visually-hidden";
    told.setAttribute("role", "status");
    ordering.classList.add("ordering--moving");
    ordering.querySelector("legend").textContent = "Move each to its place; the first stands on top.";
    ordering.append(told);
    for (const item of list.children) {
      const text = item.querySelector("label").textContent;
      item.querySelector("select").hidden = true;
      item.append(
        button("↑", `Move up: ${text}`, () => move(list, item, -1, told)),
        button("↓", `Move down: ${text}`, () => move(list, item, 1, told)),
      );
    }
    number(list);
  }
}

enableMoving();
document.addEventListener("htmx:after:swap", enableMoving);
