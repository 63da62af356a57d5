// Asks for the next part of the work when the last one has been shown and the page is at rest.
//
// Streamlit gathers what has changed for a moment (a timer of 0 ms) and sends it together, as one run of one fragment: the
// first that is named. So what a visitor changes on the page in that moment is sent as a run of this fragment, and the page
// itself would not hear of it (Streamlit 1.67, `WidgetStateManager.scheduleFlush`). Hence the clock waits until what a
// visitor did is sent, and where something was done just after it asked, it asks for the whole page next.
const LOOK = 20;                                        // ms until the next look at a page that is busy
const LOST = 3000;                                      // ms without an answer until it is asked again
const SENT = 200;                                       // ms after which what a visitor did is on its way
const PAGE = 0;                                         // no turn: the page has to run
const timers = new WeakMap();
const unheard = new WeakSet();                          // clocks whose page has to run
const moves = ["keydown", "keyup", "pointerdown", "pointerup", "click", "input", "change", "drop"];
let acted = -Infinity;                                  // when the visitor did something last

for (const move of moves) addEventListener(move, () => { acted = performance.now(); }, { capture: true, passive: true });

// The app's own mark. Where it is missing, the clock goes by time alone.
const busy = () => ["running", "rerunRequested", "stopRequested"].includes(
  document.querySelector("[data-testid=stApp]")?.dataset.testScriptState);

export default function ({ parentElement, data, setTriggerValue }) {
  const later = (action, delay) => timers.set(parentElement, setTimeout(action, delay));
  const ask = () => {
    const now = performance.now();
    if (busy() || now - acted < SENT) { later(ask, LOOK); return; }
    later(ask, LOST);
    setTriggerValue("tick", unheard.delete(parentElement) ? PAGE : data.turn);
    setTimeout(() => { if (acted >= now) unheard.add(parentElement); }, 0);
  };
  const still = () => clearTimeout(timers.get(parentElement));
  still();
  if (data.pause !== null) later(ask, data.pause);
  return still;
}
