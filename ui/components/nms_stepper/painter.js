// One lane on two canvases over its photo. The crowd of boxes is written pixel by pixel: without a graphics card,
// two thousand stroked rectangles took 180 ms a frame, and these 5. Winner, picked box and tags are strokes above it.
const TAGS = 12;                                       // of the boxes just suppressed, those with the largest overlap
const MANY = 150, CROWD = 500;                         // boxes: from here on lines are thinner, and from here on without casing
const DARK = "#131317", PALE = "#FFFFFF";

const channels = (colour) => [1, 3, 5].map((from) => parseInt(colour.slice(from, from + 2), 16));
const ink = (colour, share = 1) => {                   // as it lies in memory: alpha, blue, green, red
  const [red, green, blue] = channels(colour);
  return ((Math.round(share * 255) << 24) | (blue << 16) | (green << 8) | red) >>> 0;
};

const onGrid = (box, scale, out) => box.map((side, index) => Math.round(side * scale) + (index < 2 ? -out : out));

function sheet(canvas) {                               // a canvas whose pixels are written one by one
  const pen = canvas.getContext("2d");
  let image = null, pixels = null, wide = 0, high = 0;
  const fill = (x1, y1, x2, y2, value, on, period) => {
    const [left, right, top, bottom] = [Math.max(0, x1), Math.min(wide, x2), Math.max(0, y1), Math.min(high, y2)];
    for (let y = top; y < bottom; y += 1) {
      const row = y * wide;
      for (let x = left; x < right; x += 1) if (!period || (x + y) % period < on) pixels[row + x] = value;
    }
  };
  const add = (x1, y1, x2, y2, value, most) => {       // the colour is the last one's, the cover is that of all
    const [left, right, top, bottom] = [Math.max(0, x1), Math.min(wide, x2), Math.max(0, y1), Math.min(high, y2)];
    const colour = value & 0xFFFFFF, cover = value >>> 24;
    for (let y = top; y < bottom; y += 1) {
      const row = y * wide;
      for (let x = left; x < right; x += 1) pixels[row + x] = colour | (Math.min(most, (pixels[row + x] >>> 24) + cover) << 24);
    }
  };
  const frame = (write) => ([x1, y1, x2, y2], size, value, first, second) => {
    const low = size >> 1, [l, t, r, b] = [x1 - low, y1 - low, x2 - low, y2 - low];
    write(l, t, r + size, t + size, value, first, second);
    write(l, b, r + size, b + size, value, first, second);
    write(l, t + size, l + size, b, value, first, second);
    write(r, t + size, r + size, b, value, first, second);
  };
  return {
    start(width, height) {
      if (width !== wide || height !== high || !image) {
        [canvas.width, canvas.height] = [wide, high] = [width, height];
        image = pen.createImageData(wide, high);
        pixels = new Uint32Array(image.data.buffer);
      } else pixels.fill(0);
    },
    solid: frame(fill), dashed: frame(fill), added: frame(add),
    show() { pen.putImageData(image, 0, 0); },
  };
}

// The boxes on a sheet, from the bottom to the top: removed, waiting, kept, just suppressed, and what differs between lanes.
function paintCrowd(paper, race, lane, { scale, px, hidden, flash }) {
  const many = race.count > MANY, crowd = race.count > CROWD, line = px(many ? 1 : 1.5), casing = px(many ? 0.5 : 1);
  const sides = (box, out = 0) => onGrid(box, scale, out);
  const each = (draw) => { for (let at = race.count - 1; at >= 0; at -= 1) draw(race.order[at], lane.state[race.order[at]]); };       // the best on top
  const share = (box) => (lane.soft ? 0.15 + 0.85 * clamp(lane.score[box] / race.most, 0, 1) : 1);
  const colour = (box, cover) => ink(race.classes[race.names[box]].colour, cover);
  const hit = new Set(lane.touched), gone = ink(race.colours.gone, crowd ? 0.35 : 0.75), pale = ink(PALE, many ? 0.35 : 0.6);
  if (!hidden) each((box, state) => { if (state >= REMOVED && !hit.has(box)) paper.dashed(sides(race.boxes[box]), px(1), gone, px(4), px(8)); });
  if (!crowd && !lane.soft) each((box, state) => { if (state === WAITS) paper.solid(sides(race.boxes[box]), line + 2 * casing, pale); });
  each((box, state) => {
    if (state !== WAITS || hit.has(box)) return;
    if (crowd) paper.added(sides(race.boxes[box]), line, colour(box, 0.4 * share(box)), 215);
    else {
      if (lane.soft) paper.solid(sides(race.boxes[box]), line + 2 * casing, ink(PALE, (many ? 0.35 : 0.6) * share(box)));
      paper.solid(sides(race.boxes[box]), line, colour(box, share(box)));
    }
  });
  each((box, state) => {
    if (state !== KEPT) return;
    paper.solid(sides(race.boxes[box]), px(2.5) + 2 * px(1), ink(PALE, 0.9 * Math.max(0.5, share(box))));
    paper.solid(sides(race.boxes[box]), px(2.5), colour(box, Math.max(0.5, share(box))));
  });
  const some = lane.touched.length > TAGS, size = px((some ? 1 : 2.5) + (some ? 1 : 2) * flash), under = some ? 0 : px(1);
  const seen = some ? 0.6 + 0.4 * flash : 1;           // many lie on one another: the photo shines through
  each((box) => {
    if (!hit.has(box)) return;
    const cover = seen * (lane.state[box] === WAITS ? 0.4 + 0.6 * share(box) : 1);
    if (under) paper.solid(sides(race.boxes[box]), size + 2 * under, ink(PALE, 0.9 * cover));
    paper.dashed(sides(race.boxes[box]), size, ink(race.colours.hit, cover), px(6), px(9));
  });
  const second = px(race.differing > TAGS ? 1 : 1.5), out = px(race.differing > TAGS ? 4 : 6);
  each((box) => {
    if (!race.differ[box]) return;
    paper.solid(sides(race.boxes[box], out), second, ink(DARK));
    paper.dashed(sides(race.boxes[box], out), second, ink(PALE), px(3), px(6));
  });
}

function painter(below, above) {
  const paper = sheet(below), pen = above.getContext("2d");
  let ratio = 1, scale = 1, wide = 0, high = 0, taken = [];

  const px = (size) => Math.max(1, Math.round(size * ratio));
  const sides = (box, out = 0) => onGrid(box, scale, out);
  const cased = (box, size, colour, casing, out = 0) => {
    const [x1, y1, x2, y2] = sides(box, out), shift = (size % 2) / 2;
    for (const [line, stroke] of [[size + 2 * casing, PALE], [size, colour]]) {
      pen.lineWidth = line;
      pen.strokeStyle = stroke;
      pen.strokeRect(x1 + shift, y1 + shift, x2 - x1, y2 - y1);
    }
  };
  const tag = (words, box, colour, must) => {          // at the first corner where no other tag is; `must` is written anyway
    const [x1, y1, x2, y2] = sides(box), tall = px(17), room = px(5), w = Math.round(pen.measureText(words).width) + 2 * room;
    const spots = [[x1, y1 - tall], [x2 - w, y1 - tall], [x2 - w, y2], [x1, y2], [x1, y1], [x2 - w, y2 - tall]]
      .map(([x, y]) => [clamp(x, 0, Math.max(0, wide - w)), clamp(y, 0, Math.max(0, high - tall))]);
    const free = spots.find(([x, y]) => !taken.some(([left, top, right, bottom]) => x < right && x + w > left && y < bottom && y + tall > top));
    if (!free && !must) return;
    const [x, y] = free ?? spots[0];
    taken.push([x - 1, y - 1, x + w + 1, y + tall + 1]);
    for (const [fill, ...rect] of [[PALE, x - 1, y - 1, w + 2, tall + 2], [DARK, x, y, w, tall], [colour, x, y, px(3), tall]]) {
      pen.fillStyle = fill;
      pen.fillRect(...rect);
    }
    pen.fillStyle = PALE;
    pen.fillText(words, x + room + px(1), y + tall / 2 + px(0.5));
  };
  const start = (width, height) => {
    ratio = devicePixelRatio || 1;
    [wide, high] = [Math.round(width * ratio), Math.round(height * ratio)];
    if (above.width !== wide || above.height !== high) [above.width, above.height] = [wide, high]; else pen.clearRect(0, 0, wide, high);
    taken = [];
  };

  return (race, lane, { width, height, picked, hidden, flash, font }) => {
    if (!width || !height) return;
    start(width, height);
    const coarse = race.count > CROWD ? 1 : ratio;      // a line of one pixel is drawn as one, however fine the screen
    scale = width * coarse / race.width;
    paper.start(Math.round(width * coarse), Math.round(height * coarse));
    paintCrowd(paper, race, lane, { scale, px: (size) => Math.max(1, Math.round(size * coarse)), hidden, flash });
    paper.show();
    scale = wide / race.width;
    pen.font = `600 ${12 * ratio}px ${font}`;
    pen.textBaseline = "middle";
    const wins = race.boxes[lane.best], chosen = race.boxes[picked], colour = wins && race.classes[race.names[lane.best]].colour;
    if (wins) cased(wins, px(4), colour, px(2));
    if (chosen) {
      cased(chosen, px(4), DARK, px(2));
      cased(chosen, px(1.5), DARK, px(1), px(7));
    }
    if (wins) tag(nameOf(race, lane, lane.best), wins, colour, true);
    if (chosen && picked !== lane.best) tag(`#${picked} ${nameOf(race, lane, picked)}`, chosen, PALE, true);
    const shown = lane.touched.map((box) => [box, overlapOf(race, lane, box)]).sort((a, b) => b[1] - a[1]);
    for (const [box, found] of shown.slice(0, TAGS)) tag(found.toFixed(2), race.boxes[box], race.colours.hit, false);
  };
}
