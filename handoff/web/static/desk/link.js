// The line to the server: it comes back by itself, and says honestly when it is not there.
import * as account from "./login.js";

const FIRST_MS = 500;
const MOST_MS = 15000;
// a question without an answer for so long: the line is dead, whatever the browser thinks
const PATIENCE_MS = 10000;
// a laptop that lost its network notices this late by itself, so the line is tried this often
const CHECK_MS = 30000;

export class Refusal extends Error {
  constructor(code) {
    super(code);
    this.code = code;
  }
}

export class Link {
  // `oldest` is when the message that waits longest for its acknowledgement went out.
  constructor({ receive, changed, expired, oldest }) {
    Object.assign(this, { receive, changed, expired, oldest });
    this.state = "off";
    this.tries = 0;
    this.asked = [];
    addEventListener("online", () => this.state === "lost" && this.connect());
    addEventListener("offline", () => this.state === "open" && this.drop());
    setInterval(() => this.look(), PATIENCE_MS / 5);
  }

  start() {
    if (this.state === "off") this.connect();
  }

  stop() {
    this.become("off");
    this.leave();
  }

  connect() {
    this.leave();
    this.become(this.tries || this.state === "lost" ? "lost" : "connecting");
    const socket = (this.socket = new WebSocket(`${location.origin.replace(/^http/, "ws")}/ws/caseworker`));
    socket.onmessage = (event) => this.take(JSON.parse(event.data));
    socket.onclose = () => this.closed();
  }

  // The socket is left alone: nothing of it is heard any more.
  leave() {
    clearTimeout(this.again);
    if (!this.socket) return;
    this.socket.onmessage = this.socket.onclose = null;
    this.socket.close();
    this.socket = null;
  }

  drop() {
    this.leave();
    this.closed();
  }

  async closed() {
    this.socket = null;
    this.become("lost");
    for (const question of this.asked.splice(0)) question.fail(new Refusal("no_link"));
    // a little chance, so that not every desk comes back at once
    const wait = Math.min(MOST_MS, FIRST_MS * 2 ** this.tries++) * (0.75 + Math.random() / 2);
    this.again = setTimeout(() => this.connect(), wait);
    await this.checkLogin();
  }

  // A login that has ended looks like a lost line to the browser; only this tells.
  async checkLogin() {
    const found = await account.me();
    if (found.status !== 401 || this.state === "off") return found.status !== 0;
    this.stop();
    this.expired();
    return true;
  }

  become(state) {
    if (this.state === state) return;
    this.state = state;
    this.changed();
  }

  take(frame) {
    if (frame.type === "desk") {
      this.tries = 0;
      this.checkedAt = Date.now();
      this.become("open");
    }
    const code = frame.type === "error" ? frame.code : "";
    const question = this.asked.find((found) => (code ? frame.id && found.ids.includes(frame.id) : found.answers(frame)));
    if (question) this.asked.splice(this.asked.indexOf(question), 1);
    if (question && code) return question.fail(new Refusal(code));
    this.receive(frame);
    question?.done(frame);
  }

  // Whether it went out. What did not go out is not kept here: whoever sent it knows what to do.
  send(frame) {
    if (this.state !== "open" || this.socket?.readyState !== WebSocket.OPEN) return false;
    this.socket.send(JSON.stringify(frame));
    return true;
  }

  // Sends, and waits until a frame comes for which `answers` holds. Raises `Refusal`.
  ask(frame, answers) {
    return new Promise((done, fail) => {
      if (!this.send(frame)) return fail(new Refusal("no_link"));
      this.asked.push({ ids: [frame.id, frame.ticket].filter(Boolean), answers, done, fail, at: Date.now() });
    });
  }

  async look() {
    if (this.state !== "open") return;
    const late = (at) => Date.now() - at > PATIENCE_MS;
    for (const question of this.asked.filter((found) => late(found.at))) {
      this.asked.splice(this.asked.indexOf(question), 1);
      question.fail(new Refusal("no_answer"));
    }
    if (late(this.oldest())) return this.drop();
    if (Date.now() - this.checkedAt < CHECK_MS) return;
    this.checkedAt = Date.now();
    if (!(await this.checkLogin()) && this.state === "open") this.drop();
  }
}
