// The line to the server. Everything that was not acknowledged is sent again after a lost link, under
// the same id, so that it arrives once. The token lives in this variable and nowhere else.
let socket = null;
let token = "";
let lastSeq = 0;
let tries = 0;
// something of this conversation is on disk: it can be resumed; before that a new one is begun
let stored = false;
// three words were sent, and the answer is not there yet
let comingBack = false;
let over = data.closed;
const waiting = new Map();
const known = new Set();
// after so long without an answer the line is dead, whatever the browser thinks
const PATIENCE = 10000;
let retry = 0;
let timer = 0;
let oldest = 0;

const newId = () => Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => byte.toString(36)).join("").slice(0, 24);
const online = () => socket && socket.readyState === WebSocket.OPEN;
const send = (frame) => online() && socket.send(JSON.stringify(frame));
const deliver = (frame) => {
  if (!waiting.size) oldest = Date.now();
  waiting.set(frame.id, frame);
  send(frame);
};

const open = () => ({ type: "open", region: data.region, language });
const connect = (first) => {
  if (over || left) return;
  hangUp();
  // an old line that still says something is not heard
  const own = (socket = new WebSocket(`${location.origin.replace(/^http/, "ws")}/ws/visitor`));
  comingBack = Boolean(first);
  own.onopen = () => send(first || (stored ? { type: "resume", token, after: lastSeq } : open()));
  own.onmessage = (event) => own === socket && receive(JSON.parse(event.data));
  own.onclose = (event) => own === socket && closed(event.code);
};
const hangUp = () => {
  clearTimeout(timer);
  const old = socket;
  socket = null;
  old?.close();
};
const closed = (code) => {
  if (over || left) return;
  if (code === 4001) return ended("elsewhere");
  hangUp();
  lost(true);
  // 0.5, 1, 2 ... 15 s, and a little chance, so that not everybody comes back at once
  timer = setTimeout(connect, retry || Math.min(15000, 500 * 2 ** tries++) * (0.75 + Math.random() / 2));
  retry = 0;
};
// A phone without a network does not say that the line is dead: so it is looked after here.
addEventListener("offline", () => closed());
addEventListener("online", () => online() || connect());
setInterval(() => waiting.size && online() && Date.now() - oldest > PATIENCE && closed(), PATIENCE / 5);
// Without a line nobody knows who is there: nothing is said of it until the server says it again.
let cut = false;
const lost = (yes) => {
  cut = yes;
  $("status").classList.toggle("lost", yes);
  tell(yes ? say("lost") : "");
  staff = current?.reason === "hours" ? "none" : "";
  drawCard();
};
// The page is going: the server hears so if it still can.
const goodbye = () => {
  over = true;
  send({ type: "exit" });
  hangUp();
  token = "";
};

// Whether the talk can be seen at all: who waits behind a covered page is asked for a sign of life.
const inSight = () => token && send({ type: "visible", visible: !document.hidden && !covered });

const receive = (frame) => {
  const handlers = { opened, event: shown, ack: acknowledged, status: showStatus, typing: typed, words: gotWords, error: refused };
  handlers[frame.type]?.(frame);
};
const opened = (frame) => {
  tries = 0;
  comingBack = false;
  oldest = Date.now();
  if (frame.conversation !== conversation) {
    conversation = frame.conversation;
    // begun anew: what was not sent yet stays on the screen, and is sent now
    $("list").replaceChildren(...$("list").querySelectorAll(".waits"));
    known.clear();
    lastSeq = 0;
    stored = false;
    if (wrong) note(wrong);
    wrong = "";
  }
  token = frame.token;
  lost(false);
  for (const waits of waiting.values()) send(waits);
  if (document.hidden || covered) inSight();
};
let conversation = "";
let wrong = "";
const shown = (frame) => {
  if (frame.seq) lastSeq = Math.max(lastSeq, frame.seq);
  if (waiting.has(frame.id)) return acknowledged({ id: frame.id, seq: frame.seq });
  if (known.has(frame.event)) return;
  if (frame.id && known.has(frame.id)) return arrived(frame.id);
  known.add(frame.event);
  draw(frame);
};
const acknowledged = (frame) => {
  lastSeq = Math.max(lastSeq, frame.seq);
  stored = true;
  waiting.delete(frame.id);
  oldest = Date.now();
  arrived(frame.id);
};
const refused = (frame) => {
  const texts = { rate_limited: "rateLimited", unavailable: "unavailable", too_long: "tooLong", closed: "closedError" };
  if (frame.code === "bad_token" && stored && !comingBack) return ended("over");
  if (frame.code === "bad_token" || (comingBack && !frame.id)) {
    // the three words were wrong, or tried too often: told so, and a new conversation begins
    wrong = frame.code === "bad_token" ? frame.message : say(texts[frame.code] || "internal");
    comingBack = false;
    send(open());
    // they were no code but a cry: said after all; anything else can be mended and sent
    if (frame.heard) return write(tried);
    if (!$("text").value) $("text").value = tried;
    return grow();
  }
  retry = frame.id ? 0 : (frame.retry_after_s || 0) * 1000;
  const refusedOne = waiting.get(frame.id);
  waiting.delete(frame.id);
  if (frame.code === "wrong_state" && frame.id) return notArrived(frame.id, say("overError"));
  const text = say(texts[frame.code] || "internal");
  if (frame.id && frame.code !== "bad_payload") notArrived(frame.id, text, refusedOne);
  else if (frame.code !== "bad_payload") note(text);
};
