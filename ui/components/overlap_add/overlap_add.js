// A transposed convolution, product by product: slider, keys and play move here; one message when they rest.
const SECONDS = 1.1, MOST_SECONDS = 16;                // of a product, of all that are played
const SHOWN = 0.3;                                     // s; shorter products do not fly
const REST = 200, SPEAK = 450;                         // ms

const still = matchMedia("(prefers-reduced-motion: reduce)");
const say = (node, words) => { if (node.textContent !== words) node.textContent = words; };

function mount(root) {
  const find = (selector) => root.querySelector(selector), lay = find(".lay"), canvas = find("canvas"), slider = find("input"), play = find(".play"), code = find(".code");
  const paint = painter(canvas);
  const state = { api: null, text: "", trace: null, view: null, veiled: false, taken: 0, share: 1, hover: null, told: -1, said: -1, revision: 0, held: false,
    playing: 0, frame: 0, rest: 0, speak: 0, width: 0, style: null };

  const soon = () => { state.frame ||= requestAnimationFrame(render); };
  const lines = Array.from({ length: 6 }, () => element("li", "", code));
  const render = () => {
    const { trace, taken, share, hover, veiled, view, style } = state;
    state.frame = 0;
    if (!trace || !view) return;
    paint(trace, view, { taken, share, hover, veiled, style });
    const told = loop(trace, taken);
    lines.forEach((line, at) => {
      say(line, veiled && (at === 0 || at > 3) ? "" : told.lines[at]);
      line.toggleAttribute("aria-current", !veiled && told.at.includes(at));
    });
    say(find(".said"), veiled ? "Guess first. The products are laid down once the answer is revealed." : sentence(trace, taken));
    const reads = veiled ? "" : hover ? reading(trace, ...hover, taken) : "Point at a place of the output to read its sum. Shift and the arrow keys do that too.";
    say(find(".readout"), reads);
    slider.value = taken;
    slider.setAttribute("aria-valuetext", `${taken} of ${trace.last} products`);
    say(find(".now"), veiled ? "" : `${taken} of ${trace.last}`);
    find(".back").disabled = veiled || taken === 0;
    find(".on").disabled = veiled || taken === trace.last;
    play.disabled = slider.disabled = veiled;
    Object.assign(lay.dataset, { taken, last: trace.last, moving: share < 1, playing: Boolean(state.playing), veiled, hover: hover ? hover.join() : "" });
  };
  const speak = () => {                                 // once it rests
    clearTimeout(state.speak);
    state.speak = setTimeout(() => { if (state.playing) speak(); else say(find(".spoken"), find(".said").textContent); }, SPEAK);
  };

  // ---- Moving. `held` while a hand or the play button moves, until Python has been told.
  const send = () => {
    state.held = false;
    if (state.said === state.taken) return;
    state.said = state.taken;
    state.revision += 1;
    state.api.setStateValue("step", { value: state.taken, revision: state.revision });
  };
  const rest = () => {
    clearTimeout(state.rest);
    state.held = true;
    state.rest = setTimeout(send, REST);
  };
  const show = (taken, share = 1) => {
    const step = clamp(Math.round(taken), 0, state.trace.last);
    if (step !== state.taken) speak();
    [state.taken, state.share] = [step, share];
    soon();
  };
  const halt = () => {
    cancelAnimationFrame(state.playing);
    state.playing = 0;
    lay.classList.remove("playing");
    play.setAttribute("aria-label", "Play");
  };
  const pause = () => { if (state.playing) { halt(); show(state.taken); } };
  const run = (from, to, seconds) => {                  // the products after `from` up to `to`, one after the other
    let began = 0;
    clearTimeout(state.rest);
    state.held = true;
    const frame = (now) => {
      began ||= now;
      const gone = (now - began) / 1000 / seconds;
      if (gone >= to - from) { halt(); show(to); rest(); return; }
      show(from + 1 + Math.floor(gone), seconds >= SHOWN && !still.matches ? Math.min(1, 1.25 * (gone % 1)) : 1);
      state.playing = requestAnimationFrame(frame);
    };
    state.playing = requestAnimationFrame(frame);
  };
  const go = (taken) => {
    const from = state.taken;
    halt();
    if (taken === from + 1 && taken <= state.trace.last) run(from, taken, SECONDS);
    else { show(taken); rest(); }
  };
  const toggle = () => {
    if (state.veiled) return;
    if (state.playing) { pause(); rest(); return; }
    const { last } = state.trace, from = state.taken >= last ? 0 : state.taken;
    lay.classList.add("playing");
    play.setAttribute("aria-label", "Pause");
    run(from, last, Math.min(SECONDS, MOST_SECONDS / last));
  };
  play.onclick = toggle;
  find(".back").onclick = () => go(state.taken - 1);
  find(".on").onclick = () => go(state.taken + 1);
  slider.oninput = () => { const to = Number(slider.value); halt(); clearTimeout(state.rest); state.held = true; show(to); };
  slider.onchange = rest;
  slider.onkeydown = (event) => { if (event.key === " ") { event.preventDefault(); toggle(); } };

  // ---- Reading a place of the output.
  const read = (hover) => {
    if (state.hover?.join() === hover?.join()) return;
    state.hover = hover;
    soon();
  };
  const follow = (event) => {
    const frame = canvas.getBoundingClientRect();
    if (!state.veiled) read(cellOf(state.view.output, event.clientX - frame.left, event.clientY - frame.top));
  };
  canvas.onpointermove = canvas.onpointerdown = follow;
  canvas.onpointerleave = (event) => { if (event.pointerType !== "touch") read(null); };
  canvas.onkeydown = (event) => {
    const { taken, trace, hover, veiled } = state, arrow = ARROWS[event.key];
    if (veiled) return;
    if (event.shiftKey && arrow) {
      const [row, column] = hover ?? [-arrow[1], -arrow[0]];
      read([clamp(row + arrow[1], 0, trace.rows - 1), clamp(column + arrow[0], 0, trace.columns - 1)]);
    } else if (event.key === "Escape" && hover) read(null);
    else if (event.key === " ") toggle();
    else if (event.key === "Home" || event.key === "End") go(event.key === "Home" ? 0 : trace.last);
    else if (arrow?.[0]) go(clamp(taken + arrow[0], 0, trace.last));
    else return;
    event.preventDefault();
  };

  // ---- What Python says.
  const resized = () => {
    state.width = find(".stage").clientWidth;
    if (!state.trace || !state.width) return;
    state.view = layout(state.trace, state.width);
    canvas.style.height = `${state.view.height}px`;
    soon();
  };
  const sizes = new ResizeObserver(resized);
  sizes.observe(find(".stage"));
  const themed = (ramps, hit) => {
    const theme = getComputedStyle(lay), value = (name) => theme.getPropertyValue(`--st-${name}`).trim();
    state.style = { ramps, hit, font: theme.fontFamily, ink: theme.color, paper: value("background-color"), quiet: value("secondary-background-color") };
  };
  state.update = ({ step, revision, ramps, hit, ...scene }) => {
    const text = JSON.stringify(scene), other = text !== state.text, late = revision < state.revision;
    if (other) {
      halt();
      clearTimeout(state.rest);
      Object.assign(state, { text, trace: readTrace(scene), veiled: scene.veiled, hover: null, held: false });
      slider.max = state.trace.last;
    }
    themed(ramps, hit);
    if (other || (step !== state.told && !late && !state.held)) {
      state.said = state.told = step;
      show(step);
    }
    state.revision = Math.max(revision, state.revision);
    resized();
  };
  state.stop = () => {
    halt();
    cancelAnimationFrame(state.frame);
    [state.rest, state.speak].forEach(clearTimeout);
    sizes.disconnect();
  };
  return state;
}

export default serve(mount);
