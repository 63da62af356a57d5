// Matrices beside each other. The cell under the pointer is marked and read in all of them here; one message for each pick.
const LATER = 200;                                     // ms after the last arrow key

const same = (a, b) => a.every((one, index) => one === b[index]);
const RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹";
const told = (value) => {                              // three figures, as Python writes them
  if (value === 0) return "0";
  const size = Math.abs(value), [mantissa, power] = size >= 1e-3 && size < 1e4 ? [size < 999.5 ? value.toPrecision(3) : value.toFixed(0)] : value.toExponential(2).split("e");
  const raised = power?.replace("+", "").replace("-", "⁻").replace(/\d/g, (digit) => RAISED[digit]);
  return `${mantissa}${raised ? ` · 10${raised}` : ""}`.replace("-", "−");
};

function colours(ramp) {                               // 256 colours on straight lines between the stops
  const stops = ramp.map((stop) => [1, 3, 5].map((at) => parseInt(stop.slice(at, at + 2), 16)));
  return Array.from({ length: 256 }, (_, index) => {
    const at = index / 255 * (stops.length - 1), low = Math.min(stops.length - 2, Math.floor(at));
    return stops[low].map((value, part) => value + (stops[low + 1][part] - value) * (at - low));
  });
}

function unpacked(text) {
  const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  return new Float32Array(bytes.buffer);
}

function panel(parent) {
  const root = element("div", "panel", parent), title = element("p", "", root), frame = element("div", "frame", root);
  frame.tabIndex = 0;
  frame.setAttribute("role", "application");
  const canvas = element("canvas", "", frame), brush = canvas.getContext("2d");
  const [across, down] = [element("div", "line across", frame), element("div", "line down", frame)];
  const [over, picked] = [element("div", "mark", frame), element("div", "mark picked", frame)];
  const ramp = element("div", "ramp", root), ends = element("div", "ends", root);
  return { title, frame, canvas, brush, across, down, over, picked, ramp, ends: [0, 1, 2].map(() => element("span", "", ends)) };
}

function mount(root) {
  const find = (selector) => root.querySelector(selector), top = find(".matrices");
  const state = { api: null, data: null, stamp: null, values: [], panels: [], count: 0, picked: [0, 0], hover: null, revision: 0, timer: 0, due: 0 };

  const paint = ({ canvas, brush }, { ramp, top: most, signed }, values) => {
    const table = colours(ramp), pixels = brush.createImageData(state.count, state.count);
    [canvas.width, canvas.height] = [state.count, state.count];
    values.forEach((value, at) => {                    // the square root keeps faint cells apart
      const share = most > 0 ? Math.sqrt(Math.min(1, Math.abs(value) / most)) : 0;
      const place = signed ? (1 + Math.sign(value) * share) / 2 : share;
      pixels.data.set([...table[Math.round(255 * place)], 255], 4 * at);
    });
    brush.putImageData(pixels, 0, 0);
  };
  const ends = ({ top: most, signed }) => signed ? [-most, 0, most] : [0, most / 4, most];

  const said = ([row, column]) => {
    const { names, matrices } = state.data, at = row * state.count + column;
    const which = row === column ? `Map ${names[row]} with itself` : `Maps ${names[row]} and ${names[column]}`;
    return [which, matrices.map(({ title }, index) => `${title.toLowerCase()} ${told(state.values[index][at])}`).join(", ")];
  };
  const read = () => {
    const [which, words] = said(state.hover ?? state.picked), line = find(".readout");
    line.replaceChildren();
    element("b", "", line).textContent = `${state.hover ? "" : "Picked. "}${which}`;
    line.append(` · ${words}`);
  };
  const middle = (index) => `${100 * (index + 0.5) / state.count}%`;
  const mark = (node, cell) => {
    node.hidden = !cell;
    if (cell) Object.assign(node.style, { top: middle(cell[0]), left: middle(cell[1]), width: `${100 / state.count}%`, height: `${100 / state.count}%` });
  };
  const paintMarks = () => {
    for (const { across, down, over, picked } of state.panels) {
      mark(picked, state.picked);
      mark(over, state.hover);
      across.hidden = down.hidden = !state.hover;
      if (state.hover) [across.style.top, down.style.left] = [middle(state.hover[0]), middle(state.hover[1])];
    }
    top.dataset.picked = state.picked.join(",");
    read();
  };

  const commit = () => {
    state.timer = 0;
    find(".spoken").textContent = said(state.picked).join(", ");
    state.revision += 1;
    state.api.setStateValue("pick", { cell: state.picked, revision: state.revision });
  };
  const pick = (cell, later = 0) => {
    if (same(cell, state.picked)) return;
    state.picked = cell;
    paintMarks();
    clearTimeout(state.timer);
    if (later) state.timer = setTimeout(commit, later); else commit();
  };
  const listen = ({ frame }) => {
    const inside = (share) => clamp(Math.floor(share * state.count), 0, state.count - 1);
    const cellOf = (event) => {
      const { left, top: upper, width: wide, height: high } = frame.getBoundingClientRect();
      return [inside((event.clientY - upper) / high), inside((event.clientX - left) / wide)];
    };
    const hover = (cell) => {
      if (cell && state.hover && same(cell, state.hover)) return;
      state.hover = cell;
      state.due ||= requestAnimationFrame(() => { state.due = 0; paintMarks(); });
    };
    frame.onpointermove = (event) => { if (event.pointerType !== "touch") hover(cellOf(event)); };
    frame.onpointerleave = () => hover(null);
    frame.onclick = (event) => pick(cellOf(event));
    frame.onkeydown = (event) => {
      const step = ARROWS[event.key], [row, column] = state.picked;
      if (!step || event.altKey || event.ctrlKey || event.metaKey) return;
      event.preventDefault();
      pick([clamp(row + step[1], 0, state.count - 1), clamp(column + step[0], 0, state.count - 1)], LATER);
    };
  };

  const draw = ({ names, matrices }) => {
    state.count = names.length;
    state.values = matrices.map(({ values }) => unpacked(values));
    if (state.panels.length !== matrices.length) {
      find(".panels").replaceChildren();
      state.panels = matrices.map(() => panel(find(".panels")));
      state.panels.forEach(listen);
    }
    top.style.setProperty("--count", matrices.length);
    matrices.forEach((matrix, index) => {
      const one = state.panels[index];
      one.title.textContent = matrix.title;
      one.frame.setAttribute("aria-label", `Gram matrix, ${matrix.title}. Arrow keys choose another cell.`);
      one.ramp.style.background = `linear-gradient(90deg, ${matrix.ramp.join(", ")})`;
      one.ends.forEach((node, at) => { node.textContent = told(ends(matrix)[at]); });
      paint(one, matrix, state.values[index]);
    });
  };
  state.update = (data) => {
    const { stamp, picked, revision } = data, other = state.stamp !== stamp;
    const late = state.data && !other && (state.timer || revision < state.revision);
    state.data = data;
    if (other) {
      state.stamp = stamp;
      state.hover = null;
      draw(data);
    }
    if (!late) state.picked = [...picked];
    state.revision = Math.max(state.revision, revision);
    paintMarks();
  };
  state.stop = () => {
    cancelAnimationFrame(state.due);
    clearTimeout(state.timer);
  };
  return state;
}

export default serve(mount);
