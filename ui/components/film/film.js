// A film: slider, keys, play and charts move through it here; Python hears of it when they rest.
const SECONDS = 6, LONGEST = 0.5, SLOW = 0.8;          // to play a film, of a frame at most, of a frame where motion is unwelcome
const REST = 200, SPEAK = 450;                         // ms
const GAP = 24, ASIDE = 32, PANEL = 220, CHART = 300;  // px, the last two: the least width
const FEW_CHARTS = 2, SHORT = 120;                     // more charts than that are so high, in px: they stand beside a picture and its controls
const HIGH = 420, LOW = 320;                           // px of a picture at most, and above charts: a whole film is to fit into a window
const still = matchMedia("(prefers-reduced-motion: reduce)");
const left = new Map();                                // the frame that Python knows of a film whose element went, in a closed popover for instance

function mount(root) {
  const find = (selector) => root.querySelector(selector), film = find(".film"), slider = find("input"), play = find(".play"), panels = find(".panels");
  // `turn` numbers what Python asked for last, `said` is the frame both agree on; `held` while a hand moves.
  const state = { api: null, data: null, sheets: new Map(), last: 0, frame: 0, turn: 0, said: null, revision: 0, held: false, playing: 0, due: 0, rest: 0, speak: 0,
    loading: 0, ready: 0, wanted: null, text: "", given: [], width: 0, panels: [], charts: [], now: null, sentence: null };

  // ---- Painting, once a frame.
  const render = () => {
    state.due = 0;
    if (!state.data) return;
    const { frame, data, last } = state;
    for (const paint of state.panels) paint(frame);
    for (const chart of state.charts) chart.show(frame);
    state.now(frame);
    state.sentence(frame);
    slider.value = frame;
    slider.setAttribute("aria-valuetext", data.steps[frame]);
    find(".back").disabled = frame === 0;
    find(".on").disabled = frame === last;
    Object.assign(film.dataset, { frame, last, playing: Boolean(state.playing) });
  };
  const show = (frame) => {
    state.frame = clamp(Math.round(frame), 0, state.last);
    state.due ||= requestAnimationFrame(render);
  };
  const speak = () => {                                // once it rests
    clearTimeout(state.speak);
    state.speak = setTimeout(() => { if (state.playing) speak(); else say(find(".spoken"), state.data.said[state.frame] ?? ""); }, SPEAK);
  };

  // ---- Moving.
  const commit = () => {
    clearTimeout(state.rest);
    state.rest = 0;
    state.held = false;
    if (state.said === state.frame) return;
    state.said = state.frame;
    state.revision += 1;                               // or the same frame twice would be no news to Python
    state.api.setStateValue("frame", { value: state.frame, revision: state.revision });
  };
  const rest = () => {
    clearTimeout(state.rest);
    state.held = true;
    state.rest = setTimeout(commit, REST);
    speak();
  };
  const pause = () => {
    if (!state.playing) return;
    cancelAnimationFrame(state.playing);
    state.playing = 0;
    play.classList.remove("playing");
    play.setAttribute("aria-label", "Play");
    show(state.frame);
  };
  const hold = (frame) => { pause(); clearTimeout(state.rest); Object.assign(state, { rest: 0, held: true, wanted: null }); show(frame); };
  const go = (frame) => { hold(frame); rest(); };
  const start = () => {
    const { last } = state, from = state.frame >= last ? 0 : state.frame, seconds = still.matches ? SLOW : Math.min(LONGEST, SECONDS / Math.max(1, last));
    let began = 0;
    clearTimeout(state.rest);
    state.rest = 0;
    state.held = false;
    play.classList.add("playing");
    play.setAttribute("aria-label", "Pause");
    const tick = (now) => {
      began ||= now;
      const frame = Math.min(state.last, from + Math.floor((now - began) / 1000 / seconds));
      if (frame !== state.frame) show(frame);
      if (frame >= state.last) { pause(); rest(); } else state.playing = requestAnimationFrame(tick);
    };
    state.playing = requestAnimationFrame(tick);
    show(from);
  };
  const toggle = () => { if (!state.last) return; if (state.playing) { pause(); rest(); } else start(); };
  play.onclick = toggle;
  find(".back").onclick = () => go(state.frame - 1);
  find(".on").onclick = () => go(state.frame + 1);
  slider.oninput = () => hold(Number(slider.value));
  slider.onchange = rest;
  film.onkeydown = (event) => {
    if (!state.data || event.altKey || event.ctrlKey || event.metaKey) return;
    const { frame, last } = state, leap = Math.max(1, Math.round(last / 10));
    const to = { ArrowLeft: frame - 1, ArrowDown: frame - 1, ArrowRight: frame + 1, ArrowUp: frame + 1, PageDown: frame - leap, PageUp: frame + leap, Home: 0, End: last }[event.key];
    if (to !== undefined) go(to);
    else if (event.key === " " && event.target === slider) toggle();
    else return;
    event.preventDefault();
  };
  film.onpointerdown = (event) => {                    // pictures and charts hand the keys to the slider
    if (event.pointerType !== "touch" && event.target.closest(".panels, .plot")) { event.preventDefault(); slider.focus({ preventScroll: true }); }
  };
  film.addEventListener("focusout", () => { if (state.rest) commit(); });   // what is clicked next comes after this move

  // ---- Layout, by the room there is.
  const resize = () => {
    if (!state.data || !film.clientWidth) return;
    const { data } = state, room = film.clientWidth, count = data.panels.length, two = GAP + CHART + 40;
    const beside = count > 0 && count < 3 && data.charts.length > 0 && room >= count * PANEL + (count - 1) * GAP + ASIDE + two;
    const columns = beside ? count : columnsFor(room, count, PANEL, GAP);
    film.classList.toggle("beside", beside);
    film.classList.toggle("alone", beside && count === 1 && data.charts.length <= FEW_CHARTS);
    film.classList.toggle("rows", columns < count);
    film.style.setProperty("--columns", columns);
    film.style.setProperty("--tall", `${!beside && columns > 1 && data.charts.length ? LOW : HIGH}px`);
    find(".charts").style.setProperty("--side", columnsFor(find(".charts").clientWidth, data.charts.length, CHART, GAP));
    const font = getComputedStyle(film).fontFamily;
    for (const chart of state.charts) chart.resize(font, beside && state.charts.length === 1 ? 320 : beside && count === 1 && state.charts.length > FEW_CHARTS ? SHORT : 230);
  };
  const sizes = new ResizeObserver(() => { if (film.clientWidth !== state.width) { state.width = film.clientWidth; resize(); } });
  sizes.observe(film);

  // ---- What Python says.
  const build = (data, sheets) => {
    const dragged = state.charts.some(({ dragging }) => dragging);
    state.sheets.forEach((sheet, url) => { if (!sheets.has(url)) sheet?.close(); });
    Object.assign(state, { data, sheets, last: data.steps.length - 1 });
    panels.replaceChildren();
    find(".charts").replaceChildren();
    panels.hidden = !data.panels.length;
    find(".charts").hidden = !data.charts.length;
    film.style.setProperty("--aspect", Math.max(...data.panels.map((panel) => panel.width / panel.height), 0.2));
    state.panels = data.panels.map((panel) => drawPanel(panels, panel, sheets.get(panel.sheet)));
    state.charts = data.charts.map((chart) => drawChart(find(".charts"), chart, data.steps, { move: hold, rest }));
    state.now = changing(find(".now"), data.steps);
    state.sentence = changing(find(".said"), data.said);
    find(".broken").hidden = [...sheets.values()].every(Boolean);
    slider.max = state.last;
    play.disabled = state.last === 0;
    state.frame = clamp(state.wanted ?? state.frame, 0, state.last);
    state.wanted = null;
    if (dragged) rest();                               // the chart under the hand is gone
    resize();
    render();
  };
  const load = async (data) => {                       // the old film stays until the new one can be drawn
    if (!state.data) { build(data, new Map()); film.dataset.ready = "placed"; }      // the first one takes its room before its pictures are read
    const mine = state.loading += 1, urls = [...new Set(data.panels.map(({ sheet }) => sheet))];
    const read = await Promise.all(urls.map(async (url) => [url, state.sheets.get(url) ?? await readSheet(url).catch(() => null)]));
    if (mine === state.loading) { state.ready = mine; build(data, new Map(read)); film.dataset.ready = "true"; }
    else read.forEach(([url, sheet]) => { if (state.sheets.get(url) !== sheet) sheet?.close(); });
  };
  const listen = ({ frame, turn, revision }) => {      // of what Python asked for, once
    if (turn === state.turn) return;
    const first = !state.turn;
    state.turn = turn;
    if (!first && (state.held || revision < state.revision)) { if (state.held) state.said = null; return; }
    pause();
    state.revision = Math.max(revision, state.revision);
    state.said = frame;
    if (state.ready === state.loading) show(frame); else state.wanted = frame;       // of a film that is still decoded
  };
  state.update = ({ key, told, ...data }) => {
    if (!state.turn && left.get(key)?.turn === told.turn) Object.assign(state, left.get(key));
    state.key = key;
    const { loading } = state, text = JSON.stringify({ ...data, panels: data.panels.map((panel) => ({ ...panel, sheet: "" })) });
    const other = text !== state.text || data.panels.some(({ sheet }, index) => sheet !== state.given[index]);
    Object.assign(state, { text, given: data.panels.map(({ sheet }) => sheet) });
    if (other || !loading) load(data);
    listen(told);
  };
  state.stop = () => {
    const { turn, said, revision } = state;
    if (said !== null) left.set(state.key, { frame: said, turn, said, revision }); else left.delete(state.key);
    state.loading += 1;
    state.sheets.forEach((sheet) => sheet?.close());
    pause();
    cancelAnimationFrame(state.due);
    [state.rest, state.speak].forEach(clearTimeout);
    sizes.disconnect();
  };
  return state;
}

export default serve(mount);
