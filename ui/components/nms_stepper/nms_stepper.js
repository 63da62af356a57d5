// The stepper: slider, keys and play move through the race here; one message when they rest, one for each pick.
const SECONDS = 0.7, MOST_SECONDS = 12;                // of a decision, of a whole race that is played
const PHASED = 0.25;                                   // s; shorter decisions are shown in one go
const FLASH = 450, REST = 200, SPEAK = 450;            // ms
const SAME = 5;                                        // px; clicks no farther apart are clicks at one place

const still = matchMedia("(prefers-reduced-motion: reduce)");

function mount(root) {
  const find = (selector) => root.querySelector(selector), nms = find(".nms"), panes = find(".panes"), list = find(".list"), slider = find(".controls input");
  const rowsIn = find(".whole"), shows = find(".switch input"), play = find(".play");
  // `told` is what Python said last, `said` what both agree on, `seek` the step whose winner the list has been moved to.
  const state = { api: null, text: "", race: null, lanes: [], rows: [], taken: 0, early: false, head: null, picked: -1, told: {}, said: {}, revision: 0, held: false,
    playing: 0, frame: 0, stale: false, rest: 0, speak: 0, flash: 0, over: false, seek: -1, tall: 36, top: 0, high: 0, font: "", click: null };

  // ---- Painting, once a frame and only where something changed.
  const soon = (all = true) => {
    state.stale ||= all;
    state.frame ||= requestAnimationFrame(render);
  };
  const paintLane = (lane, index) => {
    const view = state.lanes[index], { race } = state, left = Math.max(0, state.flash - performance.now()) / FLASH, now = linesOf(lane);
    view.paint(race, lane, { width: view.width, height: view.height, picked: state.picked, hidden: !shows.checked, flash: left, font: state.font });
    say(view.said, sentence(race, lane));
    view.lines.forEach((line, at) => mark(line, "aria-current", now.includes(at) ? "step" : null));
    const { counts } = lane;
    Object.assign(view.group.dataset, {
      decisions: lane.taken, winner: lane.best < 0 ? "" : lane.best, hit: lane.touched.length,
      waits: counts[WAITS], kept: counts[KEPT] + counts[WINS], removed: counts[REMOVED] + counts[DROPPED],
    });
    if (left > 0) soon();
  };
  const paintRow = (part, at) => {
    const { race } = state, box = race.order[at], { name, colour } = race.classes[race.names[box]], first = race.soft ?? race.lanes[0];
    const [now, was] = [first ? first.score[box] : race.scores[box], race.scores[box]].map((score) => score.toFixed(2));
    const { row } = part;
    row.hidden = false;
    row.id = `box-${box}`;
    row.dataset.box = box;
    race.lanes.forEach((lane, index) => {
      row.dataset[index ? "other" : "state"] = STATES[lane.state[box]];
      paintFate(part.fates[index], race, lane, box, colour);
    });
    mark(row, "data-differs", race.differ[box] ? "" : null);
    mark(row, "aria-selected", box === state.picked);
    mark(row, "aria-posinset", at + 1);
    mark(row, "aria-setsize", race.count);
    row.style.transform = `translateY(${at * state.tall}px)`;
    say(part.index, `#${box}`);
    say(part.name, name);
    say(part.now, now);
    say(part.was, now === was ? "" : `was ${was}`);
    if (part.differs) say(part.differs, race.differ[box] ? "≠ differs" : "");
  };
  const paintRows = () => {
    const { race, tall } = state, first = clamp(Math.floor(state.top / tall), 0, Math.max(0, race.count - 1));
    const many = Math.min(race.count - first, Math.ceil(state.high / tall) + 1);
    while (state.rows.length < many) state.rows.push(drawRow(rowsIn, race.lanes));
    state.rows.forEach((part, index) => {               // a row keeps its node while it scrolls
      const at = first + ((index - first) % state.rows.length + state.rows.length) % state.rows.length;
      if (at < first + many) paintRow(part, at); else part.row.hidden = true;
    });
    mark(list, "aria-activedescendant", race.boxes[state.picked] ? `box-${state.picked}` : null);
  };
  const scroll = (top) => {
    list.scrollTop = top;
    state.top = list.scrollTop;
  };
  const bring = (box) => {                              // into view, with a few of its followers
    const { tall, high } = state, top = state.race.at[box] * tall;
    if (top < state.top) scroll(Math.max(0, top - tall));
    else if (top + 2 * tall > state.top + high) scroll(top - Math.min(2 * tall, high / 4));
  };
  const render = () => {
    const { race } = state, all = state.stale;
    state.frame = 0;
    state.stale = false;
    if (!race) return;
    if (all) {
      moveTo(race, state.taken, state.early);
      if (state.seek !== state.taken) {                 // before anything is written, while the layout is known
        const best = race.lanes.map((lane) => lane.best).find((box) => box >= 0);
        if (!state.over && best !== undefined) bring(best);
        else if (!state.over && !state.taken) scroll(0);
        state.seek = state.taken;
        speak();
      }
      race.lanes.forEach(paintLane);
      slider.value = state.taken;
      slider.setAttribute("aria-valuetext", `${state.taken} of ${race.last} decisions`);
      say(find(".now"), `${counted(state.taken)} of ${counted(race.last)}`);
      find(".back").disabled = state.taken === 0;
      find(".on").disabled = state.taken === race.last;
      say(find(".count"), race.lanes.length > 1 ? differing(race, state.taken) : "");
      Object.assign(nms.dataset, {
        decisions: state.taken, last: race.last, phase: state.early ? "winner" : "done", playing: Boolean(state.playing),
        picked: state.picked < 0 ? "" : state.picked, differing: race.differing,
      });
    }
    paintRows();
  };
  const differing = ({ differing: many, last }, taken) => `${many === 1 ? "1 box differs" : `${boxes(many)} differ`}${taken < last ? " so far" : ""}`;
  const speak = () => {                                 // once the slider rests
    clearTimeout(state.speak);
    state.speak = setTimeout(() => {
      if (state.playing) { speak(); return; }
      const who = ({ title }) => (state.lanes.length > 1 ? `${title}: ` : "");
      say(find(".spoken"), state.race.lanes.map((lane) => who(lane) + sentence(state.race, lane)).join(" "));
    }, SPEAK);
  };

  // ---- Moving. `held` while a hand or the play button moves, until Python has been told.
  const send = (name, value) => {                       // with a number, or the same step twice would be no news to Python
    if (state.said[name] === value) return;
    state.said[name] = value;
    state.revision += 1;
    state.api.setStateValue(name, { value, revision: state.revision });
  };
  const rest = () => {
    clearTimeout(state.rest);
    state.held = true;
    state.rest = setTimeout(() => { state.held = false; send("step", state.taken); }, REST);
  };
  const show = (taken, early = false) => {
    state.taken = clamp(Math.round(taken), 0, state.race.last);
    state.early = early;
    soon();
  };
  const flash = () => { if (!still.matches) state.flash = performance.now() + FLASH; };
  const pause = () => {
    if (!state.playing) return;
    cancelAnimationFrame(state.playing);
    state.playing = 0;
    panes.classList.remove("playing");
    play.setAttribute("aria-label", "Play");
    show(state.taken);                                  // no half a decision is left
  };
  const go = (taken) => { pause(); flash(); show(taken); rest(); };
  const start = () => {
    const { last } = state.race, from = state.taken >= last ? 0 : state.taken, seconds = Math.min(SECONDS, MOST_SECONDS / Math.max(1, last));
    let began = 0;
    clearTimeout(state.rest);
    state.held = true;
    panes.classList.add("playing");
    play.setAttribute("aria-label", "Pause");
    const frame = (now) => {
      began ||= now;
      const gone = (now - began) / 1000 / seconds, taken = Math.min(last, from + 1 + Math.floor(gone)), early = seconds >= PHASED && gone % 1 < 0.45;
      if (gone >= last - from) { pause(); show(last); rest(); return; }
      if (taken !== state.taken || early !== state.early) { if (!early && seconds >= PHASED) flash(); show(taken, early); }
      state.playing = requestAnimationFrame(frame);
    };
    state.playing = requestAnimationFrame(frame);
  };
  const toggle = () => { if (!state.race.last) return; if (state.playing) { pause(); rest(); } else start(); };
  play.onclick = toggle;
  find(".back").onclick = () => go(state.taken - 1);
  find(".on").onclick = () => go(state.taken + 1);
  slider.oninput = () => { pause(); clearTimeout(state.rest); state.held = true; state.flash = 0; show(Number(slider.value)); };
  slider.onchange = rest;
  shows.onchange = () => soon();

  // ---- Picking.
  const pick = (box) => {
    if (box === state.picked) return;
    state.picked = box;
    soon();
    send("picked", box);
  };
  const pickAt = (event, index) => {
    const frame = state.lanes[index].photo.getBoundingClientRect(), { race, click } = state, size = race.width / frame.width;
    const [x, y] = [event.clientX - frame.left, event.clientY - frame.top];
    const again = click && click.index === index && Math.hypot(click.x - x, click.y - y) <= SAME;
    const found = boxesAt(race, race.lanes[index], x * size, y * size, (event.pointerType === "touch" ? 12 : 6) * size, !shows.checked);
    const turn = again ? click.turn + 1 : 0;
    state.click = { index, turn, x: again ? click.x : x, y: again ? click.y : y };
    pick(found.length ? found[turn % found.length] : -1);
    if (state.picked >= 0 && !state.over) { bring(state.picked); soon(false); }
  };
  const step = (event) => {
    const moves = { ArrowLeft: state.taken - 1, ArrowRight: state.taken + 1, Home: 0, End: state.race.last };
    if (event.key === " ") toggle();
    else if (event.key in moves) go(moves[event.key]);
    else return;
    event.preventDefault();
  };
  const keys = (event) => {
    const { race, picked } = state, down = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!down || !race.count) { step(event); return; }
    event.preventDefault();
    const at = picked < 0 ? Math.floor(state.top / state.tall) : clamp(race.at[picked] + down, 0, race.count - 1);
    pick(race.order[at]);
    bring(race.order[at]);
  };
  list.onkeydown = keys;
  list.onclick = (event) => { const row = event.target.closest(".row"); if (row) pick(Number(row.dataset.box)); };
  list.onscroll = () => { if (state.top !== list.scrollTop) { state.top = list.scrollTop; soon(false); } };
  list.onpointerenter = list.onpointerdown = () => { state.over = true; };
  list.onpointerleave = list.onpointercancel = () => { state.over = false; };
  nms.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && state.picked >= 0) { event.preventDefault(); pick(-1); }
    if (event.key === " " && event.target === slider) { event.preventDefault(); toggle(); }
  });

  // ---- What Python says.
  const draw = (race) => {                              // all nodes anew, for other lanes
    for (const { group, photo } of state.lanes) { sizes.unobserve(photo); group.remove(); }
    state.lanes = race.lanes.map((lane, index) => {
      const view = drawLane(lane, index, find(".controls"));
      view.photo.onclick = (event) => pickAt(event, index);
      view.photo.onkeydown = keys;
      sizes.observe(view.photo);
      return view;
    });
    state.rows = [];
    rowsIn.replaceChildren();
    find(".columns").replaceChildren();
    const head = state.head = drawRow(find(".columns"), race.lanes);
    head.row.className = "titles";
    head.row.removeAttribute("role");
    say(head.name, "class");
    say(head.now, "score");
  };
  const shape = (race) => race && [race.width, race.height, race.count, Boolean(race.soft), Object.values(race.colours), race.lanes.map(({ lines }) => lines.length)].join();
  const build = (stage) => {
    const before = shape(state.race), race = state.race = readRace(stage), other = shape(race) !== before;
    pause();
    clearTimeout(state.rest);
    state.held = false;
    if (other) draw(race);
    race.lanes.forEach((lane, index) => {
      nameLane(state.lanes[index], lane, race.image);
      say(state.head.fates[index].found, lane.measure);
      say(state.head.fates[index].words, race.lanes.length > 1 ? lane.title : "state");
    });
    slider.max = race.last;
    play.disabled = race.last === 0;
    state.seek = -1;
    state.click = null;
    if (other) {
      panes.classList.toggle("two", race.lanes.length > 1);
      panes.classList.toggle("falling", Boolean(race.soft));
      nms.style.setProperty("--aspect", race.width / race.height);
      for (const name in race.colours) nms.style.setProperty(`--${name}`, race.colours[name]);
      resized();
    }
    if (state.top) scroll(0);
  };
  const resized = () => {
    if (!state.race) return;
    state.tall = parseFloat(getComputedStyle(list).getPropertyValue("--row")) || 36;
    state.font = getComputedStyle(nms).fontFamily;
    for (const view of state.lanes) [view.width, view.height] = [view.photo.clientWidth, view.photo.clientHeight];
    rowsIn.style.height = `${state.race.count * state.tall}px`;
    find(".columns").style.setProperty("--bar", `${list.offsetWidth - list.clientWidth - 2}px`);
    [state.top, state.high] = [list.scrollTop, list.clientHeight];
    soon();
  };
  const sizes = new ResizeObserver(resized);
  sizes.observe(list);
  const take = (name, value) => {
    state.said[name] = state.told[name] = value;
    if (name === "step") show(value); else { state.picked = value; soon(); }
  };
  state.update = ({ step, picked, revision, ...stage }) => {
    const text = JSON.stringify(stage), other = text !== state.text, late = revision < state.revision, told = { step, picked };
    const anew = ["step", "picked"].filter((name) => other || (told[name] !== state.told[name] && !late && !state.held));
    Object.assign(state, { text, revision: Math.max(revision, state.revision) });
    if (other) build(stage);
    for (const name of anew) take(name, told[name]);
  };
  state.stop = () => {
    pause();
    cancelAnimationFrame(state.frame);
    [state.rest, state.speak].forEach(clearTimeout);
    sizes.disconnect();
  };
  return state;
}

export default serve(mount);
