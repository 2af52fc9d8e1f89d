// A dialog with a form: it stays until the server has answered, and keeps what was typed.
import { make, newId, press, put, show, slowly } from "./dom.js";
import { tooMany } from "./form.js";
import { Refusal } from "./link.js";
import { count, refusal, say } from "./words.js";

export class DeskDialog extends HTMLElement {
  // `heading`, `intro`, `fields`, `yes` are words and elements; `missing` names the first field that
  // is not filled in; `work` does it.
  connectedCallback() {
    if (!this.dialog) this.build();
    if (!this.dialog.open) this.dialog.showModal();
  }

  build() {
    const id = newId("dialog");
    this.error = make("p", { class: "error", role: "alert" });
    this.news = make("p", { class: "news", role: "alert" });
    this.yesButton = make("button", { type: "submit", class: "main", text: this.yes() });
    this.form = make(
      "form",
      { novalidate: true, on: { submit: (event) => this.submit(event) } },
      make("h2", { id, text: this.heading() }),
      this.news,
      ...[this.intro()].flat().map((text) => text && make("p", { text })),
      ...this.fields(),
      this.error,
      make("p", { class: "row" }, this.yes() && this.yesButton, press("", () => this.dialog.close(), { text: this.no() })),
    );
    this.dialog = make("dialog", { "aria-labelledby": id, on: { close: () => this.closed() } }, this.form);
    this.append(this.dialog);
  }

  intro() {
    return "";
  }

  fields() {
    return [];
  }

  no() {
    return say("cancel");
  }

  missing() {
    return null;
  }

  // The first text that does not fit, of those that are shown.
  tooLong() {
    for (const found of this.querySelectorAll("[data-most]")) {
      const { most } = found.dataset;
      const number = tooMany(found.value, most);
      if (number) return [found, count("error_too_many", number, { most })];
    }
    return null;
  }

  async submit(event) {
    event.preventDefault();
    const [control, text] = this.missing() || this.tooLong() || [];
    put(this.error, "");
    for (const found of this.querySelectorAll("[aria-invalid]")) found.removeAttribute("aria-invalid");
    if (control) {
      put(this.error, text || say("fill_in"));
      control.setAttribute("aria-invalid", "true");
      return control.focus();
    }
    await slowly(this.yesButton, () => this.tried());
  }

  async tried() {
    try {
      await this.work();
      this.done = true;
      this.dialog.close();
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      put(this.error, refusal(error.code, error.given));
    }
  }

  // What comes in while the dialog covers it.
  tell(text) {
    put(this.news, text);
    show(this.news, Boolean(text));
  }

  // The lock takes a dialog away for a while; it comes back as it was.
  park() {
    this.parked = true;
    this.dialog.close();
  }

  unpark() {
    this.parked = false;
    this.dialog.showModal();
  }

  closed() {
    if (this.parked) return;
    this.remove();
    this.dispatchEvent(new CustomEvent("closed", { detail: { done: Boolean(this.done) } }));
  }
}
