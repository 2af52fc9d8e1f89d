// What the page knows: the examples of all editors, looked at again while somebody can see them.
import { setNow } from "/desk/clock.js";
import { refusal } from "/desk/words.js";
import { call } from "./api.js";

const EVERY_MS = 10000;

export class Editor extends EventTarget {
  constructor() {
    super();
    this.me = null;
    // null until they came; then why they are old, "" when they are not
    this.examples = null;
    this.fault = "";
    this.running = false;
    this.asked = 0;
    document.addEventListener("visibilitychange", () => this.look());
    addEventListener("online", () => this.look());
  }

  start() {
    this.running = true;
    return this.look();
  }

  stop() {
    this.running = false;
    return this.look();
  }

  // The newest question counts; none is asked while the tab is hidden.
  async look() {
    clearTimeout(this.again);
    const asking = ++this.asked;
    if (!this.running || document.hidden) return;
    try {
      const found = await call("GET", "/api/editor/examples");
      if (asking !== this.asked) return;
      this.examples = found.examples;
      this.fault = "";
      setNow(found.now);
    } catch (error) {
      if (asking !== this.asked) return;
      if (error.status === 401) return this.expire();
      this.fault = refusal(error.code, error.given);
    }
    this.dispatchEvent(new Event("change"));
    this.again = setTimeout(() => this.look(), EVERY_MS);
  }

  expire() {
    this.running = false;
    this.dispatchEvent(new Event("expired"));
  }

  // Asks something; a login that ended is told to the page as well.
  async does(path, body) {
    try {
      return await call("POST", `/api/editor/${path}`, body);
    } catch (error) {
      if (error.status === 401) this.expire();
      throw error;
    }
  }

  get proposed() {
    return (this.examples ?? []).filter((row) => !row.approved_by);
  }

  get approved() {
    return (this.examples ?? []).filter((row) => row.approved_by);
  }

  // Two persons: nobody approves what is their own.
  mayApprove(row) {
    return !row.approved_by && row.added_by !== this.me.username;
  }
}
