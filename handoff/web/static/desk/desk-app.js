// Login, desk, or lock: one of the three.
import { make, Part, show } from "./dom.js";
import * as account from "./login.js";
import { say, words } from "./words.js";

const LOOK_MS = 5000;
const MINUTE_MS = 60000;

export class DeskApp extends Part {
  build() {
    const { desk } = this;
    // "" is the desk itself
    this.locked = "";
    this.login = Object.assign(make("desk-login"), { app: this });
    this.append(this.login);
    desk.addEventListener("change", () => this.update());
    desk.addEventListener("expired", () => this.lock("expired"));
    // somebody logged out in another tab: the login is looked at now, and not when the line ends
    account.onLogout(() => this.floor && !this.locked && desk.link.checkLogin());
    this.touched = Date.now();
    for (const name of ["keydown", "pointerdown", "pointermove", "wheel"]) addEventListener(name, () => this.touch(), { passive: true });
    setInterval(() => this.look(), LOOK_MS);
  }

  touch() {
    this.touched = Date.now();
  }

  // Nobody touched the desk for a while: it asks for the password again (R31).
  look() {
    if (this.floor && !this.locked && Date.now() - this.touched > words().lock_after_min * MINUTE_MS) this.lock("idle");
  }

  update() {
    const { desk } = this;
    const inside = Boolean(desk.me) && !this.locked;
    show(this.login, !inside);
    if (this.floor) {
      show(this.floor, inside);
      // a locked desk goes on being drawn, unseen: what comes in is there afterwards
      if (this.floor.built) this.floor.update();
    } else document.title = `${say("login")} - ${say("title")}`;
    this.login.draw(this.locked, desk.me, this.floor?.alarm?.waiting || 0);
  }

  // Logged in, or back.
  enter(person) {
    const { desk } = this;
    const back = Boolean(this.floor);
    desk.me = person;
    this.locked = "";
    this.touch();
    desk.link.start();
    if (!back) this.append((this.floor = Object.assign(make("desk-floor"), { desk, app: this })));
    this.update();
    this.parked?.unpark();
    if (!this.parked && this.held?.checkVisibility()) this.held.focus();
    else if (!this.parked) this.floor.home();
    this.parked = null;
  }

  // The socket stays open while it lasts: the conversations go on, and nobody reads them here.
  lock(why) {
    if (!this.floor) return;
    this.locked = why;
    this.held = document.activeElement;
    // nobody sees what comes in now
    this.desk.attend("");
    this.parked = document.querySelector("dialog:modal")?.parentElement;
    this.parked?.park();
    this.update();
    this.login.start();
  }

  // The page is loaded anew, so that nothing of anybody stays in it.
  async leave() {
    this.desk.link.stop();
    await account.logout();
    location.reload();
  }
}
customElements.define("desk-app", DeskApp);
