// A square on a photo: it follows the pointer and the arrow keys here; one message when it rests.
const REST = 250;                                      // ms, after the last of several keys
const STEPS = 8;                                       // of its own width, by one arrow key; Shift moves by all of it

function mount(root) {
  const svg = root.querySelector("svg"), find = (name) => svg.querySelector(name);
  const state = { api: null, data: null, text: "", at: [0, 0], told: [], revision: 0, timer: 0, pointer: null, held: false };

  const show = (x, y) => {                             // its middle, such that all of it lies on the photo
    const { width: w, height: h, wide } = state.data, half = Math.floor(wide / 2);
    state.at = [clamp(Math.round(x), half, w - wide + half), clamp(Math.round(y), half, h - wide + half)];
    const [left, top] = state.at.map((side) => side - half), box = [left, top, left + wide, top + wide];
    for (const name of [".casing", ".line"]) place(find(name), box);
    put(find(".shade"), { d: `M0 0H${w}V${h}H0ZM${left} ${top}h${wide}v${wide}h${-wide}Z` });
    put(svg, { "aria-label": `Patch of ${wide} px of the photo around ${state.at.join(", ")}. Arrow keys move it.`, "data-at": state.at.join() });
  };
  const send = () => {
    clearTimeout(state.timer);
    state.held = false;
    if (state.at.join() === state.told.join()) return;
    state.told = state.at;
    state.revision += 1;
    state.api.setStateValue("point", { at: state.at, revision: state.revision });
  };
  svg.onpointerdown = (event) => {
    if (event.button) return;
    state.pointer = event.pointerId;
    state.held = true;
    svg.setPointerCapture(event.pointerId);
    show(...pointOn(svg, event));
  };
  svg.onpointermove = (event) => { if (event.pointerId === state.pointer) show(...pointOn(svg, event)); };
  svg.onpointerup = svg.onpointercancel = (event) => { if (event.pointerId === state.pointer) { state.pointer = null; send(); } };
  svg.onkeydown = (event) => {
    const arrow = ARROWS[event.key];
    if (!arrow) return;
    event.preventDefault();
    const step = Math.max(1, state.data.wide / (event.shiftKey ? 1 : STEPS));
    clearTimeout(state.timer);
    state.held = true;
    show(state.at[0] + arrow[0] * step, state.at[1] + arrow[1] * step);
    state.timer = setTimeout(send, REST);
  };
  state.update = ({ at, revision, hit, ...data }) => {
    const text = JSON.stringify(data), other = text !== state.text, late = revision < state.revision;
    if (other) {
      Object.assign(state, { text, data });
      put(svg, { viewBox: `0 0 ${data.width} ${data.height}` });
      put(find("image"), { width: data.width, height: data.height, href: data.image });
      svg.style.setProperty("--hit", hit);
    }
    if (other || (!late && !state.held)) { state.told = at; show(...at); }
    state.revision = Math.max(revision, state.revision);
  };
  state.stop = () => clearTimeout(state.timer);
  return state;
}

export default serve(mount);
