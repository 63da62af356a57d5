"""What a visitor may miss on a page: pictures without words, and what narrow windows cut off."""

from __future__ import annotations

from playwright.sync_api import Page, TimeoutError

WIDE = {"width": 1440, "height": 900}
NARROW = (  # in CSS pixels
    {"width": 640, "height": 400},  # a window of 1280 x 800 at a zoom of 200 %
    {"width": 390, "height": 844},  # a phone
)
PATIENCE = 10_000  # ms, for charts that draw themselves anew

TREE = """
    const all = root => [...root.querySelectorAll('*')].flatMap(node => node.shadowRoot ? [node, ...all(node.shadowRoot)] : [node]);
    const up = node => node.parentElement ?? node.getRootNode().host;
    const above = (node, holds) => { for (let one = up(node); one; one = up(one)) if (holds(one)) return one; return null; };
    const seen = node => node.checkVisibility({ visibilityProperty: true });
    const told = node => node.outerHTML.replace(/(src|href)="[^"]{40,}"/g, '$1="…"').slice(0, 160);
"""
WORDLESS = f"""() => {{ {TREE}
    const named = (node, id) => id && node.getRootNode().getElementById(id)?.textContent;
    const words = node => [
        node.ariaLabel, node.getAttribute('alt'), node.querySelector(':scope > title')?.textContent,
        ...(node.getAttribute('aria-labelledby') ?? '').split(' ').map(id => named(node, id)),
    ].find(text => text?.trim()) ?? '';
    const file = /\\.(png|jpe?g|webp|gif|svg)$|^[0-9a-f]{{16,}}$|^(image|picture|chart|canvas)$/i;
    const says = text => /\\p{{L}}{{2}}/u.test(text) && !file.test(text.trim());
    const whole = one => ['img', 'application', 'radio', 'button'].includes(one.role ?? one.localName) && says(words(one));
    const silent = node => node.ariaHidden === 'true' || above(node, one => one.ariaHidden === 'true' || one.localName === 'svg');
    return all(document)
        .filter(node => ['img', 'canvas', 'svg'].includes(node.localName) || node.matches('.js-plotly-plot'))
        .filter(node => seen(node) && !silent(node))
        .filter(node => (words(node) ? !says(words(node)) : !above(node, whole)))
        .map(told);
}}"""
CUT_OFF = f"""width => {{ {TREE}
    if (innerWidth !== width) return ['the window is still another'];
    const main = document.querySelector('[data-testid=stMain]');
    const small = box => box.width <= 2 || box.height <= 2;              // for screen readers alone
    const scrolls = node => /auto|scroll/.test(getComputedStyle(node).overflowX) && node !== main;
    const hides = node => getComputedStyle(node).overflowX !== 'visible' && small(node.getBoundingClientRect());
    const moves = node => above(node, one => scrolls(one) || hides(one));
    const ends = (node, style) => node.localName !== 'input' && /hidden|clip/.test(style.overflowX) && style.clipPath === 'none'
        && node.scrollWidth > node.clientWidth + 2 && node.textContent.trim();
    const fault = node => {{
        const box = node.getBoundingClientRect(), part = main.contains(node) || node.getRootNode() !== document;
        if (!seen(node) || small(box) || node.ownerSVGElement || node.closest('[data-testid=stSkipToContent]')) return '';
        if (node.tabIndex >= 0 && (box.right <= 0 || box.left >= width)) return 'out of the window';
        if (part && (box.right > width + 1 || box.left < -1)) return 'sticks out';
        return part && ends(node, getComputedStyle(node)) ? 'cut off' : '';
    }};
    const found = all(document).filter(node => fault(node) && !moves(node)).map(node => `${{fault(node)}}: ${{told(node)}}`);
    if (document.scrollingElement.scrollWidth > width || main.scrollWidth > main.clientWidth) found.push('scrolls sideways');
    return found;
}}"""


def wordless(page: Page) -> list[str]:
    """Pictures, canvases and charts of which nothing is said, or no more than the name of a file."""
    return [f"no words: {one}" for one in page.evaluate(WORDLESS)]


def cut_off(page: Page) -> list[str]:
    """What narrow windows cut off: what is wider than they are, words without their end, and controls beyond their edge."""
    found = []
    for window in NARROW:
        page.set_viewport_size(window)
        try:
            page.wait_for_function(f"width => !({CUT_OFF})(width).length", arg=window["width"], timeout=PATIENCE)
        except TimeoutError:
            found += [f"at {window['width']} px: {one}" for one in page.evaluate(CUT_OFF, window["width"])]
    page.set_viewport_size(WIDE)
    return found
