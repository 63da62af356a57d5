// A class map over its photo: painted, toggled, and read here from maps that were sent once. Python hears where a hand came to rest.
const REST = 250;                                      // ms
const STEP = 0.01, LEAP = 0.05;                        // of the sides, by keyboard; Shift makes the one the other
const SLIDES = { ArrowLeft: -0.02, ArrowDown: -0.02, ArrowRight: 0.02, ArrowUp: 0.02, PageDown: -0.1, PageUp: 0.1, Home: -1, End: 1 };
const FEW = 7, BEST = 5;                               // up to so many classes all have a bar, else the best of them
const MODES = { photo: "Photo", both: "Both", mask: "Mask" }, VEILS = { classes: "Classes", entropy: "Entropy", margin: "Margin" };

const kept = new Map();                                // maps by name: sent by instances that show nothing, used by the others
const stages = new Set();

const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);
const percent = (share) => `${share > 0 && share < 0.0005 ? "< 0.1" : (100 * share).toFixed(1)} %`;
const rough = (share) => `${Math.round(100 * share)} %`;

async function keep({ photo, ...screen }, mine) {
  const read = (name) => unpacked(screen[name], screen.columns);
  const [classes, margin, entropy, shares] = await Promise.all([read("classes"), read("margin"), read("entropy"), unpacked(screen.shares, screen.wide)]);
  if (mine.gone || mine.name !== screen.name) return;
  kept.set(screen.name, { ...screen, photo, classes, margin, entropy, shares, decided: new Uint8Array(classes.length) });
  for (const state of stages) state.wake();
}

function mount(root) {
  const find = (selector) => root.querySelector(selector), shell = find(".classes"), stage = find(".stage"), handle = find(".handle");
  const opacity = find(".opacity"), unsure = find(".unsure"), contours = find(".contours"), legend = find(".legend"), bars = find(".bars");
  // `told` is what Python said last, `said` what both agree on.
  const state = { api: null, data: null, maps: null, text: "", at: null, told: {}, said: {}, hover: null, open: false, revision: 0, held: false, timer: 0, frame: 0, drag: null };
  const own = { name: "", gone: false };

  // ---- Painting.
  const canvas = (selector) => {
    const node = find(selector), { columns, rows } = state.maps;
    if (node.width !== columns || node.height !== rows) Object.assign(node, { width: columns, height: rows });
    const context = node.getContext("2d"), image = context.createImageData(columns, rows);
    return { pixels: new Uint32Array(image.data.buffer), done: () => context.putImageData(image, 0, 0) };
  };
  const paint = () => {
    state.frame = 0;
    const { maps, data, at } = state;
    if (!maps) return;
    const { names, colours, ramps } = data.scene, off = new Set(at.off);
    decide(maps.classes, maps.margin, at.unsure, maps.decided);
    const veil = canvas(".veil");
    if (at.veil === "classes") {
      const bare = at.mode === "mask" ? DARK : 0;
      paintClasses(veil.pixels, maps.decided, names.map((name, index) => colours[index] && !off.has(name) ? inked(colours[index]) : bare), maps.columns);
    } else paintValues(veil.pixels, maps[at.veil], ramp(ramps), maps.decided, maps.columns);
    veil.done();
    const lines = canvas(".lines"), shown = new Uint8Array(256);
    names.forEach((name, index) => { shown[index] = colours[index] && !off.has(name) ? 1 : 0; });
    shown[NOBODY] = 1;
    if (at.contours) paintOutlines(lines.pixels, maps.decided, shown, maps.columns);
    lines.done();
    share(counted(maps.decided, names.length));
    shell.dataset.painted = JSON.stringify([maps.name, at.unsure, at.off, at.mode, at.veil, at.contours]);
  };
  const repaint = () => { state.frame ||= requestAnimationFrame(paint); };
  const share = (shares) => {
    for (const row of legend.children) {
      const part = shares[row.dataset.label === "unknown" ? shares.length - 1 : Number(row.dataset.label)];
      row.lastElementChild.textContent = percent(part);
      row.dataset.share = part;
    }
  };
  const dress = () => {                                  // all but the pixels
    const { at } = state, off = new Set(at.off);
    shell.style.setProperty("--edge", `${100 * at.edge}%`);
    shell.style.setProperty("--opacity", at.mode === "mask" ? 1 : at.opacity);
    find(".over").hidden = at.mode === "photo";
    for (const node of [handle, find(".edge")]) node.hidden = at.mode === "photo";
    find(".edge").hidden ||= at.edge === 0;
    for (const [group, chosen] of [[".modes", at.mode], [".veils", at.veil]]) {
      for (const button of find(group).children) {
        button.setAttribute("aria-checked", String(button.value === chosen));
        button.tabIndex = button.value === chosen ? 0 : -1;
      }
    }
    for (const row of legend.children) if (row.dataset.name) row.setAttribute("aria-pressed", String(!off.has(row.dataset.name)));
    const value = at.veil !== "classes", ends = find(".ends").children, most = state.maps?.most ?? 0;
    find(".scale").classList.toggle("shown", value && at.mode !== "photo");
    if (value) ["0", at.veil === "margin" ? "margin" : "entropy", at.veil === "margin" ? "1, sure" : `${most.toFixed(2)} bits, any class`].forEach((word, index) => { ends[index].textContent = word; });
    find(".slide").classList.toggle("idle", at.mode !== "both");
    opacity.value = Math.round(100 * at.opacity);
    opacity.setAttribute("aria-valuetext", rough(at.opacity));
    opacity.nextElementSibling.textContent = rough(at.opacity);
    unsure.value = Math.round(100 * at.unsure);
    unsure.setAttribute("aria-valuetext", at.unsure.toFixed(2));
    unsure.nextElementSibling.textContent = at.unsure.toFixed(2);
    contours.checked = at.contours;
    handle.setAttribute("aria-valuenow", Math.round(100 * at.edge));
    handle.setAttribute("aria-valuetext", `The map begins at ${rough(at.edge)} of the width`);
    Object.assign(shell.dataset, { opacity: at.opacity, unsure: at.unsure, mode: at.mode, veil: at.veil, edge: at.edge, off: at.off.join(","), contours: at.contours, point: at.point.join(",") });
  };

  // ---- What a point says.
  const cellOf = ([x, y], columns, rows, wide, high) => {
    const { width: w, height: h } = state.data.scene;
    return Math.min(Math.floor(y / h * rows), high - 1) * wide + Math.min(Math.floor(x / w * columns), wide - 1);
  };
  const reading = (point) => {                           // its classes, the most probable first; margin and entropy in bits
    const { maps, data } = state, { names } = data.scene, exact = same(point, data.picked.point) && data.picked;
    const cell = cellOf(point, maps.across, maps.down, maps.wide, maps.high), pixel = cellOf(point, maps.columns, maps.rows, maps.columns, maps.rows);
    const shares = exact ? exact.shares : names.map((_, label) => maps.shares[label * maps.wide * maps.high + cell] / 255);
    const ranked = names.map((name, label) => ({ name, label, share: shares[label] })).sort((a, b) => b.share - a.share);
    return exact ? { ranked, margin: exact.margin, entropy: exact.entropy } : { ranked, margin: maps.margin[pixel] / 255, entropy: maps.entropy[pixel] / 255 * maps.most };
  };
  const tell = () => {
    const point = state.hover ?? state.at.point, { scene } = state.data;
    shell.style.setProperty("--x", `${100 * (point[0] + 0.5) / scene.width}%`);
    shell.style.setProperty("--y", `${100 * (point[1] + 0.5) / scene.height}%`);
    shell.dataset.read = point.join(",");
    if (!state.maps) return;
    const { ranked, margin, entropy } = reading(point), every = ranked.length <= FEW || state.open, first = every ? ranked : ranked.slice(0, BEST), others = ranked.slice(BEST);
    const where = find(".where");
    where.replaceChildren();
    element("b", "", where).textContent = `${ranked[0].name} ${rough(ranked[0].share)}`;
    where.append(` at ${point[0]}, ${point[1]} px`);
    while (bars.children.length < first.length) line();
    [...bars.children].forEach((node, index) => { node.hidden = index >= first.length; });
    first.forEach(({ name, label, share: part }, index) => {
      const [swatch, title, track, words] = bars.children[index].children, colour = scene.colours[label];
      swatch.className = colour ? "swatch" : "swatch none";
      swatch.style.setProperty("--colour", colour);
      title.textContent = name;
      track.firstElementChild.style.width = `${100 * part}%`;
      words.textContent = rough(part);
      bars.children[index].dataset.share = part;
    });
    find(".sure").firstElementChild.textContent = `Margin ${margin.toFixed(2)}, entropy ${entropy.toFixed(2)} bits`;
    const more = find(".rest");
    more.hidden = ranked.length <= FEW;
    more.textContent = state.open ? "Only the best" : `${others.length} others, ${rough(others.reduce((sum, { share: part }) => sum + part, 0))}`;
    more.setAttribute("aria-expanded", String(state.open));
  };
  const line = () => {
    const node = element("div", "bar", bars);
    element("span", "swatch", node);
    element("span", "", node);
    element("i", "", element("span", "track", node));
    element("span", "share", node);
  };
  element("span", "", find(".sure"));
  find(".sure").append(" ");
  Object.assign(element("button", "rest", find(".sure")), { type: "button", onclick: () => { state.open = !state.open; tell(); } });
  const read = (point) => {                              // a point under the pointer, here and in those beside
    for (const other of stages) if (other === state || (state.data.group && other.data?.group === state.data.group)) other.follow(point);
  };
  state.follow = (point) => { if (!same(point, state.hover)) { state.hover = point; tell(); } };
  const say = (words) => { find(".spoken").textContent = words; };

  // ---- Moving. `held` while a hand moves, until Python has been told.
  const send = () => {
    const { at, said } = state;
    state.held = false;
    if (Object.keys(at).every((name) => same(at[name], said[name]))) { state.update(state.data); return; }
    state.said = { ...at };
    state.revision += 1;
    state.api.setStateValue("rest", { ...at, revision: state.revision });
  };
  const hold = () => { clearTimeout(state.timer); state.held = true; };
  const rest = () => { hold(); state.timer = setTimeout(send, REST); };
  const change = (name, value) => { state.at = { ...state.at, [name]: value }; dress(); if (name !== "opacity" && name !== "edge" && name !== "point") repaint(); };
  const pointAt = (event) => {
    const { left, top, width: across, height: down } = stage.getBoundingClientRect(), { width: w, height: h } = state.data.scene;
    return [clamp(Math.floor((event.clientX - left) / across * w), 0, w - 1), clamp(Math.floor((event.clientY - top) / down * h), 0, h - 1)];
  };
  const edgeTo = (share) => change("edge", Math.round(clamp(share, 0, 1) * 1000) / 1000);
  handle.onpointerdown = (event) => {
    if (event.button) return;
    const { left, width: across } = stage.getBoundingClientRect();
    state.drag = { pointer: event.pointerId, away: event.clientX - left - state.at.edge * across, from: state.at.edge };
    handle.setPointerCapture(event.pointerId);
    stage.classList.add("dragged");
    hold();
  };
  handle.onpointermove = (event) => {
    if (state.drag?.pointer !== event.pointerId) return;
    const { left, width: across } = stage.getBoundingClientRect();
    edgeTo((event.clientX - left - state.drag.away) / across);
  };
  const drop = (event) => { if (state.drag?.pointer === event.pointerId) { state.drag = null; stage.classList.remove("dragged"); rest(); } };
  handle.onpointerup = drop;
  handle.onpointercancel = (event) => { if (state.drag?.pointer === event.pointerId) edgeTo(state.drag.from); drop(event); };
  handle.onclick = (event) => event.stopPropagation();
  handle.onkeydown = (event) => {
    event.stopPropagation();
    if (!(event.key in SLIDES)) return;
    event.preventDefault();
    edgeTo(state.at.edge + SLIDES[event.key]);
    rest();
  };
  stage.onpointermove = (event) => { if (!state.drag && event.pointerType !== "touch") read(event.target === handle ? null : pointAt(event)); };
  stage.onpointerleave = () => read(null);
  stage.onclick = (event) => { pick(pointAt(event)); rest(); };
  const pick = (point) => {
    change("point", point);
    read(null);
    tell();
    if (state.maps) say(`${point.join(", ")}: ${reading(point).ranked.slice(0, 3).map(({ name, share: part }) => `${name} ${rough(part)}`).join(", ")}`);
  };
  stage.onkeydown = (event) => {
    const arrow = ARROWS[event.key];
    if (!arrow || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const { width: w, height: h } = state.data.scene, far = event.shiftKey ? LEAP : STEP, [x, y] = state.at.point;
    pick([clamp(x + arrow[0] * Math.max(1, Math.round(far * w)), 0, w - 1), clamp(y + arrow[1] * Math.max(1, Math.round(far * h)), 0, h - 1)]);
    rest();
  };
  opacity.oninput = () => { hold(); change("opacity", Number(opacity.value) / 100); };
  unsure.oninput = () => { hold(); change("unsure", Number(unsure.value) / 100); };
  for (const slider of [opacity, unsure]) slider.onchange = rest;
  contours.onchange = () => { change("contours", contours.checked); rest(); };
  legend.onclick = (event) => {
    const name = event.target.closest("button")?.dataset.name;
    if (!name) return;
    const off = state.at.off.includes(name) ? state.at.off.filter((one) => one !== name) : [...state.at.off, name];
    change("off", off);
    say(`${name} is ${off.includes(name) ? "hidden" : "shown"}`);
    rest();
  };
  for (const [group, words, field] of [[".modes", MODES, "mode"], [".veils", VEILS, "veil"]]) {
    const parent = find(group), values = Object.keys(words);
    for (const value of values) {
      const button = element("button", "", parent);
      Object.assign(button, { type: "button", value, textContent: words[value] });
      button.setAttribute("role", "radio");
    }
    const choose = (value) => { change(field, value); rest(); };
    parent.onclick = (event) => { if (event.target.value) choose(event.target.value); };
    parent.onkeydown = (event) => {
      const arrow = ARROWS[event.key];
      if (!arrow) return;
      event.preventDefault();
      const next = (values.indexOf(state.at[field]) + arrow[0] + arrow[1] + values.length) % values.length;
      choose(values[next]);
      parent.children[next].focus();
    };
  }

  // ---- What Python says.
  const row = (name, label, colour, kind) => {           // what has a colour can be switched off
    const node = element(colour ? "button" : "div", "row", legend);
    if (colour) Object.assign(node, { type: "button" }).dataset.name = name;
    element("span", `swatch ${kind}`, node).style.setProperty("--colour", colour);
    element("span", "number", node).textContent = label;
    element("b", "", node).textContent = name;
    element("span", "share", node);
    for (const part of node.children) part.after(" ");   // words that stand apart are read apart
    return node;
  };
  const build = ({ width: w, height: h, alt, names, colours, shown, ramps }) => {
    find(".photo").alt = alt;
    stage.setAttribute("aria-label", `${alt}. Arrow keys move the point whose classes are listed`);
    shell.style.setProperty("--aspect", w / h);
    legend.replaceChildren();
    for (const label of shown) row(names[label], String(label), colours[label], colours[label] ? "" : "none").dataset.label = label;
    row("unknown", "", "", "hatched").dataset.label = "unknown";
    find(".ramp").style.background = `linear-gradient(90deg, ${ramps.join(",")})`;
  };
  state.wake = () => {                                   // the maps may come before this instance or after it
    const maps = kept.get(state.data?.name) ?? null;
    if (maps === state.maps) return;
    state.maps = maps;
    shell.dataset.maps = maps?.name ?? "";
    if (!maps) return;
    find(".photo").src = maps.photo;
    dress();
    paint();
    tell();
  };
  state.update = (data) => {
    if (data.kept) {
      if (own.name !== data.kept.name) { kept.delete(own.name); own.name = data.kept.name; keep(data.kept, own); }
      return;
    }
    stages.add(state);
    shell.hidden = false;
    const { revision, view, scene } = data, late = revision < state.revision, text = JSON.stringify(scene), before = state.at;
    state.data = data;
    state.at ??= { ...view };
    if (text !== state.text) { state.text = text; state.hover = null; build(scene); }
    if (!late && !state.held) {
      for (const name in view) {
        if (!same(view[name], state.told[name])) { state.told[name] = state.said[name] = view[name]; state.at = { ...state.at, [name]: view[name] }; }
      }
    }
    state.revision = Math.max(revision, state.revision);
    dress();
    const maps = state.maps;
    state.wake();
    if (state.maps && state.maps === maps && (state.at !== before || text)) paint();
    tell();
  };
  state.stop = () => {
    clearTimeout(state.timer);
    cancelAnimationFrame(state.frame);
    stages.delete(state);
    own.gone = true;
    kept.delete(own.name);
  };
  return state;
}

export default serve(mount);
