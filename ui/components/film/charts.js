// Charts with a cursor, drawn at the size at which they are seen, so that words and strokes keep theirs. It stands before panels.js.
const [TOP, BOTTOM, ROOM] = [8, 26, 8];                // px: above the plot, below it for ticks, between ticks and plot
const FEW = 16;                                        // frames up to which each has its mark on the curves
const ruler = document.createElement("canvas").getContext("2d");

const strokeOf = (item) => ({ stroke: item.colour, "stroke-dasharray": item.dash || "none" });
const LEVEL = { colour: "currentColor", dash: "5 4" }, MARK = { colour: "currentColor", dash: "2 3" };

function legendRow(parent, item) {
  const row = element("div", "row", parent), svg = make("svg", { width: 35, height: 10, "aria-hidden": "true" }, row);
  make("line", { x1: 1, x2: 34, y1: 5, y2: 5, "stroke-width": 2.5, ...strokeOf(item) }, svg);
  element("span", "name", row).textContent = item.name;
  return element("span", "value", row);
}

function pathsOf(values, x, y) {                       // runs between gaps; a value alone between two gaps is a dot
  const runs = [[]];
  values.forEach((value, index) => { if (value === null) runs.push([]); else runs.at(-1).push([x(index), y(value)]); });
  return { lines: runs.filter((run) => run.length > 1), alone: runs.filter((run) => run.length === 1).flat() };
}

// `events.move(frame)` while a hand moves the cursor, `events.rest()` when it lets go.
function drawChart(parent, chart, steps, events) {
  const [low, most] = yRange(chart), figure = element("figure", "chart", parent), title = element("figcaption", "title", figure), plot = element("div", "plot", figure);
  const svg = make("svg", { role: "img" }, plot), under = make("g", {}, svg), hovered = make("line", { class: "hovered" }, svg), cursor = make("line", { class: "cursor" }, svg);
  const curves = make("g", {}, svg), dots = chart.series.map(({ colour }) => make("circle", { class: "dot", r: 5, fill: colour }, svg));
  const tip = element("div", "tip", plot), axis = element("p", "axis", figure), legend = element("div", "legend", figure);
  const values = chart.series.map((one) => legendRow(legend, one));
  chart.levels.forEach((level) => { legendRow(legend, { ...LEVEL, name: level.name }).textContent = inDigits(level.value, most - low); });
  if (chart.marks.length) legendRow(legend, { ...MARK, name: chart.marked });
  element("b", "", title).textContent = chart.title;
  element("span", "", title).textContent = ` ${chart.y_name}`;
  axis.textContent = chart.x_name;
  put(tip, { hidden: "", "aria-hidden": "true" });
  const tipRows = tipOf(tip, chart);
  put(svg, { "aria-label": `${chart.title}: ${chart.y_name} over ${chart.x_name}. ${chart.series.map(({ name }) => name).join(", ")}.` });
  const view = { xs: [], y: () => 0, wide: 0, frame: 0, dragging: false, from: 0, moved: false };

  const read = (one, frame) => (one.values[frame] === null ? "–" : inDigits(one.values[frame], most - low));
  view.show = (frame) => {
    view.frame = frame;
    const x = view.xs[frame] ?? 0;
    put(cursor, { x1: x, x2: x });
    chart.series.forEach((one, index) => {
      const value = one.values[frame];
      put(dots[index], { cx: x, cy: value === null ? 0 : view.y(value), visibility: value === null ? "hidden" : "visible" });
      say(values[index], read(one, frame));
    });
  };
  view.resize = (font, tallest) => {
    view.wide = plot.clientWidth;
    if (!view.wide) return;
    const high = Math.round(clamp(view.wide * 0.55, 170, tallest)), bottom = high - BOTTOM;
    ruler.font = `13px ${font}`;
    const long = (words) => ruler.measureText(words).width, yTicks = niceTicks(low, most, 4), yWords = tickWords(yTicks);
    const first = chart.xs[0], across = chart.xs.at(-1) - first, xTicks = chart.x_ticks.length ? chart.x_ticks : named(first, across, view.wide);
    const left = Math.ceil(Math.max(...yWords.map(long), xTicks.length ? long(xTicks[0][1]) / 2 - ROOM : 0)) + ROOM;
    const right = view.wide - Math.ceil(Math.max(ROOM, ...xTicks.slice(-1).map(([, words]) => long(words) / 2)));
    const xOf = (value) => (across > 0 ? left + (value - first) / across * (right - left) : (left + right) / 2);
    view.y = (value) => clamp(bottom - (value - low) / (most - low) * (bottom - TOP), TOP, bottom);
    view.xs = chart.xs.map(xOf);
    put(svg, { viewBox: `0 0 ${view.wide} ${high}`, width: view.wide, height: high });
    under.replaceChildren();
    curves.replaceChildren();
    yTicks.forEach((tick, index) => {
      const y = view.y(tick);
      make("line", { class: "grid", x1: left, x2: right, y1: y, y2: y }, under);
      make("text", { x: left - ROOM, y: y + 4.5, "text-anchor": "end" }, under).textContent = yWords[index];
    });
    let free = -Infinity;                              // ticks whose words would touch are left out
    for (const [place, words] of xTicks) {
      const x = xOf(place), half = long(words) / 2;
      if (x - half < free) continue;
      free = x + half + 12;
      make("text", { x, y: high - 6, "text-anchor": "middle" }, under).textContent = words;
    }
    for (const mark of chart.marks) make("line", { class: "mark", x1: xOf(mark), x2: xOf(mark), y1: TOP, y2: bottom }, under);
    for (const level of chart.levels) make("line", { class: "level", x1: left, x2: right, y1: view.y(level.value), y2: view.y(level.value) }, curves);
    for (const one of chart.series) drawCurve(one);
    for (const line of [cursor, hovered]) put(line, { y1: TOP, y2: bottom });
    axis.style.paddingLeft = `${left}px`;
    legend.style.setProperty("--sets", view.wide > 560 && legend.children.length > 3 ? 2 : 1);
    view.show(view.frame);
  };
  const drawCurve = (one) => {
    const { lines, alone } = pathsOf(one.values, (index) => view.xs[index], view.y);
    for (const line of lines) make("polyline", { class: "curve", points: line.map((point) => point.map((part) => part.toFixed(1)).join(",")).join(" "), ...strokeOf(one) }, curves);
    const marked = one.values.length <= FEW ? [...lines.flat(), ...alone] : alone;
    for (const [cx, cy] of marked) make("circle", { cx, cy, r: 3, fill: one.colour }, curves);
  };

  const frameAt = (event) => nearest(view.xs, event.clientX - svg.getBoundingClientRect().left);
  const hover = (frame) => {
    tip.hidden = frame < 0;
    hovered.setAttribute("visibility", frame < 0 ? "hidden" : "visible");
    if (frame < 0) return;
    const x = view.xs[frame];
    put(hovered, { x1: x, x2: x });
    say(tipRows.step, steps[frame]);
    chart.series.forEach((one, index) => say(tipRows.values[index], read(one, frame)));
    Object.assign(tip.style, spotOf(x, tip.offsetWidth, tip.offsetHeight));
  };
  const spotOf = (x, wide, high) => {                  // beside the line, where the curves are covered least
    const rows = [...chart.series.map((one) => one.values), ...chart.levels.map(({ value }) => view.xs.map(() => value))];
    const points = rows.flatMap((row) => row.map((value, index) => (value === null ? null : [view.xs[index], view.y(value)]))).filter(Boolean);
    const spots = [x + 10, x - 10 - wide].flatMap((left) => [TOP, svg.clientHeight - BOTTOM - high].map((top) => ({ left, top })));
    const covered = ({ left, top }) => points.filter(([a, b]) => a > left - 4 && a < left + wide + 4 && b > top - 4 && b < top + high + 4).length
      + (left < 0 || left + wide > view.wide ? 1e6 : 0);
    const best = spots.reduce((one, other) => (covered(other) < covered(one) ? other : one));
    return { left: `${clamp(best.left, 0, Math.max(0, view.wide - wide))}px`, top: `${best.top}px` };
  };
  const move = (frame) => { view.moved = true; events.move(frame); };
  hover(-1);
  plot.onpointerdown = (event) => {
    if (event.button) return;
    plot.setPointerCapture(event.pointerId);
    Object.assign(view, { dragging: true, moved: false, from: view.frame });
    hover(-1);
    if (event.pointerType !== "touch") move(frameAt(event));               // a finger may be about to scroll the page
  };
  plot.onpointermove = (event) => {
    if (view.dragging) move(frameAt(event));
    else if (event.pointerType !== "touch") hover(frameAt(event));
  };
  plot.onpointerleave = () => hover(-1);
  plot.onpointerup = (event) => { if (view.dragging) move(frameAt(event)); };
  plot.onpointercancel = () => { if (view.moved) events.move(view.from); };
  plot.onlostpointercapture = () => {
    view.dragging = false;
    if (view.moved) events.rest();
    view.moved = false;
  };
  return view;
}

const named = (first, across, wide) => {
  const ticks = across > 0 ? niceTicks(first, first + across, clamp(Math.round(wide / 80), 2, 8)) : [first], words = tickWords(ticks);
  return ticks.map((tick, index) => [tick, words[index]]);
};
function tipOf(tip, chart) {
  const step = element("b", "", tip), rows = element("div", "legend", tip);
  return { step, values: chart.series.map((one) => legendRow(rows, one)) };
}
