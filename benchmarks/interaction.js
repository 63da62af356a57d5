// The stopwatch of benchmarks/interaction.py, inside the page: what it times holds no round trip of the test driver.
window.stopwatch = (() => {
  const PATIENCE = 30_000;                              // ms
  let painted = null, pressed = 0, sent = 0;

  const roots = () => {                                 // components of Streamlit live in shadow roots
    const found = [document];
    for (const node of document.querySelectorAll("*")) if (node.shadowRoot) found.push(node.shadowRoot);
    return found;
  };
  const all = (selector) => roots().flatMap((root) => [...root.querySelectorAll(selector)]);
  const read = (selector) => all(selector).map((node) => node.getAttribute("points") ?? node.textContent).join("\n");
  const afterFrame = (then) => {                        // a message posted while a frame is made arrives after its paint
    const channel = new MessageChannel();
    channel.port1.onmessage = then;
    channel.port2.postMessage(0);
  };
  const afterPaint = (then) => requestAnimationFrame(() => afterFrame(then));

  addEventListener("keydown", (event) => { pressed = event.timeStamp; sent = 0; }, true);
  const send = WebSocket.prototype.send;
  WebSocket.prototype.send = function (...message) { sent ||= performance.now(); return send.apply(this, message); };

  // From the next key press until `selector` reads `wanted` (null: something else than now) and is painted: milliseconds
  // from the key, and from the first message to the server after it.
  const arm = (selector, wanted) => {
    const before = read(selector);
    painted = new Promise((resolve, reject) => {
      const late = setTimeout(() => { watcher.disconnect(); reject(new Error(`${selector} did not change`)); }, PATIENCE);
      const watcher = new MutationObserver(() => {
        const now = read(selector);
        if (wanted === null ? now === before : now !== wanted) return;
        watcher.disconnect();
        clearTimeout(late);
        afterPaint(() => resolve([performance.now() - pressed, performance.now() - sent]));
      });
      const changes = { subtree: true, childList: true, characterData: true, attributes: true };
      for (const root of roots()) watcher.observe(root, changes);
    });
  };

  // When something that `selector` names first shows and is painted, as milliseconds of the wall clock.
  const appeared = (selector) => new Promise((resolve, reject) => {
    const loaded = (node) => (node instanceof HTMLImageElement ? node.complete && node.naturalWidth : node.textContent);
    const deadline = performance.now() + PATIENCE;
    const look = (now) => {
      if (all(selector).some((node) => node.getClientRects().length && loaded(node))) afterFrame(() => resolve(Date.now()));
      else if (now > deadline) reject(new Error(`${selector} did not appear`));
      else requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  });

  // Milliseconds of each frame for `seconds`. With a `line` that is being dragged, the pointer goes round `centre`, one
  // move after each frame, and a frame counts only when the line stands elsewhere than in the last one.
  const frames = (seconds, selector, centre) => new Promise((resolve) => {
    const line = selector && all(selector).at(-1), where = () => line && `${line.getAttribute("x")} ${line.getAttribute("y")}`;
    const taken = [];
    let turn = 0, place = where(), first = 0, last = 0;
    const move = () => {
      const angle = turn++ / 12, clientX = centre[0] + 25 * Math.cos(angle), clientY = centre[1] + 25 * Math.sin(angle);
      line.dispatchEvent(new PointerEvent("pointermove", { pointerId: 1, clientX, clientY, bubbles: true }));
    };
    const tick = (now) => {
      if (!line || where() !== place) {
        if (first) taken.push(now - last);
        first ||= now;
        last = now;
      }
      place = where();
      if (first && now - first > seconds * 1000) { resolve(taken); return; }
      if (line) afterFrame(move);
      requestAnimationFrame(tick);
    };
    requestAnimationFrame(tick);
  });

  return { read, arm, painted: () => painted, appeared, frames };
})();
