// Tiles over a photo: what the pointer is on is outlined here; one message when a tile is chosen.
const REST = 180;                                      // ms, after the last of several keys
const MANY_TILES = 60;                                 // from here on lines are thinner

function mount(root) {
  const find = (selector) => root.querySelector(selector), tiled = find(".tiled"), svg = find("svg");
  const state = { api: null, data: null, text: "", picked: 0, told: -1, said: 0, revision: 0, timer: 0, hover: -1 };

  const outline = (name, index) => {
    const box = state.data.tiles[index];
    svg.querySelectorAll(`.${name}`).forEach((rect) => { put(rect, { display: box ? "inline" : "none" }); if (box) place(rect, box); });
  };
  const paint = () => {
    const { tiles, words } = state.data, shown = state.hover >= 0 ? state.hover : state.picked;
    outline("now", state.picked);
    outline("point", state.hover === state.picked ? -1 : state.hover);
    find(".facts").replaceChildren();
    element("b", "", find(".facts")).textContent = `Tile ${shown + 1} of ${tiles.length}`;
    find(".facts").append(` · ${words[shown] ?? ""}`);
    Object.assign(tiled.dataset, { picked: state.picked + 1, hover: state.hover + 1, count: tiles.length });
  };
  const hover = (index) => { if (state.hover !== index) { state.hover = index; paint(); } };

  const send = () => {
    clearTimeout(state.timer);
    state.timer = 0;
    if (state.said === state.picked) return;
    state.said = state.picked;
    state.revision += 1;
    state.api.setStateValue("pick", { place: state.picked, revision: state.revision });
  };
  const pick = (index, later = false) => {
    state.picked = index;
    paint();
    find(".spoken").textContent = `Tile ${index + 1}, ${state.data.words[index] ?? ""}`;
    clearTimeout(state.timer);
    if (later) state.timer = setTimeout(send, REST); else send();
  };

  const under = (event) => {                           // of the tiles at the pointer the one whose middle is nearest
    const [x, y] = pointOn(svg, event), away = (box) => Math.hypot((box[0] + box[2]) / 2 - x, (box[1] + box[3]) / 2 - y);
    let best = -1;
    state.data.tiles.forEach((box, index) => {
      if (x < box[0] || x > box[2] || y < box[1] || y > box[3]) return;
      if (best < 0 || away(box) < away(state.data.tiles[best])) best = index;
    });
    return best;
  };
  svg.onpointermove = (event) => { if (event.pointerType !== "touch") hover(under(event)); };
  svg.onpointerleave = () => hover(-1);
  svg.onclick = (event) => {
    const index = under(event);
    if (index >= 0) pick(index);
  };
  svg.onkeydown = (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const { tiles, across } = state.data, last = tiles.length - 1, arrow = ARROWS[event.key];
    const to = arrow ? state.picked + arrow[0] + arrow[1] * across : { Home: 0, End: last }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    hover(-1);
    if (to >= 0 && to <= last && to !== state.picked) pick(to, true);
  };

  const build = ({ image, width: w, height: h, tiles, alt }) => {
    if (find("image").getAttribute("href") !== image) put(find("image"), { href: image });
    put(find("image"), { width: w, height: h });
    put(svg, { viewBox: `0 0 ${w} ${h}`, "aria-label": `${alt}. Arrow keys choose another tile.` });
    tiled.style.setProperty("--aspect", w / h);
    tiled.classList.toggle("many", tiles.length > MANY_TILES);
    find(".outlines").replaceChildren();
    tiles.forEach((box) => place(make("rect", {}, find(".outlines")), box));
    state.hover = -1;
  };
  state.update = (data) => {
    const { picked, revision, ...scene } = data, text = JSON.stringify(scene), other = text !== state.text, late = revision < state.revision;
    state.data = data;
    if (other) { state.text = text; build(data); }
    if (!late && !state.timer && (picked !== state.told || other)) state.picked = state.said = picked;
    state.picked = clamp(state.picked, 0, data.tiles.length - 1);
    if (!late) state.told = picked;
    state.revision = Math.max(revision, state.revision);
    paint();
  };
  state.stop = () => clearTimeout(state.timer);
  return state;
}

export default serve(mount);
