// Login, board, or lock. The wall stays on the wall; who wants to arrange something after a while
// gives the password again.
import { make, Part, press, show } from "/desk/dom.js";
import * as account from "/desk/login.js";
import { say, words } from "/desk/words.js";

const LOOK_MS = 5000;
const MINUTE_MS = 60000;

export class BoardApp extends Part {
  build() {
    const { board } = this;
    // why the password is asked for: "expired", "board", or "" when it is not
    this.locked = "";
    // nobody touched it for a while
    this.idle = false;
    this.login = Object.assign(make("desk-login"), { app: this });
    this.append(this.login);
    this.back = press("to_board", () => this.unlock(), { class: "light" });
    this.login.other.before(this.back);
    board.addEventListener("change", () => this.update());
    board.addEventListener("expired", () => this.lock("expired"));
    // somebody logged out in another tab: the login is looked at now
    account.onLogout(() => board.look());
    this.touched = Date.now();
    for (const name of ["keydown", "pointerdown", "pointermove", "wheel"]) addEventListener(name, () => this.touch(), { passive: true });
    setInterval(() => this.look(), LOOK_MS);
  }

  touch() {
    this.touched = Date.now();
  }

  look() {
    if (!this.floor || this.idle || Date.now() - this.touched <= words().lock_after_min * MINUTE_MS) return;
    this.idle = true;
    if (!this.locked) this.park();
    this.floor.goTo("wall");
  }

  // A form that was open comes back as it was.
  park() {
    this.parked ??= document.querySelector("dialog:modal")?.parentElement;
    this.parked?.park();
  }

  // The floor asks before it shows the part in which things are arranged.
  mayEnter(view) {
    if (view !== "manage" || !this.idle) return true;
    this.lock("board");
    return false;
  }

  update() {
    const { board } = this;
    const inside = Boolean(board.me) && !this.locked;
    show(this.login, !inside);
    show(this.back, this.locked === "board");
    if (this.floor) {
      show(this.floor, inside);
      if (this.floor.built) this.floor.update();
    }
    if (!inside) document.title = `${say("login")} - ${say("board_title")}`;
    this.login.draw(this.locked, board.me, 0);
  }

  // Logged in, or back.
  enter(person) {
    const { board } = this;
    const view = this.locked === "board" ? "manage" : undefined;
    board.me = person;
    this.locked = "";
    this.idle = false;
    this.touch();
    board.start();
    if (!this.floor) this.append((this.floor = Object.assign(make("board-floor"), { board, app: this })));
    if (view || this.parked) this.floor.goTo("manage");
    this.update();
    this.parked?.unpark();
    if (!this.parked) this.floor.home();
    this.parked = null;
  }

  unlock() {
    this.locked = "";
    this.update();
    this.floor.home();
  }

  lock(why) {
    if (!this.floor) return;
    this.locked = why;
    this.park();
    this.update();
    this.login.start();
  }

  // The page is loaded anew, so that nothing of anybody stays in it.
  async leave() {
    this.board.stop();
    await account.logout();
    location.reload();
  }
}
customElements.define("board-app", BoardApp);
