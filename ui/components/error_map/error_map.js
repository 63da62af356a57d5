// A photo under layers of right and wrong pixels. The legend switches them here; Python hears of it once the hand rests.
const REST = 250;                                      // ms

function mount(root) {
  const find = (selector) => root.querySelector(selector), stage = find(".stage"), legend = find(".legend");
  const state = { api: null, data: null, text: "", shown: new Set(), told: "", revision: 0, timer: 0 };
  const views = [];

  const paint = () => {
    for (const { key, button, image } of views) {
      image.classList.toggle("shown", state.shown.has(key));
      button.setAttribute("aria-pressed", String(state.shown.has(key)));
    }
    find(".errors").dataset.shown = [...state.shown].join(" ");
  };
  const send = () => {
    state.revision += 1;
    state.told = JSON.stringify([...state.shown]);
    state.api.setStateValue("layers", { shown: [...state.shown], revision: state.revision });
  };
  const toggle = (key) => {
    if (!state.shown.delete(key)) state.shown.add(key);
    paint();
    clearTimeout(state.timer);
    state.timer = setTimeout(() => { state.timer = 0; send(); }, REST);
  };
  const draw = (layer) => {
    const button = element("button", "", legend), swatch = element("span", "swatch", button), image = element("img", "", find(".layers"));
    button.type = "button";
    element("span", "", button).textContent = layer.title;
    const view = { key: layer.key, button, image, swatch, count: element("span", "count", button) };
    button.onclick = () => toggle(layer.key);
    swatch.style.setProperty("--colour", layer.colour);
    swatch.dataset.mark = layer.mark;
    image.alt = "";
    image.draggable = false;
    return view;
  };
  const build = ({ image, width: w, height: h, alt, layers }) => {
    if (find(".photo").getAttribute("src") !== image) find(".photo").src = image;
    stage.style.setProperty("--aspect", w / h);
    stage.setAttribute("aria-label", alt);
    if (layers.length !== views.length) {
      legend.replaceChildren();
      find(".layers").replaceChildren();
      views.splice(0, views.length, ...layers.map(draw));
    }
    layers.forEach(({ uri, count }, at) => {             // what stays keeps its node, and with it the focus
      if (views[at].image.getAttribute("src") !== uri) views[at].image.src = uri;
      views[at].count.textContent = count;
    });
  };
  state.update = (data) => {
    const { shown, revision, ...scene } = data, text = JSON.stringify(scene), late = revision < state.revision;
    if (text !== state.text) { state.text = text; build(scene); }
    const told = JSON.stringify(shown);
    if (!late && !state.timer && told !== state.told) { state.shown = new Set(shown); state.told = told; }
    state.revision = Math.max(revision, state.revision);
    paint();
  };
  state.stop = () => clearTimeout(state.timer);
  return state;
}

export default serve(mount);
