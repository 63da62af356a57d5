// The four grids on one canvas: input, kernel, their product on its way, and the output. It stands before overlap_add.js.
const TITLE = 24, GAP = 20, LARGEST = 64;              // px
const WIDE = 560;                                      // px from which the output stands beside the others
const COARSE = 14;                                     // px of a cell from which it holds its number
const LEAST_TEXT = 8;                                   // px high
const CUT = 0.3;                                       // of its colour that a place keeps which the padding takes away
const FAINT = 0.55;                                    // what waits, or is not told yet
const DARK = [21, 21, 27], PALE = [255, 255, 255];
const LIFTED = 0.2, LANDED = 0.7;                      // shares of a step: until then over the kernel, from then in the output

const rgb = (stop) => [1, 3, 5].map((at) => parseInt(stop.slice(at, at + 2), 16));
const css = (colour) => `rgb(${colour.map(Math.round).join(" ")})`;
const inkOn = ([r, g, b]) => (0.299 * r + 0.587 * g + 0.114 * b > 140 ? DARK : PALE);
const ease = (share) => share * share * (3 - 2 * share);
const mix = (a, b, share) => a + (b - a) * share;

function colourer(ramps) {                             // colours on straight lines between the stops of the ramp that a range asks for
  const tables = ramps.map((stops) => stops.map(rgb));
  return (value, { signed, low, high }) => {
    const stops = tables[signed ? 1 : 0], at = clamp((value - low) / (high - low), 0, 1) * (stops.length - 1), first = Math.min(stops.length - 2, Math.floor(at));
    return stops[first].map((part, index) => mix(part, stops[first + 1][index], at - first));
  };
}

// Where everything stands on a canvas of so many px, `x`, `y`, `cell`, `rows` and `columns` of each grid.
export function layout(trace, across) {
  const { h, w, kh, kw, rows, columns } = trace, wide = across >= WIDE;
  const room = wide ? clamp((across - 2 * GAP) * 0.19, 100, 150) : (across - 2 * GAP) / 3;
  const grid = (rows, columns, left, top, width, height, largest = LARGEST) => {
    const cell = Math.min(width / columns, height / rows, largest);
    return { x: left + (width - cell * columns) / 2, y: top, cell, rows, columns, left, top: top - TITLE };
  };
  const small = (rows, columns, left, top) => grid(rows, columns, left, top, room, room);
  const input = small(h, w, 0, TITLE), kernel = small(kh, kw, room + GAP, TITLE);
  if (!wide) {
    const product = small(kh, kw, 2 * (room + GAP), TITLE), below = TITLE + Math.max(...[input, kernel, product].map((one) => one.cell * one.rows)) + GAP + TITLE;
    const output = grid(rows, columns, 0, below, across, 360, 100);
    return { input, kernel, product, output, height: below + output.cell * rows + 4, width: across };
  }
  const high = 2 * (TITLE + room) + GAP, left = 2 * room + 3 * GAP;
  const product = small(kh, kw, (room + GAP) / 2, room + GAP + 2 * TITLE), output = grid(rows, columns, left, TITLE, across - left, high - TITLE, 110);
  return { input, kernel, product, output: { ...output, x: left }, height: high + 4, width: across };
}

export const cellOf = ({ x, y, cell, rows, columns }, px, py) => {
  const [row, column] = [Math.floor((py - y) / cell), Math.floor((px - x) / cell)];
  return row >= 0 && row < rows && column >= 0 && column < columns ? [row, column] : null;
};

function painter(canvas) {
  const pen = canvas.getContext("2d"), sheet = document.createElement("canvas"), onSheet = sheet.getContext("2d");
  let look = null, colour = null;

  const width = (words, tall, weight) => {
    pen.font = `${weight} ${tall}px ${look.font}`;
    return pen.measureText(words).width;
  };
  const write = (words, x, y, tall, ink, room, weight = 600) => {         // no larger than its room; not at all where it would be too small
    const fits = tall * Math.min(1, room / width(words, tall, weight));
    if (fits < LEAST_TEXT) return;
    pen.font = `${weight} ${fits}px ${look.font}`;
    pen.fillStyle = ink;
    pen.fillText(words, x, y);
  };
  const add = ([before, sum], x, y, ink, room) => {    // "0 + 6 = 6" in one line, or in two; false where neither has room
    const [above, below, line] = [before, `= ${sum}`, `${before} = ${sum}`];
    if (width(line, 14, 600) <= room) write(line, x, y, 14, ink, room);
    else if (width(above, 10, 400) <= room) { write(above, x, y - 8, 12, ink, room, 400); write(below, x, y + 9, 15, ink, room); }
    else return false;
    return true;
  };
  const title = ({ left, top }, name, note) => {
    pen.textAlign = "left";
    pen.fillStyle = look.ink;
    pen.font = `600 13px ${look.font}`;
    pen.fillText(name, left, top + 9);
    const wide = pen.measureText(`${name} `).width;
    pen.font = `400 13px ${look.font}`;
    pen.globalAlpha = 0.66;
    pen.fillText(note, left + wide, top + 9);
    pen.globalAlpha = 1;
    pen.textAlign = "center";
  };
  const fine = ({ x, y, cell, rows, columns }, values, range, waits, cut) => {  // a pixel for each cell, enlarged
    [sheet.width, sheet.height] = [columns, rows];
    const image = onSheet.createImageData(columns, rows);
    values.forEach((value, at) => {
      if (!waits?.(at)) image.data.set([...colour(value, range), cut?.(at) ? 255 * CUT : 255], 4 * at);
    });
    onSheet.putImageData(image, 0, 0);
    pen.imageSmoothingEnabled = false;
    pen.fillStyle = look.quiet;
    pen.fillRect(x, y, cell * columns, cell * rows);
    pen.drawImage(sheet, x, y, cell * columns, cell * rows);
  };
  const grid = (view, values, range, { waits, words, cut } = {}) => {
    const { x, y, cell, columns } = view, tall = clamp(cell * 0.32, 9, 20);
    if (cell < COARSE) { fine(view, values, range, waits, cut); return; }
    values.forEach((value, at) => {
      const left = x + (at % columns) * cell, top = y + Math.floor(at / columns) * cell, empty = waits?.(at), shade = colour(value, range);
      const off = cut?.(at), before = pen.globalAlpha;
      pen.fillStyle = empty ? look.quiet : css(shade);
      if (off && !empty) pen.globalAlpha *= CUT;
      pen.fillRect(left + 0.5, top + 0.5, cell - 1, cell - 1);
      pen.globalAlpha = empty || off ? before * FAINT : before;
      const ink = empty || off ? look.ink : css(inkOn(shade)), [middle, half] = [left + cell / 2, top + cell / 2 + 1], told = words?.(at);
      if (!told || !add(told, middle, half, ink, cell - 6)) write(shown(value), middle, half, tall, ink, cell - 6);
      pen.globalAlpha = before;
    });
  };
  const frame = ({ x, y, cell }, row, column, rows, columns, stroke = look.hit) => {
    const sides = [x + column * cell, y + row * cell, columns * cell, rows * cell];
    for (const [line, ink] of [[5, look.paper], [2.5, stroke]]) { pen.lineWidth = line; pen.strokeStyle = ink; pen.strokeRect(...sides); }
  };
  const strike = (view, trace) => {                    // what the padding takes away is struck through
    const { x, y, cell } = view, { rows, columns, padding: p } = trace;
    if (!p) return;
    pen.save();
    pen.beginPath();
    pen.rect(x, y, columns * cell, rows * cell);
    pen.rect(x + p * cell, y + p * cell, (columns - 2 * p) * cell, (rows - 2 * p) * cell);
    pen.clip("evenodd");
    pen.globalAlpha = FAINT;
    pen.strokeStyle = look.ink;
    pen.lineWidth = 1;
    pen.beginPath();
    const step = Math.max(cell, COARSE), reach = Math.max(rows, columns) * cell;
    for (let at = -reach; at <= reach; at += step) { pen.moveTo(x + at, y + reach); pen.lineTo(x + at + reach, y); }
    pen.stroke();
    pen.restore();
    frame(view, p, p, rows - 2 * p, columns - 2 * p, look.ink);
  };
  const unknown = ({ left, top }, across, high) => {
    pen.setLineDash([5, 5]);
    pen.lineWidth = 1.5;
    pen.strokeStyle = look.ink;
    pen.globalAlpha = FAINT;
    pen.strokeRect(left + 1, top + TITLE, across - 2, high - TITLE - 2);
    pen.setLineDash([]);
    write("?", left + across / 2, top + TITLE + (high - TITLE) / 2, 56, look.ink, across);
    pen.globalAlpha = 1;
  };

  // After `taken` products, of which the last one is `share` of its way.
  return (trace, view, { taken, share, hover, veiled, style }) => {
    const ratio = devicePixelRatio || 1, now = productAt(trace, taken), { ranges, padding: p, rows, columns } = trace;
    colour ??= colourer(style.ramps);
    look = style;
    const sides = [view.width, view.height].map((side) => Math.round(side * ratio));
    if (canvas.width !== sides[0] || canvas.height !== sides[1]) [canvas.width, canvas.height] = sides;
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    pen.clearRect(0, 0, view.width, view.height);
    pen.textAlign = "center";
    pen.textBaseline = "middle";
    title(view.input, "Input X", size(trace.h, trace.w));
    title(view.kernel, "Kernel K", size(trace.kh, trace.kw));
    grid(view.input, trace.input, ranges.input);
    grid(view.kernel, trace.kernel, ranges.kernel);
    if (veiled) {
      title(view.output, "Output Y", "");
      unknown(view.output, view.width - view.output.left, view.height - view.output.top - 4);
      return;
    }
    title(view.output, "Output Y", p ? `${size(rows, columns)}, cut to ${size(rows - 2 * p, columns - 2 * p)}` : size(rows, columns));
    const landed = share >= LANDED, { sums: before } = sumAfter(trace, Math.max(0, taken - 1));
    const { sums, counts } = sumAfter(trace, landed ? taken : Math.max(0, taken - 1));
    const values = now && trace.kernel.map((weight) => now.value * weight);
    const part = (at) => {                             // the number of the product's cell that lies at a place
      const [i, j] = now ? [Math.floor(at / columns) - now.top, at % columns - now.left] : [-1, -1];
      return i >= 0 && i < trace.kh && j >= 0 && j < trace.kw ? i * trace.kw + j : -1;
    };
    const words = (at) => {
      const mine = part(at);
      if (!landed || mine < 0 || counts[at] < 2 || view.output.cell < 50) return null;
      return [`${shown(before[at])} + ${bracketed(values[mine])}`, shown(sums[at])];
    };
    grid(view.output, sums, ranges.output, { waits: (at) => counts[at] === 0, words, cut: (at) => isCut(trace, Math.floor(at / columns), at % columns) });
    strike(view.output, trace);
    if (now) {
      title(view.product, `${shown(now.value)} × K`, "");
      grid(view.product, values, ranges.product);
      frame(view.input, now.row, now.column, 1, 1);
      frame(view.product, 0, 0, trace.kh, trace.kw);
      if (landed || share < LIFTED) frame(view.output, now.top, now.left, trace.kh, trace.kw);
      else {
        const way = ease((share - LIFTED) / (LANDED - LIFTED)), { product: from, output: to } = view;
        const tile = {
          rows: trace.kh, columns: trace.kw, cell: mix(from.cell, to.cell, way),
          x: mix(from.x, to.x + now.left * to.cell, way), y: mix(from.y, to.y + now.top * to.cell, way),
        };
        pen.globalAlpha = 0.92;
        grid(tile, values, ranges.product);
        pen.globalAlpha = 1;
        frame(tile, 0, 0, trace.kh, trace.kw);
      }
    }
    if (hover) frame(view.output, ...hover, 1, 1, look.ink);
  };
}
