// What is said, drawn once and in order. A question keeps its buttons until it is answered.
let said = false;
let current = null;
let asked = null;

// The card, the status and a growing box take room from the talk; the newest stays in sight.
new ResizeObserver(() => {
  if (!left && $("list").lastElementChild) reveal($("list").lastElementChild);
}).observe(log.parentElement);

const add = (item) => {
  $("list").append(item);
  return reveal(item);
};
// The newest is in sight; of what is longer than the window, its beginning. Help that came with a
// question is not pushed out of sight by it.
let help = null;
const reveal = (item) => {
  const long = item.offsetHeight > item.closest("main").clientHeight;
  const first = item.className === "question" && help;
  (first || item).scrollIntoView({ block: first || long ? "start" : "end" });
  renew(log);
  return item;
};
// Told once; somebody who tries again and again need not read it every time.
const note = (text) => {
  const last = $("list").lastElementChild;
  if (last?.className === "notice" && last.textContent === text) return last;
  const item = make("li", "notice");
  item.append(withNumbers(make("p"), text));
  return add(item);
};
// Who speaks, for whoever cannot see on which side it stands.
const from = (key) => make("span", "unseen", `${say(key)}: `);

const draw = (frame) => {
  if (frame.kind === "emergency") return showCard(frame.name === "emergency_cannot" ? "cannot" : "call", frame.text.split("\n"), frame.language);
  if (frame.from === "visitor") return mine(frame.id || frame.event, frame.text, true);
  $("typing").hidden = true;
  const kind = frame.kind === "question" ? "question" : frame.from === "caseworker" ? "caseworker" : frame.from === "system" ? "notice" : "bot";
  const item = make("li", kind);
  if (kind === "notice") help ||= item;
  item.lang = frame.language || language;
  if (frame.by) item.append(make("small", "", frame.by));
  else if (kind === "bot") item.append(from("us"));
  item.append(withNumbers(make("p"), frame.text));
  if (frame.kind === "question") ask(item, frame);
  else if (frame.buttons) links(item, frame.buttons);
  add(item);
};

// Buttons below a plain text: what we know ourselves unfolds here, the rest goes to the server.
const links = (item, buttons) => {
  const row = make("span", "links");
  for (const button of buttons) {
    const info = button.payload.replace("/sys:", "");
    const own = data.words[language][`info_${info}`];
    const made = (own ? press : asks)("", button.title, () => {
      renew(log);
      if (button.payload === "/words") send({ type: "words", id: newId() });
      else if (!own) choose(button.payload, button.title);
      if (!own) return made.remove();
      const open = made.ariaExpanded === "true";
      made.ariaExpanded = String(!open);
      if (open) return item.querySelector(".more").remove();
      // what stays on the device belongs to what is kept
      const extra = info === "privacy" ? `\n${say("exitHelp")}` : "";
      item.append(withNumbers(make("p", "more"), say(`info_${info}`) + extra));
    });
    if (own) made.ariaExpanded = "false";
    row.append(" ", made);
  }
  item.querySelector("p").append(row);
};

const answered = () => {
  asked?.querySelector(".choices")?.remove();
  asked = null;
};
const ask = (item, frame) => {
  answered();
  asked = item;
  if (frame.buttons.every((button) => button.payload.startsWith("/sys:"))) item.dataset.stays = "yes";
  const box = make("div", "choices");
  const picked = new Set();
  const go = asks("go", say("continue"), () => picked.size && answer([...picked]));
  go.disabled = true;
  const answer = (payloads) => {
    const titles = payloads.map((payload) => frame.buttons.find((button) => button.payload === payload).title);
    box.remove();
    asked = null;
    compactCard();
    const id = choose(payloads.length > 1 ? payloads : payloads[0], titles.join(", "));
    undo.set(id, () => {
      if (asked) return;
      item.append(box);
      asked = item;
    });
    log.focus({ preventScroll: true });
  };
  frame.buttons.forEach((button, place) => {
    const straight = button.payload === "/caseworker";
    const alone = !frame.multiple || straight || frame.alone?.includes(button.id);
    const made = asks(straight ? "straight" : "", button.title, () => {
      if (alone) return answer([button.payload]);
      const on = made.ariaPressed !== "true";
      made.ariaPressed = String(on);
      if (on) picked.add(button.payload);
      else picked.delete(button.payload);
      // it comes up at the bottom, where the finger may still be
      if (go.disabled) renew(go);
      go.disabled = !picked.size;
    });
    if (!alone) made.ariaPressed = "false";
    if (straight && frame.multiple) box.append(go);
    if (frame.visible && place >= frame.visible && !alone) made.hidden = true;
    box.append(made);
  });
  const folded = [...box.children].filter((child) => child.hidden);
  if (folded.length) {
    const more = asks("", say("more"), () => {
      renew(log);
      for (const child of folded) child.hidden = false;
      more.remove();
      folded[0].focus();
    });
    folded[0].before(more);
  }
  item.append(box);
};

// How to bring the buttons back when an answer did not arrive.
const undo = new Map();
const begun = () => {
  said = true;
  asksWords(false);
  $("back").hidden = true;
};
const choose = (payload, title) => {
  begun();
  const id = newId();
  if (title) mine(id, title);
  else known.add(id);
  deliver({ type: "choose", id, payload });
  return id;
};
const openedCard = () => {
  if (data.closed) return;
  begun();
  const id = newId();
  known.add(id);
  deliver({ type: "card", id });
};

// Own words: shown at once, marked until they are on disk.
const mine = (id, text, there = false) => {
  known.add(id);
  help = null;
  const item = make("li", there ? "visitor" : "visitor waits");
  item.dataset.id = id;
  item.append(from("you"), make("p", "", text), make("small", "", there ? "" : say("sending")));
  add(item);
};
const ownItem = (id) => document.querySelector(`[data-id="${CSS.escape(id)}"]`);
const arrived = (id) => {
  undo.delete(id);
  const item = ownItem(id);
  if (!item) return;
  item.classList.remove("waits");
  item.querySelector("small").textContent = "";
  item.querySelector("button")?.remove();
};
// What did not arrive is never lost: an answer brings its question back, a message goes back into the
// box; if something new stands there it stays where it is, and can be sent again under the same id.
const notArrived = (id, text, frame) => {
  const item = ownItem(id);
  note(text);
  if (!item) return;
  if (undo.has(id)) undo.get(id)();
  else if (frame?.type !== "message" || $("text").value || over) return unsent(item, frame);
  else {
    $("text").value = frame.text;
    grow();
  }
  item.remove();
};
const unsent = (item, frame) => {
  const mark = item.querySelector("small");
  mark.textContent = say("notSent");
  item.querySelector("button")?.remove();
  if (!frame || over) return;
  const again = asks("", say("sendAgain"), () => {
    again.remove();
    mark.textContent = say("sending");
    add(item);
    deliver(frame);
  });
  item.append(again);
  reveal(item);
};

const typed = () => {
  $("typing").hidden = false;
  clearTimeout(typed.timer);
  typed.timer = setTimeout(() => ($("typing").hidden = true), 6000);
};
let worded = false;
const gotWords = (frame) => {
  worded = true;
  note(say("words", { words: frame.words }));
};

const tell = (text) => {
  $("status").hidden = !text;
  if ($("status").textContent === text) return;
  $("status").textContent = text;
};
const waitText = (frame) => {
  const first = { called: "placeFirst", full: "placeFirstFull", rung: "placeFirstRung", none: "placeFirstNone" }[frame.staff] || "placeFirst";
  if (!(frame.position > 1)) return say(first);
  // while nobody is there, no number of minutes can be meant
  const alone = frame.staff === "none";
  const wait = say(`wait_${alone ? "unknown" : frame.wait}`);
  return [say("place", frame), alone && say("wait_none"), wait].filter(Boolean).join(" ");
};
// Which region answers, when it is not the own one.
const answers = (frame) =>
  frame.serving_region && frame.serving_region !== data.region
    ? say("answers", { region: data.names[frame.serving_region] })
    : "";
const showStatus = (frame) => {
  const before = current;
  current = frame;
  staff = frame.staff || "";
  document.body.classList.toggle("quiet", Boolean(frame.quiet));
  if (card.part) drawCard();
  if (frame.state === "waiting" || frame.state === "active") {
    if (before?.reason === "hours") reopened();
    if (frame.state === "active" && before?.state !== "active") {
      // who cannot call reads what has become of "nobody reads this"
      if (card.part === "call") compactCard();
      // from here a human asks; what is about a safe moment may still be answered
      if (asked && !asked.dataset.stays) answered();
    }
    $("back").hidden = true;
    $("stop").hidden = stopping;
  }
  const texts = {
    intake: () => "",
    waiting: () => waitText(frame),
    active: () => (frame.away ? say("withAway") : say("with", frame)),
    closed: () => "",
  };
  tell([texts[frame.state](), answers(frame)].filter(Boolean).join(" "));
  if (frame.state !== "closed") return;
  // closed by the clock: nobody reads, so there is no box to write in; the questions go on
  for (const id of ["stop", "back"]) $(id).hidden = true;
  if (frame.reason !== "hours") return ended("over");
  shut();
};
const ended = (key) => {
  if (over) return;
  over = true;
  // what never arrived is said to be so; there is nowhere to send it any more
  waiting.clear();
  for (const item of log.querySelectorAll(".waits")) unsent(item);
  if (key === "over") staff = "none";
  drawCard();
  for (const id of ["stop", "typing", "status"]) $(id).hidden = true;
  shut();
  answered();
  const item = note(say(key));
  if (said && token && !worded) links(item, [{ title: say("wordsAsk"), payload: "/words" }]);
  item.append(asks("again", say("again"), () => location.reload()));
};
// Nobody reads any more. What was typed and not sent stays to be read, and is said to be so.
const shut = () => {
  const kept = $("text").value.trim();
  $("form").hidden = !kept;
  $("text").readOnly = $("send").hidden = true;
  if (kept) hint(say("unsent"));
};
// Somebody is rung after all.
const reopened = () => {
  answered();
  $("form").hidden = $("text").readOnly = $("send").hidden = false;
  hint("");
};
const hint = (text) => {
  if ($("hint").textContent === text) return;
  $("hint").textContent = text;
  $("hint").hidden = !text;
  // told without a word more than once
  $("shift").textContent = text;
};
