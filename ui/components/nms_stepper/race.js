// A race after any number of decisions, derived from who decided each box and when. It stands before painter.js.
const [WAITS, WINS, KEPT, REMOVED, DROPPED] = [0, 1, 2, 3, 4];
const STATES = ["waits", "wins", "kept", "removed", "dropped"];
const FATES = [0, 1, 1, 2, 2];

const diou = (a, b) => {
  const across = (low, high) => (a[low] + a[high] - b[low] - b[high]) / 2;
  const reach = (low, high) => Math.max(a[high], b[high]) - Math.min(a[low], b[low]);
  const far = across(0, 2) ** 2 + across(1, 3) ** 2, most = reach(0, 2) ** 2 + reach(1, 3) ** 2;
  return overlap(a, b) - (most > 0 ? far / most : 0);
};
const fromBorder = (box, x, y) => {                    // how far a point is from a box's border, and whether it is inside
  const dx = Math.max(box[0] - x, x - box[2]), dy = Math.max(box[1] - y, y - box[3]), inside = dx <= 0 && dy <= 0;
  return { inside, far: inside ? Math.min(-dx, -dy) : Math.hypot(Math.max(dx, 0), Math.max(dy, 0)) };
};
const counted = (count) => (count < 1000 ? String(count) : whole(count));
const boxes = (count) => (count === 1 ? "1 box" : `${counted(count)} boxes`);

const unpacked = (text) => new Uint16Array(Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0)).buffer);

function readLane(lane, data) {
  const count = data.scores.length, starts = new Int32Array(count + 1);
  lane.falls?.counts.forEach((many, box) => { starts[box + 1] = starts[box] + many; });
  return {
    ...lane, starts, soft: Boolean(lane.falls), at: unpacked(lane.falls?.at ?? ""), scores: unpacked(lane.falls?.scores ?? ""),
    decisions: lane.winners.length, now: -1, best: -1, touched: [], counts: [0, 0, 0, 0, 0], fallen: 0, gone: 0,
    state: new Uint8Array(count), hit: new Uint8Array(count), score: Float64Array.from(data.scores), measured: lane.measure === "DIoU" ? diou : overlap,
  };
}

export function readRace(data) {
  const lanes = data.lanes.map((lane) => readLane(lane, data)), place = new Int32Array(data.scores.length);
  data.order.forEach((box, at) => { place[box] = at; });
  return {
    ...data, lanes, place, count: data.scores.length, order: Int32Array.from(data.order), at: place.slice(),
    last: Math.max(0, ...lanes.map((lane) => lane.decisions)), soft: lanes.find((lane) => lane.soft), differ: new Uint8Array(data.scores.length), differing: 0,
    most: data.scores.reduce((most, score) => Math.max(most, score), 1e-9),
  };
}

// The lane after `taken` decisions. `early`: of the last one only the winner is known, nobody has suffered from it yet.
function advance(lane, data, taken, early) {
  const live = taken > 0 && taken <= lane.decisions, end = Math.min(taken, lane.decisions);
  const done = live && early ? end - 1 : end;
  lane.taken = end;
  lane.ended = taken >= lane.decisions;
  lane.early = live && early;
  lane.now = live ? end - 1 : -1;
  lane.best = live ? lane.winners[lane.now] : -1;
  lane.touched = [];
  lane.hit.fill(0);
  lane.counts.fill(0);
  lane.fallen = 0;
  const hit = lane.early ? -2 : lane.now;
  for (let box = 0; box < data.count; box += 1) {
    const step = lane.step[box], winner = lane.winner[box];
    const state = box === lane.best ? WINS : step >= done ? WAITS : winner === box ? KEPT : winner < 0 ? DROPPED : REMOVED;
    let touched = hit >= 0 && step === hit && state >= REMOVED;
    if (lane.soft) {
      const change = lastBefore(lane.at, lane.starts[box], lane.starts[box + 1], done);
      lane.score[box] = change < 0 ? data.scores[box] : lane.scores[change] * lane.falls.most;
      if (hit >= 0 && change >= 0 && lane.at[change] === hit && box !== lane.best) { touched = true; lane.fallen += state === WAITS; }
    }
    lane.state[box] = state;
    lane.counts[state] += 1;
    if (touched) { lane.touched.push(box); lane.hit[box] = 1; }
  }
  lane.gone = lane.touched.filter((box) => lane.state[box] >= REMOVED).length;
}
function lastBefore(at, low, high, decision) {         // the last of at[low..high] below `decision`, -1 for none
  const start = low;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (at[middle] < decision) low = middle + 1; else high = middle;
  }
  return low > start ? low - 1 : -1;
}

export function moveTo(race, taken, early) {
  for (const lane of race.lanes) advance(lane, race, taken, early);
  if (race.soft) {
    const { score, step } = race.soft;
    race.order.sort((a, b) => score[b] - score[a] || step[a] - step[b] || race.place[a] - race.place[b]);
    race.order.forEach((box, at) => { race.at[box] = at; });
  }
  const [one, two] = race.lanes;
  race.differing = 0;
  if (!two) return;
  for (let box = 0; box < race.count; box += 1) {      // a lane that is only ahead of the other does not differ from it
    const differs = FATES[one.state[box]] !== FATES[two.state[box]] && (one.winner[box] === box) !== (two.winner[box] === box);
    race.differ[box] = differs;
    race.differing += differs;
  }
}

// With the current winner, null where there is none. Nothing that waits is shown above the threshold by rounding alone.
export function overlapOf(race, lane, box) {
  if (lane.best < 0 || box === lane.best) return null;
  if (lane.winner[box] === lane.best) return lane.overlap[box];
  const found = lane.measured(race.boxes[box], race.boxes[lane.best]);
  const spared = !lane.soft && lane.threshold !== null && !lane.early && lane.state[box] === WAITS && !otherClass(race, lane, box);
  return spared ? Math.min(found, lane.threshold) : found;
}
export const otherClass = (race, lane, box) => lane.perClass && race.names[box] !== race.names[lane.best];

export function stateInWords(race, lane, box, found) {
  const state = lane.state[box];
  if (state === REMOVED) return `removed by #${lane.winner[box]}`;
  if (state === DROPPED) return "score too low";
  if (state !== WAITS || found === null || lane.early) return STATES[state];
  if (lane.soft && lane.hit[box]) return "waits: score falls";
  return otherClass(race, lane, box) && found > (lane.threshold ?? 0) ? "waits: other class" : STATES[state];
}

export function sentence(race, lane) {
  if (!race.count) return "No boxes.";
  if (!lane.decisions) return "No box is kept: every score is below the limit.";
  if (!lane.taken) return `${boxes(race.count)} by falling score. Nothing is decided yet.`;
  const kept = `${boxes(lane.decisions)} ${lane.decisions === 1 ? "is" : "are"} kept.`;
  if (lane.now < 0) return `The race is over after ${lane.decisions === 1 ? "1 decision" : `${counted(lane.decisions)} decisions`}: ${kept}`;
  const wins = `Decision ${counted(lane.taken)} of ${counted(lane.decisions)}: ${nameOf(race, lane, lane.best)} wins`;
  if (lane.early) return `${wins}.`;
  return `${wins} ${lane.soft ? softly(lane) : `and removes ${lane.gone ? `${boxes(lane.gone)}${above(race, lane)}` : "no box"}`}.${lane.ended ? ` ${kept}` : ""}`;
}
const above = (race, lane) => (lane.threshold === null ? "" : ` with ${lane.measure === "IoU" ? "an IoU" : `a ${lane.measure}`} above ${lane.threshold.toFixed(2)}`);
const softly = (lane) => {
  const fall = lane.fallen === 1 ? "1 score falls" : `${lane.fallen ? counted(lane.fallen) : "no"} scores fall`;
  return `and ${fall}${lane.gone ? `, ${boxes(lane.gone)} ${lane.gone === 1 ? "drops" : "drop"} out` : ""}`;
};
export const nameOf = (race, lane, box) => `${race.classes[race.names[box]].name} ${lane.score[box].toFixed(2)}`;

export const linesOf = (lane) => {                     // which lines of the pseudo-code this moment executes
  if (lane.early) return [1];
  const end = lane.ended ? [3] : [];
  return lane.now >= 0 ? [1, 2, ...end] : lane.taken ? end : [0, ...end];
};

// Boxes at a point, the nearest border first.
export function boxesAt(race, lane, x, y, slack, hidden) {
  const found = [];
  race.boxes.forEach((box, index) => {
    if (hidden && lane.state[index] >= REMOVED && !race.differ[index] && !lane.hit[index]) return;
    const { inside, far } = fromBorder(box, x, y);
    if (inside || far <= slack) found.push({ index, far });
  });
  return found.sort((a, b) => a.far - b.far || race.at[a.index] - race.at[b.index]).map(({ index }) => index);
}
