// The emergency card. Its lines and the table that chooses them came with the page. What it says of
// caseworkers follows the server's state; typed text and focus are never taken away.
const card = { part: "", lines: [], compact: false };
let staff = data.closed ? "none" : "";
const staffLines = () =>
  data.card.filter((line) => line.staff).flatMap((line) => data.languages.map((name) => data.words[name][line.response]));

// The lines that stand in the page, for when nobody told us more: no role, no signals.
const ownLines = (part) =>
  data.card
    .filter((line) => line.part === part && line.heard !== true && !line.signals && !line.staff)
    .filter((line) => !line.roles || line.roles.includes("unknown"))
    .filter((line) => !line.office || line.office === (data.office ? "open" : "closed"))
    .map((line) => say(line.response));

const staffLine = () => {
  const found = data.card.find((line) => line.staff && line.staff.includes(staff));
  return staff && found ? say(found.response) : "";
};

// Whole when it comes, unless a caseworker is in the talk already; who goes on makes it small.
const showCard = (part, lines) => {
  card.part = part;
  card.lines = lines.filter((line) => !staffLines().includes(line));
  card.compact = current?.state === "active" && part === "call";
  drawCard();
};

const box = $("card");
const drawCard = () => {
  if (!card.part) return;
  const held = document.activeElement && box.contains(document.activeElement) ? document.activeElement.id : "";
  const row = make("div", "row");
  const call = make("a", "call danger", say("call"));
  call.href = `tel:${data.emergencyTel}`;
  call.id = "call";
  row.append(call);
  if (card.part === "call") row.append(named("cannot", press("", say("cannot"), cannotCall)));
  const folder = named("fold", press("plain", card.compact ? "\u25bc" : "\u25b2", fold));
  folder.setAttribute("aria-label", `${say("call")}: ${say(card.compact ? "more" : "hideCard")}`);
  folder.setAttribute("aria-expanded", String(!card.compact));
  row.append(folder);
  const lines = make("div", "lines");
  lines.hidden = card.compact;
  const first = card.part === "cannot" ? staffLine() : "";
  for (const line of [first, ...card.lines]) if (line) lines.append(withNumbers(make("p"), line));
  box.hidden = false;
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
  showCard("cannot", ownLines("cannot"));
  choose("/sys:cannot_call");
};
$("sos").addEventListener("click", () => {
  showCard("call", ownLines("call"));
  openedCard();
});
