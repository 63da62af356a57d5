// Which anchors are these: the cell under the pointer, its anchors and their overlaps are drawn and listed here; one message on release.
const MARGIN = 0.09;                                  // of the longer side, around the photo: anchors reach beyond its border
const FINE = 10;                                      // px on the screen: a grid of smaller cells would hide the photo
const CROWD = 12;                                     // anchors: more are drawn with thinner lines
const LEAP = 8;                                       // of those small cells, for each repeat of a held key

const tenths = (value) => round(value).toLocaleString("en-US");
const sized = (value) => (round(value) < 10 ? value.toFixed(1) : whole(value));
const sizes = (w, h) => `${sized(w)} × ${sized(h)}`;
const focused = (root) => root.activeElement ?? root.getRootNode().activeElement;

function lattice(level, w, h) {                        // the lines between cells, inside the photo
  let path = "";
  for (let col = 1; col < level.cols && col * level.step_x < w; col += 1) path += `M${col * level.step_x} 0V${h}`;
  for (let row = 1; row < level.rows && row * level.step_y < h; row += 1) path += `M0 ${row * level.step_y}H${w}`;
  return path;
}

function listRow(body) {
  const row = body.insertRow(), cell = (name) => element("td", name, row);
  const line = make("line", { x1: 2, x2: "100%", y1: 5, y2: 5 }, make("svg", { "aria-hidden": "true" }, cell("swatch")));
  const button = element("button", "", cell("name"));
  button.type = "button";
  const sizeCell = (name) => {
    const parent = cell(name), text = element("span", "", parent);
    element("span", "unit", parent).textContent = " px";
    return text;
  };
  return { row, line, button, size: sizeCell("size"), other: sizeCell("size other"), iou: cell("iou"), mark: cell("mark") };
}

// The anchors of the chosen cell of every level, in the order of the list, and the one that overlaps a truth most.
function look({ levels, truths }, cells) {
  const anchors = [];
  let before = 0, best = -1;
  levels.forEach((level, index) => {
    const [row, col] = cells[index];
    level.shapes.forEach((_, shape) => {
      const box = anchorAt(level, row, col, shape);
      const iou = truths.reduce((most, truth) => Math.max(most, overlap(box, truth.box)), 0);
      if (iou > (best < 0 ? 0 : anchors[best].iou)) best = anchors.length;
      anchors.push({ box, iou, index: before + anchorIndex(level, row, col, shape) });
    });
    before += level.rows * level.cols * level.shapes.length;
  });
  return { anchors, best, count: before };
}

function mount(root) {
  const find = (selector) => root.querySelector(selector), frame = find(".frame"), svg = frame.querySelector("svg"), body = find("tbody");
  const state = { data: null, text: "", point: [0, 0], revision: 0, drag: null, timer: 0, due: 0, drawn: "", api: null, view: null,
    rows: [], rects: [], grids: [], chosen: [], facts: [], hover: -1, pinned: new Set() };

  const scale = () => svg.getScreenCTM()?.a || 1;
  const finest = () => state.data.levels.reduce((least, level) => (level.step_x < least.step_x ? level : least));
  const small = (level) => Math.min(level.step_x, level.step_y) * scale() < FINE;

  const putOver = (node, x, y) => {                    // an HTML node over the photo. Chromium ignores `touch-action` inside an SVG
    const { margin, full } = state.view;
    [node.style.left, node.style.top] = [`${(x + margin) / full[0] * 100}%`, `${(y + margin) / full[1] * 100}%`];
  };

  const emphasise = () => {                            // rows that are pinned, under the pointer, or reached by keyboard
    const key = state.rows.findIndex(({ button }) => button === focused(root) && button.matches(":focus-visible"));
    let some = false;
    state.rows.forEach(({ row, button }, index) => {
      const pinned = state.pinned.has(index), out = pinned || index === state.hover || index === key;
      some ||= out;
      row.classList.toggle("out", out);
      row.classList.toggle("pinned", pinned);
      button.setAttribute("aria-pressed", String(pinned));
      state.rects[index].forEach((rect) => rect.classList.toggle("out", out));
    });
    svg.classList.toggle("some", some);
  };

  const fit = () => {                                  // what keeps its size on the screen, whatever the photo's
    const pixel = 1 / scale(), { levels } = state.data;
    const shown = levels.filter((level) => !small(level)).sort((a, b) => b.step_x - a.step_x).slice(0, 2);
    state.grids.forEach((paths, index) => paths.forEach((path) => put(path, { display: shown.includes(levels[index]) ? "inline" : "none" })));
    svg.querySelectorAll(".cross").forEach((path) => put(path, { display: shown.length ? "none" : "inline" }));
    state.chosen.forEach(({ dot }) => put(dot, { r: 4 * pixel }));
  };

  const where = (level, [row, col]) => `${state.data.levels.length > 1 ? `Stride ${tenths(level.step_x)}: row` : "Row"} ${whole(row)}, column ${whole(col)}`;
  const paint = () => {
    state.due = 0;
    const { data, point } = state, cells = data.levels.map((level) => cellAt(level, ...point));
    if (state.drawn === String(cells)) return;
    state.drawn = String(cells);
    const { anchors, best, count } = look(data, cells);
    data.levels.forEach((level, index) => {
      const [row, col] = cells[index], { step_x, step_y } = level, [x, y] = [(col + 0.5) * step_x, (row + 0.5) * step_y];
      place(state.chosen[index].cell, [col * step_x, row * step_y, (col + 1) * step_x, (row + 1) * step_y]);
      put(state.chosen[index].dot, { cx: x, cy: y });
      state.facts[index].textContent = `${where(level, cells[index])} · centre (${tenths(x)}, ${tenths(y)}) px`;
      if (level !== finest()) return;
      putOver(find(".reach"), x, y);
      svg.querySelectorAll(".cross").forEach((path) => put(path, { d: `M0 ${y}H${data.width}M${x} 0V${data.height}` }));
    });
    anchors.forEach(({ box, iou }, index) => {
      const { row, iou: cell, mark } = state.rows[index];
      state.rects[index].forEach((rect) => { place(rect, box); rect.classList.toggle("best", index === best); });
      row.classList.toggle("best", index === best);
      cell.textContent = iou.toFixed(4);
      mark.textContent = index === best ? "best" : "";
    });
    find(".verdict").textContent = best < 0 ? "Best: none, no anchor of this cell overlaps a ground truth"
      : `Best: anchor ${whole(anchors[best].index)} of ${whole(count)} · ${state.rows[best].button.textContent} · IoU ${anchors[best].iou.toFixed(4)}`;
  };
  const soon = () => { state.due ||= requestAnimationFrame(paint); };
  const move = (x, y) => {
    state.point = [clamp(x, 0, state.data.width), clamp(y, 0, state.data.height)].map(round);
    soon();
  };
  const speak = () => {
    const level = finest(), best = state.rows.find(({ row }) => row.classList.contains("best"));
    const verdict = best ? `, best IoU ${best.iou.textContent}, ${best.button.textContent}` : "";
    find(".spoken").textContent = where(level, cellAt(level, ...state.point)) + verdict;
  };
  const commit = () => {
    cancelAnimationFrame(state.due);
    paint();
    speak();
    state.revision += 1;
    state.api.setStateValue("release", { point: state.point, revision: state.revision });
  };

  // A finger beside the marker may want to scroll the page: it moves the point only once it taps or goes sideways.
  frame.onpointerdown = (event) => {
    if (event.button || state.drag) return;
    clearTimeout(state.timer);
    state.timer = 0;
    frame.setPointerCapture(event.pointerId);
    svg.focus({ preventScroll: true });
    state.drag = { id: event.pointerId, from: state.point };
    if (event.pointerType !== "touch" || event.target.matches(".reach")) move(...pointOn(svg, event));
  };
  frame.onpointermove = (event) => { if (state.drag?.id === event.pointerId) move(...pointOn(svg, event)); };
  frame.onpointerup = (event) => {
    if (state.drag?.id !== event.pointerId) return;
    state.drag = null;
    move(...pointOn(svg, event));
    commit();
  };
  frame.onpointercancel = (event) => {
    if (state.drag?.id !== event.pointerId) return;
    const { from } = state.drag;
    state.drag = null;
    move(...from);
    state.update(state.api.data);
  };
  svg.onkeydown = (event) => {
    const side = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }[event.key];
    if (!side || state.drag || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const level = finest(), [row, col] = cellAt(level, ...state.point), step = event.repeat && small(level) ? LEAP : 1;
    const [to, over] = [clamp(row + side[0] * step, 0, level.rows - 1), clamp(col + side[1] * step, 0, level.cols - 1)];
    move((over + 0.5) * level.step_x, (to + 0.5) * level.step_y);
    clearTimeout(state.timer);
    state.timer = setTimeout(() => { state.timer = 0; commit(); }, 200);
  };

  const rowOf = (event) => state.rows.findIndex(({ row }) => row.contains(event.target));
  const hover = (index) => { if (state.hover !== index) { state.hover = index; emphasise(); } };
  body.onpointerover = (event) => hover(rowOf(event));
  body.onpointerleave = () => hover(-1);
  const focus = (index) => {                           // one stop for Tab in the whole list, arrows go on from there
    state.rows.forEach(({ button }, other) => { button.tabIndex = other === index ? 0 : -1; });
    emphasise();
  };
  body.onclick = (event) => {
    const index = rowOf(event);
    if (index < 0) return;
    if (!state.pinned.delete(index)) state.pinned.add(index);
    emphasise();
  };
  body.onkeydown = (event) => {
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key], next = state.rows[rowOf(event) + step];
    if (!step) return;
    event.preventDefault();
    next?.button.focus();
  };

  const build = (count) => {                           // nodes of the list and its rectangles
    if (state.rows.length === count) return;
    for (const part of ["tbody", ".casings", ".lines"]) find(part).replaceChildren();
    state.pinned.clear();
    state.hover = -1;
    state.rows = Array.from({ length: count }, () => listRow(body));
    state.rows.forEach(({ button }, index) => {
      button.tabIndex = index ? -1 : 0;
      button.onfocus = () => focus(index);
      button.onblur = () => queueMicrotask(emphasise);
    });
    state.rects = state.rows.map(() => [make("rect", {}, find(".casings")), make("rect", {}, find(".lines"))]);
  };
  const fill = ({ levels, other, conventions, strokes, truths }) => {
    const shapes = levels.flatMap((level) => level.shapes), others = other.flat();
    build(shapes.length);
    svg.classList.toggle("crowd", shapes.length > CROWD);
    shapes.forEach((shape, index) => {
      const stroke = strokes[index % strokes.length], row = state.rows[index];
      for (const node of [row.line, state.rects[index][1]]) put(node, { stroke: stroke.colour, "stroke-dasharray": stroke.dash || "none" });
      row.button.textContent = shape.name;
      row.size.textContent = sizes(shape.width, shape.height);
      row.other.textContent = others.length ? sizes(...others[index]) : "";
    });
    const table = find("table").classList, titles = root.querySelectorAll("th.size");
    table.toggle("alone", !others.length);
    table.toggle("paired", others.length > 0);
    table.toggle("untrue", !truths.length);
    titles.forEach((title, index) => {
      title.textContent = conventions[index] || "w × h";
      element("span", "in", title).textContent = ", px";
    });
  };
  const draw = ({ image, width: w, height: h, levels, truths, truth }) => {
    const margin = Math.round(MARGIN * Math.max(w, h)), full = [w + 2 * margin, h + 2 * margin];
    state.view = { margin, full };
    svg.setAttribute("viewBox", `${-margin} ${-margin} ${full[0]} ${full[1]}`);
    find(".cells").style.setProperty("--aspect", full[0] / full[1]);
    find(".cells").style.setProperty("--truth", truth);
    put(find("image"), { width: w, height: h, href: image });
    put(find(".border"), { width: w, height: h });
    for (const part of [".grids", ".chosen", ".dots", ".truths", ".tags", ".facts"]) find(part).replaceChildren();
    state.grids = levels.map((level) => ["under", "over"].map((name) => make("path", { class: name, d: lattice(level, w, h) }, find(".grids"))));
    state.chosen = levels.map(() => ({ cell: make("rect", {}, find(".chosen")), dot: make("circle", {}, find(".dots")) }));
    state.facts = levels.map(() => element("div", "", find(".facts")));
    element("div", "verdict", find(".facts")).hidden = !truths.length;
    truths.forEach(({ label, box }) => {
      for (const name of ["casing", "line"]) place(make("rect", { class: name }, find(".truths")), box);
      const tag = element("span", "", find(".tags"));
      tag.textContent = label;
      putOver(tag, box[0], box[1]);
      tag.style.maxWidth = `${100 - parseFloat(tag.style.left)}%`;
    });
    const there = truths.length ? ` Ground truth: ${truths.map(({ label }) => label).join(", ")}.` : "";
    svg.setAttribute("aria-label", `Photo with the anchors of a cell. Arrow keys choose another cell.${there}`);
  };

  state.observer = new ResizeObserver(() => { if (state.data) fit(); });
  state.observer.observe(svg);
  state.update = (data) => {
    const { point, revision, ...rest } = data, text = JSON.stringify(rest), first = !state.data;
    const busy = state.drag || state.timer, stale = revision < state.revision;
    if (first || !(busy || stale)) {
      state.revision = Math.max(state.revision, revision);
      state.point = [...point];
    }
    if (state.text !== text) {
      state.text = text;
      state.data = data;
      state.drawn = "";
      draw(data);
      fill(data);
      fit();
      emphasise();
    }
    paint();
  };
  state.stop = () => {
    state.observer.disconnect();
    cancelAnimationFrame(state.due);
    clearTimeout(state.timer);
  };
  return state;
}

export default serve(mount);
