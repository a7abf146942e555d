/* The match game: tap one card, then the one that belongs to it. Without JavaScript its pairs are chosen from lists. */

const game = document.querySelector(".match");
const play = { began: null, slips: 0, picked: null };

const left = () => game.querySelectorAll(".match__side:first-child li:not([hidden])").length;
const side = (card) => card.closest(".match__side");

/** A text of the page with what is in its braces filled in. */
const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);

function announce(text) {
  game.querySelector(".match__status").textContent = text;
}

function pick(card) {
  play.picked?.setAttribute("aria-pressed", "false");
  play.picked = card;
  card?.setAttribute("aria-pressed", "true");
}

/** Take a pair away, and leave the focus on the card that comes to stand in the place of the last one pressed. */
function remove(card, other) {
  const item = card.parentElement;
  const rest = [...side(card).children].filter((one) => one === item || !one.hidden);
  const place = rest.indexOf(item);
  const next = rest[place + 1] ?? rest[place - 1];
  for (const gone of [card, other]) gone.parentElement.hidden = true;
  next?.firstElementChild.focus();
}

function finish() {
  const fields = game.querySelector(".match__result").elements;
  fields.ms.value = Math.round(performance.now() - play.began);
  fields.slips.value = play.slips;
  announce(game.dataset.done);
  fields.ms.form.requestSubmit();
}

function press(card) {
  play.began ??= performance.now();
  const other = play.picked;
  if (other === card) {
    pick(null);
    announce(game.dataset.nonePicked);
  } else if (!other || side(other) === side(card)) {
    pick(card);
    announce(fill(game.dataset.picked, { card: `\u2068${card.textContent}\u2069` }));
  } else if (other.dataset.pair === card.dataset.pair) {
    pick(null);
    remove(card, other);
    const pairs = left();
    if (pairs) announce(fill(game.dataset.right, { pairs }));
    else finish();
  } else {
    pick(null);
    play.slips += 1;
    announce(fill(game.dataset.wrong, { mistakes: play.slips }));
  }
}

if (game) {
  document.querySelector(".match__check").hidden = true;
  game.hidden = false;
  game.addEventListener("click", (event) => {
    const card = event.target.closest(".match__card");
    if (card) press(card);
  });
}
