// The line to the server. Everything that was not acknowledged is sent again after a lost link, under
// the same id, so that it arrives once. The token lives in this variable and nowhere else.
let socket = null;
let token = "";
let lastSeq = 0;
let tries = 0;
// something of this conversation is on disk: it can be resumed; before that a new one is begun
let stored = false;
let over = data.closed;
const waiting = new Map();
const known = new Set();

const newId = () => Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => byte.toString(36)).join("").slice(0, 24);
const online = () => socket && socket.readyState === WebSocket.OPEN;
const send = (frame) => online() && socket.send(JSON.stringify(frame));
const deliver = (frame) => {
  waiting.set(frame.id, frame);
  send(frame);
};

const connect = () => {
  if (over || left) return;
  socket = new WebSocket(`${location.origin.replace(/^http/, "ws")}/ws/visitor`);
  socket.onopen = () => send(stored ? { type: "resume", token, after: lastSeq } : { type: "open", region: data.region, language });
  socket.onmessage = (event) => receive(JSON.parse(event.data));
  socket.onclose = (event) => {
    if (over || left) return;
    if (event.code === 4001) return ended("elsewhere");
    lost(true);
    // 0.5, 1, 2 ... 15 s, and a little chance, so that not everybody comes back at once
    setTimeout(connect, Math.min(15000, 500 * 2 ** tries++) * (0.75 + Math.random() / 2));
  };
};
const lost = (yes) => {
  $("status").classList.toggle("lost", yes);
  if (yes) tell(say("lost"));
  else if (current) showStatus(current);
};
// The page is going: the server hears so if it still can.
const goodbye = () => {
  over = true;
  send({ type: "exit" });
  if (socket) socket.close();
  token = "";
};

const receive = (frame) => {
  const handlers = { opened, event: shown, ack: acknowledged, status: showStatus, typing: typed, words: gotWords, error: refused };
  handlers[frame.type]?.(frame);
};
const opened = (frame) => {
  tries = 0;
  if (frame.conversation !== conversation) {
    conversation = frame.conversation;
    // begun anew: what was not sent yet stays on the screen, and is sent now
    $("list").replaceChildren(...[...waiting.keys()].map(ownItem).filter(Boolean));
    known.clear();
    lastSeq = 0;
    stored = false;
  }
  token = frame.token;
  lost(false);
  for (const waits of waiting.values()) send(waits);
};
let conversation = "";
const shown = (frame) => {
  if (frame.seq) lastSeq = Math.max(lastSeq, frame.seq);
  if (waiting.has(frame.id)) return acknowledged({ id: frame.id, seq: frame.seq });
  if (known.has(frame.event) || (frame.id && known.has(frame.id))) return;
  known.add(frame.event);
  draw(frame);
};
const acknowledged = (frame) => {
  lastSeq = Math.max(lastSeq, frame.seq);
  stored = true;
  waiting.delete(frame.id);
  arrived(frame.id);
};
const refused = (frame) => {
  if (frame.code === "bad_token" && stored) return ended("over");
  if (frame.id) waiting.delete(frame.id);
  const texts = { rate_limited: "rateLimited", unavailable: "unavailable", too_long: "tooLong", closed: "closedError" };
  if (frame.code === "wrong_state" && frame.id) return notArrived(frame.id, say("overError"));
  const text = texts[frame.code] ? say(texts[frame.code]) : frame.code === "bad_token" ? frame.message : say("internal");
  if (frame.id && frame.code !== "bad_payload") notArrived(frame.id, text);
  else if (frame.code !== "bad_payload") note(text);
};
