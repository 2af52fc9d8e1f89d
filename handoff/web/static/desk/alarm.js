// What has to be noticed at once: in the title, in words for a screen reader, and softly if wanted.
import * as triage from "./triage.js";
import { say } from "./words.js";

// two soft tones; pitch in Hz, times in seconds
const TONES = [[523, 0], [659, 0.18]];
const TONE_S = 0.35;
const LOUDNESS = 0.06;

let audio = null;

// A browser only lets a page sound after a press; the press on the switch is that one.
export const soundReady = () => {
  audio ||= new AudioContext();
  audio.resume();
};

const chime = () => {
  if (!audio) return;
  for (const [pitch, after] of TONES) {
    const tone = audio.createOscillator();
    const volume = audio.createGain();
    const start = audio.currentTime + after;
    tone.frequency.value = pitch;
    volume.gain.setValueAtTime(0, start);
    volume.gain.linearRampToValueAtTime(LOUDNESS, start + 0.03);
    volume.gain.exponentialRampToValueAtTime(0.0001, start + TONE_S);
    tone.connect(volume).connect(audio.destination);
    tone.start(start);
    tone.stop(start + TONE_S);
  }
};

export class Alarm {
  // `announce` says a sentence at once, wherever the reader is.
  constructor(desk, announce) {
    this.desk = desk;
    this.announce = announce;
    this.known = new Set();
  }

  // How many things wait: offers, and conversations with something new. Nothing of what they hold.
  get waiting() {
    const unread = [...this.desk.chats.values()].filter((chat) => chat.unread > 0).length;
    return (this.desk.frame?.offers.length || 0) + unread;
  }

  update() {
    const title = this.waiting ? `(${this.waiting}) ${say("title")}` : say("title");
    if (document.title !== title) document.title = title;
    const offers = this.desk.frame?.offers || [];
    const fresh = offers.filter((offer) => !this.known.has(offer.ticket.id));
    const gone = this.known.size > 0 && offers.length === 0;
    this.known = new Set(offers.map((offer) => offer.ticket.id));
    if (fresh.length > 0) this.ring(fresh[0].ticket);
    else if (gone) this.announce("", "");
  }

  ring(ticket) {
    const fields = { level: triage.level(ticket), why: triage.why(ticket) };
    this.announce(say("offer_heard", fields), say("offer_note", fields));
    if (this.desk.sound) chime();
  }
}
