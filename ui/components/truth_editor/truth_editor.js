// Ground truth on a photo and the anchors that Python matched to it: boxes move and are measured here; one message once they rest.
const MARGIN = 0.06;                                   // of the longer side: anchors that cross the border are seen to go on
const SHOWS = { anchors: "Matched anchors", heat: "Best IoU", both: "Both" };
const USE = "Drag a box or its corners. Click an anchor to pick it. By keyboard: Tab to a box, arrows move it, Shift and arrows resize it, "
  + "Delete removes it, Enter picks its best anchor, once more the next.";
const BARE = "Drag a box or its corners. By keyboard: Tab to a box, arrows move it, Shift and arrows resize it, Delete removes it.";
const DRAW = "Press and drag on the photo, or click. By keyboard: Enter once more puts the box in the middle. Escape cancels.";

function mount(root) {
  const find = (selector) => root.querySelector(selector), editor = find(".editor"), svg = find(".photo"), add = find(".add");
  const state = { data: null, latest: null, truths: [], best: [], marks: [], picked: null, size: [1, 1], margin: 0, revision: 0, api: null,
    drag: null, adding: false, turn: -1, timer: 0, pending: false, moving: -1, hovered: -1, focused: -1, touched: false, pressing: false };
  const nodes = [], legend = drawLegend(find(".legend")), ruler = document.createElement("canvas").getContext("2d");
  const special = Object.fromEntries(["best", "over", "picked"].map((name) => [name, outlined(name, find(".special"))]));
  const notes = Object.fromEntries(["over", "picked"].map((name) => [name, plated("", find(".tags"))]));
  const none = element("li", "none", find(".rows"));

  const bare = () => !state.data?.levels.length;        // there are no anchors, and no word is of them
  const scale = () => svg.getScreenCTM()?.a || 1;
  const waiting = () => editor.classList.contains("waiting");
  const active = () => root.activeElement ?? root.getRootNode().activeElement;
  const named = (index) => state.truths[index]?.label;
  const verdict = (iou) => (iou >= state.data.threshold ? "covered" : `no anchor reaches ${+state.data.threshold.toFixed(2)}`);
  const described = (index) => {
    const { label, box } = state.truths[index], iou = Math.max(0, state.best[index].iou);
    const size = `${label}, ${whole(width(box))} × ${whole(height(box))} px`;
    return bare() ? size : `${size}, best IoU ${iou.toFixed(3)}, ${verdict(iou)}`;
  };

  // ---- Painting. What has a size on the screen is placed again whenever the photo's scale changes.
  const write = ({ plate, text }, words, x, y) => {     // above the point (x, y) where there is room
    const pixel = 1 / scale(), [w, h] = state.size, edge = state.margin;
    const tall = 21 * pixel, wide = (ruler.measureText(words).width * 0.13 + 12) * pixel;
    const left = clamp(x, -edge, w + edge - wide), top = clamp(y - tall >= -edge ? y - tall : y, -edge, h + edge - tall);
    say(text, words);
    put(plate, { x: left, y: top, width: wide, height: tall, rx: 3 * pixel });
    put(text, { x: left + 6 * pixel, y: top + tall / 2, "font-size": 13 * pixel });
  };
  const about = (mark) => `IoU ${mark.iou.toFixed(3)}${named(mark.truth) === undefined ? "" : ` · ${named(mark.truth)}`}`;
  const paintTruth = (index) => {
    const { label, box } = state.truths[index], node = nodes[index], pixel = 1 / scale(), strong = state.moving === index || node.chosen;
    const best = state.best[index] = bestAnchor(state.data.levels, box), iou = Math.max(0, best.iou).toFixed(3);
    const reach = clamp(Math.min(width(box), height(box)) * 0.3, 6 * pixel, 16 * pixel);
    place(node.area, box);
    node.outline.at(box);
    node.corners.forEach(({ corner, grip, reach: far }) => {
      const [cx, cy] = CORNERS[corner].map((side) => box[side]);
      put(grip, { cx, cy, r: (strong ? 5.5 : 3.5) * pixel });
      put(far, { cx, cy, r: reach });
    });
    write(node.tag, state.moving === index && !bare() ? `${label} ${iou}` : label, box[0], box[1]);
    say(node.label, label);
    say(node.iou, `best IoU ${iou}`);
    say(node.size, `${whole(width(box))} × ${whole(height(box))} px`);
    say(node.verdict, verdict(best.iou));
    node.verdict.classList.toggle("missed", best.iou < state.data.threshold);
    const pick = bare() ? "" : ", Enter picks the best anchor, once more the next";
    put(node.group, { "aria-label": `${described(index)}. Arrows move, Shift and arrows resize, Delete removes${pick}.` });
  };
  const show = (name, mark) => {
    const group = special[name].group;
    group.style.display = mark?.box ? "" : "none";
    if (mark?.box) special[name].at(mark.box);
    group.dataset.kind = mark?.kind ?? "";
  };
  const paintPicked = () => {
    const mark = state.picked, truth = mark && state.truths[mark.truth];
    show("picked", mark);
    notes.picked.group.style.display = mark ? "" : "none";
    if (mark) write(notes.picked, about({ ...mark, iou: truth ? overlap(mark.box, truth.box) : mark.iou }), mark.box[0], mark.box[3]);
  };
  const paintMoving = () => {
    state.pending = false;
    if (!state.truths[state.moving]) return;
    paintTruth(state.moving);
    show("best", state.best[state.moving]);
    if (state.picked?.truth === state.moving) paintPicked();
  };
  const soon = () => { if (!state.pending) { state.pending = true; requestAnimationFrame(paintMoving); } };
  const paintLocations = () => {
    const paths = { positive: "", ignored: "", background: "" }, r = 3.5 / scale();
    for (const [x, y, kind] of state.data.locations) {
      paths[kind] += kind === "ignored" ? `M${x - r} ${y}a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0` : `M${x} ${y}h.01`;
    }
    for (const kind of KINDS) for (const path of root.querySelectorAll(`.locations .${kind}`)) put(path, { d: paths[kind] });
  };
  const paint = () => {
    ruler.font = `600 100px ${getComputedStyle(editor).fontFamily}`;
    nodes.forEach((_, index) => paintTruth(index));
    show("best", state.best[state.moving]);
    paintPicked();
    paintLocations();
  };
  const choose = () => {                                // its anchors stand out, those of others step back
    const index = state.hovered >= 0 ? state.hovered : state.focused;
    editor.classList.toggle("choosing", index >= 0 && !waiting());
    for (const { mark, parts } of state.marks) for (const part of parts) part.classList.toggle("own", mark.truth === index);
    nodes.forEach((node, other) => {
      if ((other === index) === Boolean(node.chosen)) return;
      node.chosen = other === index;
      for (const part of [node.outline.group, node.row]) part.classList.toggle("chosen", node.chosen);
      for (const { grip } of node.corners) put(grip, { r: (node.chosen ? 5.5 : 3.5) / scale() });
    });
  };
  const hover = (index, mark = null, at = null) => {
    show("over", mark);
    editor.classList.toggle("pointing", Boolean(mark));
    notes.over.group.style.display = mark ? "" : "none";
    if (mark) write(notes.over, about(mark), at[0] + 12 / scale(), at[1] - 8 / scale());
    if (state.hovered !== index) { state.hovered = index; choose(); }
  };

  // ---- Boxes come, go and move. Their nodes stay in place, so that no redrawing takes the focus away.
  const sync = () => {
    while (nodes.length > state.truths.length) nodes.pop().parts.forEach((part) => part.remove());
    while (nodes.length < state.truths.length) { nodes.push(drawTruth(find)); listen(nodes.at(-1)); }
    nodes.forEach((node, index) => {
      node.group.dataset.truth = node.grips.dataset.truth = node.row.dataset.truth = index;
      node.choose.setAttribute("aria-label", bare() ? named(index) : `Pick the best anchor of ${named(index)}`);
      node.remove.setAttribute("aria-label", `Delete ${named(index)}`);
    });
    none.style.display = nodes.length ? "none" : "";
    add.disabled = nodes.length >= state.latest.most && !state.adding;
    add.title = add.disabled ? `${state.latest.most} boxes are the most` : "";
    if (state.focused >= nodes.length) state.focused = -1;
    if (state.hovered >= nodes.length) state.hovered = -1;
    paint();
    choose();
  };
  const begin = (index) => {                            // what Python said belongs to the old place from here on
    state.moving = index;
    state.turn = -1;
    editor.classList.add("waiting");
    hover(-1);
    choose();
  };
  const send = (name, value) => { state.revision += 1; state.api.setStateValue(name, { ...value, revision: state.revision }); };
  const commit = (words = "") => {
    clearTimeout(state.timer);
    state.timer = 0;
    state.truths.forEach((truth) => { truth.box = truth.box.map(round); });
    paint();
    find(".spoken").textContent = words || described(state.moving);
    send("change", { truths: state.truths.map(({ label, box }) => ({ label, box })) });
  };
  const pick = (mark) => {
    if (!mark?.box) return;
    if (state.timer) commit();
    state.picked = mark;
    paintPicked();
    find(".spoken").textContent = `Picked: ${about(mark)}`;
    send("pick", { index: mark.index });
  };
  const pickNext = (index) => {                         // the best anchor of a box, then those matched to it, the better ones first
    const best = state.best[index], { marks } = state.data, kind = marks.find((mark) => mark.index === best.index)?.kind ?? "background";
    const others = waiting() ? [] : marks.filter((mark) => mark.truth === index && mark.index !== best.index).sort((a, b) => b.iou - a.iou);
    const all = [{ ...best, truth: index, kind }, ...others];
    const at = state.turn === index ? all.findIndex((mark) => mark.index === state.picked?.index) : -1;
    state.turn = index;
    pick(all[(at + 1) % all.length]);
  };
  const remove = (index) => {
    const label = named(index), fromList = active() === nodes[index].remove;
    if (state.timer) commit();
    state.truths.splice(index, 1);
    if (state.picked) {
      const { truth } = state.picked;
      state.picked = { ...state.picked, truth: truth === index ? -1 : truth - (truth > index) };
    }
    begin(-1);
    sync();
    commit(`${label} deleted. ${nodes.length} left.`);
    const next = nodes[Math.min(index, nodes.length - 1)];
    (next ? (fromList ? next.remove : next.group) : add).focus({ preventScroll: true });
  };
  const push = (box) => {
    const names = new Set(state.truths.map(({ label }) => label));
    let number = state.truths.length + 1;
    while (names.has(`box ${number}`)) number += 1;
    if (state.timer) commit();
    state.truths.push({ label: `box ${number}`, box });
    begin(state.truths.length - 1);
    sync();
  };
  const adding = (on) => {
    state.adding = on;
    editor.classList.toggle("adding", on);
    add.setAttribute("aria-pressed", String(on));
    add.disabled = !on && nodes.length >= state.latest.most;
    find(".hint").textContent = on ? DRAW : bare() ? BARE : USE;
    hover(-1);
  };
  const added = () => {
    adding(false);
    commit();
    hold(nodes.length - 1);
  };
  const cancel = () => {                                // Escape, also with half a box drawn
    const drawn = state.drag?.draws && state.drag.far;
    if (state.drag?.draws) state.drag = null;
    adding(false);
    if (!drawn) return;
    state.truths.pop();
    state.moving = -1;
    sync();
    state.update(state.latest);
  };

  // ---- Hands. Where outlines crowd, the nearest one counts, and of boxes within boxes the smallest.
  const near = (x, y, slack) => {
    if (waiting() || editor.dataset.shown === "heat") return null;
    let found = null, least = slack;
    for (const mark of state.data.marks) {
      const away = fromOutline(mark.box, x, y);
      if (away < least - 0.5 || (away <= least && (!found || mark.iou > found.iou))) { found = mark; least = Math.min(least, away); }
    }
    return found;
  };
  const under = (x, y) => {
    let found = -1;
    state.truths.forEach(({ box }, index) => {
      if (inside(box, x, y) && (found < 0 || area(box) < area(state.truths[found].box))) found = index;
    });
    return found;
  };
  const hold = (index) => {                             // the focus, without the ring that keys get
    state.pressing = true;
    nodes[index]?.group.focus({ preventScroll: true });
    state.pressing = false;
  };
  const aim = (event) => {
    const touch = event.pointerType === "touch", [x, y] = pointOn(svg, event), corner = event.target.dataset?.corner;
    const mark = corner ? null : near(x, y, (touch ? 12 : 6) / scale());
    const index = corner ? Number(event.target.closest("[data-truth]").dataset.truth) : under(x, y);
    return { index, corner, mark, start: [x, y], at: [event.clientX, event.clientY], slack: touch ? 8 : 3, pointer: event.pointerId };
  };
  svg.onpointerdown = (event) => {
    if (event.button || state.drag) return;
    state.touched = event.pointerType === "touch";
    const drag = aim(event);
    if (state.adding) state.drag = { ...drag, draws: true };
    else if (drag.index >= 0 || drag.mark) state.drag = { ...drag, from: [...(state.truths[drag.index]?.box ?? [])] };
    if (!state.drag) return;
    svg.setPointerCapture(event.pointerId);
    if (!state.adding) hold(drag.mark?.truth >= 0 ? drag.mark.truth : drag.index);
  };
  svg.onmousedown = (event) => {                        // the focus is given above, to the box that is meant
    if (state.drag || event.target.closest(".truths, .grips")) event.preventDefault();
  };
  svg.addEventListener("touchstart", (event) => {       // Chromium was seen to scroll in spite of touch-action on shapes
    if (state.adding || event.target.closest(".truths, .grips")) event.preventDefault();
  }, { passive: false });
  svg.onpointermove = (event) => {
    const drag = state.drag, [w, h] = state.size;
    if (!drag) {
      if (event.pointerType === "touch" || state.adding) return;
      const { index, mark, start } = aim(event);
      hover(mark && mark.truth >= 0 ? mark.truth : index, mark, start);
      return;
    }
    if (event.pointerId !== drag.pointer) return;
    const [x, y] = pointOn(svg, event), started = drag.far;
    drag.far ||= Math.hypot(event.clientX - drag.at[0], event.clientY - drag.at[1]) >= drag.slack;
    if (!drag.far || (drag.index < 0 && !drag.draws)) return;
    if (drag.draws) {
      const box = between(drag.start, [x, y], w, h);
      if (started) state.truths.at(-1).box = box; else push(box);
    } else {
      if (!started) { hold(drag.index); begin(drag.index); }
      state.truths[drag.index].box = moved(drag.from, x - drag.start[0], y - drag.start[1], drag.corner, w, h);
    }
    soon();
  };
  svg.onpointerup = (event) => {
    const drag = state.drag;
    if (!drag || event.pointerId !== drag.pointer) return;
    svg.onpointermove(event);                           // the last stretch may not have been told
    state.drag = null;
    if (drag.draws) {
      if (!drag.far) push(around(...drag.start, ...state.size));
      added();
      return;
    }
    if (drag.far && drag.index >= 0) { commit(); return; }
    if (!drag.far && drag.mark) { state.turn = -1; pick(drag.mark); }
    state.update(state.latest);                         // what came while the button was down
  };
  svg.onpointercancel = (event) => {
    const drag = state.drag;
    if (!drag || event.pointerId !== drag.pointer) return;
    if (drag.draws) { cancel(); return; }
    state.drag = null;
    if (drag.far && drag.index >= 0) commit(); else state.update(state.latest);
  };
  svg.onpointerleave = () => { if (!state.drag) hover(-1); };

  const indexOf = (node) => nodes.indexOf(node);
  const keyed = (event, index) => {
    const arrow = ARROWS[event.key], step = event.repeat ? 8 : 1;
    if (arrow) {
      if (state.moving !== index || !state.timer) { if (state.timer) commit(); begin(index); }
      state.truths[index].box = moved(state.truths[index].box, arrow[0] * step, arrow[1] * step, event.shiftKey ? "se" : "", ...state.size);
      soon();
      clearTimeout(state.timer);
      state.timer = setTimeout(() => commit(), 200);
    } else if (event.key === "Delete" || event.key === "Backspace" || event.key === "Enter") {
      if (!event.repeat) event.key === "Enter" ? pickNext(index) : remove(index);       // a key held down must not empty the photo
    } else return;
    event.preventDefault();
  };
  function listen(node) {
    const ring = (on) => node.outline.group.classList.toggle("focused", on);
    const focus = (event) => {                          // a mouse shows by hovering what it means
      const keys = !state.pressing && event.target.matches(":focus-visible");
      state.focused = keys || state.touched ? indexOf(node) : -1;
      ring(keys && event.target === node.group);
      choose();
    };
    const blur = () => { state.focused = -1; ring(false); choose(); };
    node.group.onkeydown = (event) => {
      if (state.drag) return;
      if (state.focused !== indexOf(node)) { state.focused = indexOf(node); choose(); }
      ring(true);
      keyed(event, indexOf(node));
    };
    node.group.onfocus = focus;
    node.group.onblur = blur;
    node.row.addEventListener("focusin", focus);        // has no handler attribute
    node.row.addEventListener("focusout", blur);
    node.row.onpointerenter = () => hover(indexOf(node));
    node.row.onpointerleave = () => hover(-1);
    node.choose.onclick = () => pickNext(indexOf(node));
    node.remove.onclick = () => remove(indexOf(node));
  }
  add.onclick = (event) => {
    if (!state.adding) { adding(true); add.focus({ preventScroll: true }); return; }
    if (event.detail) { cancel(); return; }             // 0: pressed by keyboard
    push(around(state.size[0] / 2, state.size[1] / 2, ...state.size));
    added();
  };
  editor.onkeydown = (event) => { if (event.key === "Escape" && state.adding) { event.preventDefault(); cancel(); } };

  const shows = Object.entries(SHOWS).map(([key, words]) => {
    const button = element("button", "", find(".shows"));
    button.type = "button";
    button.setAttribute("role", "radio");
    button.dataset.show = key;
    button.textContent = words;
    return button;
  });
  const choice = (key) => {
    editor.dataset.shown = key;
    for (const button of shows) {
      button.setAttribute("aria-checked", String(button.dataset.show === key));
      button.tabIndex = button.dataset.show === key ? 0 : -1;
    }
  };
  find(".shows").onclick = (event) => { const button = event.target.closest("button"); if (button) choice(button.dataset.show); };
  find(".shows").onkeydown = (event) => {
    const arrow = ARROWS[event.key], at = shows.findIndex((button) => button.dataset.show === editor.dataset.shown);
    if (!arrow) return;
    event.preventDefault();
    const next = shows[(at + arrow[0] + arrow[1] + shows.length) % shows.length];
    choice(next.dataset.show);
    next.focus();
  };

  // ---- What Python says: all of it, unless a box is in the hand, or has been moved since.
  const accept = (data) => {
    state.data = data;
    const [w, h] = state.size = [data.width, data.height], edge = state.margin = MARGIN * Math.max(w, h);
    put(svg, { viewBox: `${-edge} ${-edge} ${w + 2 * edge} ${h + 2 * edge}` });
    editor.style.setProperty("--aspect", (w + 2 * edge) / (h + 2 * edge));
    for (const part of [".picture", ".heat", ".frame", ".casings"]) put(find(part), { width: w, height: h });
    for (const [part, href] of [[".picture", data.image], [".heat", data.heat]]) {
      if (find(part).getAttribute("href") !== href) put(find(part), { href });
    }
    editor.classList.toggle("bare", bare());
    none.textContent = bare() ? "No boxes yet." : "No boxes. Add one, and anchors are matched to it.";
    put(svg, { "aria-label": bare() ? "Ground truth on the photo" : "Ground truth and its anchors on the photo" });
    if (!state.adding) find(".hint").textContent = bare() ? BARE : USE;
    find(".shows").hidden = !data.heat;
    if (!data.heat) choice("anchors");
    state.truths = data.truths.map(({ label, box }) => ({ label, box: [...box] }));
    state.picked = data.picked;
    state.moving = -1;
    editor.classList.remove("waiting");
    for (const part of [".casings", ".lines"]) find(part).replaceChildren();
    state.marks = data.marks.map((mark) => {
      const parts = ["casing", "line"].map((part) => make("rect", { class: part, "data-kind": mark.kind }, find(`.${part}s`)));
      parts.forEach((part) => place(part, mark.box));
      return { mark, parts };
    });
    for (const kind of KINDS) legend[kind].count.textContent = whole(data.counts[kind] ?? 0);
    legend.ignored.row.hidden = !data.counts.ignored;
    const all = (data.counts.positive ?? 0) + (data.counts.ignored ?? 0);
    legend.drawn.hidden = data.marks.length >= all;
    legend.drawn.textContent = `${whole(data.marks.length)} of ${whole(all)} drawn`;
    editor.classList.toggle("dense", !data.locations.length);
    hover(-1);
    sync();
  };
  state.update = (data) => {
    const other = data.image !== state.data?.image;     // another photo is taken at once, whatever the hand is doing
    state.latest = data;
    for (const name in data.colours) editor.style.setProperty(`--${name}`, data.colours[name]);
    if (other) {
      clearTimeout(state.timer);
      state.drag = null;
      state.timer = 0;
      adding(false);
    } else if (state.drag || state.timer || data.revision < state.revision) return;
    state.revision = Math.max(state.revision, data.revision);
    accept(data);
  };
  state.stop = () => clearTimeout(state.timer);
  choice("anchors");
  new ResizeObserver(() => { if (state.data) paint(); }).observe(svg);
  return state;
}

export default serve(mount);
