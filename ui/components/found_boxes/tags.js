// Where tags go, as in `viz.detections`: above the box, else inside at the top, below, or inside at the bottom, left or right;
// the first spot that no other tag has. It stands before found_boxes.js.
const HIGH = 20, ROOM = 12;                            // px of a tag: its height, and what is beside its words
const MOST_TAGS = 20;                                  // of the best boxes: more would hide the photo

const meet = (a, b) => a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3];

function spotsOf([x1, y1, x2, y2], wide, [w, h]) {
  return [y1 - HIGH, y1, y2, y2 - HIGH].flatMap((y) => [x1, x2 - wide].map((x) => {
    const [left, top] = [clamp(x, 0, Math.max(0, w - wide)), clamp(y, 0, Math.max(0, h - HIGH))];
    return [left, top, left + wide, top + HIGH];
  }));
}

// A place for the tag of each box, the best first: its words, or its number alone where only that has room, or nothing. `full` is
// where the words go when the pointer is on the box and the other tags stand back.
function layTags(boxes, words, numbers, size, measure) {
  const taken = [];
  return boxes.map((box, index) => {
    const free = (wide) => spotsOf(box, wide, size).find((spot) => !taken.some((other) => meet(spot, other)));
    const [long, short] = [measure(words[index]) + ROOM, measure(numbers[index]) + ROOM], full = spotsOf(box, long, size)[0];
    const whole = index < MOST_TAGS ? free(long) : undefined, spot = whole ?? (index < MOST_TAGS ? free(short) : undefined);
    if (spot) taken.push(spot);
    return { spot: spot ?? null, whole: Boolean(whole), full };
  });
}

const inkOn = (colour) => {                            // black or white, whichever stands out more (WCAG 2.1)
  const [red, green, blue] = [1, 3, 5].map((from) => parseInt(colour.slice(from, from + 2), 16) / 255)
    .map((part) => (part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.179 ? "#000000" : "#FFFFFF";
};
