// The emergency card. Its lines and the table that chooses them came with the page. What it says of
// caseworkers follows the server's state; typed text and focus are never taken away. What was heard is
// answered in the language it was written in: then the whole card is.
const card = { part: "", lines: [], language, compact: false };
let staff = data.closed ? "none" : "";
const staffLines = () =>
  data.card.filter((line) => line.staff).flatMap((line) => data.languages.map((name) => data.words[name][line.response]));

// The lines that stand in the page, for when nobody told us more: no role, no signals.
const ownLines = (part) =>
  data.card
    .filter((line) => line.part === part && line.heard !== true && !line.signals && !line.staff && !line.roles)
    .filter((line) => !line.office || line.office === (data.office ? "open" : "closed"))
    .map((line) => data.words[card.language][line.response]);

const staffLine = () => {
  const found = data.card.find((line) => line.staff && line.staff.includes(staff));
  return staff && found ? data.words[card.language][found.response] : "";
};

// Whole when it comes, unless a caseworker is in the talk already; who goes on makes it small.
const showCard = (part, lines, spoken = language) => {
  card.part = part;
  card.language = data.words[spoken] ? spoken : language;
  card.lines = lines.filter((line) => !staffLines().includes(line));
  card.compact = current?.state === "active" && part === "call";
  drawCard();
};

const box = $("card");
const drawCard = () => {
  if (!card.part) return;
  const held = box.contains(document.activeElement) ? document.activeElement.id : "";
  const words = data.words[card.language];
  const row = make("div", "row");
  const call = make("a", "call danger", words.call);
  call.href = `tel:${data.emergencyTel}`;
  call.id = "call";
  row.append(call);
  if (card.part === "call") row.append(named("cannot", press("", words.cannot, cannotCall)));
  const folder = named("fold", press("plain", card.compact ? "\u25bc" : "\u25b2", fold));
  folder.setAttribute("aria-label", `${words.call}: ${card.compact ? words.more : words.hideCard}`);
  folder.setAttribute("aria-expanded", String(!card.compact));
  row.append(folder);
  const lines = make("div", "lines");
  lines.hidden = card.compact;
  const first = card.part === "cannot" ? staffLine() : "";
  for (const line of [first, ...card.lines]) if (line) lines.append(withNumbers(make("p"), line));
  box.hidden = false;
  box.lang = card.language;
  // the same card drawn again is not read out again
  if (box.textContent !== row.textContent + lines.textContent) box.replaceChildren(row, lines);
  for (const name of ["whole", "small"]) document.body.classList.toggle(name, card.compact === (name === "small"));
  sized();
  // the button that was pressed may be gone: then the next best, never the top of the page
  if (held && document.activeElement?.id !== held) ($(held) || $("call")).focus();
};
// However little room there is: its buttons and the first line are in sight.
const sized = () => {
  const row = box.querySelector(".row");
  if (row) box.style.setProperty("--row", `${row.offsetHeight}px`);
};
addEventListener("resize", sized);
const named = (id, element) => {
  element.id = id;
  return element;
};
const fold = () => {
  card.compact = !card.compact;
  drawCard();
};
// Once the visitor goes on, or a caseworker is there, it makes room, but stays one tap away.
const compactCard = () => {
  if (card.part && !card.compact) {
    card.compact = true;
    drawCard();
  }
};
const cannotCall = () => {
  showCard("cannot", ownLines("cannot"), card.language);
  choose("/sys:cannot_call");
};
$("sos").addEventListener("click", () => {
  card.language = language;
  showCard("call", ownLines("call"));
  openedCard();
});
