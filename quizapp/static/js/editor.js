/* Writing a question: the preview and the hints keep up, rows come and go in place, what is typed is kept. Everything
   works without it, by the buttons of the form. */

const form = document.getElementById("editor");
const tries = document.getElementById("try");
const kept = document.getElementById("kept");
const PAUSE = 500; // ms of not typing before the preview is asked for
const KEEP_AFTER = 3000; // ms from a change to a draft
const OUTLIVES = 15_000; // characters of a request that goes on after the page is left; browsers allow 64 KB

let dirty = form.dataset.unsaved === "yes";
let leaving = false; // the form is being sent: what it holds is no draft any more
let keeping = null; // the draft on its way
let asking = null; // the preview on its way
const timers = {};

function later(name, ms, what) {
  clearTimeout(timers[name]);
  timers[name] = setTimeout(what, ms);
}

/** What the form holds; a picture goes with the form itself only. */
function contents(extra = {}) {
  const data = new FormData(form);
  data.delete("picture_file");
  for (const [name, value] of Object.entries(extra)) data.set(name, value);
  return data;
}

async function post(address, body, options) {
  const answer = await fetch(address, { method: "POST", body, headers: { "HX-Request": "true" }, ...options });
  if (!answer.ok || answer.headers.get("HX-Redirect")) throw new Error(`answered ${answer.status}`);
  return answer.text();
}

const parsed = (html) => new DOMParser().parseFromString(html, "text/html");

/* The preview, and beside each field what could be better */

function putHints() {
  const hints = new Map();
  for (const item of document.querySelectorAll("#preview [data-for]")) {
    hints.set(item.dataset.for, [...(hints.get(item.dataset.for) ?? []), item.textContent.trim()]);
  }
  for (const place of form.querySelectorAll(".entry__hints")) {
    const messages = hints.get(place.id.replace(/-hints$/, "")) ?? [];
    place.replaceChildren(...messages.map((message) => Object.assign(document.createElement("li"), { textContent: message })));
  }
}

/** Let the things to order and to match be moved, as they are for students. */
async function equip() {
  for (const part of document.querySelectorAll("#preview [data-script]")) await import(part.dataset.script);
  document.dispatchEvent(new CustomEvent("htmx:after:swap"));
}

function showPreview(html) {
  document.getElementById("preview").replaceWith(parsed(html).getElementById("preview"));
  putHints();
  equip();
}

async function preview() {
  asking?.abort();
  asking = new AbortController();
  try {
    showPreview(await post(form.dataset.preview, contents(), { signal: asking.signal }));
  } catch {
    return; // it will be asked for again with the next change
  }
  tryOut();
}

document.addEventListener("submit", async (event) => {
  const sent = event.target;
  if (!sent.matches(".preview__answer")) return;
  event.preventDefault();
  const body = contents();
  for (const [name, value] of new FormData(sent, event.submitter)) if (name !== "typed") body.append(name, value);
  try {
    showPreview(await post(sent.action, body));
    document.querySelector("#preview #verdict, #preview button")?.scrollIntoView({ block: "nearest" });
    const onward = document.querySelector("#preview .preview__answer button");
    onward?.focus({ preventScroll: true });
  } catch {
    sent.submit();
  }
});

/* The box to try an answer in */

async function tryOut() {
  const attempt = tries?.elements.attempt.value;
  if (!attempt) {
    document.getElementById("answer-previews")?.replaceChildren();
    return;
  }
  try {
    document.getElementById("answer-previews").innerHTML = await post(tries.action, contents({ attempt }));
  } catch {
    // the button still sends it
  }
}

tries?.addEventListener("input", () => later("try", 250, tryOut));
tries?.addEventListener("submit", (event) => {
  event.preventDefault();
  tryOut();
});

/* Rows: the page that the button would lead to is asked for, and its rows are put in place of these */

async function changeRows(id, what, focus) {
  const before = document.getElementById(id);
  const body = contents({ do: what });
  let after;
  try {
    const answer = await fetch(form.action, { method: "POST", body });
    after = answer.ok && parsed(await answer.text()).getElementById(id);
  } catch {
    after = null;
  }
  if (!after) return false;
  before.replaceWith(after);
  if (picture) showAreas();
  if (focus) {
    const fields = after.querySelectorAll("input:not([type=hidden]), textarea, select");
    const last = [...after.querySelectorAll(":scope > .row")].at(-1)?.querySelector("input:not([type=hidden]), textarea, select");
    (what.startsWith("add") ? last : (fields[0] ?? after.querySelector("button")))?.focus();
  }
  changed();
  return true;
}

form.addEventListener("click", async (event) => {
  const button = event.target.closest("button[data-rows]");
  if (!button) return;
  event.preventDefault();
  if (!(await changeRows(button.dataset.rows, button.value, true))) {
    leaving = true;
    form.requestSubmit(button);
  }
});

/** The gaps below follow the text above. */
function followGaps() {
  const rows = form.querySelector("[data-gaps]");
  const text = form.elements["q-text"]?.value ?? "";
  const names = [...new Set([...text.matchAll(/\{\{\s*([^{}]+?)\s*\}\}/g)].map((found) => found[1]))];
  if (rows && names.join("\n") !== rows.dataset.gaps) changeRows(rows.id, "gaps", false);
}

/* Drafts */

/** Keep a draft. It arrives although the page is left meanwhile, unless it is very long. */
async function keep() {
  if (!dirty || leaving || form.dataset.waiting) return;
  dirty = false;
  keeping?.abort(); // what is sent now is newer
  keeping = new AbortController();
  const draft = contents();
  const size = [...draft.values()].reduce((sum, { length }) => sum + length, 0);
  try {
    await post(form.dataset.draft, draft, { signal: keeping.signal, keepalive: size < OUTLIVES });
    const time = new Intl.DateTimeFormat("en-GB", { timeStyle: "short" }).format(new Date());
    kept.textContent = kept.dataset.kept.replace("{time}", time);
  } catch (error) {
    if (error.name === "AbortError") return;
    dirty = true;
    kept.textContent = kept.dataset.failed;
  }
}

window.addEventListener("pagehide", keep);
document.addEventListener("visibilitychange", () => { if (document.hidden) keep(); });

/* Areas of a picture: shown on it, and drawn there for the field that has the focus or else the first empty one */

const picture = document.getElementById("areas");
const areaFields = () => [...form.querySelectorAll('input[name$="area"]')];
let lastDrawn = null;

/** Return left edge, top edge, width and height in percent of the picture, between two corners. */
function boxBetween([x1, y1], [x2, y2]) {
  const round = (number) => Math.round(number * 10) / 10;
  return [Math.min(x1, x2), Math.min(y1, y2), Math.abs(x1 - x2), Math.abs(y1 - y2)].map(round);
}

function cornerAt(event) {
  const { left, top, width, height } = picture.querySelector("img").getBoundingClientRect();
  const within = (number) => Math.min(100, Math.max(0, number));
  return [within((100 * (event.clientX - left)) / width), within((100 * (event.clientY - top)) / height)];
}

function fieldToDraw() {
  const fields = areaFields();
  const focused = fields.find((field) => field === document.activeElement);
  return focused ?? fields.find(({ value }) => !value.trim()) ?? (lastDrawn?.isConnected ? lastDrawn : fields[0]);
}

function showAreas() {
  const overlay = picture.querySelector("svg");
  overlay.replaceChildren();
  const add = (parent, name, attributes) => {
    const node = document.createElementNS(overlay.namespaceURI, name);
    for (const [attribute, value] of Object.entries(attributes)) node.setAttribute(attribute, value);
    parent.append(node);
    return node;
  };
  for (const [number, field] of areaFields().entries()) {
    const [left, top, wide, high] = field.value.split(/[\s,]+/).map(Number);
    if (!(wide > 0 && high > 0)) continue;
    const [x, y, width, height] = [left, top, wide, high].map((percent) => `${percent}%`);
    const area = add(overlay, "g", { class: `point__area${number ? "" : " point__area--key"}` });
    add(area, "rect", { class: "point__box", x, y, width, height, rx: 3 });
    add(area, "circle", { class: "point__badge", cx: x, cy: y });
    add(area, "text", { class: "point__mark", x, y }).textContent = number || "✓";
  }
}

function drawArea(event) {
  event.preventDefault(); // the field keeps the focus
  const field = fieldToDraw();
  const [start, before] = [cornerAt(event), field.value];
  const draw = (moved) => {
    field.value = boxBetween(start, cornerAt(moved)).join(" ");
    showAreas();
  };
  picture.setPointerCapture(event.pointerId);
  picture.addEventListener("pointermove", draw);
  picture.addEventListener("lostpointercapture", () => {
    picture.removeEventListener("pointermove", draw);
    const [, , width, height] = field.value.split(" ").map(Number);
    if (!(width >= 2 && height >= 2)) field.value = before; // it was a click
    lastDrawn = field;
    showAreas();
    changed();
  }, { once: true });
}

if (picture) {
  picture.classList.add("point--drawn-on");
  document.getElementById("areas-help").hidden = false;
  showAreas();
  form.addEventListener("input", showAreas);
  picture.addEventListener("pointerdown", drawArea);
}

/* What happens with each change, and on leaving */

function changed() {
  dirty = true;
  later("preview", PAUSE, preview);
  later("keep", KEEP_AFTER, keep);
}

form.addEventListener("input", (event) => {
  if (event.target.type === "file") return;
  changed();
  if (event.target.name === "q-text") later("gaps", PAUSE, followGaps);
});

form.addEventListener("change", (event) => {
  const { type, files, dataset } = event.target;
  if (type !== "file" || !files.length) return;
  const tooLarge = files[0].size > Number(dataset.most); // the server would refuse the whole form with it
  document.getElementById("picture_file-error").hidden = !tooLarge;
  if (tooLarge) event.target.value = "";
  else form.querySelector('button[value="upload"]').click();
});

form.addEventListener("submit", () => {
  leaving = true;
  keeping?.abort();
  asking?.abort();
});

window.addEventListener("pageshow", () => { leaving = false; });

document.addEventListener("keydown", (event) => {
  if (event.isComposing || event.altKey || event.shiftKey || !(event.ctrlKey || event.metaKey)) return;
  const value = { s: "save", S: "save", Enter: "save-next" }[event.key];
  if (!value) return;
  event.preventDefault();
  if (!event.repeat && !leaving) form.requestSubmit(form.querySelector(`.editor__save button[value="${value}"]`));
});

/** Return whether a field was typed in before this script was there. */
const wasTypedIn = ({ type, value, defaultValue }) =>
  defaultValue !== undefined && !["file", "hidden"].includes(type) && value !== defaultValue;

form.querySelector(".editor__preview").hidden = true; // it is there by itself
if ([...form.elements].some(wasTypedIn)) changed();
if (dirty) later("keep", KEEP_AFTER, keep);
equip();
