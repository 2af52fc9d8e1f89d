// What went wrong, at the top, until it is put away.
import { keyed, make, Part, press, show } from "./dom.js";

export class DeskNotices extends Part {
  build() {
    this.setAttribute("role", "alert");
  }

  update() {
    const { notices } = this.desk;
    const held = this.contains(document.activeElement);
    keyed(this, notices, (notice) => notice.id, (notice) => this.create(notice));
    show(this, notices.length > 0);
    if (held && !this.contains(document.activeElement)) this.floor.home();
  }

  create(notice) {
    return make("p", {}, make("span", { text: notice.text }), press("close", () => this.desk.dismiss(notice.id)));
  }
}
customElements.define("desk-notices", DeskNotices);
