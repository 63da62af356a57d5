// What components that draw boxes over a photo share. It stands before the code of each in one module (`components.script`).
const NS = "http://www.w3.org/2000/svg";

const SMALLEST = 4;                                                        // px of the photo, so that a box can be grabbed again
const CORNERS = { nw: [0, 1], ne: [2, 1], se: [2, 3], sw: [0, 3] };       // which sides of (x1, y1, x2, y2) meet there
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

const clamp = (value, low, high) => Math.min(high, Math.max(low, value));
const round = (value) => Math.round(value * 10) / 10;                      // boxes travel in tenths of a pixel
const width = (box) => box[2] - box[0];
const height = (box) => box[3] - box[1];
const area = (box) => width(box) * height(box);
const whole = (value) => Math.round(value).toLocaleString("en-US");

const overlap = (a, b) => {                                                // IoU
  const shared = Math.max(0, Math.min(a[2], b[2]) - Math.max(a[0], b[0])) * Math.max(0, Math.min(a[3], b[3]) - Math.max(a[1], b[1]));
  return shared > 0 ? shared / (area(a) + area(b) - shared) : 0;
};

function moved(from, dx, dy, corner, w, h) {                               // a box moved, or pulled at a corner, within a photo of w x h
  const to = [...from];
  if (corner) {
    const [i, j] = CORNERS[corner];
    to[i] = i ? clamp(from[2] + dx, from[0] + SMALLEST, w) : clamp(from[0] + dx, 0, from[2] - SMALLEST);
    to[j] = j === 3 ? clamp(from[3] + dy, from[1] + SMALLEST, h) : clamp(from[1] + dy, 0, from[3] - SMALLEST);
  } else {
    const [mx, my] = [clamp(dx, -from[0], w - from[2]), clamp(dy, -from[1], h - from[3])];
    to[0] += mx; to[2] += mx; to[1] += my; to[3] += my;
  }
  return to;
}

// A level is a grid of centres, half a step from the corner, with the same shapes around each: `core.boxes.layout.Level`.
const cellAt = (level, x, y) => [
  clamp(Math.floor(y / level.step_y), 0, level.rows - 1),
  clamp(Math.floor(x / level.step_x), 0, level.cols - 1),
];
const anchorAt = (level, row, col, shape) => {
  const [x, y] = [(col + 0.5) * level.step_x, (row + 0.5) * level.step_y], { width: w, height: h } = level.shapes[shape];
  return [x - w / 2, y - h / 2, x + w / 2, y + h / 2];
};
const anchorIndex = (level, row, col, shape) => {
  const place = row * level.cols + col;
  return level.shape_major ? shape * level.rows * level.cols + place : place * level.shapes.length + shape;
};

const make = (name, attributes = {}, parent = null) => {
  const node = document.createElementNS(NS, name);
  for (const key in attributes) node.setAttribute(key, attributes[key]);
  parent?.append(node);
  return node;
};
const put = (node, attributes) => { for (const key in attributes) node.setAttribute(key, attributes[key]); };
const place = (node, box) => put(node, { x: box[0], y: box[1], width: Math.max(0, width(box)), height: Math.max(0, height(box)) });
const element = (tag, name, parent) => {
  const node = document.createElement(tag);
  node.className = name;
  parent.append(node);
  return node;
};
const pointOn = (svg, event) => {                                          // in pixels of the photo
  const point = new DOMPoint(event.clientX, event.clientY).matrixTransform(svg.getScreenCTM().inverse());
  return [point.x, point.y];
};

// What Streamlit calls on every change of data: `mount(root)` makes the state of an instance once, with `update(data)` and, where
// something has to end with it, `stop()`. The module is shared by all instances, so states hang on their elements.
const serve = (mount) => {
  const live = new WeakMap();
  return (api) => {
    let state = live.get(api.parentElement);
    if (!state) live.set(api.parentElement, state = mount(api.parentElement));
    state.api = api;
    state.update(api.data);
    return () => { state.stop?.(); live.delete(api.parentElement); };
  };
};
