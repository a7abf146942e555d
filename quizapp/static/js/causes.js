// The diagram of causes may be wider than the screen: begin where the chosen fact is.
for (const picture of document.querySelectorAll(".cause-diagram")) {
  const chosen = picture.querySelector(".box--chosen")?.getBoundingClientRect();
  if (chosen) {
    const { left, width } = picture.getBoundingClientRect();
    picture.scrollLeft += chosen.left + chosen.width / 2 - left - width / 2;
  }
}
