// A photo under a veil, or two pictures: the edge between them is dragged here; one message when it rests.
const REST = 200;                                      // ms
const STEP = 0.02, LEAP = 0.1;                         // of the width, by keyboard; Shift makes the one the other
const KEYS = { ArrowLeft: -STEP, ArrowDown: -STEP, ArrowRight: STEP, ArrowUp: STEP, PageDown: -LEAP, PageUp: LEAP, Home: -1, End: 1 };
const SLACK = 4;                                       // px that a finger moves before the edge follows: it may want to scroll

const percent = (share) => `${Math.round(share * 100)} %`;
const shorter = (share) => Math.round(share * 1000) / 1000;

function mount(root) {
  const find = (selector) => root.querySelector(selector), wipe = find(".wipe"), stage = find(".stage"), handle = find(".handle"), slider = find("input");
  // `told` is what Python said last, `said` what both agree on.
  const state = { api: null, text: "", scene: null, latest: null, at: { position: 0, opacity: 1, veil: 0 }, told: {}, said: {}, revision: 0, held: false, timer: 0, drag: null };
  const views = [];                                     // of the veils

  const names = () => [state.scene.names[0], state.scene.veils[state.at.veil]?.title ?? state.scene.names[1]];
  const paint = () => {
    const { position, opacity, veil } = state.at, [left, right] = names();
    wipe.style.setProperty("--position", `${position * 100}%`);
    wipe.style.setProperty("--opacity", opacity);
    Object.assign(wipe.dataset, { position, opacity, veil });
    find(".left .name").textContent = left;
    find(".right .name").textContent = right;
    views.forEach(({ button, image, words }, index) => {
      button.setAttribute("aria-checked", String(index === veil));
      button.tabIndex = index === veil ? 0 : -1;
      for (const part of [image, words]) part.classList.toggle("shown", index === veil);
      image.setAttribute("aria-hidden", String(index !== veil));
    });
    handle.setAttribute("aria-label", `Edge between ${left} and ${right}`);
    handle.setAttribute("aria-valuenow", Math.round(position * 100));
    handle.setAttribute("aria-valuetext", `${left} ${percent(position)}, ${right} ${percent(1 - position)}`);
    slider.value = Math.round(opacity * 100);
    slider.setAttribute("aria-valuetext", percent(opacity));
    find(".now").textContent = percent(opacity);
  };

  // ---- Moving. `held` while a hand moves, until Python has been told.
  const send = () => {
    const { at, said } = state;
    state.held = false;
    if (Object.keys(at).every((name) => at[name] === said[name])) { state.update(state.latest); return; }
    state.said = { ...at };
    state.revision += 1;
    state.api.setStateValue("rest", { ...at, revision: state.revision });
  };
  const hold = () => { clearTimeout(state.timer); state.held = true; };
  const rest = () => { hold(); state.timer = setTimeout(send, REST); };
  const move = (name, value) => { state.at[name] = value; paint(); };
  const moveTo = (position) => move("position", shorter(clamp(position, 0, 1)));

  stage.onpointerdown = (event) => {
    if (event.button || state.drag || !stage.classList.contains("wiped")) return;
    const { left, width: across } = stage.getBoundingClientRect(), grabbed = event.target === handle;
    const away = grabbed ? event.clientX - left - state.at.position * across : 0;     // what is grabbed beside the edge stays beside it
    state.drag = { pointer: event.pointerId, from: state.at.position, away, x: event.clientX, on: grabbed || event.pointerType !== "touch" };
    stage.setPointerCapture(event.pointerId);
    hold();
    if (state.drag.on) follow(event);
  };
  const follow = (event) => {
    const { left, width: across } = stage.getBoundingClientRect();
    stage.classList.add("dragged");
    moveTo((event.clientX - left - state.drag.away) / across);
  };
  const mine = (event) => state.drag?.pointer === event.pointerId;
  stage.onpointermove = (event) => {
    if (!mine(event)) return;
    state.drag.on ||= Math.abs(event.clientX - state.drag.x) >= SLACK;
    if (state.drag.on) follow(event);
  };
  const drop = () => { state.drag = null; stage.classList.remove("dragged"); rest(); };
  stage.onpointerup = (event) => { if (mine(event)) { follow(event); drop(); } };
  stage.onpointercancel = (event) => { if (mine(event)) { moveTo(state.drag.from); drop(); } };       // the page was scrolled instead
  const quiet = (on) => handle.classList.toggle("quiet", on);                         // no ring for a mouse
  stage.onmousedown = (event) => {                      // a press anywhere is meant for the handle
    event.preventDefault();
    if (event.button || !stage.classList.contains("wiped")) return;
    quiet(true);
    handle.focus({ preventScroll: true });
  };
  handle.onblur = () => quiet(false);
  handle.onkeydown = (event) => {
    if (!(event.key in KEYS)) return;
    event.preventDefault();
    quiet(false);
    moveTo(state.at.position + KEYS[event.key] * (event.shiftKey ? LEAP / STEP : 1));
    rest();
  };
  slider.oninput = () => { hold(); move("opacity", Number(slider.value) / 100); };
  slider.onchange = rest;
  const choose = (veil) => { move("veil", veil); rest(); };
  find(".choices").onclick = (event) => { const index = views.findIndex(({ button }) => button === event.target); if (index >= 0) choose(index); };
  find(".choices").onkeydown = (event) => {
    const arrow = ARROWS[event.key];
    if (!arrow) return;
    event.preventDefault();
    choose((state.at.veil + arrow[0] + arrow[1] + views.length) % views.length);
    views[state.at.veil].button.focus();
  };

  // ---- What Python says.
  const draw = () => {
    const button = element("button", "", find(".choices")), image = element("img", "", find(".seen")), words = element("p", "", find(".words"));
    button.type = "button";
    button.setAttribute("role", "radio");
    image.draggable = false;
    return { button, image, words, title: element("b", "", words), note: element("span", "", words) };
  };
  const show = (image, uri) => { if (image.getAttribute("src") !== uri) image.src = uri; };
  const build = ({ photo, width: w, height: h, alt, names: [, right], seen, veils, after, tallest }) => {
    for (const { button, image, words } of views.splice(veils.length)) for (const part of [button, image, words]) part.remove();
    while (views.length < veils.length) views.push(draw());
    veils.forEach(({ title, uri, note }, index) => {
      const view = views[index];
      view.button.textContent = view.title.textContent = title;
      view.note.textContent = note && ` · ${note}`;
      view.image.alt = `${title} over the photo`;
      show(view.image, uri);
    });
    wipe.style.setProperty("--aspect", w / h);
    wipe.style.setProperty("--tallest", `${tallest}px`);
    show(find(".photo"), photo);
    find(".photo").alt = alt;
    const [x1, y1, x2, y2] = seen ?? [0, 0, w, h];
    Object.assign(find(".seen").style, { left: `${x1 / w * 100}%`, top: `${y1 / h * 100}%`, width: `${(x2 - x1) / w * 100}%`, height: `${(y2 - y1) / h * 100}%` });
    if (after) show(find(".after"), after);
    find(".after").alt = after && right;
    const wiped = Boolean(after || veils.length);
    stage.classList.toggle("wiped", wiped);
    for (const part of [".right", ".edge", ".handle", ".left"]) find(part).hidden = !wiped;
    find(".after").hidden = !after;
    for (const part of [".seen", ".words", ".opacity"]) find(part).hidden = Boolean(after) || !veils.length;
    find(".choices").hidden = veils.length < 2;
  };
  state.update = (data) => {
    const { position, opacity, veil, revision, ...scene } = data, told = { position, opacity, veil }, late = revision < state.revision, text = JSON.stringify(scene);
    state.latest = data;
    if (text !== state.text) {
      const title = state.scene?.veils[state.at.veil]?.title, same = scene.veils.findIndex((other) => other.title === title);
      Object.assign(state, { text, scene });
      build(scene);
      state.at.veil = same >= 0 ? same : clamp(veil, 0, Math.max(0, scene.veils.length - 1));
    }
    if (!late && !state.held) {
      for (const name in told) if (told[name] !== state.told[name]) state.told[name] = state.said[name] = state.at[name] = told[name];
    }
    state.revision = Math.max(revision, state.revision);
    paint();
  };
  state.stop = () => clearTimeout(state.timer);
  return state;
}

export default serve(mount);
