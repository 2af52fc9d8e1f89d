// What desk and board have in common: the page begins, asks for the password when nobody touched it
// for a while, and is left.
import { startClock } from "./clock.js";
import { make, Part } from "./dom.js";
import * as account from "./login.js";
import { words } from "./words.js";

const LOOK_MS = 5000;
const MINUTE_MS = 60000;

export class App extends Part {
  // `source` is what the page shows: it tells when that changed, and when the login ended. Somebody
  // logged out in another tab: `over` has the login looked at now, and not when the line ends.
  begin(source, over) {
    // why the password is asked for, "" when it is not
    this.locked = "";
    this.login = Object.assign(make("desk-login"), { app: this });
    this.append(this.login);
    source.addEventListener("change", () => this.update());
    source.addEventListener("expired", () => this.lock("expired"));
    account.onLogout(over);
    this.touch();
    for (const name of ["keydown", "pointerdown", "pointermove", "wheel"]) addEventListener(name, () => this.touch(), { passive: true });
    setInterval(() => this.look(), LOOK_MS);
  }

  touch() {
    this.touched = Date.now();
  }

  get untouched() {
    return Date.now() - this.touched > words().lock_after_min * MINUTE_MS;
  }

  lock(why) {
    if (!this.floor) return;
    this.locked = why;
    this.park();
    this.update();
    this.login.start();
  }

  // A form that was open comes back as it was, however often it is locked meanwhile.
  park() {
    this.parked ??= document.querySelector("dialog:modal")?.parentElement;
    this.parked?.park();
  }

  // Whether there was one; the focus is in it.
  unpark() {
    const { parked } = this;
    this.parked = null;
    parked?.unpark();
    return Boolean(parked);
  }

  // The page is loaded anew, so that nothing of anybody stays in it.
  async leave(source) {
    source.stop();
    await account.logout();
    location.reload();
  }
}

// `loaded` has the words; then who is logged in is asked, and `create` makes the app.
export const start = async (loaded, create) => {
  const loading = document.getElementById("loading");
  try {
    await loaded;
    const { person } = await account.me();
    const app = create();
    loading.replaceWith(app);
    startClock();
    if (person && words().roles_with_desk.includes(person.role)) app.enter(person);
    else app.update();
  } catch (error) {
    loading.textContent = loading.dataset.broken;
    throw error;
  }
};
