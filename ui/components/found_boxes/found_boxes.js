// Boxes and their list: the pointer and the keys pick out the same thing in both. Python hears of a pick once it rests.
const MANY_BOXES = 40;                                 // from here on lines are thinner
const REST = 180;                                      // ms, after the last of several keys
const NEAR = 6, FINGER = 12;                           // px beside a box that still count as on it

const measured = document.createElement("canvas").getContext("2d");
const listed = (box) => `${whole(box[0])}, ${whole(box[1])} – ${whole(box[2])}, ${whole(box[3])}`;

function drawThing(thing, index, into) {
  const group = make("g", {}, into.boxes), number = index + 1;
  const rects = ["casing", "line"].map((name) => make("rect", { class: name }, group));
  rects.forEach((rect) => place(rect, thing.box));
  put(rects[1], { "stroke-dasharray": thing.dash || "none" });
  const tag = element("span", "", into.tags), row = element("div", "row", into.list);
  put(row, { role: "option", id: `found-${thing.key}` });
  row.dataset.key = thing.key;
  const head = element("span", "number", row);
  make("line", { x1: 0, x2: 22, y1: 5, y2: 5, "stroke-dasharray": thing.dash || "none" }, make("svg", { "aria-hidden": "true" }, head));
  element("span", "", head).textContent = number;
  const name = element("span", "name", row);
  element("b", "", name).textContent = thing.name;
  if (thing.mark) element("i", "", name).textContent = thing.mark;
  const score = element("span", "score", row);
  element("span", "", score).textContent = thing.score.toFixed(2);
  element("i", "", element("span", "bar", score)).style.width = `${100 * clamp(thing.score, 0, 1)}%`;
  element("span", "place", row).textContent = listed(thing.box);
  for (const node of row.querySelectorAll("span")) node.after(" ");     // words that stand apart are read apart
  for (const node of [group, tag, row]) {
    node.style.setProperty("--colour", thing.colour);
    node.style.setProperty("--ink", inkOn(thing.colour));
    node.classList.toggle("marked", Boolean(thing.mark));
  }
  return { group, tag, row, words: `${number} ${thing.name} ${thing.score.toFixed(2)}`, number: String(number), lay: null };
}

function mount(root) {
  const find = (selector) => root.querySelector(selector), found = find(".found"), frame = find(".frame"), svg = find(".frame svg"), list = find(".list");
  const state = { api: null, data: null, text: "", parts: [], hover: -1, picked: "", told: "", said: "", revision: 0, timer: 0, click: null, raised: null };

  const indexOf = (key) => state.data.things.findIndex((thing) => thing.key === key);

  const lay = () => {                                  // the tags, for the size the photo has on the screen
    const { things, width: w } = state.data, size = [frame.clientWidth, frame.clientHeight], scale = size[0] / w;
    if (!scale) return;
    measured.font = `600 12px ${getComputedStyle(found).fontFamily}`;
    const wide = (words) => Math.ceil(measured.measureText(words).width), { parts } = state;
    const boxes = things.map(({ box }) => box.map((side) => side * scale));
    layTags(boxes, parts.map((part) => part.words), parts.map((part) => part.number), size, wide).forEach((one, index) => { parts[index].lay = one; });
    emphasise();
  };
  const emphasise = () => {
    const chosen = indexOf(state.picked);
    state.parts.forEach(({ group, tag, row, words, number, lay: place }, index) => {
      const out = index === state.hover, mine = index === chosen, whole = out || mine || place?.whole;
      for (const node of [group, tag, row]) { node.classList.toggle("out", out); node.classList.toggle("picked", mine); }
      row.setAttribute("aria-selected", String(mine));
      if (!place) return;
      const [x, y] = whole && !place.whole ? place.full : place.spot ?? place.full, text = whole ? words : number;
      tag.classList.toggle("none", !place.spot && !mine);
      tag.style.transform = `translate(${x}px, ${y}px)`;
      if (tag.textContent !== text) tag.textContent = text;
    });
    frame.classList.toggle("some", state.hover >= 0);
    const raised = [chosen, state.hover].filter((index) => index >= 0);
    if (String(raised) !== state.raised) {              // those on top, below them the others as they were
      state.raised = String(raised);
      svg.lastElementChild.append(...[...state.parts].reverse().map(({ group }) => group), ...raised.map((index) => state.parts[index].group));
    }
    if (chosen >= 0) list.setAttribute("aria-activedescendant", state.parts[chosen].row.id); else list.removeAttribute("aria-activedescendant");
    Object.assign(found.dataset, { hover: state.data.things[state.hover]?.key ?? "", picked: state.picked });
  };
  const hover = (index) => { if (state.hover !== index) { state.hover = index; emphasise(); } };

  const send = () => {
    clearTimeout(state.timer);
    state.timer = 0;
    if (state.said === state.picked) return;
    state.said = state.picked;
    state.revision += 1;
    state.api.setStateValue("picked", { value: state.picked, revision: state.revision });
  };
  const pick = (index, later = false) => {
    state.picked = state.data.things[index]?.key ?? "";
    emphasise();
    find(".spoken").textContent = index < 0 ? "No box is picked." : `Box ${state.parts[index].words} is picked.`;
    clearTimeout(state.timer);
    if (later) state.timer = setTimeout(send, REST); else send();
  };

  const under = (event) => {                           // things at the pointer, the smallest first
    const [x, y] = pointOn(svg, event), slack = (event.pointerType === "touch" ? FINGER : NEAR) * state.data.width / frame.clientWidth;
    return state.data.things
      .map(({ box }, index) => ({ index, size: area(box), on: x >= box[0] - slack && x <= box[2] + slack && y >= box[1] - slack && y <= box[3] + slack }))
      .filter(({ on }) => on).sort((a, b) => a.size - b.size || a.index - b.index).map(({ index }) => index);
  };
  frame.onpointermove = (event) => { if (event.pointerType !== "touch") hover(under(event)[0] ?? -1); };
  frame.onpointerleave = () => hover(-1);
  frame.onclick = (event) => {                         // again at the same place: the next thing under it
    const there = under(event), again = state.click && Math.hypot(event.clientX - state.click.x, event.clientY - state.click.y) < NEAR;
    const turn = again ? state.click.turn + 1 : 0;
    state.click = { x: event.clientX, y: event.clientY, turn };
    const index = there.length ? there[turn % there.length] : -1;
    pick(index);
    if (index >= 0) { if (event.pointerType !== "touch") hover(index); inList(index); }
  };
  const inList = (index) => {                          // scrolls the list alone, never the page
    const { row } = state.parts[index], top = row.offsetTop, end = top + row.offsetHeight;
    if (top < list.scrollTop) list.scrollTop = top; else if (end > list.scrollTop + list.clientHeight) list.scrollTop = end - list.clientHeight;
  };
  const rowOf = (event) => indexOf(event.target.closest?.(".row")?.dataset.key);
  list.onpointerover = (event) => hover(rowOf(event));
  list.onpointerleave = () => hover(-1);
  list.onclick = (event) => { const index = rowOf(event); if (index >= 0) pick(index); };
  found.onkeydown = (event) => {
    const count = state.data.things.length, at = indexOf(state.picked);
    if (event.key === "Escape" && at >= 0) { event.preventDefault(); pick(-1); return; }
    const to = { ArrowDown: at + 1, ArrowUp: at < 0 ? 0 : at - 1, Home: 0, End: count - 1 }[event.key];
    if (to === undefined || !count || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const index = clamp(to, 0, count - 1);
    pick(index, true);
    inList(index);
  };

  const draw = (data) => {
    const { image, width: w, height: h, things } = data, picture = find("image"), into = { boxes: find(".boxes"), tags: find(".tags"), list };
    if (picture.getAttribute("href") !== image) put(picture, { href: image });
    put(picture, { width: w, height: h });
    svg.setAttribute("viewBox", `0 0 ${w} ${h}`);
    svg.setAttribute("aria-label", data.alt);
    found.style.setProperty("--aspect", w / h);
    found.classList.toggle("narrow", w / h < 1.05);      // beside a tall photo the list has room for the sides too
    frame.classList.toggle("many", things.length > MANY_BOXES);
    for (const part of Object.values(into)) part.replaceChildren();
    state.parts = things.map((thing, index) => drawThing(thing, index, into));
    state.raised = null;
    find(".empty").textContent = things.length ? "" : data.empty;
    find(".columns").style.display = list.style.display = things.length ? "" : "none";
    found.dataset.count = things.length;
  };
  const sizes = new ResizeObserver(() => { if (state.data) lay(); });
  sizes.observe(frame);
  state.update = (data) => {
    const { picked, revision, ...scene } = data, text = JSON.stringify(scene), other = text !== state.text, late = revision < state.revision;
    const point = state.data?.things[state.hover]?.key;
    state.data = data;
    if (other) { state.text = text; state.hover = -1; draw(data); state.hover = indexOf(point); }
    if (!state.timer && !late && (picked !== state.told || other)) state.picked = state.said = picked;
    if (!late) state.told = picked;
    state.revision = Math.max(revision, state.revision);
    lay();
    emphasise();
  };
  state.stop = () => {
    clearTimeout(state.timer);
    sizes.disconnect();
  };
  return state;
}

export default serve(mount);
