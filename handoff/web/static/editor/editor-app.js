// Login, page, or lock.
import { App } from "/desk/app.js";
import { make, show } from "/desk/dom.js";
import { say } from "/desk/words.js";

export class EditorApp extends App {
  build() {
    this.begin(this.editor, () => this.editor.look());
  }

  look() {
    if (this.floor && !this.locked && this.untouched) this.lock("editor");
  }

  update() {
    const { editor } = this;
    const inside = Boolean(editor.me) && !this.locked;
    show(this.login, !inside);
    if (this.floor) {
      show(this.floor, inside);
      if (this.floor.built) this.floor.update();
    }
    if (!inside) document.title = `${say("login")} - ${say("editor_title")}`;
    this.login.draw(this.locked, editor.me, 0);
  }

  // Logged in, or back.
  enter(person) {
    const { editor } = this;
    const back = Boolean(this.locked);
    editor.me = person;
    this.locked = "";
    this.touch();
    editor.start();
    if (!this.floor) this.append((this.floor = Object.assign(make("editor-floor"), { editor, app: this })));
    this.update();
    if (!this.unpark() && back) this.floor.home();
    else if (!back) this.floor.begin();
  }

  leave() {
    return super.leave(this.editor);
  }
}
customElements.define("editor-app", EditorApp);
