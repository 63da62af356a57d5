// A radio group of thumbnails. Sends the key of the picked photo.
export default function ({ parentElement, data, setStateValue }) {
  const tray = parentElement.querySelector(".tray");
  tray.setAttribute("aria-label", data.label);
  const keys = data.photos.map((photo) => photo.key).join();
  if (tray.dataset.keys !== keys) {
    tray.dataset.keys = keys;
    tray.replaceChildren(...data.photos.map((photo) => {
      const button = document.createElement("button");
      const image = document.createElement("img");
      button.type = "button";
      button.setAttribute("role", "radio");
      button.dataset.key = photo.key;
      button.title = image.alt = photo.name;
      image.src = photo.thumbnail;
      button.append(image);
      return button;
    }));
  }
  const mark = (key) => {
    const all = [...tray.childNodes], stop = all.find((button) => button.dataset.key === key) ?? all[0];   // where Tab comes to, also with none chosen
    for (const button of all) {
      button.setAttribute("aria-checked", String(button.dataset.key === key));
      button.tabIndex = button === stop ? 0 : -1;
    }
  };
  const choose = (button) => { mark(button.dataset.key); setStateValue("photo", button.dataset.key); };
  tray.onclick = (event) => { const button = event.target.closest("button"); if (button) choose(button); };
  tray.onkeydown = (event) => {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (!step || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const all = [...tray.childNodes];
    const next = all[(all.indexOf(event.target.closest("button")) + step + all.length) % all.length];
    next.focus();
    choose(next);
  };
  mark(data.chosen);
}
