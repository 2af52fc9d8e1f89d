// Logging out while conversations are open: they would wait for nobody.
import { DeskDialog } from "./dialog.js";
import { count, say } from "./words.js";

class DeskLogout extends DeskDialog {
  heading() {
    return say("logout");
  }

  intro() {
    return count("logout_chats", this.desk.active.length);
  }

  yes() {
    return say("logout_anyway");
  }

  async work() {
    this.given.leave();
  }
}
customElements.define("desk-logout", DeskLogout);
