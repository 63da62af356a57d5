// When a page first shows its picture, and when it is at rest: looked at from inside the page, once a frame.
window.firstResults = (() => {
  const PATIENCE = 180_000, QUIET = 1_000;              // ms
  const SMALL = 8;                                      // pixels a side of the copy in which a canvas is searched for a colour
  const copy = Object.assign(document.createElement("canvas"), { width: SMALL, height: SMALL }).getContext("2d", { willReadFrequently: true });

  const all = (selector, root = document) => {          // components of Streamlit live in shadow roots
    const found = [...root.querySelectorAll(selector)];
    for (const node of root.querySelectorAll("*")) if (node.shadowRoot) found.push(...all(selector, node.shadowRoot));
    return found;
  };

  const drawn = (canvas) => {
    if (!canvas.width || !canvas.height) return false;
    copy.clearRect(0, 0, SMALL, SMALL);
    copy.drawImage(canvas, 0, 0, SMALL, SMALL);
    return copy.getImageData(0, 0, SMALL, SMALL).data.some((value) => value);
  };

  // A promise when there are pixels to wait for, true when they are there, false when there are none yet.
  const ready = (node) => {
    if (!node.getClientRects().length) return false;
    if (node instanceof HTMLImageElement) return node.complete && node.naturalWidth > 0 && node.decode();
    if (node instanceof HTMLCanvasElement) return drawn(node);
    if (node instanceof SVGImageElement) {
      if (!node.href.baseVal) return false;
      const image = new Image();
      image.src = node.href.baseVal;
      return image.decode();
    }
    return node.textContent !== "";
  };

  const painted = (then) => requestAnimationFrame(() => {        // a message posted while a frame is made arrives after its paint
    const channel = new MessageChannel();
    channel.port1.onmessage = then;
    channel.port2.postMessage(0);
  });

  // Milliseconds from the navigation until something that `selector` names is decoded and painted.
  const pictured = (selector) => new Promise((resolve, reject) => {
    const look = async () => {
      for (const node of all(selector)) {
        const there = await Promise.resolve(ready(node)).then((answer) => answer !== false, () => false);
        if (there && node.isConnected) { painted(() => resolve(performance.now())); return; }
      }
      if (performance.now() > PATIENCE) reject(new Error(`${selector} is not seen`));
      else requestAnimationFrame(look);
    };
    look();
  });

  // Milliseconds from the navigation until no script runs and nothing stands in for an answer, and both stay so.
  const atRest = () => new Promise((resolve, reject) => {
    let since = 0;
    const look = () => {
      const now = performance.now(), app = document.querySelector("[data-testid=stApp]");
      const busy = app?.dataset.testScriptState !== "notRunning"
        || document.querySelector("h1") === null
        || document.querySelector("[data-testid=stStatusWidget], [data-testid=stSkeleton]") !== null;
      if (busy) since = 0;
      else since ||= now;
      if (since && now - since > QUIET) resolve(since);
      else if (now > PATIENCE) reject(new Error("the page does not come to rest"));
      else setTimeout(look, 25);
    };
    look();
  });

  return { pictured, atRest };
})();
