// What is needed now and then: own cap, language, sound, shortcuts, lock, logout.
import { soundReady } from "./alarm.js";
import { fold, folder, make, newId, Part, press, show } from "./dom.js";
import { field } from "./form.js";
import { language, say, setLanguage, words } from "./words.js";

export class DeskMenu extends Part {
  build() {
    this.cap = make("select", { on: { change: () => this.desk.commands.cap(Number(this.cap.value)) } });
    this.capField = field("cap", this.cap);
    this.tongues = words().languages.map((code) =>
      press(`language_${code}`, () => this.speak(code), { lang: code, class: "light" }),
    );
    this.panel = make(
      "div",
      { class: "menu" },
      this.capField,
      make("div", { class: "row", role: "group", label: "language" }, ...this.tongues),
      this.tick("sound", this.desk.sound, (yes) => this.sound(yes)),
      (this.practise = press("practise", () => this.pick(() => this.floor.open("practise", { begun: (id) => this.floor.goTo(id) })))),
      press("shortcuts", () => this.pick(() => this.floor.open("shortcuts", {}))),
      press("lock", () => this.pick(() => this.floor.lock())),
      press("logout", () => this.pick(() => this.floor.logout())),
    );
    this.button = folder("more", this.panel);
    this.append(this.button, this.panel);
    this.addEventListener("keydown", (event) => event.key === "Escape" && this.close(true));
    this.addEventListener("focusout", (event) => event.relatedTarget && !this.contains(event.relatedTarget) && this.close(false));
    document.addEventListener("pointerdown", (event) => !this.contains(event.target) && this.close(false));
  }

  tick(key, yes, work) {
    const id = newId("tick");
    const box = make("input", { type: "checkbox", id, checked: yes, on: { change: (event) => work(event.target.checked) } });
    return make("p", { class: "tick" }, box, make("label", { for: id, say: key }));
  }

  sound(yes) {
    this.desk.sound = yes;
    if (yes) soundReady();
  }

  speak(code) {
    setLanguage(code);
    this.desk.change();
  }

  close(back) {
    if (this.panel.hidden) return;
    fold(this.button, false);
    if (back) this.button.focus();
  }

  pick(work) {
    this.close(true);
    work();
  }

  update() {
    const { me, frame } = this.desk;
    if (!me || !this.built) return;
    show(this.practise, Boolean(frame) && this.desk.presence === "away" && !this.desk.practice);
    const most = words().caps[me.region] ?? 0;
    const drawn = `${most} ${language()}`;
    if (drawn !== this.drawn) {
      this.drawn = drawn;
      this.capField.querySelector("label").textContent = say("cap");
      const numbers = Array.from({ length: most + 1 }, (_, seats) => seats);
      this.cap.replaceChildren(...numbers.map((seats) => make("option", { value: String(seats), text: seats ? String(seats) : say("cap_none") })));
      for (const [index, code] of words().languages.entries()) this.tongues[index].ariaPressed = String(code === language());
    }
    if (frame && document.activeElement !== this.cap) this.cap.value = String(frame.cap);
  }
}
customElements.define("desk-menu", DeskMenu);
