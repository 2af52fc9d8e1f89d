// Every region, the own one first and large: what a room reads from a distance.
import { keyed, make, Part } from "/desk/dom.js";

export class BoardWall extends Part {
  build() {
    this.own = make("ul", { class: "tiles own" });
    this.others = make("ul", { class: "tiles" });
    this.append(
      make("section", { label: "wall_own" }, make("h2", { class: "unseen", say: "wall_own" }), this.own),
      make("section", { label: "wall_other" }, make("h2", { class: "unseen", say: "wall_other" }), this.others),
    );
  }

  update() {
    const { frame, region } = this.board;
    if (!frame || !this.built) return;
    const create = () => make("board-tile", { role: "listitem" });
    const update = (tile, one) => tile.draw(one);
    const ours = frame.regions.filter((one) => one.region === region);
    const rest = frame.regions.filter((one) => one.region !== region);
    for (const [list, found] of [[this.own, ours], [this.others, rest]]) keyed(list, found, (one) => one.region, create, update);
  }
}
customElements.define("board-wall", BoardWall);
