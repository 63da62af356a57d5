// The truth editor's geometry, and the nodes of which a box and the legend are made. It stands before truth_editor.js.
const KINDS = ["positive", "ignored", "background"];

// The best anchor of a box over all levels. Of one shape, the place nearest to the box's centre is the best one.
export function bestAnchor(levels, box) {
  let best = { iou: -1, box: null, index: -1 }, before = 0;
  for (const level of levels) {
    const [row, col] = cellAt(level, (box[0] + box[2]) / 2, (box[1] + box[3]) / 2);
    level.shapes.forEach((_, shape) => {
      const anchor = anchorAt(level, row, col, shape), iou = overlap(anchor, box);
      if (iou > best.iou) best = { iou, box: anchor, index: before + anchorIndex(level, row, col, shape) };
    });
    before += level.rows * level.cols * level.shapes.length;
  }
  return best;
}

const fromOutline = (box, x, y) => {
  const dx = Math.max(box[0] - x, x - box[2]), dy = Math.max(box[1] - y, y - box[3]);      // negative inside
  return dx <= 0 && dy <= 0 ? Math.min(-dx, -dy) : Math.hypot(Math.max(dx, 0), Math.max(dy, 0));
};
const inside = (box, x, y) => x >= box[0] && x <= box[2] && y >= box[1] && y <= box[3];

function around(x, y, w, h) {                          // a fifth of the photo around a point, within the photo
  const [left, top] = [clamp(x - w / 10, 0, w * 0.8), clamp(y - h / 10, 0, h * 0.8)];
  return [left, top, left + w / 5, top + h / 5];
}
function between([x1, y1], [x2, y2], w, h) {           // from the point pressed to the point reached
  const sides = (a, b, end) => {
    const low = clamp(Math.min(a, b), 0, end - SMALLEST);
    return [low, clamp(Math.max(a, b), low + SMALLEST, end)];
  };
  const [[left, right], [top, bottom]] = [sides(x1, x2, w), sides(y1, y2, h)];
  return [left, top, right, bottom];
}

const say = (node, words) => { if (node.textContent !== words) node.textContent = words; };
function outlined(name, parent) {
  const group = make("g", { class: name }, parent), parts = ["casing", "line"].map((part) => make("rect", { class: part }, group));
  return { group, at: (box) => parts.forEach((part) => place(part, box)) };
}
function plated(name, parent) {                        // words on a plate
  const group = make("g", { class: name }, parent);
  return { group, plate: make("rect", {}, group), text: make("text", {}, group) };
}
function drawTruth(find) {
  const group = make("g", { class: "truth", tabindex: 0, role: "group" }, find(".truths")), area = make("rect", { class: "area" }, group);
  const outline = outlined("", find(".outlines")), grips = make("g", {}, find(".grips")), tag = plated("named", find(".tags"));
  const corners = Object.keys(CORNERS).map((corner) => ({
    corner, grip: make("circle", { class: "grip" }, grips), reach: make("circle", { class: `reach ${corner}`, "data-corner": corner }, grips),
  }));
  const row = element("li", "", find(".rows")), choose = element("button", "choose", row), remove = element("button", "delete", row);
  choose.type = remove.type = "button";
  remove.textContent = "×";
  element("span", "swatch", choose);
  const [label, iou, size, verdict] = ["label", "iou", "size", "state"].map((name) => element("span", name, choose));
  const parts = [group, outline.group, grips, tag.group, row];
  return { group, area, outline, grips, corners, tag, row, choose, remove, label, iou, size, verdict, parts };
}
function drawLegend(parent) {
  const rows = {};
  for (const kind of KINDS) {
    const row = element("div", "kind", parent), swatch = make("svg", { viewBox: "0 0 56 16", "aria-hidden": "true" });
    row.append(swatch);
    if (kind !== "background") make("path", { class: kind, d: "M1 8H35" }, swatch);
    make("path", { class: `${kind} dot`, d: kind === "ignored" ? "M44.5 8a3.5 3.5 0 1 0 7 0a3.5 3.5 0 1 0 -7 0" : "M48 8h.01" }, swatch);
    element("span", "", row).textContent = kind;
    rows[kind] = { row, count: element("span", "", row) };
  }
  rows.drawn = element("p", "drawn", parent);
  return rows;
}
