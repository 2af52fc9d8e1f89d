// Name and password; also the lock, which asks for the password only.
import { make, newId, Part, press, put, show, slowly } from "./dom.js";
import { field } from "./form.js";
import * as account from "./login.js";
import { count, say, setLanguage, speak, words } from "./words.js";

const MINUTE = 60;

export class DeskLogin extends Part {
  build() {
    this.user = make("input", { type: "text", autocomplete: "username", autocapitalize: "off", spellcheck: "false", required: true });
    this.word = make("input", { type: "password", autocomplete: "current-password", required: true });
    this.error = make("p", { class: "error", role: "alert", id: newId("error") });
    this.heading = make("h1", { tabindex: "-1" });
    this.why = make("p");
    this.waits = make("p", { role: "status" });
    this.button = make("button", { type: "submit", class: "main" });
    this.other = press("logout_other", () => this.app.leave(), { class: "light" });
    this.userField = field("username", this.user);
    this.wordField = field("password", this.word);
    const tongues = words().languages.map((code) => press(`language_${code}`, () => this.speak(code), { lang: code, class: "light" }));
    const form = make("form", { novalidate: true, on: { submit: (event) => this.submit(event) } });
    form.append(this.heading, this.why, this.waits, this.error, this.userField, this.wordField, make("p", { class: "row" }, this.button, this.other));
    this.append(make("main", {}, form, make("div", { class: "row", role: "group", label: "language" }, ...tongues)));
  }

  speak(code) {
    setLanguage(code);
    speak(this);
    put(this.error, "");
    this.app.update();
  }

  // `lock` is why: "idle", "expired", or "" for a plain login
  draw(lock, person, waiting) {
    this.person = lock ? person : null;
    put(this.heading, say(lock ? "locked" : "login"));
    put(this.why, lock ? say(`locked_${lock}`, { name: person.name }) : say("login_for"));
    put(this.waits, lock && waiting ? count("locked_waits", waiting) : "");
    put(this.button, say(lock ? "unlock" : "login"));
    put(this.userField.querySelector("label"), say("username"));
    put(this.wordField.querySelector("label"), say("password"));
    show(this.userField, !lock);
    show(this.other, Boolean(lock));
  }

  start() {
    this.clear();
    (this.person ? this.word : this.user).focus();
  }

  async submit(event) {
    event.preventDefault();
    const name = this.person?.username ?? this.user.value.trim();
    if (!name || !this.word.value) return this.refuse(say("login_fill"), name ? this.word : this.user);
    await slowly(this.button, async () => {
      const found = await account.login(name, this.word.value);
      if (!found.person) return this.refuse(this.told(found), this.word);
      if (!words().roles_with_desk.includes(found.person.role)) return this.refuse(say("login_no_desk"), this.user);
      this.clear();
      this.app.enter(found.person);
    });
  }

  clear() {
    this.word.value = "";
    put(this.error, "");
    for (const found of [this.user, this.word]) found.ariaInvalid = null;
  }

  refuse(text, control) {
    put(this.error, text);
    for (const found of [this.user, this.word]) {
      found.ariaInvalid = String(found === control);
      found.setAttribute("aria-describedby", this.error.id);
    }
    control.focus();
    control.select();
  }

  told({ status, wait }) {
    if (status === 401) return say("login_wrong");
    if (status === 429 && wait < MINUTE) return count("login_wait_s", wait);
    if (status === 429) return count("login_wait_min", Math.ceil(wait / MINUTE));
    return say(status ? "login_unavailable" : "login_no_link");
  }
}
customElements.define("desk-login", DeskLogin);
