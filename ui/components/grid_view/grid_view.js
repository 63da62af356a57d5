// Inside the grid: the map of each head over the photo. What lies under the pointer is drawn and said here; one message for each pick.
const MARGIN = 0.04;                                  // of the longer side, around the photo: boxes reach beyond its border
const FINE = 7;                                       // px on the screen: lines between smaller cells would hide the map
const VEIL = [0.22, 0.8];                             // how much the map covers where it is 0 and where it is 1

const share = (thousandths) => (thousandths / 1000).toFixed(3);
const size = ([w, h]) => `${Math.round(w)} × ${Math.round(h)}`;
const same = (a, b) => a.every((one, index) => one === b[index]);

function colours(ramp) {                              // 256 colours on straight lines between the stops
  const stops = ramp.map((stop) => [1, 3, 5].map((at) => parseInt(stop.slice(at, at + 2), 16)));
  return Array.from({ length: 256 }, (_, index) => {
    const at = index / 255 * (stops.length - 1), low = Math.min(stops.length - 2, Math.floor(at));
    return stops[low].map((value, part) => value + (stops[low + 1][part] - value) * (at - low));
  });
}

// A grid as it is drawn: where its cells and anchors are in pixels of the photo, and the numbers of each.
class Field {
  constructor(head, part) {
    Object.assign(this, head);
    this.count = head.shapes.length;
    [this.left, this.top] = part;
    [this.wide, this.high] = [(part[2] - part[0]) / head.columns, (part[3] - part[1]) / head.rows];
  }
  cell(row, column) {
    const [x, y] = [this.left + column * this.wide, this.top + row * this.high];
    return [x, y, x + this.wide, y + this.high];
  }
  at(x, y) {
    return [clamp(Math.floor((y - this.top) / this.high), 0, this.rows - 1), clamp(Math.floor((x - this.left) / this.wide), 0, this.columns - 1)];
  }
  index(row, column, anchor) { return (row * this.columns + column) * this.count + anchor; }
  box(index) { return this.boxes[index]?.map((tenths) => tenths / 10) ?? null; }   // null where an anchor says nothing
  prior(row, column, anchor) {
    const [x1, y1, x2, y2] = this.cell(row, column), [w, h] = this.shapes[anchor];
    return [(x1 + x2 - w) / 2, (y1 + y2 - h) / 2, (x1 + x2 + w) / 2, (y1 + y2 + h) / 2];
  }
  top1(values, row, column) {                         // the anchor of a cell with the largest value
    let best = 0;
    for (let anchor = 1; anchor < this.count; anchor += 1) {
      if (values[this.index(row, column, anchor)] > values[this.index(row, column, best)]) best = anchor;
    }
    return best;
  }
  lines() {
    let path = "";
    for (let column = 1; column < this.columns; column += 1) path += `M${this.left + column * this.wide} ${this.top}v${this.rows * this.high}`;
    for (let row = 1; row < this.rows; row += 1) path += `M${this.left} ${this.top + row * this.high}h${this.columns * this.wide}`;
    return path;
  }
}

function panel(parent, index) {
  const root = element("div", "panel", parent), title = element("p", "", root), frame = element("div", "frame", root);
  const svg = make("svg", { role: "application", tabindex: 0, "data-head": index }, frame);
  const image = make("image", {}, svg), map = make("image", { class: "map", preserveAspectRatio: "none" }, svg), lines = make("path", { class: "lines" }, svg);
  const group = (name) => make("g", { class: name }, svg), rect = (name) => make("rect", { class: name }, svg);
  const marks = group("marks"), priors = group("priors");
  const [chosenUnder, chosen] = [rect("chosen under"), rect("chosen")];
  const [priorUnder, prior, boxUnder, box] = [rect("prior casing"), rect("prior"), rect("casing"), rect("box")];
  const [otherUnder, other] = [rect("other casing"), rect("other")];
  const [overUnder, over, spot] = [rect("over casing"), rect("over"), rect("over spot")];
  const [wayUnder, way] = [make("path", { class: "way under" }, svg), make("path", { class: "way" }, svg)];
  const dot = make("circle", { class: "dot" }, svg);
  return { root, title, frame, svg, image, map, lines, marks, priors, dot, ways: [wayUnder, way], chosen: [chosenUnder, chosen],
    prior: [priorUnder, prior], box: [boxUnder, box], other: [otherUnder, other], over: [overUnder, over], spot };
}

function listRow(body) {
  const row = body.insertRow(), cell = (name) => element("td", name, row);
  const line = make("line", { x1: 1, x2: 25, y1: 5, y2: 5 }, make("svg", { "aria-hidden": "true" }, cell("swatch")));
  const button = element("button", "", cell("name"));
  button.type = "button";
  return { row, line, button, heat: cell("number"), name: cell("class"), score: cell("number"), fate: cell("fate") };
}

function mount(root) {
  const find = (selector) => root.querySelector(selector), body = find("tbody"), top = find(".grids");
  const state = { data: null, stamp: null, map: "", picked: [0, 0, 0, 0], answered: [], revision: 0, timer: 0, due: 0, api: null, hover: null, row: -1,
    panels: [], fields: [], rows: [] };
  const scale = (svg) => svg.getScreenCTM()?.a || 1;
  const show = (nodes, box) => nodes.forEach((node) => { put(node, { display: box ? "inline" : "none" }); if (box) place(node, box); });
  const stroke = (anchor) => state.data.strokes[anchor % state.data.strokes.length];

  const fit = () => state.panels.forEach((one, index) => {   // what keeps its size on the screen, whatever the photo's
    const pixel = one.pixel = 1 / scale(one.svg), field = state.fields[index];
    put(one.lines, { display: Math.min(field.wide, field.high) / pixel < FINE ? "none" : "inline" });
    put(one.dot, { r: 4.5 * pixel });
    fitMarks(one);
  });
  const fitMarks = ({ marks, pixel }) => marks.querySelectorAll("text").forEach((text) => put(text, { "font-size": 13 * pixel, dx: 3 * pixel, dy: 13 * pixel }));

  const paintMaps = () => {                            // a pixel for each cell, which the browser makes large
    const table = colours(state.data.ramp), [, , , anchor] = state.picked;
    state.fields.forEach((field, index) => {
      const canvas = document.createElement("canvas"), brush = canvas.getContext("2d");
      [canvas.width, canvas.height] = [field.columns, field.rows];
      const pixels = brush.createImageData(field.columns, field.rows);
      for (let row = 0; row < field.rows; row += 1) for (let column = 0; column < field.columns; column += 1) {
        const which = state.data.only ? Math.min(anchor, field.count - 1) : field.top1(field.heat, row, column);
        const value = field.heat[field.index(row, column, which)] / 1000, [red, green, blue] = table[Math.round(value * 255)];
        pixels.data.set([red, green, blue, 255 * (VEIL[0] + (VEIL[1] - VEIL[0]) * value)], 4 * (row * field.columns + column));
      }
      brush.putImageData(pixels, 0, 0);
      put(state.panels[index].map, { href: canvas.toDataURL(), x: field.left, y: field.top, width: field.columns * field.wide, height: field.rows * field.high });
    });
  };

  const said = ([head, row, column]) => {
    const { data, fields } = state, field = fields[head], anchor = field.top1(field.scores, row, column), index = field.index(row, column, anchor);
    const where = `${fields.length > 1 ? `${field.title}: row` : "Row"} ${row}, column ${column}`, most = field.heat[field.index(row, column, field.top1(field.heat, row, column))];
    return [where, `${data.measure.toLowerCase()} ${share(most)}. Its surest anchor, ${anchor + 1}: ${data.names[field.classes[index]]}, score ${share(field.scores[index])}.`];
  };
  const read = () => {
    const [where, words] = said(state.hover ?? state.picked), line = find(".readout");
    line.replaceChildren();
    element("b", "", line).textContent = `${state.hover ? "" : "Picked. "}${where}`;
    line.append(` · ${words}`);
  };

  const paintHover = () => {
    state.panels.forEach(({ over, spot }, head) => {
      const here = state.hover?.[0] === head ? state.hover : null, field = state.fields[head];
      show([spot], here && field.cell(here[1], here[2]));
      show(over, here && field.box(field.index(here[1], here[2], field.top1(field.scores, here[1], here[2]))));
    });
    read();
  };
  const paintOther = () => {                           // an anchor of the picked cell under the pointer in the list
    const [head, row, column, anchor] = state.picked, other = state.row;
    state.panels.forEach((one, index) => show(one.other, index === head && other >= 0 && other !== anchor ? state.fields[head].box(state.fields[head].index(row, column, other)) : null));
    if (other >= 0 && other !== anchor) put(state.panels[head].other[1], { stroke: stroke(other).colour, "stroke-dasharray": stroke(other).dash || "none" });
  };

  const paintPicked = () => {
    const { data, panels, fields } = state, [head, row, column, anchor] = state.picked;
    panels.forEach((one, index) => {
      const mine = index === head, field = fields[index], number = mine ? field.index(row, column, anchor) : 0;
      const box = mine ? field.box(number) : null, cell = mine ? field.cell(row, column) : null;
      show(one.chosen, cell);
      show(one.prior, mine ? field.prior(row, column, anchor) : null);
      show(one.box, box);
      one.priors.replaceChildren();
      if (mine) field.shapes.forEach((_, other) => { if (other !== anchor) place(make("rect", {}, one.priors), field.prior(row, column, other)); });
      put(one.box[1], { stroke: stroke(anchor).colour });
      const [from, to] = box ? way(cell, box) : [null, null];
      one.ways.forEach((path) => put(path, { d: box ? `M${from}L${to}` : "" }));
      put(one.dot, { display: box ? "inline" : "none", cx: box ? to[0] : 0, cy: box ? to[1] : 0 });
    });
    const field = fields[head];
    build(field.count);
    state.rows.forEach((one, other) => {
      const index = field.index(row, column, other), { colour, dash } = stroke(other);
      put(one.line, { stroke: colour, "stroke-dasharray": dash || "none" });
      one.button.textContent = `${other + 1}: ${size(field.shapes[other])}`;
      one.heat.textContent = share(field.heat[index]);
      one.name.textContent = data.names[field.classes[index]];
      one.score.textContent = share(field.scores[index]);
      one.row.classList.toggle("picked", other === anchor);
      one.button.setAttribute("aria-pressed", String(other === anchor));
      one.button.tabIndex = other === anchor ? 0 : -1;
    });
    fates();
    lens(field.cell(row, column), field.box(field.index(row, column, anchor)));
    top.dataset.picked = state.picked.join(",");
  };
  const way = (cell, box) => [state.data.corner ? [cell[0], cell[1]] : [(cell[0] + cell[2]) / 2, (cell[1] + cell[3]) / 2],
    [(box[0] + box[2]) / 2, (box[1] + box[3]) / 2]];
  const fates = () => {                                // those of another cell are still on their way
    const here = same(state.picked.slice(0, 3), state.answered.slice(0, 3));
    find("table").classList.toggle("waits", !here);
    state.rows.forEach(({ fate }, index) => { fate.textContent = here ? state.data.fates[index] ?? "" : "…"; fate.title = fate.textContent; });
  };
  const lens = (cell, box) => {                        // the cell close up, with the way to the centre of its box
    find(".close").classList.toggle("empty", !box);    // until the answer brings it
    if (!box) return;
    const svg = find(".lens"), [from, to] = way(cell, box), [w, h] = [width(cell), height(cell)];
    const [x1, y1] = [Math.min(cell[0] - w / 2, to[0] - w / 2), Math.min(cell[1] - h / 2, to[1] - h / 2)];
    const [x2, y2] = [Math.max(cell[2] + w / 2, to[0] + w / 2), Math.max(cell[3] + h / 2, to[1] + h / 2)], side = Math.max(x2 - x1, y2 - y1);
    put(svg, { viewBox: `${(x1 + x2 - side) / 2} ${(y1 + y2 - side) / 2} ${side} ${side}`, "aria-label": "The picked cell close up" });
    place(svg.querySelector(".cell"), cell);
    svg.querySelectorAll(".way").forEach((path) => put(path, { d: `M${from}L${to}` }));
    const pixel = side / 132;
    put(svg.querySelector(".from"), { cx: from[0], cy: from[1], r: 4 * pixel });
    put(svg.querySelector(".dot"), { cx: to[0], cy: to[1], r: 5 * pixel });
    const far = (part, more, less) => `${Math.abs(part).toFixed(2)} cells ${part < 0 ? less : more}`;
    const [across, down] = [far((to[0] - from[0]) / w, "right", "left"), far((to[1] - from[1]) / h, "down", "up")];
    find(".told").textContent = `From the ${state.data.corner ? "corner" : "middle"} of the cell, the centre of its box lies ${across} and ${down}. The anchor (dashed) becomes ${size([width(box), height(box)])} px (solid).`;
  };

  const speak = () => { find(".spoken").textContent = said(state.picked).join(", "); };
  const commit = () => {
    state.timer = 0;
    speak();
    state.revision += 1;
    state.api.setStateValue("pick", { place: state.picked, revision: state.revision });
  };
  const pick = (placed, later = 0) => {
    if (same(placed, state.picked)) return;
    state.picked = placed;
    if (state.data.only && state.map !== `${state.data.stamp} ${placed[3]}`) {
      state.map = `${state.data.stamp} ${placed[3]}`;
      paintMaps();
    }
    paintPicked();
    paintOther();
    read();
    clearTimeout(state.timer);
    if (later) state.timer = setTimeout(commit, later); else commit();
  };
  const surest = (head, row, column) => {
    const field = state.fields[head];
    return [head, row, column, state.data.only ? Math.min(state.picked[3], field.count - 1) : field.top1(field.scores, row, column)];
  };

  const listen = ({ frame, svg }, head) => {
    const cellOf = (event) => [head, ...state.fields[head].at(...pointOn(svg, event))];
    const hover = (cell) => {
      if (cell && state.hover && same(cell, state.hover)) return;
      state.hover = cell;
      state.due ||= requestAnimationFrame(() => { state.due = 0; paintHover(); });
    };
    frame.onpointermove = (event) => { if (event.pointerType !== "touch") hover(cellOf(event)); };
    frame.onpointerleave = () => hover(null);
    frame.onclick = (event) => pick(surest(...cellOf(event)));
    svg.onkeydown = (event) => {
      const step = ARROWS[event.key], field = state.fields[head];
      if (!step || event.altKey || event.ctrlKey || event.metaKey) return;
      event.preventDefault();
      const [, row, column] = state.picked[0] === head ? state.picked : [head, Math.floor(field.rows / 2), Math.floor(field.columns / 2)];
      pick(surest(head, clamp(row + step[1], 0, field.rows - 1), clamp(column + step[0], 0, field.columns - 1)), 200);
    };
  };

  const rowOf = (event) => state.rows.findIndex(({ row }) => row.contains(event.target));
  const toAnchor = (anchor) => pick([...state.picked.slice(0, 3), anchor]);
  body.onpointerover = (event) => { state.row = rowOf(event); paintOther(); };
  body.onpointerleave = () => { state.row = -1; paintOther(); };
  body.onclick = (event) => { const anchor = rowOf(event); if (anchor >= 0) toAnchor(anchor); };
  body.onkeydown = (event) => {
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key], next = rowOf(event) + step;
    if (!step) return;
    event.preventDefault();
    if (!state.rows[next]) return;
    toAnchor(next);
    state.rows[next].button.focus();
  };
  const build = (count) => {
    if (state.rows.length === count) return;
    body.replaceChildren();
    state.row = -1;
    state.rows = Array.from({ length: count }, () => listRow(body));
  };

  const draw = (data) => {                             // what stays while cells are picked
    const { image, width: w, height: h, part, heads } = data, margin = MARGIN * Math.max(w, h);
    const [x1, y1, x2, y2] = [Math.min(0, part[0]) - margin, Math.min(0, part[1]) - margin, Math.max(w, part[2]) + margin, Math.max(h, part[3]) + margin];
    if (state.panels.length !== heads.length) {
      find(".panels").replaceChildren();
      state.panels = heads.map((_, index) => panel(find(".panels"), index));
      state.panels.forEach(listen);
    }
    top.classList.toggle("alone", heads.length === 1);
    top.classList.toggle("many", heads.length > 2);
    top.style.setProperty("--aspect", (x2 - x1) / (y2 - y1));
    find(".lens image").setAttribute("href", image);
    put(find(".lens image"), { width: w, height: h });
    find("th.heat").textContent = find(".measure").textContent = data.measure;
    find(".ramp").style.background = `linear-gradient(90deg, ${data.ramp.join(", ")})`;
    find(".scale").setAttribute("aria-label", `Colour scale of ${data.measure.toLowerCase()}, from 0 to 1`);
    state.panels.forEach((one, index) => {
      const field = state.fields[index];
      one.title.textContent = field.title;
      put(one.svg, { viewBox: `${x1} ${y1} ${x2 - x1} ${y2 - y1}`, "aria-label": `Map of ${data.measure.toLowerCase()}, ${field.title}. Arrow keys choose another cell.` });
      put(one.image, { href: image, width: w, height: h });
      put(one.lines, { d: field.lines() });
    });
  };
  const number = ({ marks }) => {                      // the cells that the things come from
    state.panels.forEach((one) => one.marks.replaceChildren());
    for (const { cell: [head, row, column], number } of marks) {
      const box = state.fields[head].cell(row, column);
      place(make("rect", {}, state.panels[head].marks), box);
      make("text", { x: box[0], y: box[1] }, state.panels[head].marks).textContent = number;
    }
    state.panels.forEach(fitMarks);
  };

  state.observer = new ResizeObserver(() => { if (state.data) fit(); });
  state.observer.observe(top);
  state.update = (data) => {
    const { picked, revision, stamp, only } = data, map = `${stamp} ${only && picked[3]}`, other = state.stamp !== stamp;
    const stale = state.data && !other && (state.timer || revision < state.revision);
    state.data = data;
    state.answered = picked;
    state.fields = data.heads.map((head) => new Field(head, data.part));
    if (other) {
      state.stamp = stamp;
      state.hover = null;
      draw(data);
      fit();                                             // it measures the page, which a threshold leaves as it is
    }
    if (!stale) {
      state.revision = Math.max(state.revision, revision);
      state.picked = [...picked];
    }
    if (state.map !== map) {
      state.map = map;
      paintMaps();
      paintHover();
    }
    number(data);
    paintPicked();
    paintOther();
    read();
  };
  state.stop = () => {
    state.observer.disconnect();
    cancelAnimationFrame(state.due);
    clearTimeout(state.timer);
  };
  return state;
}

export default serve(mount);
