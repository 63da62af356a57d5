// Class maps as numbers: unpacked, decided by a threshold, counted, and painted. Pixels are 32 bits, red in the lowest byte.
const NOBODY = 255;                                    // the number of a pixel that is unsure
const DARK = 0xff171313, PALE = 0xf0ffffff, GREY = 0xff968a8a, DIM = 0xff665c5c;
const STRIPE = 4;                                      // cells

async function unpacked(text, columns) {               // what `viz.class_maps.packed` made
  const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  const values = new Uint8Array(await new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"))).arrayBuffer());
  for (let index = 0; index < values.length; index += 1) if (index % columns) values[index] += values[index - 1];
  return values;
}

const inked = (colour) => {
  const value = parseInt(colour.slice(1), 16);
  return (0xff000000 | (value & 255) << 16 | value & 0xff00 | value >> 16) >>> 0;
};
const ramp = (stops) => Uint32Array.from({ length: 256 }, (_, value) => {
  const at = value / 255 * (stops.length - 1), first = Math.min(Math.floor(at), stops.length - 2), part = at - first;
  const [from, to] = [stops[first], stops[first + 1]].map((stop) => parseInt(stop.slice(1), 16));
  const mixed = (shift) => Math.round((from >> shift & 255) * (1 - part) + (to >> shift & 255) * part);
  return (0xff000000 | mixed(0) << 16 | mixed(8) << 8 | mixed(16)) >>> 0;
});

function decide(classes, margin, unsure, into) {       // pixels that lead by less than the threshold belong to nobody
  const least = unsure * 255;
  for (let index = 0; index < classes.length; index += 1) into[index] = margin[index] < least ? NOBODY : classes[index];
}
function counted(decided, count) {                     // the share of each class; that of nobody comes last
  const cells = new Uint32Array(256);
  for (let index = 0; index < decided.length; index += 1) cells[decided[index]] += 1;
  return [...cells.slice(0, count), cells[NOBODY]].map((one) => one / decided.length);
}
function paintClasses(pixels, decided, inks, columns) { // `inks`: of each number, 0 for none
  for (let index = 0; index < decided.length; index += 1) {
    const label = decided[index];
    pixels[index] = label === NOBODY ? ((index % columns + Math.floor(index / columns)) % (2 * STRIPE) < STRIPE ? GREY : DIM) : inks[label];
  }
}
function paintValues(pixels, values, inks, decided, columns) {
  for (let index = 0; index < values.length; index += 1) {
    const striped = decided[index] === NOBODY && (index % columns + Math.floor(index / columns)) % (2 * STRIPE) < 1;
    pixels[index] = striped ? PALE : inks[values[index]];
  }
}
function paintOutlines(pixels, decided, shown, columns) { // `shown`: of each number, whether its outline is drawn
  pixels.fill(0);
  for (let index = 0; index < decided.length; index += 1) {
    const mine = shown[decided[index]] ? decided[index] : -1, column = index % columns;
    const left = column ? decided[index - 1] : decided[index], above = index >= columns ? decided[index - columns] : decided[index];
    if (mine !== (shown[left] ? left : -1) || mine !== (shown[above] ? above : -1)) pixels[index] = PALE;
  }
}
