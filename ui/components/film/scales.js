// Numbers as axes and words. It stands before charts.js.
const STEPS = [1, 2, 2.5, 5, 10];

export function niceStep(span, count) {                // the smallest round step of which `count` cover the span
  const raw = span / Math.max(1, count), power = 10 ** Math.floor(Math.log10(raw));
  return STEPS.find((step) => step * power >= raw * (1 - 1e-9)) * power;
}

export function niceTicks(low, high, count) {          // round numbers from low to high
  const step = niceStep(high - low, count), first = Math.ceil(low / step - 1e-6), last = Math.floor(high / step + 1e-6);
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => (first + index) * step);
}

// The range of y: what is drawn and a little more, up to round numbers. It begins at 0 where that is near.
export function yRange(chart) {
  if (chart.y_range) return chart.y_range;
  const drawn = [...chart.series.flatMap(({ values }) => values), ...chart.levels.map(({ value }) => value)].filter((value) => value !== null);
  if (!drawn.length) return [0, 1];
  let [low, high] = [Math.min(...drawn), Math.max(...drawn)];
  if (low > 0 && low < high / 2) low = 0;
  if (high < 0 && high > low / 2) high = 0;
  if (high - low <= Math.abs(high) * 1e-9) [low, high] = low ? [low - Math.abs(low) / 10, high + Math.abs(high) / 10] : [-1, 1];
  const step = niceStep(high - low, 10);
  return [Math.floor(low / step + 1e-6) * step, Math.ceil(high / step - 1e-6) * step];
}

export function inDigits(value, span) {                // as many digits as tell a thousandth of the span; with a real minus
  const digits = 3 - Math.floor(Math.log10(span) + 0.3), words = digits > 7 ? value.toExponential(2) : value.toFixed(clamp(digits, 0, 7));
  return (/[1-9]/.test(words) ? words : words.replace("-", "")).replaceAll("-", "−");
}

export function tickWords(ticks) {                     // all with the same digits, as few as tell them apart
  const step = ticks.length > 1 ? ticks[1] - ticks[0] : Math.abs(ticks[0]) || 1, tiny = step < 1e-6;
  let digits = 0;
  while (!tiny && digits < 7 && Math.abs(step * 10 ** digits - Math.round(step * 10 ** digits)) > 1e-4) digits += 1;
  return ticks.map((tick) => {
    const words = tiny && tick ? tick.toExponential(1) : (Math.abs(tick) < step / 2 ? 0 : tick).toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits });
    return words.replaceAll("-", "−");
  });
}

export function nearest(xs, x) {                       // the index of the nearest of rising numbers
  let best = 0;
  xs.forEach((other, index) => { if (Math.abs(other - x) < Math.abs(xs[best] - x)) best = index; });
  return best;
}

// In how many columns `count` things stand that are at least `least` wide: as many as fit, and rows as equal as can be.
export function columnsFor(room, count, least, gap) {
  const most = clamp(Math.floor((room + gap) / (least + gap)), 1, Math.max(1, count));
  return Math.ceil(count / Math.ceil(count / most)) || 1;
}
