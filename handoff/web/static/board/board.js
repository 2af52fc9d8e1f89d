// What the board knows: the server's last word, asked for again and again while somebody can see it.
import { setNow } from "/desk/clock.js";
import { refusal, words } from "/desk/words.js";
import { call } from "./api.js";

const EVERY_MS = 2000;
const AGAIN_MS = 4000;

export class Board extends EventTarget {
  constructor() {
    super();
    this.me = null;
    this.frame = null;
    // when the frame came, and why none came since
    this.heardAt = 0;
    this.fault = "";
    this.running = false;
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

  // One question at a time, and none while the tab is hidden.
  async look() {
    clearTimeout(this.again);
    this.asking?.abort();
    this.asking = null;
    if (!this.running || document.hidden) return;
    const asking = (this.asking = new AbortController());
    let wait = EVERY_MS;
    try {
      const frame = await call("GET", "/api/board", undefined, asking);
      if (asking !== this.asking) return;
      this.take(frame);
    } catch (error) {
      if (asking !== this.asking) return;
      if (error.status === 401) return this.expire();
      this.fault = refusal(error.code);
      wait = Math.max(AGAIN_MS, (error.wait ?? 0) * 1000);
    }
    this.dispatchEvent(new Event("change"));
    this.again = setTimeout(() => this.look(), wait);
  }

  take(frame) {
    this.frame = frame;
    this.fault = "";
    this.heardAt = Date.parse(frame.now);
    setNow(frame.now);
  }

  expire() {
    this.running = false;
    this.dispatchEvent(new Event("expired"));
  }

  // Does something, and shows at once what came of it.
  async does(path, body) {
    const found = await call("POST", path, body);
    await this.look();
    return found;
  }

  get mayArrange() {
    return this.me.role === "coordinator";
  }

  get region() {
    return this.me.region;
  }

  get pool() {
    return Object.values(words().pools).find((pool) => pool.regions.includes(this.region));
  }

  get poolId() {
    return Object.entries(words().pools).find(([, pool]) => pool === this.pool)?.[0];
  }

  // Whether a gap is ours: in our region, or in the pool that we serve.
  concerns(gap) {
    return gap.where === this.region || gap.where === this.poolId;
  }

  // What another region asks of us.
  get proposals() {
    return (this.frame?.operation ?? []).filter((row) => row.state === "proposed" && row.other_region === this.region);
  }

  // Both regions agreed, so neither ends it alone.
  binds(row) {
    return row.state === "active" && Boolean(row.other_region);
  }

  // What we may say to a row: only of our own region, and to what is asked of us.
  answersTo(row) {
    if (row.state === "proposed" && row.other_region === this.region) return ["accept", "refuse"];
    if (row.state === "proposed" && row.region === this.region) return ["withdraw"];
    return row.state === "active" && row.region === this.region && !this.binds(row) ? ["end"] : [];
  }

  // Usernames that the board has seen in our region, with the names behind them.
  get people() {
    const { frame, region } = this;
    const found = new Map(frame.roster.filter((row) => row.region === region).map((row) => [row.username, row.name ?? row.username]));
    for (const person of frame.regions.find((one) => one.region === region)?.rung ?? []) found.set(person.username, person.name);
    return found;
  }
}
