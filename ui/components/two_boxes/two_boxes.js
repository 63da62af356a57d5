// Two boxes on a photo: everything that moves under the hand is drawn and measured here; one message on release.
const MEASURES = {
  iou: ["IoU", "Shared area over covered area. Apart is 0, however far apart."],
  giou: ["GIoU", "IoU minus the share of the enclosing box C that neither box fills (amber). Below 0 when they are far apart."],
  diou: ["DIoU", "IoU minus the squared distance of the centres (yellow) over the squared diagonal of the enclosing box."],
  ciou: ["CIoU", "DIoU minus a penalty for different proportions: compare the slopes of the two diagonals."],
};

const signed = (value) => (value <= -0.0005 ? "−" : "") + Math.abs(value).toFixed(3);

export function measure(a, b) {
  const shared = [Math.max(a[0], b[0]), Math.max(a[1], b[1]), Math.min(a[2], b[2]), Math.min(a[3], b[3])];
  const intersection = Math.max(0, width(shared)) * Math.max(0, height(shared));
  const union = area(a) + area(b) - intersection;
  const hull = [Math.min(a[0], b[0]), Math.min(a[1], b[1]), Math.max(a[2], b[2]), Math.max(a[3], b[3])];
  const iou = intersection / union;
  const empty = (area(hull) - union) / area(hull);
  const centre = (box) => [(box[0] + box[2]) / 2, (box[1] + box[3]) / 2];
  const [ca, cb] = [centre(a), centre(b)];
  const distance = ((ca[0] - cb[0]) ** 2 + (ca[1] - cb[1]) ** 2) / (width(hull) ** 2 + height(hull) ** 2);
  const v = 4 / Math.PI ** 2 * (Math.atan(width(a) / height(a)) - Math.atan(width(b) / height(b))) ** 2;
  const aspect = v > 0 ? v * v / (1 - iou + v) : 0;
  return { shared, hull, intersection, union, ca, cb, empty, distance, aspect,
    iou, giou: iou - empty, diou: iou - distance, ciou: iou - distance - aspect };
}

const rectangle = (box) => `M${box[0]} ${box[1]}H${box[2]}V${box[3]}H${box[0]}Z`;

function drawBox(name, boxes, handles) {               // handles of both boxes lie above both, so none is ever covered
  const group = make("g", { class: "box", tabindex: 0, role: "group", "data-box": name }, boxes);
  const casing = make("rect", { class: "casing" }, group), line = make("rect", { class: "line" }, group);
  const handle = make("g", { class: "handle", "data-box": name }, handles), tag = make("g", { class: "tag" }, handle);
  const plate = make("rect", {}, tag), letter = make("text", {}, tag);
  letter.textContent = name;
  const corners = Object.keys(CORNERS).map((corner) => ({
    corner, grip: make("circle", { class: "grip" }, handle), reach: make("circle", { class: `reach ${corner}`, "data-corner": corner }, handle),
  }));
  for (const part of [group, handle]) part.style.setProperty("--colour", `var(--${name.toLowerCase()})`);
  return { group, handle, casing, line, plate, letter, corners };
}

function readout(root) {
  const list = root.querySelector(".measures"), rows = {};
  for (const [key, [name]] of Object.entries(MEASURES)) {
    const button = element("button", "measure", list);
    button.type = "button";
    button.setAttribute("role", "radio");
    button.dataset.measure = key;
    element("span", "name", button).textContent = name;
    const value = element("span", "value", button), formula = element("span", "formula", button);
    value.dataset.value = key;
    if (key === "iou") {
      const symbols = element("span", "fraction", formula);
      element("span", "", symbols).textContent = "A ∩ B";
      element("span", "", symbols).textContent = "A ∪ B";
      element("span", "", formula).textContent = "=";
      const numbers = element("span", "fraction", formula);
      rows[key] = { button, value, top: element("span", "", numbers), bottom: element("span", "", numbers) };
      element("span", "", formula).textContent = "px²";
    } else {
      rows[key] = { button, value, words: element("span", "", formula) };
    }
  }
  return rows;
}

function mount(root) {
  const lab = root.querySelector(".lab"), svg = root.querySelector("svg"), find = (selector) => root.querySelector(selector);
  const drawn = ["A", "B"].map((name) => drawBox(name, find(".boxes"), find(".handles")));
  const rows = readout(root), sizes = find(".sizes");
  const lines = ["A", "B"].map((name) => {
    const swatch = element("span", "swatch", sizes);
    swatch.style.setProperty("--colour", `var(--${name.toLowerCase()})`);
    return { size: element("span", "size", sizes), where: element("span", "where", sizes) };
  });
  const state = { boxes: null, drag: null, pending: false, revision: 0, received: "", timer: 0, api: null, size: [1, 1] };

  const scale = () => (svg.getScreenCTM()?.a || 1);
  const handles = () => {                              // grips keep their size on the screen, whatever the photo's
    const pixel = 1 / scale();
    drawn.forEach((box, index) => {
      const at = state.boxes[index], side = 22 * pixel;
      box.corners.forEach(({ corner, grip, reach }) => {
        const [x, y] = [at[CORNERS[corner][0]], at[CORNERS[corner][1]]];
        put(grip, { cx: x, cy: y, r: 5.5 * pixel });
        put(reach, { cx: x, cy: y, r: 16 * pixel });
      });
      const left = clamp(at[0] + (index ? width(at) - side : 0), 0, state.size[0] - side);
      const top = at[1] >= side ? at[1] - side : at[1];
      put(box.plate, { x: left, y: top, width: side, height: side, rx: 3 * pixel });
      put(box.letter, { x: left + side / 2, y: top + side / 2, "font-size": 14 * pixel });
    });
  };
  const paint = () => {
    state.pending = false;
    const [a, b] = state.boxes, now = measure(a, b), other = now.intersection > 0 ? rectangle(now.shared) : "";
    drawn.forEach(({ casing, line }, index) => { place(casing, state.boxes[index]); place(line, state.boxes[index]); });
    handles();
    place(find(".shared"), now.intersection > 0 ? now.shared : [0, 0, 0, 0]);
    put(find(".union"), { d: rectangle(a) + rectangle(b) });
    put(find(".corner"), { d: rectangle(now.hull) + rectangle(a) + rectangle(b) + other });
    place(find(".enclosing"), now.hull);
    const [first, second] = find(".aspect").children;
    put(first, { x1: a[0], y1: a[3], x2: a[2], y2: a[1] });
    put(second, { x1: b[0], y1: b[3], x2: b[2], y2: b[1] });
    put(find(".diagonal"), { x1: now.hull[0], y1: now.hull[1], x2: now.hull[2], y2: now.hull[3] });
    put(find(".between"), { x1: now.ca[0], y1: now.ca[1], x2: now.cb[0], y2: now.cb[1] });
    root.querySelectorAll(".centres circle").forEach((dot, index) => {
      put(dot, { cx: (index ? now.cb : now.ca)[0], cy: (index ? now.cb : now.ca)[1], r: 5 / scale() });
    });
    for (const key in rows) rows[key].value.textContent = signed(now[key]);
    rows.iou.top.textContent = whole(now.intersection);
    rows.iou.bottom.textContent = whole(now.union);
    rows.giou.words.textContent = `= IoU − ${now.empty.toFixed(3)} of C empty`;
    rows.diou.words.textContent = `= IoU − ${now.distance.toFixed(3)} for distance`;
    rows.ciou.words.textContent = `= DIoU − ${now.aspect.toFixed(3)} for aspect`;
    lines.forEach((line, index) => {
      const at = state.boxes[index], name = "AB"[index];
      line.size.textContent = `${name}  ${whole(width(at))} × ${whole(height(at))} px`;
      line.where.textContent = `(${at.map((value) => Math.round(value)).join(", ")})`;
      drawn[index].group.setAttribute("aria-label", `Box ${name}, ${line.where.textContent}. Arrows move, Shift and arrows resize.`);
    });
    return now;
  };
  const soon = () => { if (!state.pending) { state.pending = true; requestAnimationFrame(paint); } };

  const change = (index, from, dx, dy, corner) => {
    state.boxes[index] = moved(from, dx, dy, corner, ...state.size);
    soon();
  };
  const order = () => {                                 // the smaller box lies on top, so both can always be grabbed
    const [a, b] = drawn.map((box) => box.group), last = find(".boxes").lastElementChild;
    const top = area(state.boxes[0]) < area(state.boxes[1]) ? a : b;
    if (last === top) return;
    const focused = root.activeElement ?? root.getRootNode().activeElement;
    find(".boxes").append(top);
    if (focused === top) top.focus({ preventScroll: true });
  };
  const commit = () => {
    state.boxes = state.boxes.map((box) => box.map(round));
    const { iou, giou, diou, ciou } = paint();
    order();
    state.revision += 1;
    find(".spoken").textContent = Object.keys(MEASURES).map((key) => `${MEASURES[key][0]} ${rows[key].value.textContent}`).join(", ");
    state.api.setStateValue("release", { boxes: state.boxes, iou, giou, diou, ciou, revision: state.revision });
  };
  drawn.forEach(({ group, handle }, index) => {
    for (const part of [group, handle]) {
      // touch-action on a part of an SVG does not keep the browser from taking the finger for scrolling; this does
      part.addEventListener("touchstart", (event) => event.preventDefault(), { passive: false });
      part.onpointerdown = (event) => {
        if (event.button) return;
        part.setPointerCapture(event.pointerId);
        group.focus({ preventScroll: true });
        state.drag = { index, start: pointOn(svg, event), from: [...state.boxes[index]], corner: event.target.dataset.corner };
      };
      part.onpointermove = (event) => {
        if (state.drag?.index !== index) return;
        const [x, y] = pointOn(svg, event), { start, from, corner } = state.drag;
        change(index, from, x - start[0], y - start[1], corner);
      };
      part.onpointerup = part.onpointercancel = () => { if (state.drag) { state.drag = null; commit(); } };
    }
    group.onkeydown = (event) => {
      const arrow = ARROWS[event.key], step = event.repeat ? 8 : 1;
      if (!arrow) return;
      event.preventDefault();
      change(index, [...state.boxes[index]], arrow[0] * step, arrow[1] * step, event.shiftKey ? "se" : undefined);
      clearTimeout(state.timer);
      state.timer = setTimeout(() => { state.timer = 0; commit(); }, 200);
    };
  });
  const show = (key) => {
    lab.dataset.shown = key;
    find(".about").textContent = MEASURES[key][1];
    for (const name in rows) {
      rows[name].button.setAttribute("aria-checked", String(name === key));
      rows[name].button.tabIndex = name === key ? 0 : -1;
    }
  };
  find(".measures").onclick = (event) => { const button = event.target.closest("button"); if (button) show(button.dataset.measure); };
  find(".measures").onkeydown = (event) => {
    const arrow = ARROWS[event.key];
    if (!arrow) return;
    event.preventDefault();
    const keys = Object.keys(MEASURES), next = keys[(keys.indexOf(lab.dataset.shown) + arrow[0] + arrow[1] + keys.length) % keys.length];
    show(next);
    rows[next].button.focus();
  };
  show("iou");
  new ResizeObserver(() => { if (state.boxes) handles(); }).observe(svg);

  state.update = (data) => {
    if (state.size[0] !== data.width || state.size[1] !== data.height) {
      state.size = [data.width, data.height];
      svg.setAttribute("viewBox", `0 0 ${data.width} ${data.height}`);
      put(find("image"), { width: data.width, height: data.height });
    }
    if (find("image").getAttribute("href") !== data.image) find("image").setAttribute("href", data.image);
    for (const name in data.colours) lab.style.setProperty(`--${name}`, data.colours[name]);
    const busy = state.drag || state.timer, stale = data.revision < state.revision;
    if (state.boxes && (busy || stale)) return;
    state.revision = Math.max(state.revision, data.revision);
    const received = JSON.stringify(data.boxes);
    if (state.boxes && received === JSON.stringify(state.boxes)) return;
    state.boxes = data.boxes.map((box) => [...box]);
    paint();
    order();
  };
  return state;
}

export default serve(mount);
