// A transposed convolution after any number of products, from its input and its kernel. It stands before painter.js.
const flat = (rows) => Float64Array.from(rows.flat());
const size = (rows, columns) => `${rows} × ${columns}`;

function rangeOf(values, least = 0, most = 0) {          // from 0 where nothing is negative, else with 0 in the middle
  for (const value of values) { least = Math.min(least, value); most = Math.max(most, value); }
  const signed = least < 0, high = Math.max(most, -least) || 1;
  return { signed, low: signed ? -high : 0, high };
}

export function readTrace({ input, kernel, stride, padding }) {
  const [h, w, kh, kw] = [input.length, input[0].length, kernel.length, kernel[0].length];
  const trace = {
    stride, padding, h, w, kh, kw, input: flat(input), kernel: flat(kernel), rows: (h - 1) * stride + kh, columns: (w - 1) * stride + kw, last: h * w,
  };
  const products = Array.from(trace.input, (value) => rangeOf(trace.kernel.map((weight) => value * weight)));
  const product = Math.max(...products.map((one) => one.high)), signed = products.some((one) => one.signed);
  const { sums, least, most } = sumAfter(trace, trace.last);
  const output = rangeOf(sums, least, most);
  trace.ranges = {
    input: rangeOf(trace.input), kernel: rangeOf(trace.kernel), output, product: signed ? { signed, low: -product, high: product } : { signed, low: 0, high: product },
  };
  return trace;
}

// The product that is laid down as number `count`, counted from 1; null for 0.
export function productAt(trace, count) {
  if (count < 1) return null;
  const row = Math.floor((count - 1) / trace.w), column = (count - 1) % trace.w;
  return { row, column, value: trace.input[count - 1], top: row * trace.stride, left: column * trace.stride };
}

// The running sum, how many products each place has got, and the least and most that any place ever held.
export function sumAfter(trace, count) {
  const { rows, columns, kh, kw, kernel } = trace, sums = new Float64Array(rows * columns), counts = new Uint16Array(rows * columns);
  let least = 0, most = 0;
  for (let number = 1; number <= count; number += 1) {
    const { value, top, left } = productAt(trace, number);
    for (let i = 0; i < kh; i += 1) {
      for (let j = 0; j < kw; j += 1) {
        const at = (top + i) * columns + left + j, sum = sums[at] += value * kernel[i * kw + j];
        counts[at] += 1;
        if (sum < least) least = sum;
        if (sum > most) most = sum;
      }
    }
  }
  return { sums, counts, least, most };
}

// What has been added at a place of the output by the first `count` products: value and weight of each.
export function termsAt(trace, row, column, count) {
  const terms = [];
  for (let number = 1; number <= count; number += 1) {
    const { value, top, left } = productAt(trace, number), i = row - top, j = column - left;
    if (i >= 0 && i < trace.kh && j >= 0 && j < trace.kw) terms.push([value, trace.kernel[i * trace.kw + j]]);
  }
  return terms;
}

export const isCut = ({ rows, columns, padding }, row, column) => Math.min(row, column, rows - 1 - row, columns - 1 - column) < padding;

export const shown = (value) => {
  const short = Math.abs(value) >= 1e4 ? Math.round(value) : Number(value.toPrecision(4));
  return String(short === 0 ? 0 : short).replace("-", "−");
};
const bracketed = (value) => (value < 0 ? `(${shown(value)})` : shown(value));

const MOST_TERMS = 6;
export function reading(trace, row, column, count) {
  const terms = termsAt(trace, row, column, count), cut = isCut(trace, row, column) ? " The padding takes it away." : "";
  const place = `Row ${row}, column ${column}`;
  if (!terms.length) return `${place}: nothing is added ${count < trace.last ? "yet" : "here"}.${cut}`;
  const told = terms.slice(0, MOST_TERMS).map(([value, weight]) => `${bracketed(value)} · ${bracketed(weight)}`).join(" + ");
  const more = terms.length > MOST_TERMS ? ` + ${terms.length - MOST_TERMS} more` : "";
  const sum = terms.reduce((sum, [value, weight]) => sum + value * weight, 0);
  return `${place}: ${told}${more} = ${shown(sum)}.${cut}`;
}

const span = (from, length) => (length === 1 ? `${from}` : `${from} to ${from + length - 1}`);
export function sentence(trace, count) {
  const { last, rows, columns, padding, kh, kw } = trace, now = productAt(trace, count);
  if (!now) return `Nothing is added yet: ${rows * columns} zeros.`;
  const lies = `rows ${span(now.top, kh)}, columns ${span(now.left, kw)}`;
  const end = count < last ? "" : padding ? ` The padding then leaves ${size(rows - 2 * padding, columns - 2 * padding)}.` : " The output is complete.";
  return `Product ${count} of ${last}: the input at row ${now.row}, column ${now.column} is ${shown(now.value)}. ${shown(now.value)} times the kernel is added to ${lies}.${end}`;
}

// The loop of the course, each line as it is executed after `count` products; `at` are the lines of this moment.
export function loop(trace, count) {
  const { h, w, rows, columns, kh, kw, padding, last } = trace, now = productAt(trace, count);
  const crop = padding ? `Y[${padding} : ${rows - padding}, ${padding} : ${columns - padding}]` : "Y";
  return {
    lines: [
      `Y = zeros(${rows}, ${columns})`,
      `for i in range(${h}):`,
      `  for j in range(${w}):`,
      "    Y[i*s : i*s+h, j*s : j*s+w] += X[i, j] * K",
      now ? `    Y[${now.top} : ${now.top + kh}, ${now.left} : ${now.left + kw}] += ${shown(now.value)} * K` : "",
      `return ${crop}`,
    ],
    at: [...(now ? [3, 4] : [0]), ...(count === last ? [5] : [])],
  };
}
