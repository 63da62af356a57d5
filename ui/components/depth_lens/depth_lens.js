// Class maps over the photo, and a part of each magnified. What lies under the pointer is drawn and said here; one message for each pick.
const OPACITY = 0.62;                                  // of a class's colour over the photo
const FINE = 6;                                        // px on the screen: lines between smaller cells would hide the map
const STEP = 8, REST = 200;                            // px of the photo for each press of an arrow; ms

const unrolled = (runs, count) => {
  const classes = new Uint8Array(count);
  for (let at = 0, from = 0; at < runs.length; from += runs[at + 1], at += 2) classes.fill(runs[at], from, from + runs[at + 1]);
  return classes;
};
const rgb = (colour) => [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16));

function painted(classes, [rows, columns], colours) {  // a pixel for each of the map, which the browser makes large
  const canvas = document.createElement("canvas"), brush = canvas.getContext("2d");
  [canvas.width, canvas.height] = [columns, rows];
  const pixels = brush.createImageData(columns, rows);
  const table = Object.fromEntries(Object.entries(colours).map(([index, colour]) => [index, [...rgb(colour), 255 * OPACITY]]));
  classes.forEach((index, at) => { if (table[index]) pixels.data.set(table[index], 4 * at); });
  brush.putImageData(pixels, 0, 0);
  return canvas.toDataURL();
}

function lattice({ rows, columns }, [x1, y1, x2, y2]) {
  let path = "";
  for (let column = 1; column < columns; column += 1) path += `M${x1 + column * (x2 - x1) / columns} ${y1}V${y2}`;
  for (let row = 1; row < rows; row += 1) path += `M${x1} ${y1 + row * (y2 - y1) / rows}H${x2}`;
  return path;
}

function view(parent, name) {
  const svg = make("svg", { class: name }, parent), image = make("image", { x: 0, y: 0, preserveAspectRatio: "none" }, svg);
  const map = make("image", { class: "map", preserveAspectRatio: "none" }, svg), cells = make("path", { class: "cells" }, svg);
  const truth = [make("path", { class: "truth under" }, svg), make("path", { class: "truth" }, svg)];
  return { svg, image, map, cells, truth };
}

function pane(parent, first) {
  const root = element("div", "pane", parent), words = element("p", "", root), views = element("div", "views", root);
  const whole = view(views, "whole"), glass = view(views, "glass");
  put(whole.svg, { role: "application", tabindex: first ? 0 : -1 });
  put(glass.svg, { role: "img" });
  const frames = [make("rect", { class: "frame under" }, whole.svg), make("rect", { class: "frame" }, whole.svg)];
  return { words, whole, glass, frames, spot: make("circle", { class: "spot" }, glass.svg), classes: null };
}

function mount(root) {
  const find = (selector) => root.querySelector(selector), top = find(".depths");
  const state = { data: null, text: "", point: [0, 0], hover: null, revision: 0, timer: 0, due: 0, panes: [], api: null };

  const seenPart = (pane) => {                          // the magnified part around the point, inside the photo, in the shape of its view
    const { width: w, height: h, glass: [wide, high] } = state.data, [x, y] = state.hover ?? state.point;
    const { clientWidth, clientHeight } = pane.glass.svg, aspect = clientHeight ? clientWidth / clientHeight : wide / high;
    const across = Math.min(w, Math.sqrt(wide * high * aspect)), down = Math.min(h, across / aspect);
    const left = clamp(x - across / 2, 0, w - across), upper = clamp(y - down / 2, 0, h - down);
    return [left, upper, left + across, upper + down];
  };
  const classAt = ({ classes }) => {
    const { size: [rows, columns], part: [x1, y1, x2, y2], names } = state.data, [x, y] = state.hover ?? state.point;
    const row = clamp(Math.floor((y - y1) / (y2 - y1) * rows), 0, rows - 1), column = clamp(Math.floor((x - x1) / (x2 - x1) * columns), 0, columns - 1);
    return names[classes[row * columns + column]];
  };
  const told = () => state.panes.map((pane, index) => [state.data.panes[index].title, classAt(pane)]);
  const paint = () => {
    state.due = 0;
    const [x, y] = state.hover ?? state.point;
    for (const pane of state.panes) {
      const box = seenPart(pane);
      pane.frames.forEach((frame) => place(frame, box));
      put(pane.glass.svg, { viewBox: `${box[0]} ${box[1]} ${width(box)} ${height(box)}` });
      const pixel = pane.glass.svg.clientWidth ? width(box) / pane.glass.svg.clientWidth : 1;
      put(pane.spot, { cx: x, cy: y, r: 4 * pixel });
    }
    const line = find(".readout");
    line.replaceChildren();
    element("b", "", line).textContent = `(${Math.round(x)}, ${Math.round(y)}) px`;
    line.append(` · ${told().map(([title, name]) => `${title} ${name}`).join(" · ")}`);
    top.dataset.at = `${Math.round(x)},${Math.round(y)}`;
  };
  const soon = () => { state.due ||= requestAnimationFrame(paint); };
  const fit = () => {
    if (!state.data) return;
    for (const { whole, glass } of state.panes) {
      const pane = state.data.panes[state.panes.findIndex((one) => one.whole === whole)];
      put(whole.cells, { display: whole.svg.clientWidth / pane.columns < FINE ? "none" : "inline" });
      put(glass.cells, { display: "inline" });
    }
    soon();
  };

  const move = (x, y) => { state.point = [clamp(x, 0, state.data.width), clamp(y, 0, state.data.height)].map(round); };
  const commit = () => {
    state.timer = 0;
    paint();
    find(".spoken").textContent = told().map(([title, name]) => `${title}: ${name}`).join(", ");
    state.revision += 1;
    state.api.setStateValue("pick", { point: state.point, revision: state.revision });
  };
  const keys = (event) => {
    const arrow = ARROWS[event.key];
    if (!arrow || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const step = event.shiftKey ? 1 : STEP;
    state.hover = null;
    move(state.point[0] + arrow[0] * step, state.point[1] + arrow[1] * step);
    soon();
    clearTimeout(state.timer);
    state.timer = setTimeout(commit, REST);
  };
  const listen = ({ svg }) => {
    svg.onpointermove = (event) => { if (event.pointerType !== "touch") { state.hover = pointOn(svg, event); soon(); } };
    svg.onpointerleave = () => { state.hover = null; soon(); };
    svg.onclick = (event) => {
      clearTimeout(state.timer);
      state.hover = null;
      move(...pointOn(svg, event));
      commit();
    };
    svg.onkeydown = keys;
  };

  const drawLegend = ({ names, colours, outline }) => {  // a class has its number on every picture of the page
    const legend = find(".legend"), there = new Set(state.panes.flatMap(({ classes }) => [...new Set(classes)]));
    const entry = (name, words) => {
      const one = element("span", "", legend), swatch = element("i", name, one);
      one.append(words);
      return swatch;
    };
    legend.replaceChildren();
    Object.keys(colours).forEach((index, number) => {
      if (there.has(Number(index))) entry("", `${number + 1} ${names[index]}`).style.background = colours[index];
    });
    if (outline) entry("truth", "true outline, under the glass");
  };
  const draw = (data) => {
    const { image, width: w, height: h, part, size, colours, outline, glass } = data;
    if (state.panes.length !== data.panes.length) {
      find(".panes").replaceChildren();
      state.panes = data.panes.map((_, index) => pane(find(".panes"), !index));
      state.panes.forEach(({ whole }) => listen(whole));
      for (const { glass: { svg } } of state.panes) state.observer.observe(svg);
    }
    top.style.setProperty("--aspect", w / h);
    top.style.setProperty("--glass", glass[0] / glass[1]);
    top.dataset.panes = data.panes.map(({ title }) => title).join(" ");
    data.panes.forEach((given, index) => {
      const mine = state.panes[index];
      mine.classes = unrolled(given.runs, size[0] * size[1]);
      mine.words.replaceChildren();
      element("b", "", mine.words).textContent = given.title;
      element("span", "note", mine.words).textContent = ` · ${given.note}`;
      const map = painted(mine.classes, size, colours);
      for (const one of [mine.whole, mine.glass]) {
        if (one.image.getAttribute("href") !== image) put(one.image, { href: image });
        put(one.image, { width: w, height: h });
        put(one.map, { href: map });
        place(one.map, part);
        put(one.cells, { d: lattice(given, part) });
        one.truth.forEach((path) => put(path, { d: outline }));
      }
      put(mine.whole.svg, { viewBox: `0 0 ${w} ${h}`, "aria-label": `Photo under the classes at ${given.title}. Arrow keys move the glass.` });
      put(mine.glass.svg, { "aria-label": `A part of it, magnified, at ${given.title}` });
    });
    drawLegend(data);
  };

  state.observer = new ResizeObserver(fit);
  state.update = (data) => {
    const { point, revision, ...rest } = data, text = JSON.stringify(rest), first = !state.data;
    if (first || (!state.timer && revision >= state.revision)) {
      state.revision = Math.max(state.revision, revision);
      state.point = [...point];
    }
    state.data = data;
    if (text !== state.text) {
      state.text = text;
      draw(data);
    }
    fit();
  };
  state.stop = () => {
    state.observer.disconnect();
    cancelAnimationFrame(state.due);
    clearTimeout(state.timer);
  };
  return state;
}

export default serve(mount);
