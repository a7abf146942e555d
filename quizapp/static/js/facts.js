/* The page of a set: facts are dragged to their place, and ticked many at a time. It works without. */

const ticks = () => [...document.querySelectorAll('input[name="fact"][form="bulk"]')];
const count = document.querySelector("#bulk [data-count]");

/** Show how many are ticked, and offer to tick all. */
function showCount() {
  const ticked = ticks().filter((box) => box.checked).length;
  count.textContent = ticked ? count.dataset.count.replace("{count}", ticked) : count.dataset.none;
}

function offerAll() {
  const all = document.createElement("button");
  all.type = "button";
  all.className = "button button--quiet";
  all.textContent = count.dataset.all;
  all.addEventListener("click", () => {
    const rest = ticks().filter((box) => !box.checked);
    for (const box of rest.length ? rest : ticks()) box.checked = rest.length > 0;
    showCount();
  });
  count.hidden = false;
  count.setAttribute("role", "status");
  count.after(all);
  document.addEventListener("change", (event) => {
    if (event.target.name === "fact") showCount();
  });
  showCount();
}

if (count) offerAll();

/* Dragging: the fact that is dropped takes the place of the one it is dropped on. */
let dragged = null;

function makeMovable(list) {
  for (const fact of list.querySelectorAll(".authored")) {
    const grip = document.createElement("span");
    grip.className = "authored__grip";
    grip.draggable = true;
    grip.textContent = "⠿";
    grip.setAttribute("aria-hidden", "true");
    grip.title = list.dataset.movable;
    grip.addEventListener("dragstart", (event) => {
      dragged = fact;
      event.dataTransfer.effectAllowed = "move";
      event.dataTransfer.setData("text/plain", fact.dataset.fact);
      event.dataTransfer.setDragImage(fact, 0, 0);
    });
    fact.querySelector(".authored__tick").append(grip);
    fact.addEventListener("dragover", (event) => {
      if (dragged?.parentElement !== list || dragged === fact) return;
      event.preventDefault();
      fact.classList.add("authored--over");
    });
    fact.addEventListener("dragleave", () => fact.classList.remove("authored--over"));
    fact.addEventListener("drop", (event) => {
      if (dragged?.parentElement !== list || dragged === fact) return;
      event.preventDefault();
      put(dragged, fact);
    });
  }
}

/** Send the fact to the place of another one, as its own form would. */
function put(fact, onto) {
  const form = fact.querySelector(".authored__to");
  form.elements.to.value = onto.querySelector(".authored__to").elements.to.defaultValue;
  form.requestSubmit();
}

document.addEventListener("dragend", () => {
  dragged = null;
  for (const fact of document.querySelectorAll(".authored--over")) fact.classList.remove("authored--over");
});

for (const list of document.querySelectorAll("[data-movable]")) {
  if (list.children.length > 1) makeMovable(list);
}

/* A menu closes when something else is pressed, or with Escape. */
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll(".menu[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});
document.addEventListener("keydown", (event) => {
  const menu = document.querySelector(".menu[open]");
  if (event.key !== "Escape" || !menu) return;
  menu.open = false;
  menu.querySelector("summary").focus();
});
