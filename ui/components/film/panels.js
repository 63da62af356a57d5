// Pictures whose frames lie in one sheet each. It stands before film.js.

async function readSheet(url) {                        // decoded to its last pixel: drawing a frame is a copy from then on
  const image = new Image();
  image.src = url;
  await image.decode();
  return createImageBitmap(image);
}

// Text of which there is one for each frame: it takes the room of the longest, so nothing below it ever moves.
function changing(node, texts) {
  const ghost = element("span", "ghost", node), shown = element("span", "", node);
  ghost.setAttribute("aria-hidden", "true");
  node.replaceChildren(ghost, shown);
  ghost.textContent = texts.reduce((longest, text) => (text.length > longest.length ? text : longest), "");
  node.hidden = !ghost.textContent;
  return (frame) => say(shown, texts[Math.min(frame, texts.length - 1)] ?? "");
}
const say = (node, words) => { if (node.textContent !== words) node.textContent = words; };

function drawPanel(parent, panel, sheet) {
  const figure = element("figure", "panel", parent), canvas = element("canvas", "", figure), caption = element("figcaption", "", figure);
  const { width: w, height: h, columns, across, down } = panel;
  [canvas.width, canvas.height] = [w, h];
  canvas.style.setProperty("--own", w / h);
  put(canvas, { role: "img", "aria-label": panel.alt });
  element("b", "", caption).textContent = panel.title;
  const note = changing(element("p", "note keeps", caption), panel.notes), pen = canvas.getContext("2d");
  pen.globalCompositeOperation = "copy";               // what is transparent covers the last frame too
  return (frame) => {
    note(frame);
    if (!sheet) return;
    pen.drawImage(sheet, frame % columns * across, Math.floor(frame / columns) * down, w, h, 0, 0, w, h);
    canvas.dataset.frame = frame;
  };
}
