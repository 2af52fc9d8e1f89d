// Login, desk, or lock: one of the three.
import { App } from "./app.js";
import { make, show } from "./dom.js";
import { say } from "./words.js";

export class DeskApp extends App {
  build() {
    const { desk } = this;
    this.begin(desk, () => this.floor && !this.locked && desk.link.checkLogin());
  }

  // Nobody touched the desk for a while: it asks for the password again (R31).
  look() {
    if (this.floor && !this.locked && this.untouched) this.lock("idle");
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
    desk.me = person;
    this.locked = "";
    this.touch();
    desk.link.start();
    if (!this.floor) this.append((this.floor = Object.assign(make("desk-floor"), { desk, app: this })));
    this.update();
    if (this.unpark()) return;
    if (this.held?.checkVisibility()) this.held.focus();
    else this.floor.home();
  }

  // The socket stays open while it lasts: the conversations go on, and nobody reads them here.
  lock(why) {
    if (this.floor && !this.locked) {
      this.held = document.activeElement;
      // nobody sees what comes in now
      this.desk.attend("");
    }
    super.lock(why);
  }

  leave() {
    return super.leave(this.desk.link);
  }
}
customElements.define("desk-app", DeskApp);
