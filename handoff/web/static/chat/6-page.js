// The page itself: typing, languages, coming back, stopping; and the first connection.
const grow = () => {
  $("text").style.setProperty("height", "auto");
  $("text").style.setProperty("height", `${$("text").scrollHeight + 4}px`);
};
let toldTyping = 0;
$("text").addEventListener("input", () => {
  grow();
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
  const text = $("text").value.trim();
  if (!text) return;
  $("text").value = "";
  grow();
  if (returning) return sendWords(text);
  said = true;
  compactCard();
  const id = newId();
  mine(id, text);
  deliver({ type: "message", id, text });
});

$("lang").addEventListener("click", () => {
  language = data.languages[(data.languages.indexOf(language) + 1) % data.languages.length];
  speak();
  if (card.part) showCard(card.part, ownLines(card.part));
  if (!said && !over) $("list").replaceChildren();
  send({ type: "language", language });
  if (current && !over) showStatus(current);
});

$("stop").addEventListener("click", () => {
  const id = newId();
  mine(id, say("stop"));
  deliver({ type: "stop", id });
});

// Coming back with three words: a fresh conversation that knows only that.
let returning = false;
$("back").addEventListener("click", () => {
  returning = true;
  note(say("returnAsk"));
  $("text").focus();
});
const sendWords = (words) => {
  returning = false;
  socket.onclose = null;
  socket.close();
  token = "";
  socket = new WebSocket(`${location.origin.replace(/^http/, "ws")}/ws/visitor`);
  socket.onopen = () => send({ type: "return", region: data.region, words, language });
  socket.onmessage = (event) => {
    const frame = JSON.parse(event.data);
    receive(frame);
    if (frame.type === "error" && frame.code === "bad_token") send({ type: "open", region: data.region, language });
  };
  socket.onclose = () => over || left || connect();
};

speak();
grow();
if (data.closed) {
  for (const id of ["stop", "back"]) $(id).hidden = true;
} else {
  $("static").hidden = true;
  $("form").hidden = false;
  connect();
}
