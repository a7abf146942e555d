/* Ordering by dragging, or by moving things up and down. Without JavaScript each thing has a select for its place; here
   the selects stay, hidden. They are empty until something was moved, or the order shown was said to be right: an order
   that nobody gave is no answer. */

const places = (list) => [...list.querySelectorAll("select")];
const isGiven = (list) => places(list).every((select) => select.value);
const textOf = (item) => item.querySelector(".ordering__text").textContent;

function make(tag, className, text = "") {
  const element = document.createElement(tag);
  element.className = className;
  element.textContent = text;
  return element;
}

/** A text of the page with what is in its braces filled in. */
const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);

function button(sign, label, press) {
  const element = make("button", "ordering__move", sign);
  element.type = "button";
  element.setAttribute("aria-label", label);
  element.addEventListener("click", press);
  return element;
}

/** The order on the screen is the answer from now on. */
function give(list) {
  places(list).forEach((select, index) => { select.value = String(index + 1); });
  list.closest(".ordering").querySelector(".ordering__ask").hidden = true;
}

/** The first thing cannot go up, nor the last down; their buttons stay, so that the focus is never lost. */
function markEnds(list) {
  for (const item of list.children) {
    const [up, down] = item.querySelectorAll(".ordering__move");
    up.setAttribute("aria-disabled", String(!item.previousElementSibling));
    down.setAttribute("aria-disabled", String(!item.nextElementSibling));
  }
}

function announce(list, item) {
  const place = [...list.children].indexOf(item) + 1;
  const ordering = list.closest(".ordering");
  ordering.querySelector("[role=status]").textContent =
    fill(ordering.dataset.place, { item: textOf(item), place, all: list.children.length });
}

/** Another thing passes the item, which itself is never taken out: it may have the focus, or the pointer on it. */
function pass(item, step) {
  if (step < 0) item.after(item.previousElementSibling);
  else item.before(item.nextElementSibling);
  markEnds(item.parentElement);
}

function move(list, item, step) {
  if (!(step < 0 ? item.previousElementSibling : item.nextElementSibling)) return;
  pass(item, step);
  give(list);
  announce(list, item);
}

const middle = (element) => element.getBoundingClientRect().top + element.offsetHeight / 2;

/** -1 or 1 if the pointer is beyond the middle of the thing above or below, else 0. */
function stepTowards({ previousElementSibling: above, nextElementSibling: below }, y) {
  if (above && y < middle(above)) return -1;
  return below && y > middle(below) ? 1 : 0;
}

/** The item follows the pointer until it is let go; what it is dragged past makes room. */
function drag(list, item, start) {
  const grabbed = start.clientY - item.getBoundingClientRect().top;
  const released = new AbortController();
  let moved = false;
  list.setPointerCapture(start.pointerId);
  item.classList.add("ordering__item--dragged");

  list.addEventListener("pointermove", ({ clientY }) => {
    for (let step; (step = stepTowards(item, clientY)); moved = true) pass(item, step);
    if (moved) item.scrollIntoView({ block: "nearest" });
    item.style.translate = "none";
    item.style.translate = `0 ${clientY - grabbed - item.getBoundingClientRect().top}px`;
  }, { signal: released.signal });

  const release = () => {
    released.abort();
    item.style.translate = "";
    item.classList.remove("ordering__item--dragged");
    if (!moved) return;
    give(list);
    announce(list, item);
  };
  for (const end of ["pointerup", "pointercancel"]) list.addEventListener(end, release, { signal: released.signal });
}

/** A finger drags by the handle, so that it can still scroll the page; a mouse takes hold anywhere. */
function startDrag(event) {
  const item = event.target.closest(".ordering__item");
  const held = event.pointerType === "mouse" || event.target.closest(".ordering__handle");
  if (!item || !held || event.button !== 0 || event.target.closest("button")) return;
  event.preventDefault();
  drag(event.currentTarget, item, event);
}

/** What is asked when an order that nobody touched is to be checked. */
function question(list, texts) {
  const ask = make("p", "ordering__ask");
  const words = make("span", "", `${texts.ask} `);
  const yes = make("button", "button button--quiet", texts.yes);
  words.id = "ordering-ask";
  yes.setAttribute("aria-describedby", words.id);
  yes.addEventListener("click", () => give(list)); // and then the form is sent
  ask.append(words, yes);
  ask.hidden = true;
  return ask;
}

/** Things that were placed before, in a quiz come back to, stand in their places. */
function putInOrder(list) {
  const place = (item) => Number(item.querySelector("select").value || Infinity);
  list.append(...[...list.children].sort((one, other) => place(one) - place(other) || 0));
}

function enable(ordering) {
  const list = ordering.querySelector(".ordering__list");
  const status = make("p", "visually-hidden");
  status.setAttribute("role", "status");
  ordering.classList.add("ordering--moving");
  const texts = ordering.dataset;
  ordering.querySelector("legend").textContent = texts.how;
  ordering.append(status, question(list, texts));
  for (const item of list.children) {
    const words = { item: textOf(item) };
    const handle = make("span", "ordering__handle");
    handle.setAttribute("aria-hidden", "true");
    item.querySelector("select").hidden = true;
    item.prepend(handle);
    item.append(
      button("↑", fill(texts.up, words), () => move(list, item, -1)),
      button("↓", fill(texts.down, words), () => move(list, item, 1)),
    );
  }
  putInOrder(list);
  markEnds(list);
  list.addEventListener("pointerdown", startDrag);
}

/** Give every ordering on the page its handles and buttons; one that has them is left alone. */
function enableMoving() {
  document.querySelectorAll(".ordering:not(.ordering--moving)").forEach(enable);
}

document.addEventListener("click", (event) => {
  const ordering = event.target.closest(".answer__check")?.form?.querySelector(".ordering--moving");
  if (!ordering || isGiven(ordering.querySelector(".ordering__list"))) return;
  event.preventDefault();
  const ask = ordering.querySelector(".ordering__ask");
  ask.hidden = false;
  ask.querySelector("button").focus();
}, true);

enableMoving();
document.addEventListener("htmx:after:swap", enableMoving);
