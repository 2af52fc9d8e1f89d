// Login, board, or lock. The wall stays on the wall; who wants to arrange something after a while
// gives the password again.
import { App } from "/desk/app.js";
import { make, press, show } from "/desk/dom.js";
import { say } from "/desk/words.js";

export class BoardApp extends App {
  build() {
    const { board } = this;
    // nobody touched it for a while
    this.idle = false;
    this.begin(board, () => board.look());
    this.back = press("to_board", () => this.unlock(), { class: "light" });
    this.login.other.before(this.back);
  }

  look() {
    if (!this.floor || this.idle || !this.untouched) return;
    this.idle = true;
    if (!this.locked) this.park();
    this.floor.goTo("wall");
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
    if (!this.unpark()) this.floor.home();
  }

  unlock() {
    this.locked = "";
    this.update();
    this.floor.home();
  }

  leave() {
    return super.leave(this.board);
  }
}
customElements.define("board-app", BoardApp);
