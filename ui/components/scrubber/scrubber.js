// Finished steps over a photo: slider, play button and curves move them here; one message when the slider is let go.
const SECONDS = 5;                                    // to play all steps

const stroke = (item) => ({ stroke: item.colour, "stroke-dasharray": item.dash || "none" });
const outline = (item, parent) => [make("rect", { class: "casing" }, parent), make("rect", { class: "line", ...stroke(item) }, parent)];
const centre = (box) => `${(box[0] + box[2]) / 2} ${(box[1] + box[3]) / 2}`;

function legendRow(item, parent) {
  const row = document.createElement("div"), name = document.createElement("span"), value = document.createElement("span");
  row.className = "row";
  name.textContent = item.name;
  parent.append(row);
  make("line", { x1: 1, x2: 34, y1: 5, y2: 5, "stroke-width": 3, ...stroke(item) }, make("svg", { "aria-hidden": "true" }, row));
  row.append(name, value);
  return value;
}

function mount(root) {
  const find = (selector) => root.querySelector(selector), slider = find("input"), play = find(".play");
  const state = { scene: "", data: null, step: 0, last: 0, moving: [], values: [], timer: 0, api: null };

  const reading = (step) => state.data.whole ? (step / state.last * state.data.whole).toFixed(2) : step;
  const show = (step) => {
    state.step = Math.min(state.last, Math.max(0, Math.round(step)));
    slider.value = state.step;
    state.moving.forEach((pair, index) => {
      const { boxes, values } = state.data.tracks[index], at = Math.min(state.step, boxes.length - 1);
      pair.forEach((node) => place(node, boxes[at]));
      state.values[index].textContent = values[at].toFixed(3);
    });
    const x = state.last ? state.step / state.last * 400 : 0;
    put(find(".cursor"), { x1: x, x2: x });
    find(".now").textContent = `${state.data.axis[0].toUpperCase()}${state.data.axis.slice(1)} ${reading(state.step)} of ${reading(state.last)}`;
    slider.setAttribute("aria-valuetext", find(".now").textContent);
  };
  const pause = () => { cancelAnimationFrame(state.timer); state.timer = 0; play.classList.remove("on"); play.setAttribute("aria-label", "Play"); };
  const commit = () => state.api.setStateValue("step", state.step);
  play.onclick = () => {
    if (state.timer) { pause(); commit(); return; }
    const from = state.step >= state.last ? 0 : state.step, began = performance.now();
    play.classList.add("on");
    play.setAttribute("aria-label", "Pause");
    const frame = (now) => {
      const step = from + (now - began) / 1000 / SECONDS * state.last;
      show(step);
      if (step < state.last) state.timer = requestAnimationFrame(frame);
      else { pause(); commit(); }
    };
    state.timer = requestAnimationFrame(frame);
  };
  slider.oninput = () => { pause(); show(Number(slider.value)); };
  slider.onchange = commit;
  const curves = find(".curves"), follow = (event) => {
    const frame = curves.getBoundingClientRect();
    pause();
    show((event.clientX - frame.left) / frame.width * state.last);
  };
  curves.onpointerdown = (event) => { curves.setPointerCapture(event.pointerId); follow(event); };
  curves.onpointermove = (event) => { if (curves.hasPointerCapture(event.pointerId)) follow(event); };
  curves.onpointerup = commit;

  const build = (data) => {
    pause();
    find(".photo").setAttribute("viewBox", `0 0 ${data.width} ${data.height}`);
    put(find("image"), { width: data.width, height: data.height, href: data.image });
    for (const part of [".trails", ".moving", ".legend", ".lines"]) find(part).replaceChildren();
    data.fixed.forEach((item) => {
      outline(item, find(".trails")).forEach((node) => place(node, item.box));
      legendRow(item, find(".legend"));
    });
    data.tracks.forEach((track) => make("polyline", { class: "trail", points: track.boxes.map(centre).join(" "), stroke: track.colour }, find(".trails")));
    state.moving = data.tracks.map((track) => outline(track, find(".moving")));
    state.values = data.tracks.map((track) => legendRow(track, find(".legend")));
    state.last = Math.max(...data.tracks.map((track) => track.boxes.length)) - 1;
    data.tracks.forEach((track) => {
      const points = track.values.map((value, step) => `${step / Math.max(1, state.last) * 400} ${199 - value * 198}`);
      make("polyline", { points: points.join(" "), "stroke-width": 2.5, ...stroke(track) }, find(".lines"));
    });
    slider.max = state.last;
    find(".last").textContent = reading(state.last);
    find(".axis-name").textContent = data.axis;
    slider.setAttribute("aria-label", data.axis[0].toUpperCase() + data.axis.slice(1));
    find(".title").textContent = data.curve;
    find(".photo").setAttribute("aria-label", `${data.tracks.map((track) => track.name).join(", ")} moving towards ${data.fixed.map((item) => item.name).join(", ")}`);
  };
  state.update = (data) => {
    const { step, ...scene } = data, text = JSON.stringify(scene);
    if (state.scene !== text) {
      state.scene = text;
      state.data = data;
      build(data);
      show(step);
    }
  };
  state.stop = () => cancelAnimationFrame(state.timer);
  return state;
}

export default serve(mount);
