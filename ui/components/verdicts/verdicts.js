// Boxes of one photo with the verdict on each. One is picked by a click on the photo or in the list, and sent to Python.
const MANY = 12;                                        // more boxes are drawn thinner, and their tags are marks alone
const WORDS = { right: "found", wrong: "false", missed: "missed", ignored: "do not count" };

const inside = (box, x, y) => x >= box[0] && x <= box[2] && y >= box[1] && y <= box[3];
const fromOutline = (box, x, y) => Math.min(x - box[0], box[2] - x, y - box[1], box[3] - y);

const fill = (parent, nodes) => {                       // what stays is not touched: the browser lays out little
  const wanted = new Set(nodes);
  for (const node of [...parent.children]) if (!wanted.has(node)) node.remove();
  nodes.forEach((node, at) => { if (parent.children[at] !== node) parent.insertBefore(node, parent.children[at] ?? null); });
};

function mount(root) {
  const find = (selector) => root.querySelector(selector), verdicts = find(".verdicts"), svg = find(".photo"), list = find(".list");
  const state = { data: null, drawn: "", picked: -1, revision: 0, nodes: [], api: null };

  const arrange = () => {                                // each tag at the first corner of its box where it covers no other
    const { width: w, height: h } = state.data, scale = svg.clientWidth / w, taken = [];
    const sizes = state.nodes.map(({ tag }) => [tag.offsetWidth, tag.offsetHeight]);    // read before any moves: one layout, not one each
    state.nodes.forEach(({ tag, box }, at) => {
      const [wide, tall] = sizes[at], [x1, y1, x2, y2] = box.map((side) => side * scale);
      const spots = [y1, y2 - tall, y1 + tall + 2].flatMap((y) => [x1, x2 - wide].map((x) => [clamp(x, 0, w * scale - wide), clamp(y, 0, h * scale - tall)]));
      const free = spots.find(([x, y]) => !taken.some(([left, top, long]) => x < left + long && left < x + wide && y < top + tall && top < y + tall));
      const [x, y] = free ?? spots[0];
      tag.classList.toggle("crowded", !free);             // seen once it is picked
      if (free) taken.push([x, y, wide]);
      tag.style.left = `${x}px`;
      tag.style.top = `${y}px`;
    });
  };
  const choose = () => {
    const row = state.data.rows.find(({ place: at }) => at === state.picked);
    verdicts.classList.toggle("some", Boolean(row));
    for (const { place: at, group, tag, button } of state.nodes) {
      for (const node of [group, tag]) node.classList.toggle("picked", at === state.picked);
      button.setAttribute("aria-pressed", String(at === state.picked));
    }
    find(".partner").replaceChildren();
    if (row?.partner) for (const name of ["casing", "line"]) place(make("rect", { class: name }, find(".partner")), row.partner);
    arrange();                                            // the tag of a picked box tells all
  };
  const pick = (at) => {
    state.picked = at === state.picked ? -1 : at;
    state.revision += 1;
    choose();
    state.api.setStateValue("picked", { place: state.picked, revision: state.revision });
  };

  const swatch = ({ colour, dash }) => {
    const drawn = make("svg", { class: "swatch", viewBox: "0 0 30 10", "aria-hidden": "true" });
    make("line", { x1: 1, x2: 29, y1: 5, y2: 5, stroke: colour, "stroke-dasharray": dash || "none" }, drawn);
    return drawn;
  };
  const drawLegend = ({ rows, strokes, marks }) => {
    find(".legend").replaceChildren();
    for (const fate of Object.keys(WORDS)) {
      const count = rows.filter((row) => row.fate === fate).length;
      if (!count && fate === "ignored") continue;
      const entry = element("span", fate, find(".legend"));
      entry.append(swatch(strokes[fate]), `${marks[fate]} ${WORDS[fate]}, ${count}`);
    }
  };
  const drawBox = (row, { strokes, marks }) => {
    const { colour, dash } = strokes[row.fate], group = make("g", { "data-fate": row.fate });
    for (const name of ["casing", "line"]) place(make("rect", { class: name }, group), row.box);
    put(group.lastChild, { stroke: colour, "stroke-dasharray": dash || "none" });
    const tag = document.createElement("span");
    element("b", "", tag).textContent = marks[row.fate];
    element("span", "", tag).textContent = ` ${row.name}${row.score ? ` ${row.score}` : ""}`;
    tag.style.background = colour;
    return { group, tag, box: row.box };
  };
  const drawRow = (row, { strokes, marks }) => {
    const item = document.createElement("li"), button = element("button", row.fate, item);
    button.type = "button";
    for (const [name, words] of [["mark", marks[row.fate]], ["name", row.name], ["score", row.score], ["said", row.verdict]]) {
      element("span", name, button).textContent = words;
    }
    button.dataset.place = row.place;
    button.firstChild.style.color = strokes[row.fate].colour;
    button.onclick = () => pick(row.place);
    return { item, button };
  };
  const drawn = (row, data) => {                         // anew only where something of it is another
    const told = JSON.stringify(row), old = state.nodes.find(({ place: at }) => at === row.place);
    return old?.told === told ? old : { told, place: row.place, ...drawBox(row, data), ...drawRow(row, data) };
  };
  const draw = (data) => {
    const { image, width: w, height: h, rows } = data, focus = list.contains(root.activeElement) ? root.activeElement?.dataset.place : null;
    svg.setAttribute("viewBox", `0 0 ${w} ${h}`);
    find(".frame").style.setProperty("--aspect", w / h);
    if (find("image").getAttribute("href") !== image) put(find("image"), { width: w, height: h, href: image });
    put(find(".border"), { width: w, height: h });
    state.nodes = rows.map((row) => drawn(row, data));
    fill(find(".boxes"), state.nodes.map(({ group }) => group).reverse());    // the first of the list lies on top
    fill(find(".tags"), state.nodes.map(({ tag }) => tag));
    fill(list, state.nodes.map(({ item }) => item));
    if (!rows.length) element("li", "none", list).textContent = "No box at this confidence, and nothing to find.";
    verdicts.classList.toggle("many", rows.length > MANY);
    drawLegend(data);
    verdicts.dataset.shown = rows.length;
    svg.setAttribute("aria-label", `Photo with ${rows.length} judged boxes. Arrow keys or a click pick one, to read why. Escape picks none.`);
    if (focus !== null) list.querySelector(`[data-place="${focus}"]`)?.focus({ preventScroll: true });
  };

  svg.onclick = (event) => {                             // the box whose outline is nearest, of those around the point
    const [x, y] = pointOn(svg, event);
    const around = state.data.rows.filter(({ box }) => inside(box, x, y));
    around.sort((a, b) => fromOutline(a.box, x, y) - fromOutline(b.box, x, y));
    if (around.length) pick(around[0].place);
  };
  verdicts.onkeydown = (event) => {                      // from box to box, in the order of the list
    const arrow = ARROWS[event.key], { rows } = state.data, at = rows.findIndex(({ place: here }) => here === state.picked);
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key === "Escape" && at >= 0) pick(state.picked);
    else if (arrow && rows.length && event.target === svg) {
      const to = at < 0 ? 0 : clamp(at + arrow[0] + arrow[1], 0, rows.length - 1);
      if (to !== at) pick(rows[to].place);
    } else return;
    event.preventDefault();
  };

  state.observer = new ResizeObserver(() => { if (state.data) arrange(); });
  state.observer.observe(svg);
  state.stop = () => state.observer.disconnect();
  state.update = (data) => {
    const { picked, revision, ...rest } = data, text = JSON.stringify(rest);
    state.data = data;
    if (revision >= state.revision) {
      state.revision = revision;
      state.picked = picked;
    }
    if (text !== state.drawn) {
      state.drawn = text;
      draw(data);
    }
    choose();
  };
  return state;
}

export default serve(mount);
