// The page itself: typing, languages, coming back, stopping; and the first connection.
const grow = () => {
  $("text").style.setProperty("height", "auto");
  $("text").style.setProperty("height", `${$("text").scrollHeight + 4}px`);
};
let toldTyping = 0;
// How many characters are too many, as the server counts them; nothing is ever cut off.
const most = Number($("text").dataset.most);
const words = () => $("text").value.replace(/[\v\f\x85]/g, "\n").trim();
const measure = () => {
  const count = [...words()].length - most;
  hint(count > 0 ? say("tooMany", { count }) : "");
  $("text").ariaInvalid = String(count > 0);
  return count <= 0;
};
$("text").addEventListener("input", () => {
  grow();
  measure();
  // only that something is being typed; what it is stays here until Send
  if (Date.now() - toldTyping > 3000 && current && current.state !== "intake") {
    toldTyping = Date.now();
    send({ type: "typing" });
  }
});
$("text").addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  $("form").requestSubmit();
});
$("form").addEventListener("submit", (event) => {
  event.preventDefault();
  // what a paste brings along and nobody sees ends a line at most
  const text = words();
  if (!text || $("text").readOnly || !measure()) return;
  $("text").value = "";
  grow();
  // three words are a code to come back with; anything else is a message, and is heard
  if (returning && text.split(/\s+/).length === 3) return sendWords(text);
  compactCard();
  write(text);
});
const write = (text) => {
  begun();
  const id = newId();
  mine(id, text);
  deliver({ type: "message", id, text });
};

$("lang").addEventListener("click", () => {
  const before = data.words[card.language];
  language = data.languages[(data.languages.indexOf(language) + 1) % data.languages.length];
  speak();
  // the same lines, for the same role, in the other words
  card.language = language;
  card.lines = card.lines.map((line) => say(data.card.find((one) => before[one.response] === line)?.response) || line);
  drawCard();
  // while the greeting is still under way a new one is asked for, or half of it would stay behind
  if (!said && !over && !asked) connect();
  else {
    if (!said && !over) $("list").replaceChildren();
    send({ type: "language", language });
  }
  if (cut) tell(say("lost"));
  else if (current && !over) showStatus(current);
  if (!$("text").readOnly) measure();
  else if (!$("form").hidden) hint(say("unsent"));
});

// It ends the talk, so it is asked once more, in its own place; whatever else is done takes it back.
let stopping = false;
const SURE = 8000;
let sure = 0;
const sureToStop = (yes) => {
  clearTimeout(sure);
  sure = yes && setTimeout(() => sureToStop(false), SURE);
  // as wide as before: nothing else comes under the finger
  $("stop").style.setProperty("min-width", yes ? `${$("stop").offsetWidth}px` : 0);
  $("stop").classList.toggle("sure", yes);
  $("stop").textContent = say(yes ? "stopSure" : "stop");
  if (yes) $("shift").textContent = say("stopSure");
};
for (const name of ["pointerdown", "keydown", "focusin"])
  addEventListener(name, (event) => sure && event.target !== $("stop") && sureToStop(false), true);
$("stop").addEventListener("click", () => {
  if (fresh($("stop"))) return;
  renew($("stop"));
  if (!sure) return sureToStop(true);
  sureToStop(false);
  stopping = $("stop").hidden = true;
  const id = newId();
  mine(id, say("stop"));
  undo.set(id, () => (stopping = $("stop").hidden = false));
  deliver({ type: "stop", id });
  log.focus({ preventScroll: true });
});

// Coming back with three words: a fresh conversation that knows only that.
let returning = false;
let tried = "";
const asksWords = (yes) => {
  returning = yes;
  $("back").ariaPressed = String(yes);
  $("text").placeholder = say(yes ? "returnAsk" : "type");
};
$("back").addEventListener("click", () => {
  asksWords(!returning);
  if (returning) note(say("returnAsk"));
  $("text").focus();
});
const sendWords = (words) => {
  asksWords(false);
  tried = words;
  connect({ type: "return", region: data.region, words, language });
};

// Closed, in danger, and no way to call: where who is on call is rung, the talk begins after all.
for (const button of document.querySelectorAll("[data-rings]")) {
  button.parentElement.hidden = false;
  button.addEventListener("click", () => {
    data.closed = over = false;
    $("static").hidden = true;
    choose(`/SetSlots(danger=${button.dataset.rings})`, button.dataset.title);
    choose("/sys:cannot_call", say("cannot"));
    connect();
  });
}

speak();
grow();
for (const text of $("static").querySelectorAll("p")) {
  if (text.children.length) continue;
  const found = text.textContent;
  text.textContent = "";
  withNumbers(text, found);
}
if (data.closed) {
  for (const id of ["stop", "back"]) $(id).hidden = true;
} else {
  $("static").hidden = true;
  $("form").hidden = false;
  connect();
}
