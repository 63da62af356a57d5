// The stopwatch of benchmarks/interaction.py, inside the page: what it times holds no round trip of the test driver.
window.stopwatch = (() => {
  const PATIENCE = 30_000;                              // ms
  let painted = null, pressed = 0, sent = 0;

  const roots = () => {                                 // components of Streamlit live in shadow roots
    const found = [document];
    for (const node of document.querySelectorAll("*")) if (node.shadowRoot) found.push(node.shadowRoot);
    return found;
  };
  const all = (selector, within = roots()) => within.flatMap((root) => [...root.querySelectorAll(selector)]);
  const told = (node) => node.getAttribute("points") ?? node.textContent;
  const read = (selector, within) => all(selector, within).map(told).join("\n");
  const afterFrame = (then) => {                        // a message posted while a frame is made arrives after its paint
    const channel = new MessageChannel();
    channel.port1.onmessage = then;
    channel.port2.postMessage(0);
  };

  addEventListener("keydown", (event) => { pressed = event.timeStamp; sent = 0; }, true);
  const send = WebSocket.prototype.send;
  WebSocket.prototype.send = function (...message) { sent ||= performance.now(); return send.apply(this, message); };

  // From the next key press until `selector` reads `wanted` (null: something else than now) and is painted: milliseconds
  // from the key, and from the first message to the server after it. Looks once a frame and only after a change, so that
  // watching costs next to nothing.
  const arm = (selector, wanted) => {
    const within = roots(), before = read(selector, within);
    let frame = 0;
    painted = new Promise((resolve, reject) => {
      const late = setTimeout(() => { watcher.disconnect(); reject(new Error(`${selector} does not read ${wanted}`)); }, PATIENCE);
      const look = () => {
        frame = 0;
        const now = read(selector, within);
        if (wanted === null ? now === before : now !== wanted) return;
        watcher.disconnect();
        clearTimeout(late);
        afterFrame(() => resolve([performance.now() - pressed, performance.now() - sent]));
      };
      const watcher = new MutationObserver(() => { frame ||= requestAnimationFrame(look); });
      const changes = { subtree: true, childList: true, characterData: true, attributes: true };
      for (const root of within) watcher.observe(root, changes);
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
  const frames = (seconds, selector, centre) => new Promise((resolve, reject) => {
    const line = selector && all(selector).at(-1), where = () => line && `${line.getAttribute("x")} ${line.getAttribute("y")}`;
    const taken = [], deadline = performance.now() + PATIENCE;
    let turn = 0, place = where(), first = 0, last = 0;
    const move = () => {
      const angle = turn++ / 12, clientX = centre[0] + 25 * Math.cos(angle), clientY = centre[1] + 25 * Math.sin(angle);
      line.dispatchEvent(new PointerEvent("pointermove", { pointerId: 1, clientX, clientY, bubbles: true, composed: true }));
    };
    const tick = (now) => {
      if (!line || where() !== place) {
        if (first) taken.push(now - last);
        first ||= now;
        last = now;
      }
      place = where();
      if (first && now - first > seconds * 1000) { resolve(taken); return; }
      if (now > deadline) { reject(new Error(`${selector} did not move`)); return; }
      if (line) afterFrame(move);
      requestAnimationFrame(tick);
    };
    requestAnimationFrame(tick);
  });

  return { read, arm, painted: () => painted, appeared, frames };
})();
