// A mask painted over a photo: it grows here while the hand moves, and is sent once the hand rests.
const REST = 350;                                      // ms
const STEP = 4, LEAP = 24;                             // px of the photo, by arrow keys; Shift makes the one the other
const MOST_UNDONE = 60;
const NEAR = 14;                                       // px of the screen: so near to its first corner an outline is closed
const TOOLS = { brush: "Brush", outline: "Outline", eraser: "Eraser" };
const HINTS = {                                        // by hand, and by keyboard
  brush: ["Press and drag to paint.", "Keys: arrows move, Space paints a spot, Enter puts the brush down until Enter, [ and ] change the size, digits choose a class, Ctrl+Z undoes."],
  outline: ["Drag around an area, or set corner after corner and close at the first.", "Keys: arrows move, Space sets a corner, Enter fills, Escape cancels."],
  eraser: ["Press and drag to make it background again.", "Keys: arrows move, Space erases a spot, Enter puts the eraser down until Enter, Ctrl+Z undoes."],
};

function mount(root) {
  const find = (selector) => root.querySelector(selector), painter = find(".painter"), stage = find(".stage"), canvas = find(".mask"), hand = find(".hand");
  const slider = find("input"), brush = canvas.getContext("2d");
  // `agreed` is the mask that Python and the browser both know; `past` are masks as text, the one shown at `now`.
  const state = { api: null, data: null, scene: "", mask: null, agreed: null, past: [], now: -1, revision: 0, timer: 0, held: false,
    tool: "brush", size: 24, value: 1, drag: null, down: false, points: [], cursor: null };

  // ---- Painting on the screen.
  const paint = ([left, top, right, bottom] = [0, 0, state.data.width, state.data.height]) => {
    const { width: w, height: h, colours, open } = state.data, end = [Math.min(w, right + 1), Math.min(h, bottom + 1)];
    if (end[0] > left && end[1] > top) brush.putImageData(coloured(state.mask, w, h, [left, top, ...end], colours, open), left, top);
  };
  const scale = () => stage.clientWidth / state.data.width || 1;
  const value = () => (state.tool === "eraser" ? 0 : state.value);
  const named = (one) => (one === state.data.open ? "not known" : state.data.names[one]);
  const drawHand = () => {
    const path = state.points.map((point) => point.join(",")).join(" "), [first] = state.points, at = state.cursor;
    for (const line of hand.querySelectorAll("polyline")) put(line, { points: path });
    for (const dot of hand.querySelectorAll(".start")) {
      dot.style.display = first ? "" : "none";
      if (first) put(dot, { cx: first[0], cy: first[1], r: 5 / scale() });
    }
    for (const ring of hand.querySelectorAll(".ring")) {
      ring.style.display = at ? "" : "none";
      if (at) put(ring, { cx: at[0], cy: at[1], r: state.tool === "outline" ? 3 / scale() : state.size / 2 });
    }
    find(".closing").hidden = state.points.length < 3 || Boolean(state.drag);
    const inside = at && at[0] >= 0 && at[1] >= 0 && at[0] < state.data.width && at[1] < state.data.height;
    const there = inside ? named(state.mask[Math.floor(at[1]) * state.data.width + Math.floor(at[0])]) : "";
    find(".here").textContent = inside ? `${Math.floor(at[0])}, ${Math.floor(at[1])}: ${there}` : "\u00a0";
  };
  const showTools = () => {
    for (const button of find(".tools").children) {
      const on = button.dataset.tool === state.tool;
      button.setAttribute("aria-checked", String(on));
      button.tabIndex = on ? 0 : -1;
    }
    for (const button of find(".classes").children) {
      const on = Number(button.dataset.value) === state.value;
      button.setAttribute("aria-checked", String(on));
      button.tabIndex = on ? 0 : -1;
    }
    Object.assign(painter.dataset, { tool: state.tool, down: state.down });
    slider.value = state.size;
    find(".size .now").textContent = `${state.size} px`;
    HINTS[state.tool].forEach((words, at) => { find(".hint").children[at].textContent = words; });
    find(".undo").disabled = state.now <= 0;
    find(".redo").disabled = state.now >= state.past.length - 1;
    stage.setAttribute("aria-label", `Mask over the photo. ${HINTS[state.tool].join(" ")}`);
  };
  const say = (words) => { find(".spoken").textContent = words; };

  // ---- What was done, undone and sent.
  const load = (text) => { readInto(state.mask, text); paint(); painter.dataset.shown = text.length; };
  const remember = (text) => {
    state.past = [...state.past.slice(0, state.now + 1), text].slice(-MOST_UNDONE);
    state.now = state.past.length - 1;
  };
  const send = () => {
    const text = state.past[state.now];
    state.held = false;
    if (text === state.agreed) { state.update(state.data); return; }
    state.agreed = text;
    state.revision += 1;
    state.api.setStateValue("painted", { runs: text, about: state.data.about, revision: state.revision });
  };
  const hold = () => { clearTimeout(state.timer); state.held = true; };
  const rest = () => { hold(); state.timer = setTimeout(send, REST); };
  const done = (words) => {
    const text = written(state.mask);
    if (text !== state.past[state.now]) { remember(text); say(words); }
    painter.dataset.shown = text.length;
    showTools();
    drawHand();
    rest();
  };
  const go = (by) => {
    liftBrush();
    const to = clamp(state.now + by, 0, state.past.length - 1);
    if (to === state.now || state.drag) return;
    state.now = to;
    load(state.past[to]);
    say(by < 0 ? "Undone" : "Done again");
    showTools();
    rest();
  };

  // ---- Strokes and outlines.
  const stroke = (from, to) => {
    const { width: w, height: h } = state.data;
    paint(capsule(state.mask, w, h, from, to, state.size / 2, value()));
  };
  const fill = () => {
    if (state.points.length < 3) return;
    polygon(state.mask, state.data.width, state.data.height, state.points, value());
    state.points = [];
    paint();
    done(`Filled with ${named(value())}`);
  };
  const drop = () => { state.points = []; drawHand(); };
  const far = (a, b) => Math.hypot(a[0] - b[0], a[1] - b[1]) * scale();
  const corner = (at) => {
    if (state.points.length > 2 && far(state.points[0], at) < NEAR) { fill(); return false; }
    state.points.push(at);
    return true;
  };
  const pixel = (event) => {
    const { left, top } = stage.getBoundingClientRect();
    return [(event.clientX - left) / scale(), (event.clientY - top) / scale()].map(round);
  };

  stage.onpointerdown = (event) => {
    if (event.button || state.drag || event.target.closest(".closing")) return;
    liftBrush();
    const at = pixel(event);
    state.cursor = at;
    stage.setPointerCapture(event.pointerId);
    hold();
    if (state.tool === "outline") {
      if (!corner(at)) return;
      state.drag = { pointer: event.pointerId, last: at, from: at, long: 0, corners: state.points.length };
    } else {
      state.drag = { pointer: event.pointerId, last: at };
      stroke(at, at);
    }
    drawHand();
  };
  stage.onpointermove = (event) => {
    const now = pixel(event);
    state.cursor = now;
    if (state.drag?.pointer === event.pointerId) {
      const merged = event.getCoalescedEvents?.() ?? [];
      for (const at of merged.length ? merged.map(pixel) : [now]) {
        const gone = far(state.drag.last, at);
        if (state.tool !== "outline") { stroke(state.drag.last, at); state.drag.last = at; }
        else if (gone >= 3) { state.points.push(at); state.drag.long += gone; state.drag.last = at; }
      }
    }
    drawHand();
  };
  const lift = (event, kept) => {
    const { drag } = state;
    if (drag?.pointer !== event.pointerId) return;
    state.drag = null;
    if (state.tool === "outline") {
      if (!kept) state.points.length = drag.corners - 1;
      if (kept && drag.long > 2 * NEAR && state.points.length > 2) { fill(); return; }   // a loop in one go
      state.points.length = Math.min(state.points.length, drag.corners);                 // a click that trembled
      drawHand();
      rest();
    } else if (kept) done(`Painted ${named(value())}`);
    else { load(state.past[state.now]); rest(); }
  };
  stage.onpointerup = (event) => lift(event, true);
  stage.onpointercancel = (event) => lift(event, false);
  stage.onpointerleave = () => { if (!state.drag) { state.cursor = null; drawHand(); } };
  stage.ondblclick = () => fill();
  find(".fill").onclick = fill;
  find(".cancel").onclick = drop;

  // ---- Keys and controls.
  const pickTool = (tool) => { liftBrush(); state.tool = tool; if (tool !== "outline") state.points = []; showTools(); drawHand(); };
  const pickClass = (one) => {
    liftBrush();
    state.value = one;
    if (state.tool === "eraser") state.tool = "brush";
    say(`Painting ${named(one)}`);
    showTools();
  };
  const resize = (to) => { state.size = clamp(to, 2, 120); showTools(); drawHand(); };
  const press = () => {
    const at = state.cursor;
    if (state.tool === "outline") { if (corner(at)) drawHand(); return; }
    stroke(at, at);
    done(`${state.tool === "eraser" ? "Erased" : `Painted ${named(value())}`} at ${Math.round(at[0])}, ${Math.round(at[1])}`);
  };
  const putBrush = () => {                              // the arrows paint from here on
    state.down = true;
    hold();
    stroke(state.cursor, state.cursor);
    showTools();
    drawHand();
    say(`Down: arrows ${state.tool === "eraser" ? "erase" : `paint ${named(value())}`}`);
  };
  const liftBrush = () => {
    if (!state.down) return;
    state.down = false;
    done(`Painted ${named(value())}, lifted`);
  };
  stage.onblur = liftBrush;
  stage.onfocus = () => {
    if (!stage.matches(":focus-visible")) return;       // a mouse is seen where it is
    state.cursor ??= [state.data.width / 2, state.data.height / 2];
    drawHand();
  };
  const enter = () => {
    if (state.tool === "outline") { if (state.points.length) fill(); else press(); } else if (state.down) liftBrush(); else putBrush();
  };
  const keys = {
    " ": press, Enter: enter, Escape: () => { liftBrush(); drop(); }, "[": () => resize(state.size - 4), "]": () => resize(state.size + 4),
  };
  stage.onkeydown = (event) => {
    const { width: w, height: h, names, open } = state.data, arrow = ARROWS[event.key];
    if (event.target !== stage) return;
    if (event.ctrlKey || event.metaKey) {
      const by = { z: event.shiftKey ? 1 : -1, y: 1 }[event.key.toLowerCase()];
      if (by) { event.preventDefault(); go(by); }
      return;
    }
    if (!arrow && !(event.key in keys) && !/^[0-9u]$/.test(event.key)) return;
    event.preventDefault();
    state.cursor ??= [w / 2, h / 2];
    if (arrow) {
      const step = event.shiftKey ? LEAP : STEP, from = state.cursor;
      state.cursor = [clamp(state.cursor[0] + step * arrow[0], 0, w - 1), clamp(state.cursor[1] + step * arrow[1], 0, h - 1)];
      if (state.down) stroke(from, state.cursor);
      drawHand();
      say(find(".here").textContent);
    } else if (event.key === "u") pickClass(open);
    else if (/^[0-9]$/.test(event.key)) { if (Number(event.key) < names.length) pickClass(Number(event.key)); }
    else keys[event.key]();
  };
  const roving = (group, choose) => {                  // one stop for Tab, arrows within
    group.onclick = (event) => { const button = event.target.closest("button"); if (button) choose(button); };
    group.onkeydown = (event) => {
      const arrow = ARROWS[event.key], all = [...group.children];
      if (!arrow) return;
      event.preventDefault();
      const next = all[(all.indexOf(event.target.closest("button")) + arrow[0] + arrow[1] + all.length) % all.length];
      choose(next);
      next.focus();
    };
  };
  roving(find(".tools"), (button) => pickTool(button.dataset.tool));
  roving(find(".classes"), (button) => pickClass(Number(button.dataset.value)));
  slider.oninput = () => resize(Number(slider.value));
  find(".undo").onclick = () => go(-1);
  find(".redo").onclick = () => go(1);
  const radio = (parent, words) => {
    const button = element("button", "", parent);
    button.type = "button";
    button.setAttribute("role", "radio");
    if (words) button.textContent = words;
    return button;
  };
  for (const [tool, words] of Object.entries(TOOLS)) radio(find(".tools"), words).dataset.tool = tool;

  // ---- What Python says.
  const build = ({ image, width: w, height: h, names, colours, open, about }) => {
    Object.assign(state, { scene: about, mask: new Uint8Array(w * h), past: [], now: -1, points: [], drag: null, down: false, cursor: null, held: false });
    clearTimeout(state.timer);
    find(".photo").src = image;
    stage.style.setProperty("--aspect", w / h);
    painter.style.setProperty("--aspect", w / h);
    Object.assign(canvas, { width: w, height: h });
    put(hand, { viewBox: `0 0 ${w} ${h}` });
    state.size = clamp(2 * Math.round(Math.max(w, h) / 50), 4, 60);
    find(".classes").replaceChildren();
    for (const one of [...names.keys(), open]) {
      const button = radio(find(".classes")), swatch = element("span", "swatch", button);
      button.dataset.value = one;
      swatch.dataset.band = one === open ? "open" : colours[one] ? one % BANDS.length : "none";
      swatch.style.setProperty("--colour", one === open ? "#131317" : colours[one] || "transparent");
      const key = one === open ? "u" : one < 10 ? String(one) : "";
      element("span", "", button).textContent = one === open ? "not known" : names[one];
      if (key) element("kbd", "", button).textContent = key;
    }
    if (!(state.value < names.length)) state.value = Math.min(1, names.length - 1);
  };
  state.update = (data) => {
    const late = data.revision < state.revision, other = data.about !== state.scene;
    if (other || !late) state.data = data;
    if (other) {
      build(data);
      remember(data.runs);
      load(data.runs);
      state.agreed = data.runs;
    } else if (!late && !state.held && data.runs !== state.agreed) {
      remember(data.runs);
      load(data.runs);
      state.agreed = data.runs;
    }
    state.revision = Math.max(data.revision, state.revision);
    showTools();
    drawHand();
  };
  state.stop = () => clearTimeout(state.timer);
  return state;
}

export default serve(mount);
