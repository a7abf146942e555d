/* Matching by tapping one thing, then what belongs to it. Without JavaScript each stem has a select; here the selects
   stay, hidden, and are what is sent. */

function make(tag, className, text = "") {
  const element = document.createElement(tag);
  element.className = className;
  element.textContent = text;
  return element;
}

/** A text within an English sentence, in its own direction if it has letters of another (core/text/direction.py). */
const isolate = (text) => (/[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefe]/.test(text) ? `\u2068${text}\u2069` : text);

/** A text of the page with what is in its braces filled in. */
const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);

const languageOf = (element) => element.closest("[lang]").lang;

/** A column of buttons, one for each label or option, with its text. */
function side(label, sources, press) {
  const list = make("ul", "matching__side");
  list.setAttribute("aria-label", label);
  const buttons = sources.map((source) => {
    const button = make("button", "matching__item");
    button.type = "button";
    button.setAttribute("aria-pressed", "false");
    const text = Object.assign(make("span", "matching__text", source.textContent), { dir: "auto", lang: languageOf(source) });
    button.append(text, make("span", "matching__given"));
    button.addEventListener("click", () => press(button));
    const item = make("li", "");
    item.append(button);
    list.append(item);
    return button;
  });
  return { list, buttons };
}

const textOf = (button) => isolate(button.querySelector(".matching__text").textContent);

/** Say on a button what it is matched with; nothing where it is free. */
function note(button, words = []) {
  button.classList.toggle("matching__item--paired", words.length > 0);
  button.querySelector(".matching__given").replaceChildren(...words);
}

function enable(matching) {
  const texts = matching.dataset;
  const [before, after] = texts.matchedWith.split("{target}");
  const pairs = [...matching.querySelectorAll(".matching__pair")];
  const selects = pairs.map((pair) => pair.querySelector("select"));
  const options = [...selects[0].options].slice(1);
  const status = make("p", "matching__status fine");
  const board = make("div", "matching__board");
  const stems = side(texts.stems, pairs.map((pair) => pair.querySelector("label")), tap);
  const targets = side(texts.targets, options, tap);
  let armed = null;

  const isStem = (button) => stems.buttons.includes(button);
  const selectOf = (stem) => selects[stems.buttons.indexOf(stem)];
  const announce = (words) => { status.textContent = words; };

  function arm(button) {
    armed?.setAttribute("aria-pressed", "false");
    armed = button;
    armed?.setAttribute("aria-pressed", "true");
  }

  function show() {
    stems.buttons.forEach((stem) => {
      const place = selectOf(stem).value;
      if (!place) return note(stem);
      const option = options[Number(place)];
      const target = Object.assign(make("bdi", "", option.text), { lang: languageOf(option) });
      const hidden = (words) => make("span", "visually-hidden", ` ${words} `);
      note(stem, [hidden(before), make("span", "icon icon--arrow"), target, hidden(after)]);
    });
    targets.buttons.forEach((target, place) => {
      note(target, selects.some((select) => select.value === String(place)) ? [` ${texts.matched}`] : []);
    });
  }

  function match(stem, target) {
    selectOf(stem).value = String(targets.buttons.indexOf(target));
    arm(null);
    show();
    const done = selects.filter((select) => select.value).length;
    announce(fill(texts.paired, { stem: textOf(stem), target: textOf(target), done, all: selects.length }));
  }

  function tap(button) {
    if (armed === button) {
      arm(null);
      announce(fill(texts.unarmed, { item: textOf(button) }));
    } else if (armed && isStem(armed) !== isStem(button)) {
      match(...(isStem(button) ? [button, armed] : [armed, button]));
    } else {
      const wasMatched = isStem(button) && selectOf(button).value;
      if (wasMatched) selectOf(button).value = "";
      arm(button);
      show();
      announce(fill(wasMatched ? texts.undone : texts.armed, { item: textOf(button) }));
    }
  }

  matching.classList.add("matching--tapping");
  matching.querySelector(".matching__how").textContent = texts.how;
  status.setAttribute("role", "status");
  pairs.forEach((pair) => { pair.hidden = true; });
  board.append(stems.list, targets.list);
  matching.append(board, status);
  show();
}

/** Give every matching on the page its board; one that has it is left alone. */
function enableTapping() {
  document.querySelectorAll(".matching:not(.matching--tapping)").forEach(enable);
}

enableTapping();
document.addEventListener("htmx:after:swap", enableTapping);
