// The nodes of which a lane and a row of the queue are made. It stands before nms_stepper.js.
function drawLane(lane, index, before) {
  const group = element("div", "lane", before.parentNode), line = element("p", "title", group), photo = element("div", "photo", group);
  before.before(group);
  const title = element("b", "", line), note = element("span", "", line);
  title.after(" ");
  put(photo, { tabindex: 0, role: "application" });
  const image = element("img", "", photo), [below, above] = [0, 1].map(() => element("canvas", "", photo));
  const said = element("p", "said", group), code = element("ol", "code", group);
  image.alt = "";
  for (const layer of [below, above]) put(layer, { "aria-hidden": "true" });
  code.setAttribute("aria-label", "Pseudo-code");
  for (const _ of lane.lines) element("li", "", code);
  group.style.setProperty("--column", index + 1);
  return { group, title, note, photo, image, said, source: "", lines: [...code.children], paint: painter(below, above), width: 0, height: 0 };
}

function nameLane(view, lane, source) {                 // a photo that is shown is not decoded anew
  say(view.title, lane.title);
  say(view.note, lane.note);
  mark(view.photo, "aria-label", `${lane.title}: boxes on the photo. Left and right step, space plays, up and down or a click pick a box.`);
  lane.lines.forEach((line, at) => say(view.lines[at], line));
  if (view.source !== source) view.image.src = view.source = source;
}

function drawRow(parent, lanes) {
  const row = element("div", "row", parent), [index, name, score] = ["index", "name", "score"].map((part) => element("span", part, row));
  row.setAttribute("role", "option");
  const fates = lanes.map(() => {
    const fate = element("span", "fate", row), swatch = element("span", "swatch", fate), bar = element("span", "bar", fate);
    const found = element("span", "", bar), fill = element("i", "", bar), tick = element("s", "", bar), words = element("span", "words", fate);
    return { fate, swatch, bar, found, fill, tick, words };
  });
  const was = element("small", "", score), now = element("span", "", score), differs = lanes.length > 1 ? element("span", "differs", row) : null;
  for (const node of row.querySelectorAll("*")) node.after(" ");      // words that stand apart are read apart
  return { row, index, name, was, now, fates, differs };
}

const say = (node, words) => { if (node.textContent !== words) node.textContent = words; };
const mark = (node, name, value) => {
  if (value === null) node.removeAttribute(name);
  else if (node.getAttribute(name) !== String(value)) node.setAttribute(name, value);
};

function paintFate(part, race, lane, box, colour) {
  const found = overlapOf(race, lane, box), hit = lane.hit[box] === 1, spared = lane.state[box] === WAITS && !otherClass(race, lane, box);
  const own = lane.soft && lane !== race.soft ? ` · ${lane.score[box].toFixed(2)}` : "", words = stateInWords(race, lane, box, found) + own;     // the list has one column of scores
  mark(part.fate, "data-state", STATES[lane.state[box]]);
  mark(part.fate, "data-hit", hit ? "" : null);
  if (part.colour !== colour) part.swatch.style.setProperty("--colour", part.colour = colour);
  say(part.words, words);
  say(part.found, found === null ? "" : found.toFixed(2));
  part.bar.classList.toggle("none", found === null);
  part.bar.classList.toggle("above", found > (lane.threshold ?? 2) && (hit || spared));
  part.fill.style.width = `${clamp(found ?? 0, 0, 1) * 100}%`;
  part.tick.style.left = `${clamp(lane.threshold ?? 0, 0, 1) * 100}%`;
  part.tick.hidden = lane.threshold === null;
}
