// What a hand paints, as pixels of a mask (w x h bytes, a class each). It stands before mask_painter.js.
const BANDS = [(x, y) => x + y, (x, y) => x - y, (x, y) => y, (x, y) => x];   // how the stripes of a class run: its second cue
const WIDE = 10;                                       // px from stripe to stripe

// All pixels within `r` of the line from (ax, ay) to (bx, by); returns the rows and columns that may have changed.
function capsule(mask, w, h, [ax, ay], [bx, by], r, value) {
  const left = Math.max(0, Math.floor(Math.min(ax, bx) - r)), right = Math.min(w, Math.ceil(Math.max(ax, bx) + r));
  const top = Math.max(0, Math.floor(Math.min(ay, by) - r)), bottom = Math.min(h, Math.ceil(Math.max(ay, by) + r));
  const dx = bx - ax, dy = by - ay, long = dx * dx + dy * dy;
  for (let y = top; y < bottom; y += 1) {
    for (let x = left; x < right; x += 1) {
      const px = x + 0.5 - ax, py = y + 0.5 - ay, t = long ? clamp((px * dx + py * dy) / long, 0, 1) : 0;
      const ex = px - t * dx, ey = py - t * dy;
      if (ex * ex + ey * ey <= r * r) mask[y * w + x] = value;
    }
  }
  return [left, top, right, bottom];
}

// All pixels whose centre lies inside the polygon, by the even-odd rule.
function polygon(mask, w, h, points, value) {
  for (let y = 0; y < h; y += 1) {
    const middle = y + 0.5, cuts = [];
    points.forEach(([ax, ay], at) => {
      const [bx, by] = points[(at + 1) % points.length];
      if ((ay <= middle) !== (by <= middle)) cuts.push(ax + (middle - ay) / (by - ay) * (bx - ax));
    });
    cuts.sort((a, b) => a - b);
    for (let pair = 0; pair + 1 < cuts.length; pair += 2) {
      const from = clamp(Math.ceil(cuts[pair] - 0.5), 0, w), to = clamp(Math.ceil(cuts[pair + 1] - 0.5), 0, w);
      mask.fill(value, y * w + from, y * w + Math.max(from, to));
    }
  }
}

function written(mask) {                               // as `runs.py` writes it
  const parts = [];
  let start = 0;
  for (let at = 1; at <= mask.length; at += 1) {
    if (at < mask.length && mask[at] === mask[start]) continue;
    parts.push(mask[start], at - start);
    start = at;
  }
  return parts.join(",");
}
function readInto(mask, text) {
  const parts = text.split(",");
  let at = 0;
  for (let part = 0; part < parts.length; part += 2) {
    const end = at + Number(parts[part + 1]);
    mask.fill(Number(parts[part]), at, end);
    at = end;
  }
}

const channels = (colour) => [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16));
// The part (left, top, right, bottom) of the mask in colours: each class striped in its own way, with a pale edge.
function coloured(mask, w, h, [left, top, right, bottom], colours, open) {
  const image = new ImageData(right - left, bottom - top), shades = colours.map((colour) => colour && channels(colour));
  let out = 0;
  for (let y = top; y < bottom; y += 1) {
    for (let x = left; x < right; x += 1, out += 4) {
      const at = y * w + x, value = mask[at], shade = value === open ? [19, 19, 23] : shades[value];
      if ((x && mask[at - 1] !== value) || (y && mask[at - w] !== value)) { image.data.fill(255, out, out + 4); continue; }
      if (!shade) continue;
      const band = value === open ? (x >> 2) + (y >> 2) & 1 : (BANDS[value % BANDS.length](x, y) % WIDE + WIDE) % WIDE < 3;
      image.data.set(shade, out);
      image.data[out + 3] = band ? 205 : 130;
    }
  }
  return image;
}
